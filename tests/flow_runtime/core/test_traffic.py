"""Traffic figures are gathered from trace events as calls make them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.core.traffic import FlowTraffic, NodeTraffic, Traffic

Event = dict[str, Any]


def events(call: str, *parts: tuple[float, str, dict[str, Any]]) -> list[Event]:
    return [{"t": t, "call": call, "event": kind, **fields} for t, kind, fields in parts]


def gathered(*calls: list[Event]) -> Traffic:
    traffic = Traffic()
    for call in calls:
        for event in call:
            traffic.add(event)
    return traffic


def enter(flow: str, node: str) -> tuple[str, dict[str, Any]]:
    return "enter", {"flow": flow, "node": node}


def leave(flow: str, node: str, port: str | int) -> tuple[str, dict[str, Any]]:
    return "leave", {"flow": flow, "node": node, "port": port}


def test_a_node_counts_visits_ways_out_and_time() -> None:
    call = events(
        "a",
        (0.0, "incoming", {"flow": "shop"}),
        (0.0, *enter("shop", "menu")),
        (4.0, *leave("shop", "menu", 1)),
        (4.0, *enter("shop", "hours")),
        (9.0, *leave("shop", "hours", "next")),
        (9.0, *enter("shop", "menu")),
        (13.1, *leave("shop", "menu", 2)),
    )
    flow = gathered(call).flow("shop")
    assert flow.calls == 1
    menu = flow.nodes["menu"]
    assert (menu.visits, menu.ports) == (2, {1: 1, 2: 1})
    assert menu.median_seconds is not None and 3.8 < menu.median_seconds < 4.3
    assert menu.drop_off == 0.0


def test_a_caller_who_hangs_up_left_in_the_innermost_node() -> None:
    call = events(
        "a",
        (0.0, *enter("shop", "ask")),
        (0.0, *enter("greet", "hello")),
        (2.0, "hangup", {"by": "caller", "cause": "normal"}),
        (2.0, *enter("shop", "tidy")),
        (2.0, *leave("shop", "tidy", "next")),
    )
    traffic = gathered(call)
    hello, ask = traffic.flow("greet").nodes["hello"], traffic.flow("shop").nodes["ask"]
    assert (hello.hangups, ask.hangups) == (1, 0)
    assert hello.drop_off == 1.0
    assert traffic.flow("shop").nodes["tidy"].visits == 1
    assert ask.median_seconds is None


def test_a_call_that_we_end_is_no_drop_off() -> None:
    call = events(
        "a",
        (0.0, *enter("shop", "bye")),
        (1.0, "hangup", {"by": "us", "cause": "normal"}),
        (1.0, "hangup", {"by": "caller", "cause": "normal"}),
    )
    assert gathered(call).flow("shop").nodes["bye"].hangups == 0


def test_a_node_that_called_a_flow_takes_as_long_as_that() -> None:
    call = events(
        "a",
        (0.0, *enter("shop", "ask")),
        (1.0, *enter("pin", "check")),
        (7.0, *leave("pin", "check", "ok")),
        (8.0, *leave("shop", "ask", "next")),
    )
    median = gathered(call).flow("shop").nodes["ask"].median_seconds
    assert median is not None and 7.6 < median < 8.4


def test_a_jump_leaves_no_trace_in_the_times_of_what_follows() -> None:
    call = events(
        "a",
        (0.0, *enter("day", "jump")),
        (0.0, *enter("night", "hello")),
        (3.0, *leave("night", "hello", "next")),
        (3.0, "hangup", {"by": "us", "cause": "normal"}),
    )
    traffic = gathered(call)
    assert traffic.flow("night").nodes["hello"].times.total() == 1
    assert traffic.flow("day").calls == traffic.flow("night").calls == 1


@given(st.lists(st.floats(0.01, 5000), min_size=1, max_size=60))
def test_the_median_is_true_to_five_per_cent(times: list[float]) -> None:
    node = NodeTraffic()
    for seconds in times:
        node.stayed(seconds)
    exact = sorted(times)[(len(times) - 1) // 2]
    assert node.median_seconds is not None
    assert exact / 1.06 < node.median_seconds < exact * 1.06


def test_figures_of_two_hours_join() -> None:
    one = gathered(events("a", (0.0, *enter("shop", "menu")), (1.0, *leave("shop", "menu", 1))))
    two = gathered(events("b", (0.0, *enter("shop", "menu")), (1.0, *leave("shop", "menu", 1))))
    whole = FlowTraffic()
    whole.join(one.flow("shop"))
    whole.join(two.flow("shop"))
    assert (whole.calls, whole.nodes["menu"].visits, whole.nodes["menu"].ports[1]) == (2, 2, 2)
    assert whole.nodes["menu"].times.total() == 2


def test_what_says_nothing_of_the_way_is_passed_over() -> None:
    assert gathered(events("a", (0.0, "say", {"text": "Hello."}))).flows == {}
