"""Runs one of the grammar's start rules over one logical line."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax.build import Build, Mistake

if TYPE_CHECKING:
    from lark import Lark, UnexpectedToken
    from lark.parsers.lalr_interactive_parser import InteractiveParser

Start: TypeAlias = Literal["item", "line", "spot", "expression", "prompt"]


class ExpressionError(Exception):
    """A line or an expression does not follow the grammar; *problem* says where and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


@cache
def _engine() -> tuple[Lark, type[UnexpectedToken]]:
    """The parser, which keeps nothing between two lines, and the error it raises.

    It is made (in some 30 ms, with the import of lark) when the first line is parsed.
    """
    from lark import UnexpectedToken

    from flow_runtime.core.syntax.tables import parser

    return parser(Build()), UnexpectedToken


def begin(
    start: Start, text: str, line: int, column: int
) -> tuple[type[UnexpectedToken], InteractiveParser]:
    """A parser in front of *text*, and the only exception by which it refuses one.

    (Some terminal of the grammar matches each character.)
    """
    lark, unexpected_token = _engine()
    parser = lark.parse_interactive(text, start=start)
    counter = parser.lexer_thread.state.line_ctr  # type: ignore[union-attr]
    counter.line, counter.column, counter.line_start_pos = line, column, 1 - column
    return unexpected_token, parser


def run(start: Start, text: str, line: int, column: int) -> Any:
    """What *text*, which begins at *line* and *column*, says. Raises `ExpressionError`."""
    unexpected_token, parser = begin(start, text, line, column)
    try:
        return parser.resume_parse()  # type: ignore[no-untyped-call]
    except Mistake as mistake:
        raise ExpressionError(mistake.problem) from None
    except unexpected_token as error:
        problem = _explained(start, text, line, column, error)
    raise ExpressionError(problem)


def _explained(start: Start, text: str, line: int, column: int, error: UnexpectedToken) -> Problem:
    from flow_runtime.core.syntax.hints import explain
    from flow_runtime.core.syntax.mistakes import Stumble

    at_end = error.token.type == "$END" or error.token.start_pos is None
    offset = len(text) if at_end else error.token.start_pos
    expected = frozenset(error.interactive_parser.accepts())  # type: ignore[no-untyped-call]
    return explain(Stumble(start, text, offset, line, column, expected))
