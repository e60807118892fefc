"""A call that is watched: its list entry, its state at any moment, its time-line, its passages."""

from __future__ import annotations

from typing import Any

import pytest

from designer.core.calls import call_trail
from designer.core.live import LiveCall, LiveCalls, Missed, events_of
from designer.core.replay import passage
from designer.core.simulation import Variable
from designer.core.timeline import Moment, Span, ticks, timeline
from designer.core.watched import WatchedCall, shown_value
from watch_kit import T, enter, event, incoming, leave, whole_call


def watched(events: list[dict[str, Any]]) -> WatchedCall:
    made = WatchedCall("a", lambda flow, node, port: f"{node}-{port}", lambda flow, node: node)
    made.restart(events)
    return made


# --- the list of calls in progress ----------------------------------------------------------------


def snapshot(number: int, *calls: dict[str, Any]) -> dict[str, Any]:
    return {"type": "snapshot", "number": number, "calls": list(calls)}


def told(number: int, what: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event", "number": number, "event": what}


CALL = {"id": "a", "flow": "shop", "node": "menu", "caller": "1", "called": "100", "started": T}


def test_calls_come_move_and_go() -> None:
    live = LiveCalls()
    assert live.take(snapshot(7, CALL))
    assert live.take(told(8, incoming("b", 2)))
    assert live.take(told(9, enter("b", "hello", 2)))
    assert not live.take(told(10, event("b", "say", 2, text="x")))
    assert live.take(told(11, enter("a", "ask", 3, "pay")))
    assert list(live.calls.values()) == [
        LiveCall("a", "pay", "ask", "1", "100", T),
        LiveCall("b", "shop", "hello", "138001", "100", T + 2),
    ]
    assert live.take(told(12, event("a", "hangup", 5, by="us", cause="normal")))
    assert not live.take(told(13, event("a", "hangup", 5, by="us", cause="normal")))
    assert list(live.calls) == ["b"] and live.latest == T + 5


def test_what_was_missed_is_noticed() -> None:
    live = LiveCalls()
    with pytest.raises(Missed):
        live.take(told(1, incoming("a")))
    live.take(snapshot(7))
    with pytest.raises(Missed):
        live.take(told(9, incoming("a")))


@pytest.mark.parametrize(
    "message",
    [{}, {"type": "other"}, {"type": "snapshot"}, snapshot(1, {"id": "a"}),
     {"type": "snapshot", "number": "x", "calls": []},
     {"type": "snapshot", "number": 1, "calls": 5}],
)  # fmt: skip
def test_what_is_no_message_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        LiveCalls().take(message)


def test_the_events_so_far_are_in_the_snapshot_of_one_call() -> None:
    events = whole_call("a")
    assert events_of(snapshot(1, {**CALL, "events": events}), "a") == events
    assert events_of(snapshot(1), "a") is None
    with pytest.raises(ValueError):
        events_of({"calls": [{"id": "a"}]}, "a")


# --- one call -------------------------------------------------------------------------------------


def test_a_call_is_shown_as_it_was_at_any_moment() -> None:
    call = watched(whole_call("a"))
    assert (call.caller, call.called, call.start, call.length) == ("138001", "100", T, 9.0)
    call.go(call.count_at(3))
    assert call.place == ("shop", "menu")
    assert [bubble.text for bubble in call.conversation.bubbles] == ["Hello.", "Press 1."]
    call.go(call.count_at(6))
    assert call.place == ("pay", "ask")
    pressed = call.conversation.bubbles[2]
    assert (pressed.kind, pressed.text, pressed.label) == ("pressed", "1", "menu-1")
    assert call.variables == {}
    call.go(len(call.events))
    assert call.place == ("shop", "end")
    assert call.variables == {"digits": Variable("digits", "", '"••••"')}
    assert call.conversation.bubbles[-1].text == "The flow has hung up (normal)"
    call.go(call.count_at(3))
    assert call.place == ("shop", "menu") and call.variables == {}
    assert len(call.conversation.bubbles) == 2


def test_events_that_happen_are_added_and_what_changed_is_known() -> None:
    call = watched([])
    assert (call.place, call.start) == (None, 0.0)
    for one in whole_call("a")[:4]:
        call.add(one)
    assert call.place == ("shop", "hello") and call.start == T
    call.add(event("a", "variable", 1, name="n", value=1))
    call.add(event("a", "variable", 1, name="m", value=1))
    assert call.changed == {"m"}
    call.add(event("a", "send", 2, via="email", to="x@y"))
    call.add(event("a", "send", 2, via="sms (x)", to="138", error="full"))
    assert [one.text for one in call.conversation.bubbles[-2:]] == [
        "to x@y, sent: email", "to 138, not taken: full"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (None, "–"), ("x", '"x"'), (1.5, "1.5"), ("y" * 300, '"' + "y" * 198 + "…")],
)
def test_values_are_readable(value: object, text: str) -> None:
    assert shown_value(value) == text


# --- passages -------------------------------------------------------------------------------------


def test_a_passage_is_whole_and_says_how_far_it_is_shown() -> None:
    events = whole_call("a")
    whole, begun = call_trail(events), call_trail(events[:11])
    shop, pay = passage(whole, begun, "shop"), passage(whole, begun, "pay")
    assert shop is not None and pay is not None
    assert ([v.node for v in shop[0].visits], shop[1]) == (["hello", "menu", "pay", "end"], 3)
    assert ([v.node for v in pay[0].visits], pay[1]) == (["ask", "done"], 1)
    assert passage(whole, call_trail(events[:5]), "pay") is None


# --- the time-line --------------------------------------------------------------------------------


def test_a_time_line_has_nodes_words_keys_and_steps() -> None:
    line = timeline([*whole_call("a"), event("a", "query", 9, source="billing", rows=1)])
    nodes = [(s.start, s.end, s.node) for s in line.spans if s.lane == "nodes"]
    assert sorted(nodes) == [
        (0, 2, "hello"), (2, 5, "menu"), (5, 8, "ask"), (5, 8, "pay"), (8, 8, "done"), (8, 9, "end")
    ]  # fmt: skip
    heard = [span for span in line.spans if span.lane == "heard"]
    assert heard[0] == Span("heard", 0, 2, "Hello.") and heard[1].end == 5
    assert line.moments == [
        Moment(5, "key", "1"), Moment(8, "key", "••••"), Moment(9, "data", "query · billing")
    ]  # fmt: skip
    assert (line.length, line.steps) == (9, [0, 2, 5, 5, 8, 8, 9])
    assert (line.step_after(2), line.step_before(2), line.step_before(0)) == (5, 0, 0)
    assert (line.step_after(9), line.step_before(8.5)) == (9, 8)


def test_a_time_line_has_what_happens_in_queues() -> None:
    line = timeline([
        event("a", "queued", 0, queue="repairs"), event("a", "offered", 1, agent="1001"),
        event("a", "bridged", 2, to="1001"), event("a", "held", 3, agent="1001"),
        event("a", "callback", 4, queue="repairs", number="138", at="", refused=""),
    ])  # fmt: skip
    assert [moment.text for moment in line.moments] == [
        "queued · repairs", "offered · 1001", "bridged · 1001", "held · 1001",
        "callback · repairs · 138",
    ]  # fmt: skip


def test_a_call_that_was_hung_up_in_a_sub_flow_cleans_up_in_the_first() -> None:
    events = [*whole_call("a")[:12], event("a", "hangup", 6, by="caller", cause="normal"),
              enter("a", "note", 6), leave("a", "note", "next", 7)]  # fmt: skip
    nodes = [(s.node, s.end) for s in timeline(events).spans if s.lane == "nodes"]
    assert nodes == [("hello", 2), ("menu", 5), ("ask", 6), ("pay", 6), ("note", 7)]


def test_the_ruler_is_not_crowded() -> None:
    assert ticks(0, 500) == [0.0]
    assert ticks(10, 700) == [float(n) for n in range(11)]
    assert ticks(160, 900) == [20.0 * n for n in range(9)]
    for length in (1, 59, 600, 90_000):
        marks = ticks(length, 600)
        assert len(marks) == 1 or (marks[1] - marks[0]) * 600 / length >= 70
