"""The panel "Properties": the form of what is selected, kept in step with the flow."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from designer.forms.body import Body
from designer.forms.choice import make_body, shape_of
from designer.forms.context import FormContext
from designer.forms.editors.growing import is_undo
from designer.forms.style import form_sheet
from designer.look.theme import theme
from designer.session import Session

_AFTER_PAINT: Final = 20
"""Milliseconds until the canvas shows another selection: a timer of none comes before."""

_MOST: Final = 12
"""Forms that are kept."""


class Properties(QWidget):
    """See the module."""

    open_wanted = Signal(Path)
    """Open this flow: one that the selected node names."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.session = session
        self.context = FormContext(session, self)
        self.context.flow_wanted = self._want_flow
        self._body: Body | None = None
        self._shape: Hashable = None
        self._kept: dict[Hashable, Body] = {}
        """The forms that were shown last, the latest at the end: one comes back to them."""
        self._late = QTimer(self, singleShot=True, interval=_AFTER_PAINT)
        self._late.timeout.connect(self._make)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room = QWidget()
        self._room = QVBoxLayout(room)
        self._room.setContentsMargins(0, 0, 0, 0)
        self.area.setWidget(room)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)
        self.setMinimumWidth(280)
        session.changed.connect(self.follow)
        session.selection_changed.connect(self._select)
        session.site_changed.connect(self._site_changed)
        session.read_only_changed.connect(self.follow)
        session.revealed.connect(self._reveal)
        theme().changed.connect(self._dress)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._take_undo)
        self._dress()

    # --- following ------------------------------------------------------------------------------

    @property
    def body(self) -> Body | None:
        """The form of what is selected: whoever asks before it is made has it made now."""
        self.settle()
        return self._body

    def settle(self) -> None:
        """Make the form now, if that waits."""
        if self._late.isActive():
            self._late.stop()
            self._make()

    def follow(self) -> None:
        """Show what is selected, as it is now.

        Another form is made when the canvas has shown the selection: it takes five times as long,
        and whoever runs through the cards by keyboard wants only the last one.
        """
        session = self.session
        shape = shape_of(self.context)
        if shape != self._shape or self._body is None:
            self._shape = shape
            self._late.start()
        elif not self._late.isActive():
            self._body.refresh()
        self.setEnabled(not session.document.broken)
        if self._body is not None:
            self._body.setEnabled(not session.read_only)

    def _make(self) -> None:
        focused = QApplication.focusWidget()
        held = focused if focused is not None and self.isAncestorOf(focused) else None
        self._shape = shape_of(self.context)
        self.context.insight.look_at(self.session.selected)
        self._forget(lambda shape: not self._is_there(shape))
        body = self._kept.pop(self._shape, None)
        if body is None:
            body = make_body(self.context)
            self._room.addWidget(body)
        else:
            body.refresh()
        self._kept[self._shape] = body
        oldest = list(self._kept)[:-_MOST]
        self._forget(lambda shape: shape in oldest)
        body.setEnabled(not self.session.read_only)
        self._show(body)
        if held is not None:
            _hand_over(held, body)

    def _is_there(self, shape: Hashable) -> bool:
        """Whether what a form was made for is there still, by its name."""
        flow, nodes = self.session.flow, shape[0] if isinstance(shape, tuple) else ()
        return flow is not None and all(flow.node(name) is not None for name in nodes)

    def _forget(self, gone: Callable[[Hashable], bool]) -> None:
        """Throw kept forms away."""
        for shape in [shape for shape in self._kept if gone(shape)]:
            body = self._kept.pop(shape)
            self._room.removeWidget(body)
            body.hide()
            body.deleteLater()

    def _select(self) -> None:
        if self._body is not None:
            self._body.commit()
        self.follow()

    def _show(self, body: Body) -> None:
        for other in self._kept.values():
            if other is not body:
                other.hide()
        self._body = body
        body.show()
        self.area.verticalScrollBar().setValue(0)

    def _dress(self) -> None:
        self.setStyleSheet(form_sheet())
        self._forget(lambda _: True)
        self._shape = self._body = None
        self.follow()

    def _site_changed(self) -> None:
        self.context.insight.forget()
        self.context.insight.look_at(self.session.selected)
        self._forget(lambda shape: shape != self._shape)
        if self.body is not None:
            self.body.refresh_names()

    def _want_flow(self, name: str) -> None:
        """Open the flow that is called *name* as seen from this one."""
        if self.session.path is not None and name:
            self.open_wanted.emit((self.session.path.parent / name).resolve())

    def _reveal(self, node: str, port: object) -> None:
        self.area.verticalScrollBar().setValue(0)

    # --- keys -----------------------------------------------------------------------------------

    def _take_undo(self, _: QWidget | None, now: QWidget | None) -> None:
        """In our fields undo is that of the flow."""
        if isinstance(now, QLineEdit) and self.isAncestorOf(now) and not now.property("ours"):
            now.setProperty("ours", True)
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Leave the keys of undo to the window."""
        keys = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if isinstance(event, QKeyEvent) and event.type() in keys and is_undo(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def commit(self) -> None:
        """Take what is typed and not taken yet, before the flow is saved or closed."""
        if self._body is not None:
            self._body.commit()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """The field that gets the keyboard is scrolled into view."""
        moved = super().focusNextPrevChild(forward)
        focus = self.focusWidget()
        if moved and focus is not None and self.body is not None:
            self.area.ensureWidgetVisible(focus, 0, 40)
        return moved

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Esc goes back to the canvas: the window hears it when nobody here takes it."""
        event.ignore()


def _hand_over(held: QWidget, body: Body) -> None:
    """Let the field of *body* have the keyboard that is called like *held*: it is gone."""
    fields = body.findChildren(QWidget)
    called = held.accessibleName()
    same = (one for one in fields if type(one) is type(held) and one.accessibleName() == called)
    target = next(same, None) or next((one for one in fields if isinstance(one, QLineEdit)), None)
    if target is not None:
        target.setFocus()
