"""Colours for the text of a flow, line by line: what a word is can be seen from its line."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from designer.look.theme import theme

_LONG: Final = 1
"""The state of a line that ends inside a long text."""
_HEAD: Final = re.compile(r"^(flow|schema|input|output|var|start|on_error|on_hangup|node|layout)\b")
_NODE: Final = re.compile(r"^node\s+([^\s:]+)\s*:\s*(\w+)")
_PIECES: Final = re.compile(
    r"""
      (?P<comment>\#.*)
    | (?P<long>\"{3})
    | (?P<text>[tr!]?"(?:\\.|[^"\\])*"?)
    | (?P<arrow>->)
    | (?P<parameter>^\s+[\w.]+(?=\s*=(?!=)))
    | (?P<keyword>\b(?:if|then|else|or|and|not|in|true|false|none)\b)
    | (?P<number>\b\d+(?:\.\d+)?(?:ms|[smhd])?\b)
    """,
    re.VERBOSE,
)
_COLOURS: Final = {
    "comment": "faint", "text": "say", "arrow": "accent", "parameter": "muted",
    "keyword": "ask", "number": "logic", "head": "ask", "name": "text", "type": "accent",
}  # fmt: skip
_BOLD: Final = ("name", "head")


class Highlighter(QSyntaxHighlighter):
    """See the module; follows the theme."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats = _formats()
        theme().changed.connect(self._dress)

    def highlightBlock(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Colour one line."""
        at = 0
        if self.previousBlockState() == _LONG:
            end = text.find('"""')
            at = len(text) if end < 0 else end + 3
            self.setFormat(0, at, self._formats["text"])
            if end < 0:
                self.setCurrentBlockState(_LONG)
                return
        self.setCurrentBlockState(0)
        if at == 0:
            self._colour_head(text)
        self._colour_pieces(text, at)

    def _colour_head(self, text: str) -> None:
        head = _HEAD.match(text)
        if head is not None:
            self.setFormat(0, head.end(), self._formats["head"])
        node = _NODE.match(text)
        if node is not None:
            self.setFormat(node.start(1), len(node[1]), self._formats["name"])
            self.setFormat(node.start(2), len(node[2]), self._formats["type"])

    def _colour_pieces(self, text: str, at: int) -> None:
        while (match := _PIECES.search(text, at)) is not None:
            kind, end = str(match.lastgroup), match.end()
            if kind == "long":
                closing = text.find('"""', end)
                end = len(text) if closing < 0 else closing + 3
                if closing < 0:
                    self.setCurrentBlockState(_LONG)
                kind = "text"
            self.setFormat(match.start(), end - match.start(), self._formats[kind])
            at = max(end, at + 1)

    def _dress(self) -> None:
        self._formats = _formats()
        self.rehighlight()


def _formats() -> dict[str, QTextCharFormat]:
    made = {}
    for kind, token in _COLOURS.items():
        made[kind] = QTextCharFormat()
        made[kind].setForeground(theme().colour(token))
        if kind in _BOLD:
            made[kind].setFontWeight(QFont.Weight.Bold)
    return made
