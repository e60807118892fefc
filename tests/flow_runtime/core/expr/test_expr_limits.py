from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from expr_kit import failure, frame, value
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.failure import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_PATTERN,
    MAX_TEXT,
    MAX_WEIGHT,
    ExpressionFailure,
)
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Binary, Expr, ListOf, Literal, Name, Text, Unary
from flow_runtime.core.expr.walk import children, too_complex, walk
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.syntax.parser import parse_expression
from flow_runtime.core.types import SOUND

ONE = Literal(Decimal(1), "1")
LONG = {"s": "x" * (MAX_TEXT // 2 + 1), "items": tuple(range(MAX_WEIGHT // 2))}


@pytest.mark.parametrize(
    "text",
    [
        "s + s",
        '"{s}{s}"',
        '"{s:spell}"',
        "join([s, s])",
        'join(split(slice(s, 0, 9000), "y") + split(slice(s, 0, 9000), "x"), s)',
        'replace(s, "x", "yyy")',
        "items + items",
        "[items, items]",
        "{a: items, b: items}",
        'split(s, "x")',
        "[s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s]",
        'matches("a", slice(s, 0, 1001))',
        'upper(replace(s, "x", "ß") + "b")',
        'format(s, "spell")',
        " * ".join(["n"] * 40),
        "[" * 21 + "s" + "]" * 21,
    ],
)
def test_nothing_grows_beyond_its_limit(text: str) -> None:
    assert failure(text, {**LONG, "n": Decimal("1E+90000")}).name == "too-large"


def test_a_spoken_text_is_bounded_too() -> None:
    assert failure('"{s}{s}"', LONG, expected=SOUND).name == "too-large"
    book, _ = PromptBook.build({"en": {"long": "{s}{s}"}})
    assert failure('t"long"', LONG, expected=SOUND, prompts=book).name == "too-large"


def test_limits_are_wide_enough_for_real_work() -> None:
    assert len(value("s", LONG)) == MAX_TEXT // 2 + 1
    assert value('matches("a", p)', {"p": "a" * MAX_PATTERN}) is False
    assert len(value("items + [1]", LONG)) == MAX_WEIGHT // 2 + 1


def deep(levels: int) -> Expr:
    made: Expr = ONE
    for _ in range(levels - 1):
        made = Unary("-", made)
    return made


def test_depth_is_limited_when_the_flow_is_loaded() -> None:
    assert compile_expression(deep(MAX_DEPTH))(frame()) == -1
    too_deep = deep(MAX_DEPTH + 1)
    with pytest.raises(ExpressionFailure, match="too-complex"):
        compile_expression(too_deep)(frame())
    _, problems = infer(too_deep, TypeEnv())
    assert [problem.code for problem in problems] == ["too-complex"]


def test_size_is_limited_when_the_flow_is_loaded() -> None:
    assert too_complex(ListOf((ONE,) * (MAX_NODES - 1))) is None
    assert "parts" in (too_complex(ListOf((ONE,) * MAX_NODES)) or "")


def test_a_deep_prompt_is_refused() -> None:
    book = PromptBook(("en",), "", {"en": {}})
    from flow_runtime.core.expr.tree import Slot
    from flow_runtime.core.prompts import Prompt

    book = PromptBook(("en",), "", {"en": {"p": Prompt("p", "en", Text((Slot(deep(200)),)))}})
    assert failure('t"p"', prompts=book).name == "bad-prompt"


def test_walk_meets_every_part_in_written_order() -> None:
    text = 'if a.b ?? c then [d[e], {k: f}] else len("{g}") + -h'
    names = [part.name for part in walk(parse_expression(text)) if isinstance(part, Name)]
    assert names == list("acdefgh")
    assert children(Binary("+", ONE, Name("x"))) == (ONE, Name("x"))


def hostile(pattern: str) -> Any:
    return value("matches(s, p)", {"s": "a" * 5_000 + "b", "p": pattern})


def test_regular_expressions_take_linear_time() -> None:
    """With a backtracking engine these would not end before the sun burns out."""
    assert hostile("(a+)+") is False
    assert hostile("(a|aa)+") is False
    assert failure("matches(s, p)", {"s": "a", "p": "((a{1000}){1000})"}).name == "bad-value"
