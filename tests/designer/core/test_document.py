"""A document keeps text and model in step, and every edit can be taken back."""

from dataclasses import replace

import pytest

from designer.core.document import Document, Refused
from flow_runtime.core.model import Flow
from flow_runtime.core.syntax import parse, print_flow

TEXT = """\
flow shop   "Shop"
schema 1
# the way in
start -> hello
node hello: say
  text = "Hello."
"""
CANONICAL = """\
flow shop "Shop"
schema 1

# the way in
start -> hello

node hello: say
  text = "Hello."
"""


def titled(document: Document, title: str) -> Flow:
    assert document.flow is not None
    return replace(document.flow, title=title)


def test_a_file_that_is_only_opened_is_not_changed() -> None:
    document = Document(TEXT)
    assert (document.text, document.dirty, document.broken) == (TEXT, False, False)
    assert (document.undo_name, document.redo_name) == (None, None)


def test_an_edit_prints_the_whole_canonically_and_is_taken_back_to_the_letter() -> None:
    document = Document(TEXT)
    document.apply("Rename", titled(document, "Market"))
    assert document.text == CANONICAL.replace('"Shop"', '"Market"')
    assert document.dirty and document.undo_name == "Rename"
    document.undo()
    assert (document.text, document.dirty, document.redo_name) == (TEXT, False, "Rename")
    document.redo()
    assert document.flow is not None and document.flow.title == "Market"


def test_what_is_printed_again_is_what_a_fresh_printing_gives() -> None:
    document = Document(TEXT)
    for number in range(4):
        assert document.flow is not None
        node = replace(document.flow.nodes[0], title=f"Title {number}")
        twice = (*document.flow.nodes[1:], node, node)
        document.apply("edit", replace(document.flow, nodes=twice))
        assert document.text == print_flow(document.flow)
        document.undo()
        document.apply("edit", replace(document.flow, nodes=(node, *document.flow.nodes[1:])))
        assert document.text == print_flow(document.flow)


def test_keystrokes_in_one_field_are_one_step() -> None:
    document = Document(TEXT)
    for title in ("M", "Ma", "Mar"):
        document.apply("Rename", titled(document, title), merge="title")
    document.end_merging()
    document.apply("Rename", titled(document, "Mart"), merge="title")
    document.undo()
    assert document.flow is not None and document.flow.title == "Mar"
    document.undo()
    assert document.text == TEXT


def test_saving_ends_a_step_and_keeps_the_history() -> None:
    document = Document(TEXT)
    document.apply("Rename", titled(document, "A"), merge="title")
    document.saved()
    document.apply("Rename", titled(document, "AB"), merge="title")
    assert document.dirty
    document.undo()
    assert not document.dirty and document.flow is not None and document.flow.title == "A"
    document.undo()
    assert document.dirty and document.text == TEXT


def test_an_edit_after_undo_forgets_what_was_undone() -> None:
    document = Document(TEXT)
    document.apply("One", titled(document, "A"))
    document.undo()
    document.apply("Two", titled(document, "B"))
    assert (document.redo_name, document.undo_name) == (None, "Two")


def test_an_edit_that_changes_nothing_is_none() -> None:
    document = Document(TEXT)
    assert document.flow is not None
    document.apply("Nothing", document.flow)
    document.type_text(TEXT, "Typing")
    assert document.undo_name is None


def test_a_broken_text_keeps_the_model_and_refuses_the_canvas() -> None:
    document = Document(TEXT)
    before = document.flow
    document.type_text(TEXT.replace("node hello: say", "node hello say"), "Typing")
    assert document.broken and document.flow is before
    with pytest.raises(Refused, match="line 5 of the text cannot be read"):
        document.apply("Rename", titled(document, "B"))
    assert "node hello say" in document.text
    document.type_text(TEXT, "Typing")
    assert not document.broken


def test_a_file_without_a_flow_is_kept_as_it_is() -> None:
    document = Document("Dear colleague,\n")
    assert document.flow is None and document.broken
    assert document.text == "Dear colleague,\n" and document.misread


def test_what_was_recovered_stands_in_no_file() -> None:
    document = Document(TEXT)
    document.unsaved()
    assert document.dirty
    document.saved()
    assert not document.dirty


STRANGE = """flow f "F"
schema 1

start -> a

node a: say "A"
  text = "Hello"
  -> far

#  written by hand
node far: warp   "Far away"   #odd
  factor   =   warp( 9 )
  # a remark

  1   "Back"->   a
  -> over
   #the end

node over: hangup
"""


def test_a_node_of_an_unknown_type_stays_to_the_letter_whatever_else_is_edited() -> None:
    document = Document(STRANGE, known=lambda word: word != "warp")
    block = STRANGE[STRANGE.index("#  written") : STRANGE.index("\n\nnode over")]
    assert document.flow is not None
    node = document.flow.nodes[0]
    titled = replace(document.flow, nodes=(replace(node, title="B"), *document.flow.nodes[1:]))
    document.apply("Title", titled)
    assert document.text == STRANGE.replace('say "A"', 'say "B"')
    document.apply("Delete", replace(titled, nodes=titled.nodes[:1]))
    assert "warp" not in document.text
    document.undo()
    assert block in document.text
    document.apply("Turn round", replace(titled, nodes=titled.nodes[::-1]))
    assert block in document.text
    document.type_text(document.text.replace("Hello", "Bye"), "Typing")
    assert document.flow is not None
    document.apply("Shorten", replace(document.flow, nodes=document.flow.nodes[:2]))
    assert block in document.text
    assert parse(document.text).flow == document.flow


def test_a_changed_node_of_an_unknown_type_is_printed_as_any_other() -> None:
    document = Document(STRANGE, known=lambda word: word != "warp")
    assert document.flow is not None
    nodes = list(document.flow.nodes)
    nodes[1] = replace(nodes[1], title="Near")
    document.apply("Title", replace(document.flow, nodes=tuple(nodes)))
    assert 'node far: warp "Near"' in document.text
