"""Finds words in a flow: in names, titles, parameters, labels, notes and comments, with places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from designer.core.edits import Library, first_nodes, variables_of, written_value
from designer.core.edits.variables import names_in
from flow_runtime.core.model import Comments, Edge, Flow, NodeDecl, Parameter, PortValue

Kind = Literal[
    "flow", "variable", "name", "title", "type", "parameter", "port", "label", "note", "frame",
    "comment",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. *span* is where in *text* the words stand.

    *node* is the node concerned, with its *parameter* or *port* where it is about one; *sheet* the
    index of a note or a frame; *variable* that of a declaration. A hit in the flow's own head, or
    in a comment outside of nodes, has none of them.
    """

    kind: Kind
    text: str
    span: tuple[int, int]
    node: str | None = None
    parameter: str | None = None
    port: PortValue | None = None
    sheet: int | None = None
    variable: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; blanks stand for any blanks."""

    words: str
    match_case: bool = False
    whole_words: bool = False

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What finds it; None for nothing to find."""
        words = normalize("NFC", self.words).split()
        if not words:
            return None
        found = r"\s+".join(map(re.escape, words))
        if self.whole_words:
            found = rf"(?<!\w){found}(?!\w)"
        return re.compile(found, re.NOFLAG if self.match_case else re.IGNORECASE)


def find(flow: Flow, wanted: Wanted) -> list[Hit]:
    """All places where *wanted* stands, in the order of the file."""
    pattern = wanted.pattern
    if pattern is None:
        return []
    hits = []
    for hit in _texts(flow):
        match = pattern.search(hit.text)
        if match is not None:
            hits.append(_at(hit, match.span()))
    return hits


def _at(hit: Hit, span: tuple[int, int]) -> Hit:
    return Hit(hit.kind, hit.text, span, hit.node, hit.parameter, hit.port, hit.sheet, hit.variable)


_NONE = (0, 0)


def _texts(flow: Flow) -> Iterator[Hit]:
    """Every text of *flow*, as a hit of nothing yet."""
    yield from _comments(flow.comments)
    yield Hit("flow", flow.name, _NONE)
    yield from _maybe("flow", flow.title)
    yield from _comments(flow.schema_comments)
    for index, one in enumerate(flow.declarations):
        yield from _comments(one.comments, variable=index)
        yield Hit("variable", one.name, _NONE, variable=index)
        if one.default is not None:
            yield Hit("variable", written_value(one.default), _NONE, variable=index)
    for jump in flow.jumps:
        yield from _comments(jump.comments)
    for node in flow.nodes:
        yield from _of_node(node)
    yield from _comments(flow.layout.comments)
    for index, remark in enumerate(flow.layout.remarks):
        yield Hit(remark.kind, remark.text, _NONE, sheet=index)
        yield from _comments(remark.comments, sheet=index)
    yield from _lines((*flow.layout.tail, *flow.tail))


def _of_node(node: NodeDecl) -> Iterator[Hit]:
    name = node.name
    yield from _comments(node.comments, node=name)
    yield Hit("name", name, _NONE, node=name)
    yield from _maybe("title", node.title, node=name)
    yield Hit("type", node.type, _NONE, node=name)
    for line in node.parameters:
        yield from _comments(line.comments, node=name, parameter=line.name)
        text = f"{line.name} = {written_value(line.value)}"
        yield Hit("parameter", text, _NONE, node=name, parameter=line.name)
    for edge in node.edges:
        yield from _comments(edge.comments, node=name, port=edge.port)
        yield Hit("port", _arrow(edge), _NONE, node=name, port=edge.port)
        yield from _maybe("label", edge.label, node=name, port=edge.port)
    yield from _lines(node.tail, node=name)


def _arrow(edge: Edge) -> str:
    return str(edge.port) if edge.target is None else f"{edge.port} -> {edge.target}"


def _maybe(
    kind: Kind, text: str | None, node: str | None = None, port: PortValue | None = None
) -> Iterator[Hit]:
    if text is not None:
        yield Hit(kind, text, _NONE, node=node, port=port)


def _comments(
    comments: Comments,
    node: str | None = None,
    parameter: str | None = None,
    port: PortValue | None = None,
    sheet: int | None = None,
    variable: int | None = None,
) -> Iterator[Hit]:
    behind = () if comments.behind is None else (comments.behind,)
    for line in (*comments.above, *behind):
        yield Hit("comment", line, _NONE, node, parameter, port, sheet, variable)


def _lines(lines: tuple[str, ...], node: str | None = None) -> Iterator[Hit]:
    for line in lines:
        yield Hit("comment", line, _NONE, node=node)


# --- nodes by what is typed -----------------------------------------------------------------------


def nodes_like(flow: Flow, typed: str) -> list[str]:
    """The nodes whose name, title or type has *typed* in it, those that fit best first."""
    wanted = normalize("NFC", typed).strip().casefold()
    ranked = []
    for index, node in enumerate(first_nodes(flow).values()):
        rank = _rank(node, wanted)
        if rank is not None:
            ranked.append((rank, index, node.name))
    return [name for _, _, name in sorted(ranked)]


def _rank(node: NodeDecl, wanted: str) -> int | None:
    """How well *node* fits, 0 best; None for not at all."""
    texts = [node.name.casefold(), (node.title or "").casefold()]
    if wanted in texts:
        return 0
    if any(text.startswith(wanted) for text in texts):
        return 1
    if any(word.startswith(wanted) for text in texts for word in re.split(r"\W|_", text)):
        return 2
    if any(wanted in text for text in texts):
        return 3
    return 4 if node.type.startswith(wanted) else None


# --- who uses a variable --------------------------------------------------------------------------


def uses(flow: Flow, variable: str, library: Library) -> list[Hit]:
    """Where *variable* is declared, read and set, in the order of the file; once for each line."""
    hits = []
    for index, one in enumerate(flow.declarations):
        reads = () if one.default is None else names_in(one.default)
        if one.name == variable or variable in reads:
            hits.append(Hit("variable", one.name, (0, len(one.name)), variable=index))
    for node in flow.nodes:
        lines: dict[int, Parameter] = {}
        for line, name in variables_of(node, library.get(node.type)):
            if name == variable:
                lines[id(line)] = line
        for line in lines.values():
            text = f"{line.name} = {written_value(line.value)}"
            found = re.search(rf"(?<!\w){re.escape(variable)}(?!\w)", text)
            span = _NONE if found is None else found.span()
            hits.append(Hit("parameter", text, span, node=node.name, parameter=line.name))
    return hits
