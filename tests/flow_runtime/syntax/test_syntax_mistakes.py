"""What people are told about their mistakes: golden/mistakes.txt is meant to be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.syntax import (
    ExpressionError,
    decode,
    parse,
    parse_expression,
    parse_template,
)
from flow_runtime.core.syntax.blocks import MAX_PROBLEMS
from mistake_kit import told

GOLDEN = Path(__file__).with_name("golden") / "mistakes.txt"


def cases() -> Iterator[tuple[str, str, list[str]]]:
    """Section, what is written, what is told."""
    section = ""
    for block in GOLDEN.read_text(encoding="utf-8").strip("\n").split("\n\n")[1:]:
        if block.startswith("== "):
            section = block[3:]
            continue
        written, *told = block.split("\n")
        yield section, written, [line.strip() for line in told]


@pytest.mark.parametrize(("section", "written", "problems"), list(cases()))
def test_a_mistake_is_explained(section: str, written: str, problems: list[str]) -> None:
    assert problems
    assert told(section, written) == problems


def test_the_likeliest_mistakes_are_all_there() -> None:
    """Those of the writing and those of the meaning; each says more than that it is wrong."""
    checked = [written for section, written, _ in cases() if section.startswith("checked")]
    assert len(checked) >= 50 and len(list(cases())) >= 250
    assert len(set(checked)) == len(checked)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("\u3000x = 1", "the character U+3000 (ideographic space) is not a sign"),
        ("x\u00a0= 1", "the character U+00A0 (no-break space) is not a sign"),
        ("x = \x00", "the character U+0000 (a control character) does not fit here"),
        ("x = a\u200bb", "U+200B cannot be part of a name"),
        ("x -> y " + "b" * 50, "“" + "b" * 29 + "…” does not fit here"),
        ("x = " + "a" * 50 + " " + "b" * 50, 'a text stands in quotes: "..."'),
        ("x = " + "a " * 2000, "“a” does not fit here; expected an operator"),
    ],
)
def test_odd_characters_and_long_words_are_shown_legibly(line: str, says: str) -> None:
    (problem,) = parse(f"flow f\nnode a: menu\n  {line}\n").problems
    assert problem.text.startswith(says)


def test_several_mistakes_hide_neither_each_other_nor_the_rest() -> None:
    parsed = parse(
        "flow f\n"
        "var x number\n"
        "start -> a\n"
        "node a: say\n"
        '  text = "open\n'
        "  -> b\n"
        "nod b: say\n"
        "  x = (1\n"
        "  -> c\n"
        "node c: hangup\n"
        "  reason = )\n"
    )
    assert [(p.place.line, p.code, p.subject) for p in parsed.problems] == [
        (2, "syntax-unexpected", None),
        (5, "syntax-text", "a"),
        (7, "syntax-unknown-word", None),
        (8, "syntax-bracket", None),
        (11, "syntax-bracket", "c"),
    ]
    assert parsed.flow is not None
    assert [node.name for node in parsed.flow.nodes] == ["a", "c"]
    assert parsed.flow.nodes[0].edges[0].target == "b"


def test_an_open_long_text_does_not_swallow_the_nodes_below() -> None:
    parsed = parse('flow f\nnode a: say\n  text = """\n    hello\n\nnode b: say\n  x = ;\n')
    assert [(p.place.line, p.code) for p in parsed.problems] == [
        (3, "syntax-text"),
        (7, "syntax-unexpected"),
    ]
    assert parsed.flow is not None and [n.name for n in parsed.flow.nodes] == ["a", "b"]


@pytest.mark.parametrize("inside", ['{f("x', "{f(r", '{t"x', "{a"])
def test_an_open_slot_of_a_long_text_ends_with_the_text(inside: str) -> None:
    text = f'flow f\nnode a: say\n  text = """\n    {inside}\n    more\n  """\n  b = 1\n'
    parsed = parse(text)
    assert [(p.place.line, p.place.column, p.code) for p in parsed.problems] == [
        (4, 5, "syntax-bracket")
    ]
    assert parsed.flow is not None and [p.name for p in parsed.flow.nodes[0].parameters] == ["b"]


@pytest.mark.parametrize(
    "line",
    [
        "bind = {", "  bind = [(", '  prompt = "a {b', "x = ((1)",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "next_line",
    [
        "  into = account", "  contact.level = 1", "  found -> b", '  "#" "Again" -> b', "  -> b",
        "node b: say", "start -> b", "var y: text", "layout",
    ],
)  # fmt: skip
def test_an_open_bracket_ends_where_a_new_line_surely_begins(line: str, next_line: str) -> None:
    parsed = parse(f"flow f\nnode a: x\n  {line}\n{next_line}\n")
    assert [p.place.line for p in parsed.problems] == [3]


def test_only_so_many_mistakes_are_shown() -> None:
    problems = parse("flow f\n" + "node a: x\n  y = ;\n" * 3000).problems
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].code == "syntax-too-many"
    assert len(parse("hello world\n" * 3000).problems) <= MAX_PROBLEMS + 2


@pytest.mark.parametrize(
    "deep",
    [
        "(" * 5000, "[" * 5000, '"{' * 5000, "{a: " * 5000, "-" * 5000 + "1", "a + " * 5000 + "a",
        "not " * 5000 + "a", "if a then b else " * 5000 + "c", "a" + ".b" * 5000,
        "a" + "[0]" * 5000, "f(" * 5000 + ")" * 5000, "if " * 5000,
    ],
)  # fmt: skip
def test_what_is_nested_too_deep_is_refused(deep: str) -> None:
    problems = parse(f"flow f\nnode a: x\n  y = {deep}\n").problems
    assert len(problems) == 1
    with pytest.raises(ExpressionError):
        parse_expression(deep)


def test_what_is_nested_deep_is_still_read() -> None:
    text = "[" * 99 + "]" * 99
    assert parse(f"flow f\nvar a: list = {text}\n").problems == ()
    with pytest.raises(ExpressionError, match="nested more than 100 deep"):
        parse_template("{" + "-" * 100 + "1}")
    assert parse("flow f\nvar x: number = " + "-" * 101 + "1").problems[0].code == "syntax-nesting"


def test_expressions_on_their_own_say_where_they_go_wrong() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression("a +\n  * b", line=7, column=20)
    assert caught.value.problem.place == Place(8, 3, 8, 4)
    with pytest.raises(ExpressionError) as caught:
        parse_expression("(a", line=7, column=20)
    assert caught.value.problem.place == Place(7, 20, 7, 21)
    with pytest.raises(ExpressionError) as caught:
        parse_expression("(a\n b))", line=7, column=20)
    assert caught.value.problem.place == Place(8, 4, 8, 5)
    with pytest.raises(ExpressionError, match="there is no expression here"):
        parse_expression("  ")
    with pytest.raises(ExpressionError) as caught:
        parse_template("Hello {name", line=3, column=5)
    assert caught.value.problem.place.line == 3


def test_files_that_are_not_utf_8_are_refused_with_the_place() -> None:
    assert decode("flow é\n".encode("utf-8-sig")) == "flow é\n"
    problem = decode("flow f\n# é".encode("latin-1"))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.place) == ("syntax-encoding", Place(2, 3, 2, 4))
    problem = decode("flow f".encode("utf-16"))
    assert isinstance(problem, Problem) and "UTF-16" in problem.text
