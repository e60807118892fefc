"""Coverage of nodes and ports."""

from __future__ import annotations

from pathlib import Path

from call_test_kit import made, program, steps
from flow_runtime.call_tests import FlowCoverage, Visit, flow_coverage, path_text
from flow_runtime.call_tests.outcome import Result

SHOP = program((Path(__file__).with_name("golden") / "shop.flow").read_text(encoding="utf-8"))


def cover(*results: Result) -> FlowCoverage:
    return flow_coverage(SHOP, [result.path for result in results])


def test_nothing_is_covered_before_the_first_call() -> None:
    found = flow_coverage(SHOP, [])
    assert found.flow == "shop" and (found.node_percent, found.port_percent) == (0, 0)
    assert found.nodes_missed == tuple(step.name for step in SHOP.steps)
    assert ("menu", 9) in found.ports_missed and ("end", "error") not in found.ports


def test_calls_add_up() -> None:
    one = steps(SHOP, 'press: "1"', "visits: tell")
    two = made(SHOP, "answers: {operator: [failed]}\nsteps:\n  - press: 2\n  - ends: normal")
    found = cover(one, two)
    assert found.nodes["menu"] == 2
    assert (found.ports["menu", 1], found.ports["menu", 2]) == (1, 1)
    assert found.ports["operator", "failed"] == 1
    assert set(found.nodes_missed) == {"leave", "broken", "closed"}
    assert ("operator", "busy") in found.ports_missed
    assert 0 < found.port_percent < found.node_percent < 100


def test_an_error_port_counts_when_it_is_drawn() -> None:
    flow = program("""
        flow f
        schema 1
        start -> a
        node a: set
          x = number(call.caller)
          -> end
          error -> end
        node b: hangup
        node end: hangup
        var x: number = 0
        """)
    failing = made(flow, "caller: unknown\nsteps:\n  - ends: normal")
    found = flow_coverage(flow, [failing.path])
    assert failing.passed and found.ports == {("a", "next"): 0, ("a", "error"): 1}
    assert found.nodes_missed == ("b",) and found.port_percent == 50


def test_a_flow_without_ports_is_covered() -> None:
    flow = program("flow f\nschema 1\nstart -> end\nnode end: hangup")
    found = flow_coverage(flow, [steps(flow, "ends: normal").path])
    assert (found.node_percent, found.port_percent) == (100, 100)


def test_visits_of_other_flows_do_not_count() -> None:
    found = flow_coverage(SHOP, [[Visit("other", "menu", 1), Visit("shop", "gone", 1)]])
    assert found.node_percent == 0


def test_a_long_path_is_cut_in_the_middle() -> None:
    path = [Visit("f", f"n{number}", "next") for number in range(100)] + [Visit("g", "x")]
    text = path_text(path)
    assert text.startswith("n0 -next-> n1") and text.endswith("n99 => g.x")
    assert "… 121 more …" in text and len(text.split(" ")) < 90


def test_a_path_leads_into_other_flows_and_back() -> None:
    path = [
        Visit("f", "a", "next"), Visit("f", "ask", "ok"),
        Visit("g", "b", "next"), Visit("g", "deeper", "done"), Visit("h", "c"),
        Visit("g", "d", "next"), Visit("f", "e", 1),
    ]  # fmt: skip
    assert path_text(path) == (
        "a -next-> ask => g.b -next-> g.deeper => h.c => g.deeper -done-> g.d => ask -ok-> e -1->"
    )
    assert path_text([Visit("f", "jump"), Visit("g", "b"), Visit("g", "c")]) == "jump => g.b -> g.c"
