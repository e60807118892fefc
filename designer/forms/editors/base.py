"""What every editor of a value does: show one, and tell what was made of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from flow_runtime.core.expr.tree import Expr


class Editor(QWidget):
    """Shows a value and tells of changes; the field around it does the rest."""

    edited = Signal(object)
    """An expression; None leaves the value out."""
    entered = Signal()
    left = Signal()
    """The keyboard has come, or gone elsewhere."""
    advised = Signal(str)
    """What is still needed while the person types; empty for nothing."""

    beside = False
    """Whether it is so narrow that the help stands at its right."""

    def can_show(self, value: Expr | None) -> bool:
        """Whether it is for values like *value*; if not, it is edited as an expression."""
        raise NotImplementedError

    def show_value(self, value: Expr | None) -> None:
        """Show *value* without telling of it."""
        raise NotImplementedError

    def show_wrong(self, wrong: bool) -> None:
        """Mark it as wrong, or not."""

    def refresh(self) -> None:
        """Names and types around have changed."""

    def name_it(self, name: str) -> None:
        """Tell screen readers what it is for."""
        self.setAccessibleName(name)
        target = self.focusProxy()
        if target is not None:
            target.setAccessibleName(name)

    def follow_focus(self, widget: QWidget) -> None:
        """Tell of *widget*'s coming and going of the keyboard as this editor's."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """See `follow_focus`."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        elif event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
