"""What is copied is flow text; what is pasted comes from anywhere and meets what is there."""

import pytest

from designer.core.clipboard import Chosen, copy, cut, duplicate, paste
from designer.core.document import Refused
from designer.core.edits import Library
from flow_runtime.core.model import Flow, NodeDecl
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.syntax import parse, print_flow
from nodes.catalogue import library

LIBRARY: Library = library()
TEXT = """\
flow shop "Shop"
schema 1
input channel: text = ""
var tries: number = most
var most: number = 3
var unused: text?

start -> hello

# --- greeting
node hello: say
  text = t"hello"
  -> menu

node menu: menu "Main menu"
  prompt = "Press {tries}."
  1 "Billing" -> hello
  2 "Repairs" -> end  # far away
  failed -> end

node end: hangup

layout
  hello 0,0
  menu 220,0
  note "Ask" 220,200 180,80
"""
FRAGMENT = """\
flow shop "Shop"
schema 1
var tries: number = most
var most: number = 3

# --- greeting
node hello: say
  text = t"hello"
  -> menu

node menu: menu "Main menu"
  prompt = "Press {tries}."
  1 "Billing" -> hello
  2 "Repairs"  # far away
  failed

layout
  hello 0,0
  menu 240,10
  note "Ask" 220,200 180,80
"""
CHOSEN = Chosen({"menu": (240, 10), "hello": (0, 0)}, [0])


def flow_of(text: str = TEXT) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def node(flow: Flow, name: str) -> NodeDecl:
    found = flow.node(name)
    assert found is not None
    return found


def test_a_fragment_is_a_small_flow_that_can_be_read() -> None:
    assert copy(flow_of(), CHOSEN, LIBRARY) == FRAGMENT
    assert parse(FRAGMENT).problems == ()


def test_variables_that_only_a_prompt_says_come_along() -> None:
    book, _ = PromptBook.build({"en": {"hello": "Hello {channel}."}}, currency="")
    text = copy(flow_of(), Chosen({"hello": (0, 0)}), LIBRARY, book)
    assert 'input channel: text = ""' in text and "tries" not in text


def test_cutting_takes_the_comments_along() -> None:
    text, flow = cut(flow_of(), CHOSEN, LIBRARY)
    assert text == FRAGMENT
    left = print_flow(flow)
    assert [n.name for n in flow.nodes] == ["end"] and "greeting" not in left
    assert "note" not in left and flow.jumps == ()


def test_pasting_beside_the_original_gives_fresh_names_and_keeps_what_leads_inside() -> None:
    pasted = paste(flow_of(), FRAGMENT, LIBRARY)
    assert pasted.nodes == ("hello_2", "menu_2") and pasted.sheets == (1,)
    menu = node(pasted.flow, "menu_2")
    assert [(e.port, e.label, e.target) for e in menu.edges] == [
        (1, "Billing", "hello_2"),
        (2, "Repairs", None),
        ("failed", None, None),
    ]
    boxes = {box.name: (box.x, box.y) for box in pasted.flow.layout.boxes}
    assert (boxes["hello_2"], boxes["menu_2"]) == ((20, 20), (260, 30))
    assert pasted.flow.declarations == flow_of().declarations
    assert pasted.flow.jump("start") == "hello"


def test_pasting_again_steps_on() -> None:
    once = paste(flow_of(), FRAGMENT, LIBRARY)
    twice = paste(once.flow, FRAGMENT, LIBRARY)
    boxes = {box.name: (box.x, box.y) for box in twice.flow.layout.boxes}
    assert twice.nodes == ("hello_3", "menu_3") and boxes["hello_3"] == (40, 40)


def test_pasting_at_the_pointer_puts_the_corner_on_the_grid() -> None:
    pasted = paste(flow_of(), FRAGMENT, LIBRARY, at=(1007, -492))
    boxes = {box.name: (box.x, box.y) for box in pasted.flow.layout.boxes}
    assert (boxes["hello_2"], boxes["menu_2"]) == ((1000, -500), (1240, -490))
    assert (pasted.flow.layout.remarks[1].x, pasted.flow.layout.remarks[1].y) == (1220, -300)


def test_another_flow_gets_the_variables_it_lacks() -> None:
    other = flow_of("flow other\ninput tries: text\nstart -> a\nnode a: hangup\n")
    pasted = paste(other, FRAGMENT, LIBRARY)
    assert [(d.kind, d.name) for d in pasted.flow.declarations] == [
        ("input", "tries"),
        ("var", "most"),
    ]
    assert pasted.nodes == ("hello", "menu") and pasted.flow.jump("start") == "a"


def test_an_input_is_pasted_as_a_variable_but_an_empty_flow_takes_it_as_it_is() -> None:
    text = "flow x\ninput n: number\nstart -> a\nnode a: log\n  text = n\n"
    other = paste(flow_of("flow other\nnode b: hangup\n"), text, LIBRARY).flow
    assert [(d.kind, d.name) for d in other.declarations] == [("var", "n")]
    empty = paste(flow_of("flow other\n"), text, LIBRARY).flow
    assert [(d.kind, d.name) for d in empty.declarations] == [("input", "n")]
    assert empty.jump("start") == "a"


def test_a_letter_around_it_does_no_harm() -> None:
    letter = (
        "\r\n\r\nHi Anna,\r\n\r\nput this into the flow - start with the menu, node by node:\r\n"
        "  (mind the order)\r\n\r\n" + FRAGMENT.replace("\n", "\r\n") + "\r\nRegards,\r\n  Ben\r\n"
    )
    assert paste(flow_of(), letter, LIBRARY) == paste(flow_of(), FRAGMENT, LIBRARY)


@pytest.mark.parametrize("prefix", ["> ", ">", "    ", "\t", "> > "])
def test_quoted_and_indented_text_is_read(prefix: str) -> None:
    text = "".join(f"{prefix}{line}\n" for line in FRAGMENT.splitlines())
    assert paste(flow_of(), text, LIBRARY) == paste(flow_of(), FRAGMENT, LIBRARY)


def test_nodes_alone_are_pasted_without_a_flow_around_them() -> None:
    text = '\n# by hand\nnode a: say\n  text = "x"\n  -> b\nnode b: wait\n  -> elsewhere\n\n'
    pasted = paste(flow_of(), text, LIBRARY, at=(100, 100))
    assert pasted.nodes == ("a", "b") and node(pasted.flow, "a").comments.above == ("by hand",)
    assert node(pasted.flow, "b").edges[0].target is None
    boxes = {box.name: (box.x, box.y) for box in pasted.flow.layout.boxes}
    assert (boxes["a"], boxes["b"]) == ((100, 100), (320, 100))


def test_names_of_any_script_are_found_in_a_letter() -> None:
    text = "Hi,\nnode नमस्ते: say\n  -> 客服\nnode 客服: hangup\nBye.\n"
    assert paste(Flow("x"), text, LIBRARY).nodes == ("नमस्ते", "客服")


def test_a_text_with_blanks_that_do_not_break_keeps_them() -> None:
    text = 'flow x\nnode a: say\n  text = "1\u00a0EUR"\n'
    assert "1\u00a0EUR" in print_flow(paste(Flow("x"), text, LIBRARY).flow)


def test_a_long_text_with_lines_in_column_0_is_no_letter() -> None:
    text = 'node a: log\n  text = """\nDear all,\nnode b: say\n"""\n  -> a\nThanks!\n'
    pasted = paste(Flow("x"), text, LIBRARY)
    assert pasted.nodes == ("a",)
    assert "Dear all," in print_flow(pasted.flow) and "Thanks" not in print_flow(pasted.flow)


def test_what_cannot_be_read_is_refused_with_its_line() -> None:
    with pytest.raises(Refused, match="line 3 of what was copied cannot be read"):
        paste(flow_of(), "\nnode a: say\n  text = = 3\n", LIBRARY)


@pytest.mark.parametrize(
    "text", ["", "Dear Anna,\nsee you.\n", "flow charts are fine\n", "flow x\n"]
)
def test_a_text_without_a_flow_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="there is no node, note or frame"):
        paste(flow_of(), text, LIBRARY)


def test_notes_alone_are_pasted() -> None:
    text = copy(flow_of(), Chosen({}, [0]), LIBRARY)
    pasted = paste(flow_of(), text, LIBRARY)
    assert pasted.nodes == () and pasted.sheets == (1,)
    assert (pasted.flow.layout.remarks[1].x, pasted.flow.layout.remarks[1].y) == (240, 220)


def test_duplicates_are_written_behind_the_original() -> None:
    made = duplicate(flow_of(), Chosen({"hello": (0, 0)}), LIBRARY)
    assert [n.name for n in made.flow.nodes] == ["hello", "hello_2", "menu", "end"]
    assert node(made.flow, "hello_2").edges[0].target is None and made.nodes == ("hello_2",)


def test_an_unknown_type_is_pasted_to_the_letter() -> None:
    node = 'node a: later "Not yet"\n  what = !"a +"\n  "x y" -> a\n'
    text = f"flow x\nschema 1\n\n{node}\nlayout\n  a 0,0\n"
    flow = flow_of(text)
    assert copy(flow, Chosen({"a": (0, 0)}), LIBRARY) == text
