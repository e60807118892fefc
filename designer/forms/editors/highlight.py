"""Colours an expression, or a text with slots, while it is typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from designer.look.theme import theme
from flow_runtime.core.expr.assist import Fault, Token, tokens_of

_COLOURS: Final = {
    "comment": "faint", "number": "logic", "text": "say", "escape": "say", "prompt": "say",
    "variable": "text", "view": "agents", "function": "accent", "field": "text", "key": "muted",
    "format": "data", "keyword": "ask", "constant": "ask", "operator": "muted",
    "bracket": "muted", "slot": "ask", "error": "error",
}  # fmt: skip


class Colours(QSyntaxHighlighter):
    """*prose*: the text is one of the prompt table, so only its slots are coloured."""

    def __init__(self, document: QTextDocument, prose: bool = False) -> None:
        super().__init__(document)
        self._prose = prose
        self._text = ""
        self._tokens: tuple[Token, ...] = ()
        self._faults: tuple[Fault, ...] = ()

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Underline what is wrong."""
        if faults != self._faults:
            self._faults = faults
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Colour one line."""
        whole = self.document().toPlainText()
        if whole != self._text or not self._tokens:
            self._text, self._tokens = whole, tokens_of(whole, self._prose)
        start = self.currentBlock().position()
        for token in self._tokens:
            if token.end > start and token.start < start + len(text):
                self._colour(token, start)
        for fault in self._faults:
            self._underline(fault, start, len(text))

    def _colour(self, token: Token, start: int) -> None:
        if self._prose and token.kind in ("text", "escape") and token.inside == -1:
            return
        made = QTextCharFormat()
        made.setForeground(theme().colour(_COLOURS[token.kind]))
        self.setFormat(max(token.start - start, 0), token.end - max(token.start, start), made)

    def _underline(self, fault: Fault, start: int, length: int) -> None:
        first, last = max(fault.start - start, 0), min(fault.end - start, length)
        for at in range(first, last):
            made = self.format(at)
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(theme().colour(fault.severity))
            self.setFormat(at, 1, made)
