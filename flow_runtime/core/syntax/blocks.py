"""Puts the lines of one stretch of a flow file together: a header line and what stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from flow_runtime.core.expr.failure import MAX_DEPTH
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.expr.walk import too_deep
from flow_runtime.core.model import Box, Comments, Edge, Layout, NodeDecl, Parameter, Remark
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.syntax.build import Item
from flow_runtime.core.syntax.grammar import ExpressionError, Start, run
from flow_runtime.core.syntax.lines import Line, Lines
from flow_runtime.core.syntax.moving import moved
from flow_runtime.core.syntax.words import HEADER_WORDS

Seen: TypeAlias = dict[tuple[Start, int, str], tuple[Any, int]]
"""What lines say, without comments, by their rule, column and text; and where that was read."""

_Inner: TypeAlias = Parameter | Edge | Box | Remark


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the lines of a stretch say: its first line, its height, and comments left at its end."""

    number: int
    height: int
    items: tuple[Item, ...]
    strays: tuple[str, ...]
    problems: tuple[Problem, ...]
    misread: tuple[str, ...]
    """The first words of the lines that have a problem."""

    @property
    def may_stay(self) -> bool:
        """Whether all that it holds is nodes (or boxes, which have no place)."""
        return all(isinstance(item, NodeDecl | Layout) for item in self.items)

    def at(self, number: int) -> Chunk:
        """The same stretch, beginning at line *number*."""
        return self if number == self.number else self.again(number)

    def again(self, number: int) -> Chunk:
        """A copy of the stretch, beginning at line *number*."""
        return replace(self, number=number, items=moved(self.items, number - self.number))


@dataclass(slots=True)
class Block:
    """A header line and what stands indented below it."""

    header: Item | None
    word: str
    inner: list[_Inner] = field(default_factory=list)
    tail: tuple[str, ...] = ()

    @property
    def indents(self) -> bool:
        """Whether lines may stand below the header (a misspelled header is given the doubt)."""
        return self.header is None or isinstance(self.header, NodeDecl | Layout)

    def item(self) -> Item | None:
        """The finished item."""
        header, inner, tail = self.header, self.inner, self.tail
        if isinstance(header, NodeDecl) and (inner or tail):
            return replace(
                header,
                parameters=tuple([i for i in inner if isinstance(i, Parameter)]),
                edges=tuple([i for i in inner if isinstance(i, Edge)]),
                tail=tail,
            )
        if isinstance(header, Layout) and (inner or tail):
            return replace(
                header,
                boxes=tuple([i for i in inner if isinstance(i, Box)]),
                remarks=tuple([i for i in inner if isinstance(i, Remark)]),
                tail=tail,
            )
        return header


MAX_PROBLEMS = 100
"""Behind so many mistakes a file is not read any further: it is hardly meant to be a flow."""


class Reader:
    """Parses the logical lines of one stretch and puts blocks together.

    *seen* is shared by the readers of one file: lines such as ``error -> sorry`` stand in it many
    times and are parsed once.
    """

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._blocks: list[Block] = []
        self._problems: list[Problem] = []
        self._misread: list[str] = []

    def read_all(self, lines: list[Line]) -> None:
        """Parse the lines, as long as there are not too many problems."""
        for line in lines:
            if len(self._problems) < MAX_PROBLEMS:
                self._read(line)

    def _read(self, line: Line) -> None:
        if line.column == 1:
            block = Block(None, _first_word(line))
            self._blocks.append(block)
            block.header = self._parsed("item", line, None)
            return
        if not self._blocks or not self._blocks[-1].indents:
            self._misread.append(_first_word(line))
            self._problems.append(_not_indented(line))
            return
        block = self._blocks[-1]
        subject = block.header.name if isinstance(block.header, NodeDecl) else None
        inner: _Inner | None = self._parsed(
            "spot" if block.word == "layout" else "line", line, subject
        )
        if inner is not None:
            block.inner.append(inner)

    def _parsed(self, start: Start, line: Line, subject: str | None) -> Any:
        problem = line.problem
        if problem is None:
            try:
                said = self._said(start, line)
            except ExpressionError as error:
                problem = error.problem
            else:
                if line.above or line.behind is not None:
                    said = replace(said, comments=Comments(line.above, line.behind))
                return said
        self._misread.append(_first_word(line))
        self._problems.append(replace(problem, subject=subject) if subject else problem)
        return None

    def _said(self, start: Start, line: Line) -> Any:
        key = (start, line.column, line.text)
        if key in self._seen:
            said, number = self._seen[key]
            return moved(said, line.number - number)
        said = run(start, line.text, line.number, line.column)
        if len(line.text) > MAX_DEPTH:  # a shorter line cannot be nested too deep
            value = getattr(said, "value", None) or getattr(said, "default", None)
            if value is not None:
                require_shallow(value)
        self._seen[key] = said, line.number
        return said

    def chunk(self, found: Lines, number: int) -> Chunk:
        """What was read, with the comments at the end given to the block they are indented in."""
        strays = found.strays
        if self._blocks and isinstance(self._blocks[-1].header, NodeDecl | Layout):
            inside = next((n for n, (deep, _) in enumerate(strays) if not deep), len(strays))
            self._blocks[-1].tail = tuple([text for _, text in strays[:inside]])
            strays = strays[inside:]
        items = [item for block in self._blocks if (item := block.item()) is not None]
        rest = tuple([text for _, text in strays])
        problems, misread = tuple(self._problems), tuple(self._misread)
        return Chunk(number, found.number - number, tuple(items), rest, problems, misread)


_FIRST_WORD = re.compile(r"\w*")


def _first_word(line: Line) -> str:
    match = _FIRST_WORD.match(line.text)
    return match.group() if match else ""


def header_words(words: Iterable[str]) -> set[str | None]:
    """The header words that *words* are or were probably meant to be."""
    from flow_runtime.core.suggest import nearest  # only a file with mistakes needs it

    return {nearest(word, HEADER_WORDS) for word in set(words)}


def _not_indented(line: Line) -> Problem:
    place = Place(
        line.number, line.column, line.number, line.column + len(line.text.split("\n")[0])
    )
    return Problem(
        "error",
        "syntax-indent",
        phrase(
            "only lines of a node or of the layout are indented; "
            "begin this line in the first column, or put it below its node"
        ),
        place,
    )


def require_shallow(expression: Expr) -> None:
    """Raise `ExpressionError` when *expression* is nested too deep."""
    deep = too_deep(expression)
    if deep is not None:
        raise ExpressionError(
            Problem(
                "error",
                "syntax-nesting",
                phrase(
                    "this expression is nested more than {most} deep; "
                    "compute a part of it in a `set` node first",
                    most=MAX_DEPTH,
                ),
                deep.place,
            )
        )
