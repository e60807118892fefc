"""In a terminal a person is the caller of a queue, and its agents."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from centre_kit import FLOW, make_centre
from cordboard.call_tests import CallTests
from cordboard.commands import simulate

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    def run(
        typed: str, *options: str, flow: str = FLOW, config: bool = True
    ) -> tuple[int, str, str]:
        file = make_centre(tmp_path / "site", flow)
        given = ["--config", str(file.with_name("cordboard.toml"))] if config else []
        parser = argparse.ArgumentParser()
        simulate.add_arguments(parser)
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = simulate.run(parser.parse_args([str(file), *given, *options]))
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def happened(shown: str, *story: str) -> bool:
    """Whether these parts are shown, in this order."""
    at = 0
    for part in story:
        at = shown.find(part, at)
        if at < 0:
            return False
    return True


def test_the_agent_answers_and_hangs_up(simulated: Run) -> None:
    code, shown, wrong = simulated("answer\nsay 3\nbye\n")
    assert (code, wrong) == (0, "")
    assert happened(
        shown, "waiting in queue repairs", "agent 1001 is being rung", "talking with 1001",
        'contact.agent = "1001"', "You talked with 1001",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["busy", "reject", "noanswer"])
def test_the_next_agent_is_rung_when_one_does_not_answer(simulated: Run, word: str) -> None:
    _, shown, _ = simulated(f"{word}\nanswer\nbye\n")
    assert happened(shown, "1001 is being rung", "1002 is being rung", "talking with 1002")


def test_agents_come_and_go(simulated: Run) -> None:
    typed = "agents\nready 1009\nready\nready 1002\nagents\nanswer\nbye\n"
    _, shown, _ = simulated(typed, "--away", "1001,1002")
    assert happened(
        shown, "1001 Li Wei: not ready", "1003: ready", 'there is no agent "1009"',
        "which agent: write ready 1001", "agent 1002 is being rung", "1002 Ann Berg: ringing",
        "talking with 1002",
    )  # fmt: skip


def test_a_new_day_is_nothing_to_wait_for(simulated: Run) -> None:
    typed = "answer\n" + "\n" * 30 + "bye\n"
    code, shown, _ = simulated(typed, "--at", "2026-11-23T10:00")
    assert code == 0
    assert happened(shown, "talking with 1001", "nothing would ever happen", "You talked with 1001")


def test_one_of_several_that_ring_answers(simulated: Run) -> None:
    flow = FLOW.replace('queue = "repairs"', 'queue = "repairs"\n  strategy = "ring all"')
    _, shown, _ = simulated("answer 1005\nanswer 1002\nbye\n", flow=flow)
    assert happened(shown, "1005 neither rings nor talks", "talking with 1002")


def test_an_agent_is_asked_for_by_name(simulated: Run) -> None:
    flow = FLOW.replace("node wait: queue", "node wait: agent").split("node wait")[0]
    flow += (
        'node wait: agent\n  who = "1002"\n  after_agent -> bye\n  unavailable -> bye\n\n'
        "node bye: hangup\n"
    )
    code, shown, wrong = simulated("answer\nbye\n", flow=flow)
    assert (code, wrong) == (0, "")
    assert happened(shown, "waiting for an agent", "agent 1002 is being rung", "wait → after_agent")


def test_without_a_configuration_there_is_somebody(simulated: Run) -> None:
    code, shown, wrong = simulated("answer\nbye\n", config=False)
    assert code == 0 and "warning unknown-queue" in wrong
    assert happened(shown, "agent 1001 is being rung", "You talked with 1001")


def test_nobody_of_that_name_can_be_away(simulated: Run) -> None:
    code, _, wrong = simulated("", "--away", "1004")
    assert code == 2
    assert '--away 1004: there is no agent "1004" (did you mean "1003"?)' in " ".join(wrong.split())


INFO = """\
flow hotline
schema 1

start -> look

node look: queue_info
  queue = "repairs"
  into = figures
  -> many

node many: if
  when = queue("sales").agents_ready > 1
  true -> one
  false -> bye

node one: agent
  who = "1003"
  after_agent -> wait
  unavailable -> bye

node wait: queue
  queue = "repairs"
  after_agent -> again
  timeout -> bye
  full -> bye
  closed -> bye

node again: queue
  queue = "repairs"
  after_agent -> bye
  timeout -> bye
  full -> bye
  closed -> bye

node bye: say
  text = "{figures?.waiting} waited, {contact.agent} was the last"
  -> end

node end: hangup
"""


def test_what_a_test_cannot_play_becomes_an_answer(simulated: Run, tmp_path: Path) -> None:
    saved = tmp_path / "site" / "saved.call.yaml"
    typed = "answer\nbye\nanswer\nbye\nbusy\nanswer\nbye\n"
    code, shown, _ = simulated(typed, "--save-test", str(saved), flow=INFO)
    assert code == 0 and "was the last" in shown
    assert "but it fails" not in shown, shown
    (result,) = CallTests().run(saved).results
    answered = {node: [a.port for a in ways.answers] for node, ways in result.test.answers.items()}
    assert answered["one"] == ["after_agent"]
    assert answered["look"] == ["next"] and answered["many"] == ["true"]
    assert [script.agent for script in result.test.queues["repairs"]] == ["1001", "1002"]


OTHERS = """\
flow others
schema 1

start -> menu

node menu: menu
  prompt = "1 callback, 2 message, 3 conference"
  1 -> call_back
  2 -> message
  3 -> room
  failed -> bye

node call_back: callback
  queue = "repairs"
  next -> bye
  refused -> bye

node message: voicemail
  box = "repairs"
  left -> bye
  too_short -> bye

node room: conference
  room = "main"
  left -> bye
  failed -> bye

node bye: say
  text = "Goodbye"
  -> end

node end: hangup
"""


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("1\n", "call_back → next"),
        ("2\nsay 5\n#\n", "message → left"),
        ("3\n#\n", "room → left"),
    ],
)
def test_callbacks_messages_and_conferences_are_played_and_saved(
    simulated: Run, tmp_path: Path, typed: str, way: str
) -> None:
    saved = tmp_path / "site" / "saved.call.yaml"
    code, shown, wrong = simulated(typed, "--save-test", str(saved), flow=OTHERS)
    assert (code, wrong) == (0, "")
    assert happened(shown, way, "Goodbye", "saved as")
    assert "but it fails" not in shown, shown
    assert CallTests().run(saved).passed == 1
