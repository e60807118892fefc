"""Queues in call tests: the agents do what ``queues:`` says."""

from __future__ import annotations

import pytest

from call_test_kit import failure, made, program
from flow_runtime.call_tests import read_call_file

SHOP = """
flow shop "Shop"
schema 1
start -> wait
node wait: queue
  queue = "repairs"
  max_wait = 60s
  greeting = "Welcome"
  announce_agent = true
  callback_key = "1"
  keys = {"*": "message"}
  after_agent -> thanks
  timeout -> sorry
  full -> many
  closed -> night
  callback -> number
  message -> ask
node thanks: say
  text = "You talked to {contact.agent ?? "somebody"}"
  -> end
node sorry: say
  text = "Sorry"
  -> end
node many: say
  text = "Too many callers"
  -> end
node night: say
  text = "We are closed"
  -> end
node number: say
  text = "We call you back"
  -> end
node ask: say
  text = "Leave a message"
  -> end
node end: hangup
"""


@pytest.mark.parametrize(
    ("script", "heard", "seconds"),
    [
        ("answered_after: 20s", "You talked to somebody", 20),
        ('answered_after: 20s, agent: "1001"', "agent 1 0 0 1. You talked to 1001", 20),
        ("answered_after: 0s", "You talked to somebody", 0),
        ("timeout: true", "Sorry", 60),
        ("full: true", "Too many callers", 0),
        ("closed: true", "We are closed", 0),
    ],
)
def test_what_a_script_says_happens(script: str, heard: str, seconds: float) -> None:
    result = made(SHOP, f"queues: {{repairs: {{{script}}}}}\nsteps:\n  - ends: normal")
    assert result.failure is None, failure(result)
    assert " ".join(sound.text for sound in result.heard).endswith(heard)
    last = result.heard[-1]
    assert seconds <= last.at < seconds + 6


def test_scripts_of_a_list_are_for_stays_in_turn() -> None:
    again = SHOP.replace('text = "Sorry"\n  -> end', 'text = "Sorry"\n  -> wait')
    scripts = "queues: {repairs: [{timeout: true}, {timeout: true}, {answered_after: 5s}]}"
    result = made(again, f"{scripts}\nsteps:\n  - ends: normal")
    assert result.failure is None, failure(result)
    assert [visit.node for visit in result.path if visit.node == "sorry"] == ["sorry"] * 2
    last = made(again, scripts.replace("5s", "5s, agent: 7").replace("{timeout: true}, ", "", 1)
                + '\nsteps:\n  - hears: "Sorry"\n  - hears: "You talked to 7"')  # fmt: skip
    assert last.failure is None, failure(last)


def test_an_empty_list_of_scripts_is_a_mistake() -> None:
    _, problems = read_call_file(
        "flow: f.flow\ncalls:\n  - name: a\n    queues: {repairs: []}\n"
        "    steps:\n      - ends: normal\n"
    )
    assert [p.text for p in problems] == ["queue repairs needs at least one script in its list"]


@pytest.mark.parametrize(
    ("key", "heard"), [("1", "We call you back"), ("*", "Leave a message"), ("9", "Sorry")]
)
def test_the_caller_presses_a_key(key: str, heard: str) -> None:
    result = made(
        SHOP,
        "queues: {repairs: {timeout: true}}\n"
        f'steps:\n  - hears: "Welcome"\n  - press: "{key}"\n  - hears: "{heard}"',
    )
    assert result.failure is None, failure(result)


def test_the_caller_gives_up() -> None:
    result = made(
        SHOP,
        "queues: {repairs: {answered_after: 30s}}\nsteps:\n  - waits: 10s\n  - ends: hangs_up",
    )
    assert result.failure is None, failure(result)
    assert [(visit.node, visit.port) for visit in result.path] == [("wait", None)]


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ('queue\n  queue = "repairs"\n  timeout -> end\n  full -> end\n  closed -> end',
         "n waits in queue repairs: say how that goes, "
         "queues: {repairs: {answered_after: 20s}}"),
        ('agent\n  who = "1001"\n  unavailable -> end',
         "n rings agent 1001: say how that goes, answers: {n: [unavailable]}"),
        ('queue_info\n  queue = "repairs"\n  into = a\n  -> end',
         "n asks how things stand in queue repairs: say how that goes, answers: {n: [next]}"),
        ('if\n  when = agent("7").state == "ready"\n  true -> end\n  false -> end',
         "n asks for the state of agent 7: say how that goes, answers: {n: [next]}"),
    ],
)  # fmt: skip
def test_what_the_test_has_not_foreseen(node: str, says: str) -> None:
    flow = f"flow f\nschema 1\nstart -> n\nnode n: {node}\nnode end: hangup\n"
    result = made(flow, "steps:\n  - ends: normal")
    assert says in failure(result)


def test_a_queue_that_the_site_does_not_have() -> None:
    flow = program(SHOP, queues=("repairs",), complete=True)
    result = made(flow, "queues: {repair: {full: true}}\nsteps:\n  - ends: normal")
    assert 'there is no queue "repair" (did you mean "repairs"?)' in failure(result)
