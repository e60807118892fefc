"""Where a port leads: a link to the node, and a list to choose another one by name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.look.i18n import tr
from designer.look.icons import has_icon, icon
from designer.session import Session
from designer.forms.style import form_sheet
from flow_runtime.core.model import NodeDecl

_NAME = Qt.ItemDataRole.UserRole


def node_title(session: Session, name: str) -> str:
    """What the card of *name* says."""
    flow = session.flow
    decl = None if flow is None else flow.node(name)
    if decl is None:
        return name
    cls = session.around.nodes.get(decl.type)
    return decl.title or (name if cls is None else name.replace("_", " "))


def node_icon(session: Session, decl: NodeDecl | None) -> tuple[str, str]:
    """Icon and colour token of a node."""
    cls = None if decl is None else session.around.nodes.get(decl.type)
    if cls is None:
        return "unknown", "unknown"
    return (cls.icon if has_icon(cls.icon) else "unknown"), cls.group.lower()


class TargetChooser(QFrame):
    """Type a part of a node's name or title; Enter takes the first, Esc closes."""

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setStyleSheet(form_sheet())
        self._session = session
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Name of a node"))
        self.line.setAccessibleName(tr("Name of a node"))
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(16, 16))
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.resize(260, 300)
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        self._filter("")
        self.line.setFocus()

    def _filter(self, typed: str) -> None:
        self.list.clear()
        flow = self._session.flow
        if not typed:
            self._add(tr("not connected"), None, "ui-close", "muted")
        for decl in () if flow is None else flow.nodes:
            title = node_title(self._session, decl.name)
            if typed.casefold() in f"{title} {decl.name}".casefold():
                name, token = node_icon(self._session, decl)
                words = title if title == decl.name else f"{title}  ·  {decl.name}"
                self._add(words, decl.name, name, token)
        self.list.setCurrentRow(0)

    def _add(self, words: str, name: str | None, glyph: str, token: str) -> None:
        item = QListWidgetItem(icon(glyph, token, 16), words)
        item.setData(_NAME, name)
        self.list.addItem(item)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_NAME))
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Arrows move in the list while the field has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                row = (self.list.currentRow() + by) % max(self.list.count(), 1)
                self.list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)


class TargetLink(QWidget):
    """A click goes to the node; the arrow beside it, or Alt+Down, chooses another one."""

    chosen = Signal(object)

    def __init__(self, session: Session, what: str) -> None:
        super().__init__()
        self._session, self._what = session, what
        self.target: str | None = None
        self._words = ""
        self.link = QToolButton()
        self.link.setProperty("role", "link")
        self.link.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.link.setIconSize(QSize(16, 16))
        self.link.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.link.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.link.installEventFilter(self)
        self.pick = QToolButton()
        self.pick.setIcon(icon("ui-chevron-down", "muted", 14))
        self.pick.setIconSize(QSize(12, 12))
        self.pick.setFixedSize(18, 22)
        self.pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pick.setAccessibleName(tr("Choose where {port} leads", port=what))
        self.pick.setToolTip(tr("Choose another node (Alt+Down)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.link, 1)
        row.addWidget(self.pick)
        self.link.clicked.connect(self._go)
        self.pick.clicked.connect(self.choose)

    def show_target(self, target: str | None, instead: str = "") -> None:
        """The node it leads to; without one, what happens *instead*."""
        self.target = target
        flow = self._session.flow
        decl = None if flow is None or target is None else flow.node(target)
        if target is None:
            self._words = instead or tr("not connected")
            self.link.setIcon(icon("ui-plus", "faint", 16))
        else:
            self._words = node_title(self._session, target)
            name, token = node_icon(self._session, decl)
            self.link.setIcon(icon(name, token, 16))
        self.link.setToolTip(
            tr("Go to {node}", node=target) if target else tr("Choose where it leads")
        )
        self.link.setAccessibleName(f"{self._what} → {self._words}")
        self._elide()

    def choose(self) -> TargetChooser:
        """Open the list."""
        chooser = TargetChooser(self._session, self)
        chooser.chosen.connect(self.chosen)
        corner = self.mapToGlobal(self.rect().bottomRight())
        chooser.move(corner.x() - chooser.width(), corner.y() + 2)
        chooser.show()
        chooser.line.setFocus()
        return chooser

    def _go(self) -> None:
        if self.target is None:
            self.choose()
        else:
            self._session.reveal(self.target)

    def _elide(self) -> None:
        room = max(self.link.width() - 30, 20)
        metrics = self.link.fontMetrics()
        self.link.setText(metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Another width, another end of the text."""
        super().resizeEvent(event)
        self._elide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Alt+Down opens the list; Backspace and Delete disconnect."""
        if event.type() == QEvent.Type.Resize:
            self._elide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if event.key() == Qt.Key.Key_F4 or (alt and event.key() == Qt.Key.Key_Down):
                self.choose()
                return True
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.target:
                self.chosen.emit(None)
                return True
        return super().eventFilter(watched, event)


