"""Finishes an expression that is still being typed, and says what is needed to finish it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flow_runtime.core.expr.failure import MAX_DEPTH
from flow_runtime.core.expr.tree import Expr, Text
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.syntax.blocks import require_shallow
from flow_runtime.core.syntax.build import Mistake
from flow_runtime.core.syntax.grammar import ExpressionError, Start, begin
from flow_runtime.core.syntax.mistakes import word_for
from flow_runtime.core.syntax.parser import with_plain_line_ends

if TYPE_CHECKING:
    from lark import Token
    from lark.parsers.lalr_interactive_parser import InteractiveParser

HOLE: Final = "ꟷ"
"""A name that nobody types: it stands where a value, a field or a format is still missing."""

_CLOSING: Final = ("$END", "RPAR", "RSQB", "RBRACE")
_FOLLOWING: Final = ("THEN", "ELSE", "COLON", "NAME")
_SPELLING: Final = {
    "RPAR": ")", "RSQB": "]", "RBRACE": "}", "QUOTE": '"', "LONG_QUOTE": '"""', "THEN": "then",
    "ELSE": "else", "COLON": ":", "NAME": HOLE,
}  # fmt: skip
_OPEN_WORD: Final = re.compile(
    r"""(?:(?<![\w\u0080-\U0010ffff])[rt]"[^"\n]*|[{,]\s*"(?:[^"\\{}\n]|\\.|\{\{|\}\})*)\Z"""
)
"""The beginnings of ``r"..."`` and ``t"..."``, and of the quoted key of a record: each is one word
to the grammar."""
_OPEN_NUMBER: Final = re.compile(r"(?<![\w.\u0080-\U0010ffff])[0-9]+\.\s*\Z")


@dataclass(frozen=True, slots=True)
class Finished:
    """An expression as it would be with the least that makes it one.

    *needed* are the words for what was put at its end, in order; there are none when the text is
    an expression as it is. In *expression* a `HOLE` stands for each value and name among them.
    """

    expression: Expr
    needed: tuple[str, ...]


def finish(text: str) -> Finished | None:
    """The expression that *text* is the beginning of, None when it is not the beginning of one."""
    return _finished("expression", text)


def finish_template(text: str) -> Finished | None:
    """The same for a text of the prompt table."""
    return _finished("prompt", text)


def _finished(start: Start, text: str) -> Finished | None:
    text = with_plain_line_ends(text)
    finished = _finish(start, text, ())
    if finished is None and _OPEN_WORD.search(text):
        return _finish(start, text + '"', (word_for("QUOTE"),))
    return finished


def _finish(start: Start, text: str, needed: tuple[str, ...]) -> Finished | None:
    unexpected, parser = begin(start, text, 1, 1)
    words = list(needed)
    try:
        read = parser.exhaust_lexer()
        made = _go_on(parser, read[-1] if read else None, text, words)
        if made is None:
            return None
        expression = Text(made, place=Place(1, 1, *_end(text))) if start == "prompt" else made
        require_shallow(expression)
    except (unexpected, Mistake, ExpressionError):
        return None
    return Finished(expression, tuple(words))


def _go_on(
    parser: InteractiveParser, last: Token | None, text: str, words: list[str]
) -> Any | None:
    """Give the parser what it needs to come to an end; what it has made, None if that is much."""
    from lark import Token

    line, column = _end(text)
    behind = "" if last is None else last.type
    for _ in range(4 * MAX_DEPTH):
        accepted = parser.accepts()  # type: ignore[no-untyped-call]
        terminal = _next(accepted)
        if terminal == "$END":
            return parser.feed_eof()  # type: ignore[no-untyped-call]
        if terminal is None:
            return None
        number = behind == "DOT" and _OPEN_NUMBER.search(text)
        words.append(phrase("a digit") if number else _word(terminal, accepted, behind))
        behind = terminal
        value = _SPELLING[terminal]
        parser.feed_token(Token(terminal, value, len(text), line, column, line, column, len(text)))
    return None


def _next(accepted: set[str]) -> str | None:
    """What brings the expression to an end soonest: rather a closing bracket than a value."""
    texts = () if "PLAIN" in accepted else ("QUOTE", "LONG_QUOTE")
    return next((t for t in (*_CLOSING, *texts, *_FOLLOWING) if t in accepted), None)


def _word(terminal: str, accepted: set[str], behind: str) -> str:
    if terminal != "NAME":
        return word_for(terminal)
    if "PLAIN" in accepted:
        return phrase("a value")
    return phrase("a format") if behind == "COLON" else phrase("a name")


def _end(text: str) -> tuple[int, int]:
    """Line and column of the end of *text*."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")
