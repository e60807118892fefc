"""The conversation of a simulated call: heard at the left, pressed at the right, notes between."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from designer.core.calls import clock_time
from designer.core.simulation import Bubble, Conversation
from designer.look.fonts import font, metrics
from designer.look.i18n import tr
from designer.look.icons import pixmap

_SHARE: Final = 0.86
"""How much of the width a bubble may take."""
_PADDING: Final = 28
_PEN: Final = {
    "dial": "call", "hangup": "call", "conference": "call", "log": "logic",
    "queue": "agents", "agent": "agents", "callback": "agents", "voicemail": "agents",
}  # fmt: skip


class Talk(Protocol):
    """A call whose conversation is shown: simulated, followed or replayed."""

    @property
    def conversation(self) -> Conversation | None:
        """What was heard and pressed; None while there is no call."""

    def title_of(self, flow: str, node: str) -> str:
        """The title of a flow's node."""


class Bubbles(QScrollArea):
    """Follows a conversation; new bubbles are scrolled into view."""

    def __init__(self, simulation: Talk) -> None:
        super().__init__()
        self._simulation = simulation
        self._shown: list[Bubble] = []
        self._of: Conversation | None = None
        self._dropped = 0
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("What was heard and pressed"))
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _, most: bar.setValue(most))

    def texts(self) -> list[str]:
        """What the bubbles say, for tests and screen readers."""
        return [bubble.text for bubble in self._shown]

    def follow(self) -> None:
        """Show what the conversation is now."""
        conversation = self._simulation.conversation
        bubbles = [] if conversation is None else conversation.bubbles
        if conversation is not self._of:
            self._of, self._dropped = conversation, 0
            self._cut(0)
        elif conversation is not None and conversation.dropped > self._dropped:
            gone, self._dropped = conversation.dropped - self._dropped, conversation.dropped
            for _ in range(min(gone, len(self._shown))):
                self._remove(0)
        same = 0
        for shown, now in zip(self._shown, bubbles, strict=False):
            if shown != now:
                break
            same += 1
        self._cut(same)
        for bubble in bubbles[same:]:
            self._shown.append(bubble)
            self._column.insertWidget(len(self._shown) - 1, self._row(bubble))

    def clear(self) -> None:
        """Make all of them anew, in other colours."""
        self._cut(0)
        self.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Bubbles are as wide as their text, up to a share of the panel."""
        super().resizeEvent(event)
        for label in self._inside.findChildren(QLabel, "text"):
            self._fit(label)

    # --- rows -----------------------------------------------------------------------------------

    def _cut(self, length: int) -> None:
        while len(self._shown) > length:
            self._remove(len(self._shown) - 1)

    def _remove(self, at: int) -> None:
        del self._shown[at]
        item = self._column.takeAt(at)
        widget = None if item is None else item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()

    def _row(self, bubble: Bubble) -> QWidget:
        if bubble.kind == "note":
            return self._note(bubble)
        mine = bubble.kind in ("pressed", "said")
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        side = Qt.AlignmentFlag.AlignRight if mine else Qt.AlignmentFlag.AlignLeft
        column.addWidget(self._keys(bubble) if bubble.kind == "pressed" else self._text(bubble),
                         0, side)  # fmt: skip
        caption = QLabel(self._caption(bubble))
        caption.setProperty("bubble", "caption")
        column.addWidget(caption, 0, side)
        return row

    def _text(self, bubble: Bubble) -> QLabel:
        label = QLabel(bubble.text)
        label.setObjectName("text")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        kinds = {"heard": "now" if bubble.until is None else "heard", "said": "pressed"}
        label.setProperty("bubble", kinds.get(bubble.kind, bubble.kind))
        label.setFont(_bold() if bubble.kind == "said" else font("body"))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fit(label)
        return label

    def _fit(self, label: QLabel) -> None:
        most = int((self.viewport().width() - 28) * _SHARE)
        measure = metrics("card" if label.property("bubble") == "pressed" else "body")
        lines = label.text().split("\n")
        wide = max(int(measure.horizontalAdvance(line)) + 1 for line in lines) + _PADDING
        width = max(40, min(wide, most))
        inside = QRectF(0, 0, width - 24, 10_000)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        height = measure.boundingRect(inside, int(flags), label.text()).height()
        label.setFixedSize(width, int(height) + 14)

    def _keys(self, bubble: Bubble) -> QWidget:
        box = QFrame()
        box.setObjectName("pressed")
        row = QHBoxLayout(box)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(8)
        cap = QLabel(bubble.text)
        cap.setProperty("cap", True)
        row.addWidget(cap)
        if bubble.label:
            row.addWidget(QLabel(bubble.label))
        return box

    def _note(self, bubble: Bubble) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 2, 0, 2)
        line.setSpacing(8)
        glyph = QLabel()
        glyph.setPixmap(pixmap(bubble.icon or "log", _PEN.get(bubble.icon, "data"), 16))
        words = metrics("label").elidedText(bubble.text, Qt.TextElideMode.ElideRight, 226)
        text = QLabel(words)
        text.setToolTip(bubble.text)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setProperty("bubble", "note")
        line.addWidget(_rule(), 1)
        line.addWidget(glyph)
        line.addWidget(text)
        line.addWidget(_rule(), 1)
        return row

    def _caption(self, bubble: Bubble) -> str:
        at = clock_time(bubble.at)
        if bubble.kind == "pressed":
            return tr("pressed · {time}", time=at)
        if bubble.kind == "said":
            return tr("said · {time}", time=at)
        title = self._simulation.title_of(bubble.flow, bubble.node)
        if bubble.times > 1:
            title = tr("{title} (time {n})", title=title, n=bubble.times)
        if bubble.kind == "trouble":
            return f"{title} · {at}"
        if bubble.until is None:
            return tr("{title} · since {time}", title=title, time=at)
        return f"{title} · {at}–{clock_time(bubble.until)}"


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "line")
    return rule


def _bold() -> QFont:
    return font("card")
