"""An expression, or a text with slots, typed with colours, offers, help and live checking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from designer.core.edits import read_value, written_value
from designer.forms.editors.base import Editor, set_property
from designer.forms.editors.completions import Completions
from designer.forms.editors.growing import GrowingText
from designer.forms.editors.highlight import Colours
from designer.forms.values import prose_of, prose_value
from flow_runtime.core.expr.assist import ANYTHING, Assistance, Completion, Scope, Wanted, assist
from flow_runtime.core.expr.tree import Expr

_TAKING = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ExpressionText(GrowingText):
    """The text field itself. *prose*: a text with slots, not an expression."""

    def __init__(self, prose: bool = False, least: int = 1, own_undo: bool = False) -> None:
        super().__init__("body" if prose else "code", least, own_undo=own_undo)
        self.prose = prose
        self.offers = Completions()
        self.offers.chosen.connect(self.take)
        self.scope: Callable[[], Scope] = Scope
        self.wanted: Callable[[], Wanted] = lambda: ANYTHING
        self.advice: Callable[[Assistance], None] = lambda _: None
        self._colours = Colours(self.document(), prose)
        self._asked: tuple[str, int] | None = None
        self._offering = False
        self.typed.connect(self._typed)
        self.cursorPositionChanged.connect(self._moved)

    # --- keys -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """While there are offers some keys are theirs."""
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Space and control:
            self._offer(asked=True)
            return
        if plain and self.offers.isVisible():
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.offers.current is not None:
                self.offers.step(1 if key == Qt.Key.Key_Down else -1)
                return
            if key in _TAKING and self.offers.current is not None:
                self.take(self.offers.current)
                return
            if key == Qt.Key.Key_Escape:
                self.close_offers()
                return
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.prose:
            event.ignore()  # an expression is one line, until Shift+Enter says otherwise
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab accepts an offer before it moves on."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.ShortcutOverride:
            taking = event.key() in (*_TAKING, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if taking and self.offers.isVisible():
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Tab is the offers' while there are some."""
        if forward and self.offers.isVisible() and self.offers.current is not None:
            self.take(self.offers.current)
            return True
        return super().focusNextPrevChild(forward)

    # --- offers ---------------------------------------------------------------------------------

    def take(self, offer: Any) -> None:
        """Put *offer* where it belongs."""
        self._offering = False
        cursor = self.textCursor()
        cursor.setPosition(offer.start)
        cursor.setPosition(offer.end, cursor.MoveMode.KeepAnchor)
        cursor.insertText(offer.insert)
        cursor.setPosition(offer.start + offer.caret)
        self.setTextCursor(cursor)
        leads_on = offer.insert.endswith((".", "()", ": "))
        if leads_on:
            self._offer(asked=False)
        else:
            self.close_offers()

    def close_offers(self) -> None:
        """Hide them until something is typed."""
        self._offering = False
        self.offers.hide()

    def look(self) -> Assistance:
        """What there is to say of the text as it is; colours and faults are shown."""
        text, at = self.toPlainText(), self.textCursor().position()
        found = assist(text, at, self.scope(), self.wanted(), template=self.prose)
        self._asked = (text, at)
        unfinished = self.hasFocus()
        shown = tuple(f for f in found.faults if not (f.unfinished and unfinished))
        self._colours.show_faults(shown)
        self.advice(found)
        return found

    def _typed(self) -> None:
        self._offering = self.hasFocus()
        self._moved()

    def _moved(self) -> None:
        if self._asked != (self.toPlainText(), self.textCursor().position()):
            if self.hasFocus():
                self._offer(asked=False)

    def _offer(self, asked: bool) -> None:
        found = self.look()
        self._offering = self._offering or asked
        rows = found.completions if self._offering else ()
        if not asked and not self._leads_anywhere(rows):
            rows = ()
        self.offers.offer(rows, found.signature)

    def _leads_anywhere(self, rows: tuple[Completion, ...]) -> bool:
        """Whether to show offers that nobody asked for: a word was begun, and they finish it."""
        if not rows:
            return False
        typed = self.toPlainText()[rows[0].start : rows[0].end]
        before = self.toPlainText()[: rows[0].start].rstrip(" ")
        if not typed:
            return before.endswith((".", "{", "(", ",", ":")) or not before
        return not any(row.label == typed for row in rows)


class ExpressionEditor(Editor):
    """The editor of an expression; with *prose*, of a text with slots."""

    def __init__(
        self,
        scope: Callable[[], Scope],
        wanted: Callable[[], Wanted],
        *,
        prose: bool = False,
        placeholder: str = "",
        least: int = 1,
    ) -> None:
        super().__init__()
        self.text = ExpressionText(prose, least)
        self.text.scope = scope
        self.text.wanted = wanted
        self.text.advice = self._advise
        self.text.setPlaceholderText(placeholder)
        self.text.typed.connect(self._tell)
        self._value: Expr | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.text)
        column.addWidget(self.text.offers)
        self.setFocusProxy(self.text)
        self.text.entered.connect(self.entered)
        self.text.left.connect(self.left)
        self.left.connect(self._leave)

    def can_show(self, value: Expr | None) -> bool:
        """An expression can show anything, prose only texts."""
        return not self.text.prose or value is None or prose_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._value = value
        if value is None:
            self.text.show_text("")
        elif self.text.prose:
            self.text.show_text(prose_of(value) or "")
        else:
            self.text.show_text(written_value(value))
        self.text.look()

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.text, "wrong", wrong)

    def refresh(self) -> None:
        """See `Editor`."""
        self.text.look()

    def _tell(self) -> None:
        text = self.text.toPlainText()
        if self.text.prose:
            value: Expr | None = prose_value(text, self._value) if text else None
        else:
            value = read_value(text.strip()) if text.strip() else None
        self._value = value
        self.edited.emit(value)

    def _advise(self, found: Assistance) -> None:
        self.advised.emit(found.needed if self.text.hasFocus() else "")

    def _leave(self) -> None:
        self.text.close_offers()
        self.text.look()
