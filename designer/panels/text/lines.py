"""Where the nodes and the problems of a flow stand in its text as it is now.

The places that a flow carries are those of the text it was parsed from; an edit on the canvas
moves lines without moving them. So the text is read again when somebody wants to know.
"""

from __future__ import annotations

from designer.core.document import Document
from designer.core.lines import FlowLines, flow_lines
from flow_runtime.core.model import NodeDecl
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.syntax import Memory


class Lines:
    """The lines of one document; asking is quick while its text stays the same."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._memory = Memory()
        self._text: str | None = None
        self._lines = FlowLines((), {}, {})

    def span(self, node: str) -> tuple[int, int] | None:
        """First and last line of a node, counted from 1."""
        return self._now().blocks.get(node)

    def node_at(self, line: int) -> str | None:
        """The node that has *line*."""
        return self._now().at(line).node

    def line_of(self, problem: Problem) -> int:
        """The line of a problem."""
        drawn, line = self._document.flow, problem.place.line
        if drawn is None or self._document.misread or problem.subject is None:
            return line
        lines, node = self._now(), drawn.node(problem.subject)
        head = lines.place(problem.subject)
        if node is None or head is None:
            return line
        return _moved(line, node, lines) or head.line

    def _now(self) -> FlowLines:
        text = self._document.text
        if self._text != text:
            self._text, self._lines = text, flow_lines(text, self._memory)
        return self._lines


def _moved(line: int, node: NodeDecl, lines: FlowLines) -> int | None:
    """Where the parameter or port of *node* stands now that stood in *line*."""
    for parameter in node.parameters:
        if _has(parameter.place, line):
            now = lines.place(node.name, parameter=parameter.name)
            return None if now is None else now.line + line - parameter.place.line
    for edge in node.edges:
        if _has(edge.place, line):
            now = lines.place(node.name, port=edge.port)
            return None if now is None else now.line
    return None


def _has(place: Place, line: int) -> bool:
    return place.line <= line <= place.end_line
