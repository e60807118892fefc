"""A simulated call is saved as a test, and the test is that call again."""

from __future__ import annotations

import argparse
import io
import sqlite3
from pathlib import Path

import pytest

from cordboard.call_tests import CallTests
from cordboard.commands import simulate
from flow_runtime.call_tests import load_call_file

FLOW = """
flow line "Line"
schema 1
var tries: number = 0
start -> pick
on_hangup -> gone
node pick: menu
  prompt = "For your account press 1, for a person 2, for a message 3, to break it 4"
  1 -> pin
  2 -> operator
  3 -> leave
  4 -> broken
  failed -> bye
node pin: digits
  prompt = "Your PIN"
  min = 4
  max = 6
  secret = true
  into = pin
  next -> look
  failed -> bye
node look: db_lookup
  source = "bank"
  sql = "select pin, owner, opened, balance from account where pin = :pin"
  bind = {pin: pin}
  into = account
  found -> right
  not_found -> wrong
  error -> broken
node right: if
  when = text(account?.pin ?? "") == (pin ?? "")
  true -> tell
  false -> wrong
node tell: say
  text = "{account?.owner}, your PIN is {pin ?? "":digits}, your balance {account?.balance}"
  -> pick
node wrong: say
  text = "That is wrong"
  -> count
node count: db_change
  source = "bank"
  sql = "insert into failures values (:pin)"
  bind = {pin: "x"}
  into = rows
  -> pick
node operator: dial
  to = "1001"
  answered_ended -> bye
  busy -> leave
  no_answer -> leave
  failed -> leave
node leave: record
  prompt = "Leave a message"
  into = tape
  -> bye
  too_short -> bye
  failed -> bye
node broken: set
  tries = number(call.caller) / tries
  -> bye
node bye: say
  text = "Goodbye"
  -> over
node over: hangup
node gone: log
  text = "gone"
  -> over
"""
CONFIG = '[data.bank]\nurl = "sqlite:///bank.db"\nwritable = true\n[prompts]\nlanguages = ["en"]\n'


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "line.flow"
    file.write_text(FLOW)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "en.toml").write_text("")
    (tmp_path / "cordboard.toml").write_text(CONFIG)
    with sqlite3.connect(tmp_path / "bank.db") as database:
        database.execute("create table account (pin text, owner text, opened text, balance real)")
        database.execute("create table failures (pin text)")
        database.execute("insert into account values ('7391', 'Li \"Ming\" Wei', null, 12.5)")
        database.execute("insert into account values ('482615', 'Wang', '2026-01-01', 0)")
    database.close()
    return file


def record(
    flow: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    *options: str,
    file: str = "saved.call.yaml",
) -> int:
    """Simulate a call to *flow* in which *typed* is typed, and save it."""
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    site = ["--config", str(flow.parent / "cordboard.toml"), "--at", "2026-11-23T10:00"]
    target = str(flow.parent / file)
    return simulate.run(parser.parse_args([str(flow), *site, "--save-test", target, *options]))


def passes(flow: Path, calls: int = 1) -> list[str]:
    """The lines of a saved file, whose calls pass when they are run."""
    done = CallTests().run(flow.parent / "saved.call.yaml")
    assert (done.passed, done.failed) == (calls, 0), [r.lines() for r in done.results]
    return (flow.parent / "saved.call.yaml").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("", ["- ends: hangs_up"]),
        ("wait 2.5\nhangup\n", ["- waits: 2s500ms", "- ends: hangs_up"]),
        ("\n9\n\n", ['- press: "9"', '- hears: "Goodbye"', "- ends: normal"]),
        ("2\nbusy\nsay 2.5\n#\n", ["operator: [busy]", "- says: 2s500ms", '- press: "#"']),
        ("2\nanswer\nwait 3\n5\nbye\n", ["operator: [answered_ended]", '- hears: "Goodbye"']),
        ("2\nanswer\nhangup\n", ["operator: [answered_ended]", "- ends: hangs_up"]),
        ("2\nhangup\n", ["- ends: hangs_up"]),
        ("3\n\n\n\n", ["- ends: normal"]),
        ("3\nsay 4\nhangup\n", ["- says: 4s", "- ends: hangs_up"]),
        ("4\n", ["- ends: error division-by-zero"]),
    ],
)
def test_a_saved_call_is_the_same_call_again(
    typed: str, written: list[str], flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = record(flow, monkeypatch, typed)
    assert code == (1 if typed == "4\n" else 0)
    lines = [line.strip() for line in passes(flow)]
    for line in written:
        assert line in lines


def test_what_the_database_answered_is_saved_and_not_asked_again(
    flow: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record(flow, monkeypatch, "1\n9999#\nhangup\n")
    assert "saved as" in capsys.readouterr().out
    (flow.parent / "bank.db").unlink()
    lines = [line.strip() for line in passes(flow)]
    assert lines[lines.index("bank:") + 1 :][:2] == ["- []", "- 1"]


def test_a_source_that_fails_is_saved(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(flow.parent / "bank.db") as database:
        database.execute("drop table account")
    database.close()
    record(flow, monkeypatch, "1\n9999#\n")
    assert any('{error: "database-error: ' in line for line in passes(flow))


def test_secrets_are_not_saved_but_the_call_goes_the_same_way(
    flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(flow, monkeypatch, "1\n7391#\n1\n482615\n1\n8808\n#\n1\n7\n391\nhangup\n")
    text = "\n".join(passes(flow))
    for secret in ("7391", "7 3 9 1", "482615", "4 8 2 6 1 5", "391", "8808"):
        assert secret not in text
    assert text.count("your PIN is") == 2 and "That is wrong" in text
    assert 'owner: "Li \\"Ming\\" Wei", opened: none, balance: 12.5' in text


def test_keys_that_nobody_read_may_be_a_secret(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A menu drops what was typed ahead behind a wrong key; here, a PIN that came too early."""
    record(flow, monkeypatch, "97391#\nhangup\n")
    text = "\n".join(passes(flow))
    assert "7391" not in text and '- press: "9' in text


def test_calls_are_added_to_a_file_under_names_of_their_own(
    flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for typed in ("hangup\n", "3\n\n\n\n", "2\nbusy\nhangup\n"):
        assert record(flow, monkeypatch, typed) == 0
    read = load_call_file(flow.parent / "saved.call.yaml")
    passes(flow, calls=3)
    assert read.file is not None and read.file.flow == "line.flow"
    assert [call.name for call in read.file.calls] == [
        "recorded call of 2026-11-23 10:00",
        "recorded call of 2026-11-23 10:00 (2)",
        "recorded call of 2026-11-23 10:00 (3)",
    ]


def test_the_caller_the_number_and_the_channel_are_saved(
    flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--caller", "555", "--called", "200", "--channel", "text"]
    record(flow, monkeypatch, "hangup\n", *options)
    lines = [line.strip() for line in passes(flow)]
    for line in ('caller: "555"', 'called: "200"', "channel: text"):
        assert line in lines


def test_a_file_in_another_folder_names_its_flow_by_a_path(
    flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (flow.parent / "tests").mkdir()
    record(flow, monkeypatch, "hangup\n", file="tests/a.call.yaml")
    done = CallTests().run(flow.parent / "tests" / "a.call.yaml")
    assert done.passed == 1
    assert (flow.parent / "tests" / "a.call.yaml").read_text().startswith('flow: "../line.flow"')


@pytest.mark.parametrize(
    ("file", "before", "said"),
    [
        ("saved.yaml", None, "ends with .call.yaml"),
        ("nowhere/saved.call.yaml", None, "there is no folder"),
        ("saved.call.yaml", "flow: [", "test-yaml"),
        ("saved.call.yaml", "flow: other.flow\ncalls: [{name: x, steps: [ends: normal]}]", "other"),
        (".call.yaml", "", "test-missing"),
    ],
)
def test_a_file_that_will_not_do_is_refused_before_the_call(
    file: str,
    before: str | None,
    said: str,
    flow: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if before is not None:
        (flow.parent / file).write_text(before)
    assert record(flow, monkeypatch, "hangup\n", file=file) == 2
    told = capsys.readouterr()
    assert said in told.err.replace("\n", " ") and told.out == ""


def test_a_file_that_cannot_be_added_to_is_told_of_after_the_call(
    flow: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = flow.parent / "saved.call.yaml"
    target.write_text("flow: line.flow\ncalls: [{name: x, steps: [ends: hangs_up]}]\n")
    before = target.read_text()
    assert record(flow, monkeypatch, "hangup\n") == 2
    assert "no call can be added" in capsys.readouterr().err
    assert target.read_text() == before


def test_a_call_that_depends_on_chance_is_told_to_fail(
    flow: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flow.write_text(FLOW.replace('text = "Goodbye"', 'text = "Goodbye, {call.id}"'))
    assert record(flow, monkeypatch, "\n\n\n") == 0
    told = capsys.readouterr().out
    assert "it fails when it is run again" in told and "Goodbye, sim1" in told
