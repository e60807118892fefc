"""The panel "Properties": the form of what is selected, kept in step with the flow."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from designer.forms.body import Body
from designer.forms.choice import make_body, shape_of
from designer.forms.context import FormContext
from designer.forms.editors.growing import is_undo
from designer.forms.style import form_sheet
from designer.look.theme import theme
from designer.session import Session


class Properties(QWidget):
    """See the module."""

    open_wanted = Signal(Path)
    """Open this flow: one that the selected node names."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.session = session
        self.context = FormContext(session)
        self.context.flow_wanted = self._want_flow
        self.body: Body | None = None
        self._shape: Hashable = None
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)
        self.setMinimumWidth(280)
        session.changed.connect(self.follow)
        session.selection_changed.connect(self._select)
        session.site_changed.connect(self._site_changed)
        session.revealed.connect(self._reveal)
        theme().changed.connect(self._dress)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._take_undo)
        self._dress()

    # --- following ------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show what is selected, as it is now."""
        session = self.session
        shape = shape_of(self.context)
        if shape != self._shape or self.body is None:
            self._shape = shape
            self.context.insight.look_at(session.selected)
            self._show(make_body(self.context))
        else:
            self.body.refresh()
        self.setEnabled(not session.document.broken)

    def _select(self) -> None:
        if self.body is not None:
            self.body.commit()
        self.follow()

    def _show(self, body: Body) -> None:
        self.body = body
        old = self.area.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        self.area.setWidget(body)

    def _dress(self) -> None:
        self.setStyleSheet(form_sheet())
        self._shape = None
        self.body = None
        self.follow()

    def _site_changed(self) -> None:
        self.context.insight.forget()
        self.context.insight.look_at(self.session.selected)
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
        if self.body is not None:
            self.body.commit()

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
