"""The text of a flow in an editor: typed edits go to the session, the canvas' edits come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent as _QKeyEvent
from PySide6.QtGui import (
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from designer.look.fonts import font, metrics
from designer.look.i18n import told, tr
from designer.look.theme import theme
from designer.panels.text.highlight import Highlighter
from designer.panels.text.lines import Lines
from designer.session import Session
from flow_runtime.core.problems import Problem

_PAUSE: Final = 300
"""Milliseconds without a keystroke after which the canvas follows."""
_OURS: Final = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
"""What the window does for text and canvas alike."""


class FlowText(QPlainTextEdit):
    """The editor of one session, with line numbers at its left."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self.lines = session, Lines(session.document)
        self._marked: list[tuple[int, int, Problem]] = []
        self._showing = self._leading = False
        self.setProperty("code", True)
        self.setFont(font("code"))
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setTabStopDistance(metrics("code").horizontalAdvance("  "))
        self.setAccessibleName(tr("Text of the flow"))
        self.setMouseTracking(True)
        self._numbers = _Numbers(self)
        self._colours = Highlighter(self.document())
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.take_now)
        self.textChanged.connect(self._typed)
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._numbers.follow)
        self.cursorPositionChanged.connect(self._cursor_moved)
        session.changed.connect(self._show_text)
        session.problems_changed.connect(self._mark_problems)
        session.selection_changed.connect(self._show_selection)
        session.read_only_changed.connect(self._lock)
        theme().changed.connect(self._mark_problems)
        self._make_room()
        self._lock()
        self._show_text()
        self._mark_problems()

    # --- text -----------------------------------------------------------------------------------

    def take_now(self) -> None:
        """Give what was typed to the session without waiting for a pause."""
        self._pause.stop()
        old = self._session.document.text
        text = self.toPlainText()
        if text != _plain(old):
            ends = "\r\n" if "\r\n" in old else "\n"
            self._session.type_text(text.replace("\n", ends), tr("typing"))

    def _lock(self) -> None:
        self.setReadOnly(bool(self._session.read_only))

    def go_to_line(self, line: int) -> None:
        """Put the cursor into *line*, counted from 1."""
        block = self.document().findBlockByLineNumber(max(0, line - 1))
        cursor = QTextCursor(block)
        self._showing = True
        self.setTextCursor(cursor)
        self._showing = False
        self.centerCursor()

    def _typed(self) -> None:
        if not self._showing:
            self._pause.start()

    def _show_text(self) -> None:
        """The document has changed: show its text, with cursor and place kept."""
        text = _plain(self._session.document.text)
        if self._pause.isActive() or text == self.toPlainText():
            return
        self._showing = True
        at, bar = self.textCursor().blockNumber(), self.verticalScrollBar().value()
        self.setPlainText(text)
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(at)))
        self.verticalScrollBar().setValue(bar)
        self._showing = False
        self._paint_extras()

    # --- following ------------------------------------------------------------------------------

    def _cursor_moved(self) -> None:
        """The cursor is in a node: the canvas selects it."""
        if self._showing or self._pause.isActive():
            return
        node = self.lines.node_at(self.textCursor().blockNumber() + 1)
        if node is not None and self._session.selected != (node,):
            self._leading = True
            self._session.reveal(node)
            self._leading = False

    def _show_selection(self) -> None:
        """A node was selected elsewhere: bring it into view."""
        self._paint_extras()
        if self._leading or not self.isVisible() or len(self._session.selected) != 1:
            return
        span = self.lines.span(self._session.selected[0])
        if span is not None:
            self.go_to_line(span[0])

    # --- problems -------------------------------------------------------------------------------

    def _mark_problems(self) -> None:
        """Underline what is wrong."""
        self._marked = [(*self._stretch(problem), problem) for problem in self._session.problems]
        self._paint_extras()
        self._numbers.update()

    def _stretch(self, problem: Problem) -> tuple[int, int]:
        """Where in the text *problem* is: first and last position."""
        line = self.lines.line_of(problem)
        block = self.document().findBlockByLineNumber(max(0, line - 1))
        text = block.text()
        start = len(text) - len(text.lstrip())
        end = max(start + 1, len(text.rstrip()))
        place = problem.place
        if line == place.line == place.end_line and place.column <= len(text):
            start, end = place.column - 1, max(place.column, place.end_column - 1)
        return block.position() + start, block.position() + min(end, max(1, len(text)))

    def _paint_extras(self) -> None:
        extras: list[QTextEdit.ExtraSelection] = list(self._band())
        last = self.document().characterCount() - 1
        for start, end, problem in self._marked:
            wave = QTextCharFormat()
            wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.setUnderlineColor(theme().colour(problem.severity))
            extras.append(_selection(self, min(start, last), min(end, last), wave))
        self.setExtraSelections(extras)

    def _band(self) -> Sequence[QTextEdit.ExtraSelection]:
        """The lines of the selected nodes."""
        band = QTextCharFormat()
        band.setBackground(theme().colour("accent_bg"))
        band.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        made = []
        for node in self._session.selected:
            span = self.lines.span(node)
            if span is not None:
                for line in range(span[0], span[1] + 1):
                    at = self.document().findBlockByLineNumber(line - 1).position()
                    made.append(_selection(self, at, at, band))
        return made

    def problems_of_line(self, line: int) -> Sequence[Problem]:
        """What is wrong in *line*, counted from 1."""
        block = self.document().findBlockByLineNumber(line - 1)
        first, after = block.position(), block.position() + block.length()
        return [problem for start, _, problem in self._marked if first <= start < after]

    # --- Qt -------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the window's; what is underlined tells why."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, _QKeyEvent):
            if any(event.matches(key) for key in _OURS):
                event.ignore()
                return False
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Tell what is wrong with the line under the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            pos = event.pos()  # type: ignore[attr-defined]
            line = self.cursorForPosition(pos).blockNumber() + 1
            words = "\n".join(told(problem.text) for problem in self.problems_of_line(line))
            QToolTip.showText(event.globalPos(), words, self)  # type: ignore[attr-defined]
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: _QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Tab writes two blanks; a new line begins like the last one."""
        if event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.insertPlainText("  ")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            text = self.textCursor().block().text()
            margin = text[: len(text) - len(text.lstrip())]
            opens = text.startswith(("node ", "layout")) and not margin
            self.insertPlainText("\n" + ("  " if opens else margin))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """The numbers are as high as the text."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self._room(), area.height()))

    def _room(self) -> int:
        digits = max(3, len(str(self.blockCount())))
        return 26 + round(metrics("code").horizontalAdvance("9" * digits))

    def _make_room(self) -> None:
        self.setViewportMargins(self._room(), 0, 0, 0)

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the column of line numbers; a line with a problem has its number in that colour."""
        painter = QPainter(self._numbers)
        painter.fillRect(event.rect(), theme().colour("window"))
        painter.setFont(font("code"))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        wrong = {p.severity: set[int]() for _, _, p in self._marked}
        for start, _, problem in self._marked:
            wrong[problem.severity].add(self.document().findBlock(start).blockNumber())
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            number = block.blockNumber()
            token = next((s for s in ("error", "warning") if number in wrong.get(s, ())), "faint")
            painter.setPen(theme().colour(token))
            area = QRect(0, round(top), self._room() - 12, round(height))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight, str(number + 1))
            top += height
            block = block.next()
        painter.end()


class _Numbers(QWidget):
    """The column of line numbers."""

    def __init__(self, editor: FlowText) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """As wide as the longest number."""
        return QSize(40, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """See `FlowText.paint_numbers`."""
        self._editor.paint_numbers(event)

    def follow(self, area: QRect, dy: int) -> None:
        """The text was scrolled or painted."""
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, area.y(), self.width(), area.height())


def _plain(text: str) -> str:
    """*text* with the line ends that Qt's editor knows."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _selection(
    editor: QPlainTextEdit, start: int, end: int, look: QTextCharFormat
) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    cursor = QTextCursor(editor.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    made.cursor = cursor
    made.format = look
    return made
