"""Where a port leads: a link to the node, and a list to choose another one by name."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from designer.forms.editors.base import set_property
from designer.forms.picker import Choice, Picker
from designer.forms.rows import moves_row
from designer.look.i18n import tr
from designer.look.icons import has_icon, icon
from designer.session import Session
from flow_runtime.core.model import NodeDecl


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


def node_choices(session: Session, typed: str) -> list[Choice]:
    """The nodes whose name or title has *typed* in it."""
    flow = session.flow
    found = []
    if not typed:
        found.append(Choice(tr("not connected"), None, "ui-close", "muted"))
    for decl in () if flow is None else flow.nodes:
        title = node_title(session, decl.name)
        if typed.casefold() in f"{title} {decl.name}".casefold():
            words = title if title == decl.name else f"{title}  ·  {decl.name}"
            found.append(Choice(words, decl.name, *node_icon(session, decl)))
    return found


class TargetLink(QWidget):
    """A click goes to the node; the arrow beside it, or F4, chooses another one."""

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
        self.pick.setProperty("role", "tiny")
        self.pick.setIconSize(QSize(12, 12))
        self.pick.setFixedSize(14, 22)
        self.pick.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pick.setAccessibleName(tr("Choose where {port} leads", port=what))
        self.pick.setToolTip(tr("Choose another node (F4)"))
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

    def show_wrong(self, wrong: bool) -> None:
        """Mark it as one that has to lead somewhere."""
        set_property(self.link, "wrong", wrong)

    def choose(self) -> Picker:
        """Open the list."""
        chooser = Picker(self, tr("Name of a node"), partial(node_choices, self._session))
        chooser.chosen.connect(self.chosen)
        chooser.open_below(self)
        return chooser

    def _go(self) -> None:
        if self.target is None:
            self.choose()
        else:
            self._session.reveal(self.target)

    def _elide(self) -> None:
        room = max(self.link.width() - 28, 20)
        metrics = self.link.fontMetrics()
        self.link.setText(metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Another width, another end of the text."""
        super().resizeEvent(event)
        self._elide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """F4 opens the list; Backspace and Delete disconnect."""
        if event.type() == QEvent.Type.Resize:
            self._elide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if moves_row(event):
                event.ignore()  # a button would take the arrow for its own
                return True
            if event.key() == Qt.Key.Key_F4:
                self.choose()
                return True
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.target:
                self.chosen.emit(None)
                return True
        return super().eventFilter(watched, event)
