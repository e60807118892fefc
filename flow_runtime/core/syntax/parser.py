"""Reads flow files: text in, model and problems out.

A file is cut at the header words of column 0, each stretch is divided into logical lines
(`lines`), and each line is parsed by itself (`grammar`), so that one mistake hides no other and
an unchanged stretch need not be read again (`Memory`). Nothing here raises for bad text.

What a person may have written twice (nodes, declarations, parameters, ports, jumps, boxes) is
kept twice in the model, in written order: the checker reports it. Only what the model has one
place for is reported here: a second ``flow`` or ``schema`` line. Two ``layout`` blocks become one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from flow_runtime.core.expr.tree import Expr, Text
from flow_runtime.core.model import (
    NO_COMMENTS,
    Comments,
    Declaration,
    Flow,
    Jump,
    Layout,
    NodeDecl,
)
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import NOWHERE, Place, Problem
from flow_runtime.core.syntax.blocks import (
    MAX_PROBLEMS,
    Chunk,
    Reader,
    Seen,
    header_words,
    require_shallow,
)
from flow_runtime.core.syntax.build import KNOWN_SCHEMA, FlowHeader, Item, SchemaHeader
from flow_runtime.core.syntax.grammar import ExpressionError, run
from flow_runtime.core.syntax.lines import HEADER, Lines, bracket_problem, read_lines
from flow_runtime.core.syntax.moving import moved

__all__ = [
    "ExpressionError", "Memory", "Parsed", "decode", "parse", "parse_expression", "parse_template",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says and what is wrong with how it is written.

    *flow* holds all that could be understood, None when nothing could. While there is an error
    among *problems* (in the order of the file) it is not the whole flow and must not be run.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    moved: Mapping[int, int] = field(default_factory=dict)
    """By the identity of a node, how many lines further down it stands than its places say."""

    @property
    def placed(self) -> Flow | None:
        """The flow with all places where they are now."""
        if self.flow is None or not self.moved:
            return self.flow
        nodes = [moved(node, self.moved.get(id(node), 0)) for node in self.flow.nodes]
        return replace(self.flow, nodes=tuple(nodes))


_Commented: TypeAlias = dict[tuple[int, tuple[str, ...]], tuple[Item, Item]]
"""An item, and the same with lines of comment above it, by its identity and the lines."""


@dataclass(slots=True)
class Memory:
    """The stretches of the text parsed last, for an editor that parses after every change."""

    _chunks: dict[str, Chunk] = field(default_factory=dict)
    _commented: _Commented = field(default_factory=dict)


def parse(text: str, memory: Memory | None = None, in_place: bool = False) -> Parsed:
    """Read a flow file. With *memory*, what has not changed since the last time is reused.

    *in_place*: a node that only stands on other lines than before stays the same object, with its
    old places: see `Parsed.moved`. That is quicker than to make it anew.
    """
    text = with_plain_line_ends(text.removeprefix("\ufeff"))
    known = {} if memory is None else memory._chunks
    chunks: dict[str, Chunk] = {}
    seen: Seen = {}
    assembly = _Assembly({} if memory is None else memory._commented)
    cuts = [match.start() + 1 for match in HEADER.finditer(text)] + [len(text)]
    position, number, index = 0, 1, 0
    while position < len(text):
        while cuts[index] <= position:
            index += 1
        source = text[position : cuts[index]]
        chunk = known.get(source)
        by = 0
        if chunk is not None:
            if in_place and source in chunks:  # written twice: two things, not one
                chunk = chunk.again(number)
            elif in_place and chunk.may_stay:
                by = number - chunk.number
            else:
                chunk = chunk.at(number)
            chunks.setdefault(source, chunk)
            position = cuts[index]
        else:
            chunk, end = _read_chunk(text, position, number, cuts, index, seen)
            if end == cuts[index] and not chunk.problems:
                chunks[source] = chunk
            position = end
        assembly.add(chunk, by)
        number += chunk.height
        if assembly.full:
            break
    if memory is not None:
        memory._chunks, memory._commented = chunks, assembly.commented
    return assembly.parsed()


def parse_expression(text: str, line: int = 1, column: int = 1) -> Expr:
    """The expression *text*, which begins at *line* and *column* of its file.

    Raises `ExpressionError`.
    """
    text = with_plain_line_ends(text)
    problem = bracket_problem(text, line, column)
    if problem is not None:
        raise ExpressionError(problem)
    expression: Expr = run("expression", text, line, column)
    require_shallow(expression)
    return expression


def parse_template(text: str, line: int = 1, column: int = 1) -> Text:
    """A text of the prompt table: ``You owe {account.owed:money}.``, without quotes and escapes.

    Quotes and backslashes stand for themselves; braces that are to be said are doubled. Raises
    `ExpressionError`.
    """
    text = with_plain_line_ends(text)
    end_line = line + text.count("\n")
    end_column = len(text) - text.rfind("\n") if "\n" in text else column + len(text)
    template = Text(
        run("prompt", text, line, column), "plain", Place(line, column, end_line, end_column)
    )
    require_shallow(template)
    return template


def decode(content: bytes) -> str | Problem:
    """The text of a flow file, or what is wrong with its encoding (UTF-8, with or without BOM)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(
            "error",
            "syntax-encoding",
            phrase("the file is UTF-16; save it as UTF-8"),
            Place(1, 1, 1, 1),
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Problem(
            "error",
            "syntax-encoding",
            phrase(
                "the byte {content} is not UTF-8; save the file as UTF-8",
                content=f"{content[error.start]:#04x}",
            ),
            Place(line, column, line, column + 1),
        )


def with_plain_line_ends(text: str) -> str:
    """*text* with each of the line ends there are as a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _read_chunk(
    text: str, position: int, number: int, cuts: list[int], index: int, seen: Seen
) -> tuple[Chunk, int]:
    """The stretch at *position* and where it ends: at the next cut that is not inside a text."""
    found = Lines(position, number)
    read_lines(text, found, cuts[index])
    while found.end != cuts[index]:
        index += 1
        if cuts[index] > found.end:
            read_lines(text, found, cuts[index])
    reader = Reader(seen)
    reader.read_all(found.lines)
    return reader.chunk(found, number), found.end


class _Assembly:
    """Puts the items of all stretches into one flow."""

    def __init__(self, commented: _Commented) -> None:
        self._commented_before = commented
        self.commented: _Commented = {}
        self._moved: dict[int, int] = {}
        self._strays: tuple[str, ...] = ()
        self._problems: list[Problem] = []
        self._flow_misread = False
        self._header: FlowHeader | None = None
        self._schema: SchemaHeader | None = None
        self._declarations: list[Declaration] = []
        self._jumps: list[Jump] = []
        self._nodes: list[NodeDecl] = []
        self._layout: Layout | None = None

    @property
    def full(self) -> bool:
        """Whether there are more problems than a person wants to see."""
        return len(self._problems) >= MAX_PROBLEMS

    def add(self, chunk: Chunk, by: int = 0) -> None:
        """Add the next stretch of the file, which stands *by* lines further down than it says."""
        self._problems += chunk.problems
        if chunk.misread and self._header is None:
            self._flow_misread |= "flow" in header_words(chunk.misread)
        for item in chunk.items:
            if self._strays:
                item, self._strays = self._with_comments(item, self._strays), ()
            if by:
                self._moved[id(item)] = by
            self._add_item(item)
        self._strays += chunk.strays

    def _with_comments(self, item: Item, above: tuple[str, ...]) -> Item:
        key = (id(item), above)
        found = self._commented_before.get(key)
        if found is None:
            comments = Comments(above + item.comments.above, item.comments.behind)
            found = (item, replace(item, comments=comments))
        self.commented[key] = found
        return found[1]

    def _add_item(self, item: Item) -> None:
        match item:
            case NodeDecl():
                self._nodes.append(item)
            case Declaration():
                self._declarations.append(item)
            case Jump():
                self._jumps.append(item)
            case Layout():
                self._layout = item if self._layout is None else _joined(self._layout, item)
            case FlowHeader():
                self._once(self._header, item, "flow")
                self._header = self._header or item
            case SchemaHeader():
                self._once(self._schema, item, "schema")
                self._schema = self._schema or item

    def _once(
        self, first: FlowHeader | SchemaHeader | None, item: FlowHeader | SchemaHeader, word: str
    ) -> None:
        if first is not None:
            text = phrase(
                "there is a `{word}` line already, in line {line}; keep one of them",
                word=word,
                line=first.place.line,
            )
            self._problems.append(Problem("error", "syntax-duplicate", text, item.place))

    def parsed(self) -> Parsed:
        """The flow, and the problems in the order of the file."""
        header, schema = self._header, self._schema
        if header is None and not self._flow_misread:
            text = phrase("the file does not say which flow it is; begin it with a line: flow NAME")
            self._problems.append(Problem("error", "syntax-no-flow", text, NOWHERE))
        problems = sorted(self._problems, key=lambda problem: problem.place)
        if self.full:
            text = phrase("the rest of the file was not read; correct these mistakes first")
            problems.append(Problem("error", "syntax-too-many", text, problems[-1].place))
        items = (header, schema, self._layout, *self._declarations, *self._jumps, *self._nodes)
        if not any(items):
            return Parsed(None, tuple(problems))
        flow = Flow(
            name=header.name if header else "",
            title=header.title if header else None,
            schema=schema.number if schema else KNOWN_SCHEMA,
            declarations=tuple(self._declarations),
            jumps=tuple(self._jumps),
            nodes=tuple(self._nodes),
            layout=self._layout or Layout(),
            comments=header.comments if header else NO_COMMENTS,
            schema_comments=schema.comments if schema else NO_COMMENTS,
            tail=self._strays,
            place=header.place if header else NOWHERE,
        )
        return Parsed(flow, tuple(problems), self._moved)


def _joined(one: Layout, other: Layout) -> Layout:
    """Two layout blocks as one, with the comments of both."""
    behind = () if other.comments.behind is None else (other.comments.behind,)
    above = one.comments.above + other.comments.above + behind
    return Layout(
        one.boxes + other.boxes,
        one.remarks + other.remarks,
        Comments(above, one.comments.behind),
        one.tail + other.tail,
    )
