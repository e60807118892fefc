"""Card and line find each other, in canonical text, in text as typed, and in broken text."""

import pytest

from designer.core import edits
from designer.core.document import Document
from designer.core.lines import NO_SPOT, Spot, flow_lines

TEXT = '''\
# the shop
flow shop "Shop"
schema 1
var tries: number = 0

# the way in
start -> hello

# --- greeting
# and more
node hello: say
  # what it says
  text = """
    node fake: say
    layout
  """
  -> menu
  # indented, so still of hello
node menu: menu
  prompt = [
    "a",  # inside
    "b",
  ]

  1 "Billing" -> hello

# --- the drawing
layout
  hello 0,0
'''


@pytest.mark.parametrize(
    ("line", "spot"),
    [
        (1, NO_SPOT),
        (3, NO_SPOT),
        (4, Spot(variable="tries")),
        (6, Spot(jump="start")),
        (7, Spot(jump="start")),
        (9, Spot("hello")),
        (11, Spot("hello")),
        (12, Spot("hello", parameter="text")),
        (14, Spot("hello", parameter="text")),
        (17, Spot("hello", port="next")),
        (19, Spot("menu")),
        (22, Spot("menu", parameter="prompt")),
        (25, Spot("menu", port=1)),
        (27, NO_SPOT),
        (29, NO_SPOT),
        (500, NO_SPOT),
    ],
)
def test_what_a_line_is_about(line: int, spot: Spot) -> None:
    assert flow_lines(TEXT).at(line) == spot


def test_where_a_node_and_its_parts_are_written() -> None:
    lines = flow_lines(TEXT)
    place = lines.place("menu", port=1)
    assert place is not None and (place.line, place.column) == (25, 3)
    text = lines.place("hello", parameter="text")
    assert text is not None and (text.line, text.end_line) == (13, 16)
    assert lines.place("menu", port="1") is None
    assert lines.blocks == {"hello": (9, 18), "menu": (19, 25)}


def test_other_line_ends_count_as_one() -> None:
    assert flow_lines(TEXT.replace("\n", "\r\n")).at(25) == Spot("menu", port=1)


def test_an_edit_on_the_canvas_moves_the_lines() -> None:
    document = Document(TEXT)
    assert document.flow is not None
    document.apply("Title", edits.set_flow_header(document.flow, "shop", "Gas"))
    document.apply("Wait", edits.set_parameter(document.flow, "hello", "interruptible", "false"))
    place = document.lines.place("menu")
    assert place is not None
    assert document.text.split("\n")[place.line - 1] == "node menu: menu"
    document.undo()
    document.undo()
    assert document.lines.blocks["menu"] == (19, 25)


def test_broken_text_tells_what_is_understood() -> None:
    broken = TEXT.replace("  -> menu", "  -> -> menu")
    lines = flow_lines(broken)
    assert lines.at(19) == Spot("menu") and lines.at(17) == Spot("hello", parameter="text")
    assert flow_lines("Dear Anna,\n").at(1) == NO_SPOT
    assert flow_lines("").at(1) == NO_SPOT
