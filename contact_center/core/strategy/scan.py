"""Cuts the text of a strategy into statements and comments, and finds comparisons in conditions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from contact_center.core.strategy.problems import Place, Problem, said

_PIECE: Final = re.compile(
    r'(?P<text>r"[^"\n]*"|"(?:[^"\\\n]|\\.)*")'
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<end>[;\n])"
    r"|(?P<other>\w+|.)"
)
DURATION: Final = re.compile(r"[0-9]{1,9}(?:ms|s|m|h|d)")
"""A time as it is written: ``20s``."""
_COMPARE: Final = re.compile(r"==|!=|<=|>=|<|>")


class Text:
    """A text that knows the line and column of each of its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at *offset*."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def place(self, start: int, end: int) -> Place:
        """The span of the characters from *start* to *end*."""
        return Place(*self.at(start), *self.at(end))


@dataclass(slots=True)
class Cut:
    """One statement: where it stands, and its comments."""

    start: int
    end: int
    above: tuple[str, ...] = ()
    behind: str | None = None


@dataclass(slots=True)
class Cuts:
    """All statements of a text, the comments below the last, and brackets that are not closed."""

    cuts: list[Cut] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def cut(source: Text) -> Cuts:
    """The statements of *source*: they end at a semicolon or line end outside brackets."""
    found = Cuts()
    position, fresh = 0, True
    while position < len(source.text):
        position, fresh = _next(source, position, fresh, found)
    return found


def _next(source: Text, start: int, fresh: bool, found: Cuts) -> tuple[int, bool]:
    """Add what stands from *start* to the next end; *fresh* at the beginning of a line.

    Returns where to go on, and whether that is on a new line.
    """
    end, comment, next_start = _extent(source, start, found)
    statement = source.text[start:end].strip()
    if statement:
        first = start + len(source.text[start:end]) - len(source.text[start:end].lstrip())
        made = Cut(first, first + len(statement), tuple(found.tail), comment)
        found.cuts.append(made)
        found.tail.clear()
    elif comment is not None and not fresh and found.cuts and not found.tail:
        before = found.cuts[-1]
        before.behind = comment if before.behind is None else f"{before.behind} {comment}"
    elif comment is not None:
        found.tail.append(comment)
    return next_start, source.text[next_start - 1 : next_start] == "\n"


def _extent(source: Text, start: int, found: Cuts) -> tuple[int, str | None, int]:
    """Where the statement at *start* ends, the comment behind it, and where to go on."""
    opened: list[int] = []
    first_line: tuple[int, str | None, int] | None = None
    end, comments = start, list[str]()
    for piece in _PIECE.finditer(source.text, start):
        kind = piece.lastgroup
        if kind == "comment":
            comments.append(piece.group()[1:].strip())
            continue
        if kind == "end" and (piece.group() == "\n" or not opened):
            here = (end, " ".join(comments) if comments else None, piece.end())
            if not opened:
                return here
            first_line = first_line or here
            continue
        if kind == "open":
            opened.append(piece.start())
        elif kind == "close" and opened:
            opened.pop()
        end = piece.end()
    here = (end, " ".join(comments) if comments else None, len(source.text))
    if not opened:
        return here
    bracket = opened[-1]
    text = said(
        'the bracket "{bracket}" is not closed; close it, or take it away',
        bracket=source.text[bracket],
    )
    found.problems.append(
        Problem("error", "syntax-bracket", text, source.place(bracket, bracket + 1))
    )
    return first_line or here


def split_comparison(condition: str) -> tuple[str, str, str] | None:
    """``skill.billing``, ``>=``, ``60`` of a condition that is one comparison, else None."""
    found: tuple[str, str, str] | None = None
    for word, start, end in _top_level(condition):
        if word in ("and", "or", "not", "in", "if"):
            return None
        if _COMPARE.fullmatch(word):
            if found is not None:
                return None
            found = condition[:start].strip(), word, condition[end:].strip()
    return found


def _top_level(condition: str) -> Iterator[tuple[str, int, int]]:
    """The words and comparison signs of *condition* outside brackets and texts."""
    depth, behind = 0, 0
    for piece in _PIECE.finditer(condition):
        kind, start = piece.lastgroup, piece.start()
        depth += (kind == "open") - (kind == "close")
        if depth or kind in ("text", "comment") or start < behind:
            continue
        sign = _COMPARE.match(condition, start)
        member = condition[:start].rstrip().endswith(".")  # `skill.in` is no operator
        if sign is not None:
            behind = sign.end()
            yield sign.group(), start, sign.end()
        elif not member:
            yield piece.group(), start, piece.end()


def number_of(text: str) -> float | None:
    """The number that *text* spells, None for anything else."""
    return float(text) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) else None
