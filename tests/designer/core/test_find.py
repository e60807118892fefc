"""Words are found wherever an analyst has written them, with the place to go to."""

import pytest

from designer.core.edits import Library
from designer.core.find import Wanted, find, nodes_like, uses
from flow_runtime.core.model import Flow
from flow_runtime.core.syntax import parse
from nodes.catalogue import library

LIBRARY: Library = library()
TEXT = """\
flow shop "Shop for gas"
schema 1
var gas: text = "gas"

start -> hello
# gas first
node hello: say "Gas greeting"
  text = "About   Gas"
  -> gas_menu
node gas_menu: menu
  prompt = "Gas {gas}?"  # no gas yet
  1 "Gas bill" -> hello
  failed -> end
node end: hangup
layout
  note "ask the gas people" 0,0 10,10
  frame "GAS" 0,0 10,10
"""


def flow_of(text: str = TEXT) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def test_all_places_in_the_order_of_the_file() -> None:
    found = [
        (hit.kind, hit.node, hit.text[slice(*hit.span)]) for hit in find(flow_of(), Wanted("gas"))
    ]
    assert found == [
        ("flow", None, "gas"),
        ("variable", None, "gas"),
        ("variable", None, "gas"),
        ("comment", "hello", "gas"),
        ("title", "hello", "Gas"),
        ("parameter", "hello", "Gas"),
        ("port", "hello", "gas"),
        ("name", "gas_menu", "gas"),
        ("comment", "gas_menu", "gas"),
        ("parameter", "gas_menu", "Gas"),
        ("label", "gas_menu", "Gas"),
        ("note", None, "gas"),
        ("frame", None, "GAS"),
    ]


def test_a_hit_says_where_to_go() -> None:
    (hit,) = find(flow_of(), Wanted("bill"))
    assert (hit.node, hit.port, hit.text, hit.span) == ("gas_menu", 1, "Gas bill", (4, 8))
    (note,) = find(flow_of(), Wanted("people"))
    assert (note.kind, note.sheet) == ("note", 0)
    assert find(flow_of(), Wanted("prompt"))[0].parameter == "prompt"


def test_case_whole_words_and_blanks() -> None:
    assert [hit.text for hit in find(flow_of(), Wanted("GAS", match_case=True))] == ["GAS"]
    assert find(flow_of(), Wanted("ga", whole_words=True)) == []
    assert [hit.node for hit in find(flow_of(), Wanted(" about gas "))] == ["hello"]
    assert find(flow_of(), Wanted("  ")) == []
    assert find(flow_of(), Wanted("a.c*")) == []


def test_chinese_and_composed_letters_are_found() -> None:
    flow = flow_of('flow x\nnode a: say "欢迎 café"\n')
    assert find(flow, Wanted("欢迎"))[0].node == "a"
    assert find(flow, Wanted("cafe\u0301"))[0].span == (3, 7)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("end", ["end"]),
        ("g", ["hello", "gas_menu"]),
        ("menu", ["gas_menu"]),
        ("greet", ["hello"]),
        ("hang", ["end"]),
        ("nothing", []),
    ],
)
def test_nodes_by_what_is_typed(typed: str, names: list[str]) -> None:
    assert nodes_like(flow_of(), typed) == names


def test_who_uses_a_variable() -> None:
    text = (
        "flow x\nvar a: number = 1\nvar b: number = a\nnode n: set\n  a = 2\n  b = a + a\n"
        'node m: subflow\n  flow = "a"\n  outputs = {a: b}\n'
    )
    assert [(hit.node or hit.text, hit.parameter) for hit in uses(flow_of(text), "a", LIBRARY)] == [
        ("a", None),
        ("b", None),
        ("n", "a"),
        ("n", "b"),
        ("m", "outputs"),
    ]
