"""The conversation of a simulated call, what has changed, what was covered."""

from __future__ import annotations

from typing import Any

import pytest

from designer.core.call_tests import way_marks
from designer.core.calls import call_trail
from designer.core.simulation import (
    MOST_BUBBLES,
    Conversation,
    Secrets,
    Share,
    Variable,
    changed_names,
    columns_of,
    share_of,
    sources_of,
    taken_ports,
)
from flow_runtime.call_tests import Visit
from flow_runtime.core.model import PortValue
from flow_runtime.core.outcome import MASK
from flow_runtime.core.syntax import parse
from nodes.catalogue import library

LABELS = {("menu", "1"): "Balance"}


def label(flow: str, node: str, port: PortValue) -> str:
    return LABELS.get((node, str(port)), "")


def conversation(*events: dict[str, Any]) -> Conversation:
    made = Conversation(100.0, label, lambda flow, node: node.title())
    for event in events:
        made.add(event)
    return made


def enter(node: str, t: float = 100.0) -> dict[str, Any]:
    return {"event": "enter", "flow": "f", "node": node, "t": t}


def test_what_is_heard_lasts_until_it_is_quiet() -> None:
    made = conversation(
        enter("menu"),
        {"event": "say", "text": "Press 1", "t": 100.0},
        {"event": "sound", "text": "Press 1", "t": 100.0},
    )
    (bubble,) = made.bubbles
    assert (bubble.kind, bubble.text, bubble.at, bubble.until) == ("heard", "Press 1", 0.0, None)
    made.add({"event": "quiet", "t": 106.0})
    assert made.bubbles[0].until == 6.0


def test_secrets_that_are_read_back_stay_masked_and_tones_are_named() -> None:
    made = conversation(
        {"event": "say", "text": f"You keyed in {MASK}", "t": 101.0},
        {"event": "sound", "text": "You keyed in 4711", "t": 101.0},
        {"event": "sound", "text": "(beep)", "t": 102.0},
    )
    assert [bubble.text for bubble in made.bubbles] == [f"You keyed in {MASK}", "(beep)"]


def test_keys_have_the_analysts_word_and_digits_join() -> None:
    made = conversation(enter("menu"))
    made.press("1", 3.0)
    assert (made.bubbles[0].text, made.bubbles[0].label) == ("1", "Balance")
    made.add(enter("digits", 103.0))
    for number, key in enumerate("4711"):
        made.press(key, 4.0 + number)
    assert [(b.text, b.label, b.at) for b in made.bubbles] == [
        ("1", "Balance", 3.0),
        ("4711", "", 4.0),
    ]


def test_a_node_that_speaks_again_says_so() -> None:
    made = conversation(enter("menu"), enter("other"), enter("menu"),
                        {"event": "sound", "text": "Press 1", "t": 110.0})  # fmt: skip
    assert made.bubbles[-1].times == 2


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"event": "query", "source": "gas", "rows": 1, "seconds": 0.2}, "gas: 1 row · 0.2 s"),
        ({"event": "query", "source": "gas", "rows": 0, "seconds": 0}, "gas: 0 rows · 0.0 s"),
        ({"event": "query", "source": "gas", "error": "database-timeout"}, "gas: database-timeout"),
        ({"event": "dial", "to": "1001"}, "1001 is being called"),
        ({"event": "dial", "to": "1001", "outcome": "busy", "detail": ""}, "1001 is busy"),
        ({"event": "dial", "to": "1", "outcome": "failed", "detail": ""}, "1 cannot be reached"),
        ({"event": "bridged", "to": "1001"}, "talking with 1001"),
        ({"event": "record", "by": "key", "seconds": 3.04}, "recorded 3.0 s"),
        ({"event": "record", "by": "started"}, "recording of the call: started"),
        ({"event": "hangup", "by": "caller", "cause": "normal"}, "You have hung up"),
        ({"event": "hangup", "by": "us", "cause": "x"}, "The flow has hung up (x)"),
        ({"event": "hangup", "by": "network", "cause": ""}, "The network has ended the call"),
        ({"event": "http", "method": "GET", "url": "http://a/b", "status": 200},
         "GET http://a/b: 200"),
        ({"event": "send", "via": "email", "to": "a@b"}, "to a@b, not really sent: email"),
        ({"event": "pin", "account": "1", "result": "ok"}, "PIN: ok"),
        ({"event": "variable", "name": "call.language", "value": "zh"}, "language: zh"),
        ({"event": "note", "text": "logged"}, "logged"),
        ({"event": "queued", "queue": "repairs"}, "waiting in queue repairs"),
        ({"event": "queued", "queue": ""}, "waiting for an agent"),
        ({"event": "offered", "agent": "1001"}, "agent 1001 is being rung"),
        ({"event": "held", "agent": "1001"}, "music, while agent 1001 is away"),
        ({"event": "rule", "rule": "vip", "target": "gold"}, "rule vip leads to gold"),
        (
            {"event": "callback", "queue": "repairs", "number": "138", "at": "", "refused": ""},
            "138 will be called back",
        ),
        (
            {"event": "callback", "queue": "repairs", "number": "", "at": "", "refused": "none"},
            "no callback: none",
        ),
        ({"event": "message", "box": "repairs", "path": "x.wav"}, "a message for box repairs"),
        ({"event": "conference", "room": "a", "members": 2}, "in conference a: 2"),
        ({"event": "conference", "room": "a", "talked": 3.0}, "left conference a"),
    ],
)  # fmt: skip
def test_what_happens_besides_is_a_note(event: dict[str, Any], text: str) -> None:
    (bubble,) = conversation({"t": 101.5, **event}).bubbles
    assert (bubble.kind, bubble.text, bubble.at) == ("note", text, 1.5)


def test_failures_are_told_and_ordinary_variables_are_not() -> None:
    made = conversation(
        enter("find"),
        {"event": "variable", "name": "a", "value": 1, "t": 100.0},
        {"event": "error", "flow": "f", "node": "find", "name": "bad", "text": "why", "t": 100.0},
    )
    assert [(b.kind, b.text, b.node) for b in made.bubbles] == [("trouble", "bad: why", "find")]


def test_a_flow_that_loops_does_not_fill_the_memory() -> None:
    made = conversation()
    for number in range(MOST_BUBBLES + 7):
        made.add({"event": "sound", "text": str(number), "t": 100.0 + number})
    assert (len(made.bubbles), made.dropped, made.bubbles[0].text) == (MOST_BUBBLES, 7, "7")


def test_changes_are_those_since_the_person_acted() -> None:
    before = [Variable("a", "number", "1"), Variable("b", "text", '"x"')]
    now = [Variable("a", "number", "2"), Variable("b", "text", '"x"'), Variable("c", "any", "1")]
    assert changed_names(before, now) == {"a"}
    assert changed_names([], now) == frozenset()


def test_secret_variables_stay_masked() -> None:
    secrets = Secrets()
    secrets.add({"event": "variable", "name": "pin", "value": MASK})
    secrets.add({"event": "variable", "name": "open", "value": 1})
    assert (secrets.masked("pin", "4711"), secrets.masked("open", "1")) == (MASK, "1")


def test_coverage_counts_nodes_and_ports() -> None:
    trail = call_trail(
        [
            enter("menu"),
            {"event": "leave", "flow": "f", "node": "menu", "port": "1", "t": 101.0},
            enter("tell", 101.0),
        ]
    )
    taken = taken_ports(trail, "f")
    assert taken == {"menu": ["1"], "tell": []}
    ports: dict[str, tuple[PortValue, ...]] = {"menu": (1, 2), "tell": ("next",), "end": ()}
    assert share_of(taken, ports) == Share(2, 3, 1, 3)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select name, owed from accounts where phone = :phone", ("name", "owed")),
        ("SELECT a.name AS who,\n max(a.x, 1) as most FROM a", ("who", "most")),
        ("select distinct accounts.number from accounts", ("number",)),
        ("select count(*) from a", ()),
        ("insert into a values (1)", ()),
        ("", ()),
    ],
)
def test_columns_of_a_query(sql: str, columns: tuple[str, ...]) -> None:
    assert columns_of(sql) == columns


def test_sources_that_a_flow_asks() -> None:
    text = (
        "flow f\nschema 1\nvar a: record?\nstart -> x\n"
        'node x: db_lookup\n  source = "gas"\n  sql = "select owed from t"\n  into = a\n'
        'node y: db_change\n  source = "log"\n  sql = "delete from t"\n'
    )
    flow = parse(text).flow
    assert flow is not None
    assert sources_of(flow, library()) == {"gas": ("owed",), "log": ()}


@pytest.mark.parametrize(("passed", "kind"), [(True, "replay"), (False, "counter-example")])
def test_the_way_of_a_call_test_is_numbered_in_its_own_flow(passed: bool, kind: str) -> None:
    path = [
        Visit("f", "menu", "1"), Visit("f", "pin", "next"), Visit("pin_check", "ask", "ok"),
        Visit("f", "menu", "2"), Visit("f", "end"),
    ]  # fmt: skip
    marks = way_marks(path, "f", {"menu": (1, 2), "pin": ("next",), "end": ()}, passed)
    assert {name: mark.number for name, mark in marks.cards.items()} == {
        "menu": 1, "pin": 2, "end": 4,
    }  # fmt: skip
    assert {key: mark.path for key, mark in marks.ports.items()} == {
        ("menu", 1): kind, ("pin", "next"): kind, ("menu", 2): kind,
    }  # fmt: skip
