"""A call is followed through its flows from what its trace tells."""

from typing import Any

import pytest

from designer.core.calls import CallTrail, call_marks, call_trail, clock_time
from designer.core.picture import CardMark, Marks, PortMark

Event = dict[str, Any]


def enter(t: float, node: str, flow: str = "shop") -> Event:
    return {"t": t, "call": "a", "event": "enter", "flow": flow, "node": node}


def leave(t: float, node: str, port: str | int, flow: str = "shop") -> Event:
    return {"t": t, "call": "a", "event": "leave", "flow": flow, "node": node, "port": port}


def hangup(t: float) -> Event:
    return {"t": t, "call": "a", "event": "hangup", "by": "caller", "cause": "normal"}


def passed(trail: CallTrail, flow: str = "shop") -> list[list[tuple[str, Any]]]:
    return [[(v.node, v.port) for v in way.visits] for way in trail.of_flow(flow)]


def test_a_plain_call() -> None:
    trail = CallTrail()
    trail.add({"t": 0.0, "call": "a", "event": "incoming", "flow": "shop"})
    assert trail.place("shop") is None
    for event in (enter(0, "hello"), leave(3, "hello", "next"), enter(3, "menu")):
        trail.add(event)
    here = trail.place("shop")
    assert here is not None and (here.node, here.since) == ("menu", 3)
    trail.add({"t": 5.0, "call": "a", "event": "key", "key": "1"})
    trail.add(leave(5, "menu", "1"))
    assert trail.place("shop") is None
    assert passed(trail) == [[("hello", "next"), ("menu", "1")]]


def test_a_flow_that_is_called_has_a_way_of_its_own_each_time() -> None:
    trail = call_trail(
        [
            enter(0, "find"), enter(0, "ask", "part"), leave(1, "ask", "next", "part"),
            enter(1, "done", "part"), leave(1, "done", "known", "part"), leave(1, "find", "known"),
            enter(1, "find"), enter(2, "ask", "part"),
        ]
    )  # fmt: skip
    assert passed(trail) == [[("find", "known"), ("find", None)]]
    assert passed(trail, "part") == [[("ask", "next"), ("done", "known")], [("ask", None)]]
    outer, inner = trail.place("shop"), trail.place("part")
    assert outer is not None and outer.node == "find" and outer.since == 1
    assert inner is not None and inner.node == "ask"


def test_a_flow_that_calls_itself() -> None:
    trail = call_trail([enter(0, "a"), enter(1, "a"), leave(2, "a", "next"), leave(3, "a", "next")])
    assert passed(trail) == [[("a", "next")], [("a", "next")]]
    assert [way.visits[0].until for way in trail.ways] == [3, 2]


def test_after_the_hang_up_each_flow_cleans_up() -> None:
    trail = call_trail(
        [
            enter(0, "find"), enter(0, "ask", "part"), hangup(4),
            enter(4, "tidy", "part"), leave(4, "tidy", "next", "part"),
            enter(5, "note"), leave(5, "note", "next"),
        ]
    )  # fmt: skip
    assert trail.hung_up == 4 and trail.hung_up_by == "caller"
    assert passed(trail) == [[("find", None), ("note", "next")]]
    assert passed(trail, "part") == [[("ask", None), ("tidy", "next")]]
    assert [v.after_hangup for v in trail.of_flow("shop")[0].visits] == [False, True]
    assert trail.place("shop") is None


def test_a_failure_is_kept_with_the_visit() -> None:
    failed = {"t": 1.0, "event": "error", "flow": "shop", "node": "a", "name": "database-timeout"}
    trail = call_trail([enter(0, "a"), failed, leave(1, "a", "error")])
    assert trail.ways[0].visits[0].error == "database-timeout"


def test_events_from_the_middle_of_a_call_do_no_harm() -> None:
    trail = call_trail([leave(1, "a", "next"), enter(2, "b"), leave(2, "other", "next")])
    assert passed(trail) == [[("b", None)]]


def test_the_flag_and_the_ways_taken() -> None:
    trail = call_trail([enter(0, "menu"), leave(1, "menu", "1"), enter(1, "hello")])
    marks = call_marks(trail, "shop", 13.9, {"menu": (1, 2), "hello": ("next",)})
    assert marks == Marks(
        {"hello": CardMark(flag="caller is here · 0:12")}, {("menu", 1): PortMark(covered=True)}
    )
    assert call_marks(trail, "other", 13.0) == Marks()
    trail.add(hangup(20))
    trail.add(enter(20, "tidy"))
    assert call_marks(trail, "shop", 21.0).cards == {
        "tidy": CardMark(flag="after the call · 0:01")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0:00"), (59.9, "0:59"), (600, "10:00"), (3725, "1:02:05")]
)
def test_a_clock(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text
