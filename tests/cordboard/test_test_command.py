"""`cordboard test`: files and folders, output, coverage, exit codes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cordboard.__main__ import main

FLOW = """
flow line "Line"
schema 1
start -> pick
node pick: menu
  prompt = t"pick"
  attempts = 1
  1 -> look
  failed -> bye
node look: db_lookup
  source = "bank"
  sql = "select owner from account where phone = :phone"
  bind = {phone: call.caller}
  into = account
  found -> tell
  not_found -> bye
  error -> bye
node tell: say
  text = "Hello {account?.owner}"
  -> bye
node bye: hangup
"""
CONFIG = """
[data.bank]
url = "sqlite:///bank.db"
[prompts]
languages = ["en"]
"""
TESTS = """
flow: line.flow
calls:
  - name: the owner is greeted
    data: {bank: [{owner: Li}]}
    steps:
      - hears: t"pick"
      - press: "1"
      - hears: Hello Li
      - ends: normal
  - name: nobody is known
    data: {bank: [[]]}
    steps:
      - press: "1"
      - visits: bye
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a site in it, which is the current one."""
    (tmp_path / "line.flow").write_text(FLOW)
    (tmp_path / "cordboard.toml").write_text(CONFIG)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "en.toml").write_text('pick = "Press 1"\n')
    (tmp_path / "line.call.yaml").write_text(TESTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    """The exit code, the lines of the output, and what went to standard error."""
    code = main(["test", *arguments])
    output = capsys.readouterr()
    return code, output.out.splitlines(), output.err


def test_what_passes(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, wrong = outcome(capsys, "line.call.yaml")
    assert (code, wrong) == (0, "")
    assert lines == [
        "ok      line.call.yaml:4: the owner is greeted",
        "ok      line.call.yaml:11: nobody is known",
        "",
        "coverage            nodes            ports",
        "line           4/4  100 %       4/6   66 %",
        "  no call leaves pick -failed->, look -error->",
        "",
        "2 passed, 0 failed",
    ]


def test_what_fails(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "line.call.yaml").write_text(TESTS.replace("Hello Li", "Hello Wang"))
    code, lines, wrong = outcome(capsys, "line.call.yaml")
    assert (code, wrong) == (1, "")
    assert lines[:6] == [
        "FAILED  line.call.yaml:9: the owner is greeted",
        '  expected hears: "Hello Wang"',
        "  but      the call was over: the flow hung up (normal)",
        "  heard       0.0 s  Press 1",
        "              0.5 s  Hello Li",
        "  path     pick -1-> look -found-> tell -next-> bye",
    ]
    assert lines[-1] == "1 passed, 1 failed"


def test_folders_are_looked_through_and_no_file_is_run_twice(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "more" / "deep").mkdir(parents=True)
    (site / "more" / "deep" / "b.call.yaml").write_text(
        TESTS.replace("line.flow", "../../line.flow")
    )
    (site / "more" / "not_a_test.yaml").write_text("nothing: of ours")
    code, lines, _ = outcome(capsys, ".", "line.call.yaml", "more")
    assert code == 0 and lines[-1] == "4 passed, 0 failed"
    assert sum(line.startswith("line ") for line in lines) == 1, "one flow, one line of coverage"


def test_the_nearest_configuration_counts_unless_one_is_named(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(site / "bank.db") as database:
        database.execute("create table account (phone text, owner text)")
        database.execute("insert into account values ('13800000001', 'Wang')")
    database.close()
    text = "flow: line.flow\ncalls:\n  - name: real\n    steps: [press: 1, hears: Hello Wang]\n"
    (site / "line.call.yaml").write_text(text)
    assert outcome(capsys, "line.call.yaml")[0] == 0
    other = site / "other"
    other.mkdir()
    (other / "cordboard.toml").write_text(
        CONFIG.replace("[prompts]", "[prompts]\nfolder = '../prompts'")
    )
    code, lines, _ = outcome(capsys, "line.call.yaml", "--config", "other/cordboard.toml")
    assert code == 1 and any("database-unreachable" in line for line in lines)


def test_without_a_configuration_the_data_has_to_be_in_the_test(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "cordboard.toml").unlink()
    code, lines, _ = outcome(capsys, "line.call.yaml")
    assert (code, lines[-1]) == (0, "2 passed, 0 failed")
    (site / "line.call.yaml").write_text(TESTS.replace("data: {bank: [{owner: Li}]}", "caller: x"))
    code, lines, _ = outcome(capsys, "line.call.yaml")
    assert code == 1 and any("unknown-source" in line for line in lines)


@pytest.mark.parametrize(
    ("file", "text", "code", "last", "said"),
    [
        ("line.call.yaml", TESTS.replace("press", "pres"), 2, "0 passed, 0 failed", ":8:9: error"),
        ("line.call.yaml", TESTS.replace("line.flow", "lin.flow"), 2, "0 passed, 2 failed",
         "line.call.yaml:2:7: error test-flow: there is no file lin.flow"),
        ("line.flow", FLOW.replace("-> look", "-> lok"), 1, "0 passed, 2 failed", "line.flow:8:3"),
        ("line.flow", "no flow", 1, "0 passed, 2 failed", "line.flow:1:1"),
        ("cordboard.toml", "[sipp]", 2, "0 passed, 2 failed", "sipp"),
        ("prompts/en.toml", 'pick = "{"', 1, "0 passed, 2 failed", "prompts/en.toml"),
    ],
)  # fmt: skip
def test_what_cannot_be_run(
    file: str,
    text: str,
    code: int,
    last: str,
    said: str,
    site: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (site / file).write_text(text)
    found, lines, wrong = outcome(capsys, "line.call.yaml")
    assert (found, lines[-1], wrong) == (code, last, "")
    assert any(said in line for line in lines), lines


def test_a_file_that_is_missing_and_a_folder_without_tests(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, _ = outcome(capsys, "missing.call.yaml", "line.call.yaml")
    assert code == 2 and lines[0] == "missing.call.yaml: cannot be read: No such file or directory"
    assert lines[-1] == "2 passed, 0 failed"
    code, lines, wrong = outcome(capsys, "prompts")
    assert (code, lines) == (2, ["0 passed, 0 failed"])
    assert wrong == "there is no file *.call.yaml in prompts\n"


def test_a_flow_without_ports_or_calls_that_do_not_fit(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "line.flow").write_text("flow line\nschema 1\nstart -> a\nnode a: hangup\n")
    (site / "line.call.yaml").write_text(
        "flow: line.flow\ncalls:\n  - name: x\n    steps: [visits: b]\n"
    )
    code, lines, _ = outcome(capsys, "line.call.yaml")
    assert code == 1 and lines[:2] == [
        "FAILED  line.call.yaml:4: x",
        '  but      line has no node "b" (known: a)',
    ]


def test_a_floor_for_the_coverage(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(capsys, "line.call.yaml", "--min-coverage", "66")[0] == 0
    code, lines, _ = outcome(capsys, "line.call.yaml", "--min-coverage", "70")
    assert code == 1
    assert lines[-2:] == ["line: 66 % of the ports are too few", "2 passed, 0 failed"]


def test_json_for_programs(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "line.call.yaml").write_text(TESTS.replace("Hello Li", "Hello Wang"))
    code = main(["test", "line.call.yaml", "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 1 and (found["passed"], found["failed"]) == (1, 1)
    (file,) = found["files"]
    failed, passed = file["calls"]
    assert failed["failure"] == {
        "line": 9, "column": 16, "expected": 'hears: "Hello Wang"',
        "but": "the call was over: the flow hung up (normal)",
    }  # fmt: skip
    assert passed["passed"] and passed["failure"] is None
    assert passed["path"][0] == {"flow": "line", "node": "pick", "port": "1", "error": None}
    (flow,) = found["coverage"]
    assert flow["flow"] == "line" and flow["nodes"]["visits"]["bye"] == 2
    assert flow["ports"]["percent"] == pytest.approx(66.7)
    assert {"node": "look", "port": "error", "count": 0} in flow["ports"]["visits"]


CALLED = """
flow asks "Asks"
schema 1
output level: text = "none"
start -> key
node key: menu
  prompt = "Are you sure? Press 1"
  attempts = 1
  1 -> yes
  failed -> no
node yes: end
node no: end
  outcome = "refused"
"""
CALLING = """
flow line "Line"
schema 1
start -> ask
node ask: subflow
  flow = "asks.flow"
  next -> done
  refused -> bye
node done: say
  text = "Done"
  -> bye
node bye: hangup
"""


def test_a_flow_that_calls_another(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "line.flow").write_text(CALLING)
    (site / "asks.flow").write_text(CALLED)
    (site / "line.call.yaml").write_text(
        "flow: line.flow\ncalls:\n"
        "  - name: sure\n"
        "    steps: [visits: asks.key, hears: Are you sure, press: 1, hears: Done, ends: normal]\n"
        "  - name: not so sure\n"
        "    answers: {asks.key: [failed]}\n"
        "    steps: [visits: asks.no, visits: bye, ends: normal]\n"
        "  - name: not even asked\n"
        "    answers: {ask: [refused]}\n"
        "    steps: [visits: bye, ends: normal]\n"
        "  - name: odd\n"
        "    steps: [visits: asks.yes]\n"
    )
    code, lines, _ = outcome(capsys, "line.call.yaml")
    assert code == 1 and lines[-1] == "3 passed, 1 failed", lines
    path = "  path     ask => asks.key -failed-> asks.no => ask -refused-> bye"
    assert path in [line.replace(" -refused-> =>", " =>") for line in lines]
    table = [line.split() for line in lines if line.startswith(("line ", "asks "))]
    assert [row[0] for row in table] == ["line", "asks"]
    assert table[0][-2:] == ["100", "%"] and table[1][-2:] == ["100", "%"]
