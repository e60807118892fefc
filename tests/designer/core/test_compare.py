"""Two flows are compared by what they mean, and the difference is told as a person would."""

import pytest

from designer.core import edits
from designer.core.compare import Comparison, compare, lines_of, united
from designer.core.edits import Library
from flow_runtime.core.model import Flow
from flow_runtime.core.syntax import parse
from nodes.catalogue import library

LIBRARY: Library = library()
OLD = """\
flow shop "Shop"
schema 1
var tries: number = 0
var note: text = ""

start -> hello
on_error -> sorry

node hello: say "Greeting"
  text = "Hello."
  -> menu

node menu: menu "Main menu"
  prompt = "Press 1."
  attempts = 4
  1 "Billing" -> count
  2 "Repairs" -> hello
  failed -> sorry

node count: set
  tries = tries + 1
  -> sorry

node sorry: say
  text = "Sorry, {tries}."
  -> end

node end: hangup

layout
  hello 0,0
  sorry 400,400
  note "Ask" 220,200 180,80
"""


def flow_of(text: str = OLD) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def compared(new: str, old: str = OLD) -> Comparison:
    return compare(flow_of(old), flow_of(new), LIBRARY)


def told(new: str, old: str = OLD) -> list[str]:
    return lines_of(compared(new, old))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("  hello 0,0\n", "  hello 500,0\n"),
        ("180,80", "200,90"),
        ("node hello", "# a comment\nnode hello"),
        ('"Press 1."', 'r"Press 1."'),
        ("  1 ", '  "1" '),
        ("  attempts = 4\n", "  attempts = 4\n  timeout = 5s\n"),
        ("  attempts = 4\n", "  timeout = 5000ms\n  attempts = 4\n"),
        ("  failed -> sorry\n", "  error\n  failed -> sorry\n"),
    ],
)
def test_what_is_no_change(was: str, now: str) -> None:
    assert was in OLD
    expected = ["~ node menu", "  + port error"] if "error" in now else []
    assert told(OLD.replace(was, now)) == expected


def test_order_is_no_change() -> None:
    flow = flow_of()
    turned = Flow(
        flow.name, flow.title, 1, flow.declarations[::-1], flow.jumps[::-1], flow.nodes[::-1],
        flow.layout,
    )  # fmt: skip
    assert compare(flow, turned, LIBRARY).changes == ()


@pytest.mark.parametrize(
    ("was", "now", "lines"),
    [
        ("attempts = 4", "attempts = 5", ["~ node menu", "  ~ attempts: 4 → 5"]),
        ("  attempts = 4\n", "", ["~ node menu", "  - attempts: 4"]),
        ('"Hello."', '"Hello."\n  interruptible = false',
         ["~ node hello", "  + interruptible: false"]),
        ("failed -> sorry", "failed -> end", ["~ node menu", "  ~ port failed: sorry → end"]),
        ("  failed -> sorry\n", "", ["~ node menu", "  - port failed → sorry"]),
        ("  failed", "  error -> end\n  failed", ["~ node menu", "  + port error → end"]),
        ('"Billing"', '"Bills"', ["~ node menu", "  ~ label of port 1: Billing → Bills"]),
        ("  2 ", '  3 "New"\n  2 ', ["~ node menu", "  + port 3", "  + label of port 3: New"]),
        ('"Greeting"', '"Welcome"', ["~ node hello", "  ~ title: Greeting → Welcome"]),
        ("say\n  text = \"Sorry, {tries}.\"", "play\n  sound = \"Sorry, {tries}.\"",
         ["~ node sorry", "  ~ type: say → play", "  - text: \"Sorry, {tries}.\"",
          "  + sound: \"Sorry, {tries}.\""]),
        ("tries + 1", "tries + 2", ["~ node count", "  ~ tries: tries + 1 → tries + 2"]),
        ("start -> hello", "start -> menu", ["~ start: hello → menu"]),
        ("on_error -> sorry\n", "", ["- on_error → sorry"]),
        ("number = 0", "number = 1", ["~ variable tries: var number = 0 → var number = 1"]),
        ('var note: text = ""\n', "", ['- variable note: var text = ""']),
        ('flow shop "Shop"', "flow mall", ["~ flow shop is called mall", "- title: Shop"]),
        ('note "Ask"', 'frame "Ask"', ['- note: "Ask"', '+ frame: "Ask"']),
    ],
)  # fmt: skip
def test_one_change_is_told_in_a_line(was: str, now: str, lines: list[str]) -> None:
    assert was in OLD
    assert told(OLD.replace(was, now, 1)) == lines


def test_true_is_not_one() -> None:
    old = OLD.replace("attempts = 4", "attempts = true")
    assert told(OLD.replace("attempts = 4", "attempts = 1"), old) == [
        "~ node menu", "  ~ attempts: true → 1"
    ]  # fmt: skip


def test_assignments_in_another_order_are_a_change() -> None:
    text = "flow x\nvar a: number\nvar b: number\nnode s: set\n  {}\n"
    one = text.format("a = 1\n  b = a")
    other = text.format("b = a\n  a = 1")
    assert told(other, one) == ["~ node s", "  ~ lines: a = 1; b = a → b = a; a = 1"]
    more = text.format("a = 1\n  b = a\n  note = 3")
    assert told(more, one) == ["~ node s", "  + note: 3"]


def test_nodes_that_come_and_go() -> None:
    new = OLD.replace("node end: hangup", "node bye: reject\n\nnode extra: wait").replace(
        "-> end", "-> bye"
    )
    assert told(new) == [
        "~ node sorry",
        "  ~ port next: end → bye",
        "+ node bye: reject",
        "+ node extra: wait",
        "- node end: hangup",
    ]


# --- renamed --------------------------------------------------------------------------------------


def test_a_renamed_node_is_recognised_and_what_leads_to_it_is_no_change() -> None:
    new = edits.rename_node(flow_of(), "sorry", "apology")
    found = compare(flow_of(), new, LIBRARY)
    assert lines_of(found) == ["~ node sorry is called apology"]
    assert found.nodes == {"sorry": "apology"}


def test_every_node_renamed_at_once_is_recognised() -> None:
    new = flow_of()
    for node in flow_of().nodes:
        new = edits.rename_node(new, node.name, node.name + "_x")
    found = compare(flow_of(), new, LIBRARY)
    assert {change.kind for change in found.changes} == {"renamed"}
    assert len(found.changes) == 5


def test_twins_are_told_apart_by_what_leads_to_them() -> None:
    old = flow_of(
        "flow x\nstart -> m\nnode m: menu\n  1 -> a\n  2 -> b\nnode a: hangup\nnode b: hangup\n"
    )
    new = edits.rename_node(edits.rename_node(old, "a", "z"), "b", "y")
    assert compare(old, new, LIBRARY).nodes == {"a": "z", "b": "y"}
    loose = flow_of("flow x\nnode a: hangup\nnode b: hangup\n")
    other = flow_of("flow x\nnode c: hangup\nnode d: hangup\n")
    assert compare(loose, other, LIBRARY).nodes == {"a": "c", "b": "d"}


def test_renamed_and_changed_is_recognised_by_likeness() -> None:
    new = edits.set_parameter(edits.rename_node(flow_of(), "menu", "main"), "main", "attempts", "2")
    assert told_flow(new) == ["~ node menu is called main", "  ~ attempts: 4 → 2"]
    other = OLD.replace("node end: hangup", "node bye: reject").replace("-> end", "-> bye")
    assert compared(other).nodes == {}


def told_flow(new: Flow) -> list[str]:
    return lines_of(compare(flow_of(), new, LIBRARY))


def test_a_renamed_variable_is_one_change() -> None:
    new = edits.rename_variable(flow_of(), "tries", "attempts_made", LIBRARY)
    found = compare(flow_of(), new, LIBRARY)
    assert lines_of(found) == ["~ variable tries is called attempts_made"]
    assert found.variables == {"tries": "attempts_made"}


def test_a_variable_that_nobody_uses_is_not_taken_for_a_renamed_one() -> None:
    assert told(OLD.replace("note: text", "memo: text")) == [
        '- variable note: var text = ""', '+ variable memo: var text = ""'
    ]  # fmt: skip


def test_a_flow_of_half_typed_values_can_be_compared() -> None:
    half = OLD.replace("attempts = 4", 'attempts = !"4 +"')
    assert told(half) == ["~ node menu", "  ~ attempts: 4 → 4 +"]
    assert told(half, half) == []


# --- shown as one ---------------------------------------------------------------------------------


def test_one_flow_shows_both() -> None:
    new = edits.remove_nodes(edits.rename_node(flow_of(), "menu", "main"), ["sorry"])
    new = edits.remove_port(new, "main", 2)
    both = united(compare(flow_of(), new, LIBRARY))
    assert [n.name for n in both.flow.nodes] == ["hello", "main", "count", "end", "sorry"]
    assert both.removed == {"sorry"}
    assert both.gone == {
        ("main", 2), ("main", "failed"), ("count", "next"), ("sorry", "next")
    }  # fmt: skip
    main = both.flow.node("main")
    assert main is not None
    assert [(e.port, e.target) for e in main.edges] == [
        (1, "count"), (2, "hello"), ("failed", "sorry")
    ]  # fmt: skip
    assert [(box.name, box.x) for box in both.flow.layout.boxes] == [("hello", 0), ("sorry", 400)]
