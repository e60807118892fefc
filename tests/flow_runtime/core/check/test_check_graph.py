from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.core.check.graph import Graph, Link
from flow_runtime.core.problems import Step


def graph(*ways: str) -> Graph:
    """``a-b`` is a way from a to b by the port ``to_b``; ``a`` alone is a node."""
    nodes = dict.fromkeys(name for way in ways for name in way.split("-"))
    pairs = [way.split("-") for way in ways if "-" in way]
    return Graph(nodes, [Link(a, f"to_{b}", b) for a, b in pairs])


def test_reachable_follows_every_link_once() -> None:
    met = graph("a-b", "b-c", "c-a", "d-a").reachable(["a"])
    assert set(met) == {"a", "b", "c"}
    assert met["a"] is None and met["c"] == Link("b", "to_c", "c")


def test_reachable_leaves_out_what_may_not_be_followed() -> None:
    assert set(graph("a-b", "a-c").reachable(["a"], lambda way: way.target != "b")) == {"a", "c"}


def test_path_is_a_shortest_one() -> None:
    g = graph("a-b", "b-c", "a-x", "x-y", "y-c")
    assert g.path("a", "c") == (Step("a", "to_b"), Step("b", "to_c"), Step("c", None))
    assert g.path("c", "a") == ()
    assert g.path("a", "a") == (Step("a", None),)


def test_links_and_nodes_keep_their_order() -> None:
    g = graph("b-a", "b-c")
    assert list(g.nodes) == ["b", "a", "c"]
    assert [way.target for way in g.links("b")] == ["a", "c"]


def test_knots_are_groups_that_hold_a_circle() -> None:
    g = graph("a-b", "b-a", "b-c", "c-d", "e-e", "f")
    everything = set(g.nodes)
    assert sorted(g.knots(everything)) == [("a", "b"), ("e",)]
    assert list(g.knots(everything - {"a", "e"})) == []


def test_two_circles_that_touch_are_one_knot() -> None:
    g = graph("a-b", "b-a", "b-c", "c-b", "a-d", "d-e")
    assert list(g.knots(set(g.nodes))) == [("a", "b", "c")]


def test_circle_is_a_shortest_one() -> None:
    g = graph("a-b", "b-c", "c-a", "b-a", "a-x", "x-a")
    assert [step.node for step in g.circle("a", set(g.nodes))] in (["a", "b", "a"], ["a", "x", "a"])
    assert [step.node for step in g.circle("c", set(g.nodes))] == ["c", "a", "b", "c"]
    assert g.circle("a", {"a", "c"}) == ()
    assert graph("a-a").circle("a", {"a"}) == (Step("a", "to_a"), Step("a", None))


def test_a_very_long_flow_needs_no_recursion() -> None:
    names = [f"n{i}" for i in range(20_000)]
    g = Graph(names, [Link(a, "next", b) for a, b in zip(names, [*names[1:], "n0"], strict=True)])
    assert [len(knot) for knot in g.knots(set(names))] == [20_000]
    assert len(g.path("n0", "n19999")) == 20_000


def test_leading_to_goes_against_the_links() -> None:
    g = graph("a-b", "b-c", "x-c", "c-d", "y-a")
    assert set(g.leading_to(["c"])) == {"a", "b", "c", "x", "y"}
    assert set(g.leading_to(["c"], lambda way: way.source != "b")) == {"c", "x"}
    assert set(g.leading_to([])) == set()


def test_a_way_that_may_not_be_followed_closes_no_circle() -> None:
    g = graph("a-b", "b-a", "b-b")
    assert list(g.knots(set(g.nodes), lambda way: way.source != way.target)) == [("a", "b")]
    assert list(g.knots(set(g.nodes), lambda way: way.target != "a")) == [("b",)]
    assert g.circle("b", {"a", "b"}, lambda way: way.target != "b" or way.source == "a") != ()
    assert g.circle("a", {"a", "b"}, lambda way: way.target != "a") == ()


EDGES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20)


@given(EDGES)
def test_knots_agree_with_mutual_reachability(edges: list[tuple[int, int]]) -> None:
    names = [str(i) for i in range(7)]
    g = Graph(names, [Link(str(a), f"{a}>{b}", str(b)) for a, b in edges])

    def leads(a: str, b: str) -> bool:
        return any(b in g.reachable([way.target]) for way in g.links(a))

    expected = {
        tuple(b for b in names if a == b or (leads(a, b) and leads(b, a)))
        for a in names
        if leads(a, a)
    }
    assert set(g.knots(set(names))) == expected
