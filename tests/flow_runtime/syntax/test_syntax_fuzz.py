"""No text whatever makes the parser raise, and what it says has a place in the text."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax import (
    ExpressionError,
    Memory,
    Parsed,
    decode,
    parse,
    parse_expression,
    parse_template,
    print_flow,
)
from strategies import TRICKY, WORDS, flows

EXAMPLE = Path(__file__).with_name("golden").joinpath("written.flow").read_text(encoding="utf-8")
PIECES = (
    *TRICKY, *WORDS, " ", "\n", "\n  ", " = ", " -> ", ": ", ",", ".", "?.", "??", "(", ")", "[",
    "]", "{", "}", '"', "'", "+", "-", "*", "==", "=", "!", "<", "#", "1", "1.5", "5s", "flow f\n",
    "\nnode a: b\n  ", "\nlayout\n  ", "\nvar x: ", '!"', 'r"', 't"', "：", "，", "“", "`", "//",
)  # fmt: skip
MANY = settings(max_examples=300, deadline=None)

pieces = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
anything = st.one_of(st.text(max_size=60), pieces)


def well_said(parsed: Parsed, text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in parsed.problems:
        assert problem.text and problem.code.startswith("syntax-")
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 2
    if parsed.flow is None:
        assert parsed.problems


@MANY
@given(anything)
def test_any_text_is_read_or_refused(text: str) -> None:
    well_said(parse(text), text)


@MANY
@given(anything)
def test_any_line_is_read_or_refused(text: str) -> None:
    for before in ("flow f\nnode a: b\n  ", "flow f\nnode a: b\n  x = ", "flow f\nlayout\n  "):
        well_said(parse(before + text), before + text)


@MANY
@given(anything)
def test_any_expression_is_read_or_refused(text: str) -> None:
    for read in (parse_expression, parse_template):
        with contextlib.suppress(ExpressionError):
            read(text)


@MANY
@given(
    st.one_of(st.binary(max_size=60), anything.map(lambda text: text.encode("utf-8", "replace")))
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    text = decode(content)
    if isinstance(text, Problem):
        assert text.code == "syntax-encoding"
    else:
        well_said(parse(text), text)


@MANY
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 40), pieces)
def test_any_change_of_a_good_flow_is_read_or_refused(at: int, cut: int, put: str) -> None:
    memory = Memory()
    parse(EXAMPLE, memory)
    text = EXAMPLE[:at] + put + EXAMPLE[at + cut :]
    parsed = parse(text, memory)
    well_said(parsed, text)
    assert repr(parsed) == repr(parse(text))


@MANY
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 40), pieces)
def test_what_is_read_without_a_problem_prints_to_a_fixed_point(
    at: int, cut: int, put: str
) -> None:
    parsed = parse(EXAMPLE[:at] + put + EXAMPLE[at + cut :])
    if parsed.flow is None or parsed.problems:
        return
    printed = print_flow(parsed.flow)
    again = parse(printed)
    assert again.flow is not None and not again.problems
    assert print_flow(again.flow) == printed


@settings(max_examples=50, deadline=None)
@given(flows(), st.floats(0, 1), st.integers(0, 20))
def test_a_flow_with_a_hole_is_read_or_refused(flow: object, where: float, size: int) -> None:
    text = print_flow(flow)  # type: ignore[arg-type]
    at = int(where * len(text))
    text = text[:at] + text[at + size :]
    well_said(parse(text), text)
