from functools import reduce
from operator import or_

from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.core.check.dataflow import State, solve
from flow_runtime.core.check.graph import Graph, Link
from flow_runtime.core.model import PortValue


def graph(*ways: str) -> Graph:
    """``a-b`` is a way from a to b by the port ``to_b``."""
    pairs = [way.split("-") for way in ways]
    nodes = dict.fromkeys(name for pair in pairs for name in pair)
    return Graph(nodes, [Link(a, f"to_{b}", b) for a, b in pairs])


def nothing_changes(node: str) -> None:
    return None


def test_what_holds_at_the_root_holds_behind_it() -> None:
    found = solve({"a": 5}, graph("a-b", "b-c", "x-a").links, nothing_changes)
    assert found == {"a": 5, "b": 5, "c": 5}


def test_where_ways_meet_all_that_they_bring_is_kept() -> None:
    def behind(node: str):  # type: ignore[no-untyped-def]
        return lambda port, state: state | (2 if port == "to_b" else 4) if node == "a" else state

    found = solve({"a": 1}, graph("a-b", "a-c", "b-d", "c-d").links, behind)
    assert found["d"] == 7


def test_a_circle_brings_back_what_was_added_in_it() -> None:
    def behind(node: str):  # type: ignore[no-untyped-def]
        return lambda port, state: state << 1 & 31 if node == "b" else state

    found = solve({"a": 1}, graph("a-b", "b-a", "b-c").links, behind)
    assert found == {"a": 31, "b": 31, "c": 30}


def test_nobody_comes_where_every_way_is_closed() -> None:
    def behind(node: str):  # type: ignore[no-untyped-def]
        return lambda port, state: None if port == "to_b" else state

    assert solve({"a": 1}, graph("a-b", "a-c", "b-d").links, behind) == {"a": 1, "c": 1}


def test_several_roots_and_none() -> None:
    assert solve({"a": 1, "b": 2}, graph("a-c", "b-c").links, nothing_changes)["c"] == 3
    assert solve({}, graph("a-b").links, nothing_changes) == {}


def test_a_very_long_flow_needs_no_recursion() -> None:
    names = [str(number) for number in range(20_000)]
    links = [Link(a, "next", b) for a, b in zip(names, [*names[1:], "0"], strict=True)]
    found = solve({"0": 1}, Graph(names, links).links, nothing_changes)
    assert len(found) == 20_000 and set(found.values()) == {1}


EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14)
MASKS = st.lists(st.tuples(st.integers(0, 31), st.integers(0, 31)), min_size=6, max_size=6)


@given(EDGES, MASKS)
def test_it_is_the_union_over_all_ways(
    edges: list[tuple[int, int]], masks: list[tuple[int, int]]
) -> None:
    """Each node keeps and adds some bits; a call that brings nothing cannot leave node 5."""
    names = [str(number) for number in range(6)]
    links = [Link(str(a), f"{number}", str(b)) for number, (a, b) in enumerate(edges)]
    flow = Graph(names, links)

    def after(node: str, state: State) -> State | None:
        keep, add = masks[int(node)]
        return None if node == "5" and not state else state & keep | add

    def behind(node: str):  # type: ignore[no-untyped-def]
        def passed(port: PortValue, state: State) -> State | None:
            return after(node, state)

        return passed

    reached = {"0": {1}}
    todo = [("0", 1)]
    while todo:
        node, state = todo.pop()
        left = after(node, state)
        for link in flow.links(node):
            if left is not None and left not in reached.setdefault(link.target, set()):
                reached[link.target].add(left)
                todo.append((link.target, left))
    found = solve({"0": 1}, flow.links, behind)
    brought = {node: reduce(or_, states, 0) for node, states in reached.items() if states}
    assert found.keys() >= brought.keys()
    assert all(found[node] & bits == bits for node, bits in brought.items())
    if "5" not in reached:  # where no way is closed, nothing else is claimed
        assert found == brought
