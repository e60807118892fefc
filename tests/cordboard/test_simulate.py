from __future__ import annotations

import argparse
import io
import sqlite3
from pathlib import Path

import pytest

from cordboard.commands import simulate

FLOW = """
flow hotline "Hotline"
schema 1
start -> hours
node hours: business_hours
  calendar = "office"
  open -> menu
  closed -> leave
  error -> menu
node menu: menu
  prompt = "Press 1 for your balance, 2 for a person"
  attempts = 2
  1 -> look
  2 -> operator
  failed -> bye
node look: db_lookup
  source = "billing"
  sql = "select owed from account where phone = :phone"
  bind = {phone: call.caller}
  into = account
  found -> tell
  not_found -> leave
  error -> leave
node tell: say
  text = "You owe {text(account?.owed)}"
  -> bye
node leave: record
  prompt = "Leave a message"
  into = tape
  -> bye
  too_short -> bye
node operator: dial
  to = "1001"
  answered_ended -> bye
  busy -> leave
  no_answer -> leave
  failed -> leave
node bye: say
  text = "Goodbye"
  -> over
node over: hangup
"""
CONFIG = """
[data.billing]
url = "sqlite:///billing.db"
[calendars.office]
zone = "Asia/Shanghai"
mon-fri = "09:00-18:00"
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "hotline.flow"
    file.write_text(FLOW)
    (tmp_path / "cordboard.toml").write_text(CONFIG)
    with sqlite3.connect(tmp_path / "billing.db") as database:
        database.execute("create table account (phone text, owed real)")
        database.execute("insert into account values ('138', 12.5)")
    database.close()
    return file


def simulated(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *options: str,
    typed: str = "",
) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    code = simulate.run(parser.parse_args(options))
    output = capsys.readouterr()
    return code, output.out, output.err


def test_a_caller_hears_and_presses(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = [
        str(flow), "--config", str(flow.parent / "cordboard.toml"),
        "--caller", "138", "--at", "2026-11-23T10:00",
    ]  # fmt: skip
    code, shown, wrong = simulated(capsys, monkeypatch, *options, typed="1\n")
    assert code == 0 and wrong == ""
    for part in ("hours → open", "key 1", "billing: select owed", "1 row", "You owe 12.5"):
        assert part in shown
    assert "the flow hung up" in shown.splitlines()[-1]


def test_the_time_of_the_call_is_in_the_zone_of_the_calendar(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ["--config", str(flow.parent / "cordboard.toml")]
    _, shown, _ = simulated(capsys, monkeypatch, str(flow), *config, "--at", "2026-11-23T08:59")
    assert "hours → closed" in shown
    _, shown, _ = simulated(
        capsys, monkeypatch, str(flow), *config, "--at", "2026-11-23T01:01+00:00"
    )
    assert "hours → open" in shown


def test_without_a_configuration_a_lookup_says_what_to_do(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, wrong = simulated(capsys, monkeypatch, str(flow), typed="1\nsay 4\n\n")
    assert code == 0
    assert 'data source "billing"' in shown and "--config" in shown
    assert "recording 6" in shown or "recording 7" in shown
    assert "unknown-source" in wrong, "the checker's warning"


def test_the_dialled_telephone_is_played_too(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "2\nnonsense\nhelp\nanswer\nwait 5\nbye\n"
    code, shown, _ = simulated(capsys, monkeypatch, str(flow), typed=typed)
    assert code == 0
    assert "'nonsense' is not understood" in shown and "let time pass" in shown
    assert "talking with 1001" in shown and "talked 5.0 s" in shown


@pytest.mark.parametrize(("word", "port"), [("busy", "busy"), ("noanswer", "no_answer")])
def test_the_dialled_telephone_may_refuse(
    word: str,
    port: str,
    flow: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, shown, _ = simulated(capsys, monkeypatch, str(flow), "--keys", f"2,{word}")
    assert code == 0 and f"operator → {port}" in shown


def test_enter_lets_time_pass_and_the_end_of_input_hangs_up(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, _ = simulated(capsys, monkeypatch, str(flow), typed="\n")
    assert code == 0
    assert shown.count("Press 1 for your balance") == 2, "silence asks again"
    assert "the caller hung up" in shown.splitlines()[-1]


def test_keys_given_as_an_option_come_first(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, _ = simulated(capsys, monkeypatch, str(flow), "--keys", "9", typed="9\n")
    assert code == 0 and shown.count("key 9") == 2 and "menu → failed" in shown


@pytest.mark.parametrize(("line", "answer"), [("wait x", "wait 3"), ("say -1", "say 3")])
def test_an_amount_that_makes_no_sense_is_asked_again(
    line: str,
    answer: str,
    flow: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, shown, _ = simulated(capsys, monkeypatch, str(flow), typed=f"{line}\nhangup\n")
    assert code == 0 and f"Write {answer} for three seconds" in shown


def test_nothing_passes_while_two_people_talk_for_ever(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, _ = simulated(capsys, monkeypatch, str(flow), typed="2\nanswer\n\nhangup\n")
    assert code == 0 and "nothing would ever happen" in shown
    assert "the caller hung up" in shown


def test_a_flow_with_errors_is_not_simulated(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    flow.write_text(FLOW.replace("start -> hours", "start -> hour"))
    code, shown, wrong = simulated(capsys, monkeypatch, str(flow))
    assert code == 1 and shown == ""
    assert f"{flow}:4:" in wrong and "hours" in wrong


def test_a_flow_that_fails_shows_in_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f.flow"
    file.write_text(
        'flow f "F"\nschema 1\nstart -> hi\nnode hi: say\n  text = "{number(call.caller)}"\n'
        "  -> over\nnode over: hangup\n"
    )
    code, shown, _ = simulated(capsys, monkeypatch, str(file), "--caller", "anonymous")
    assert code == 1 and "✗" in shown


def test_what_cannot_be_read_is_named(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for options, said in (
        (["/nonexistent/x.flow"], "/nonexistent/x.flow"),
        ([str(flow), "--config", "/nonexistent/c.toml"], "/nonexistent/c.toml"),
        ([str(flow), "--at", "noon"], "2026-11-23T10:00"),
    ):
        code, _, wrong = simulated(capsys, monkeypatch, *options)
        assert code == 2 and said in wrong


def test_what_is_wrong_with_the_prompts_is_told(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = flow.parent / "prompts"
    prompts.mkdir(exist_ok=True)
    (prompts / "en.toml").write_text("hello = Good day\n", encoding="utf-8")
    _, _, wrong = simulated(capsys, monkeypatch, str(flow))
    assert f"{prompts / 'en.toml'}:1:9: error prompt-table" in wrong


def test_the_number_of_a_line_is_no_picture(
    flow: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    flow.write_text("flow f\nschema 1\n" + "\n" * 97 + "start -> nowhere\n", encoding="utf-8")
    code, _, wrong = simulated(capsys, monkeypatch, str(flow))
    assert code == 1 and f"{flow}:100:1: error unknown-target" in wrong
