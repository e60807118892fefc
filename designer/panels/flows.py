"""The flows of the site: the numbers and where they lead, and the sub-flows of the one in front."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from designer.look.fonts import font
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.session import Session
from flow_runtime.core.binding import parameter_constant
from flow_runtime.core.model import NodeDecl

_PATH: Final = Qt.ItemDataRole.UserRole


class Flows(QWidget):
    """A double click, or Enter, opens a flow."""

    open_wanted = Signal(Path)
    """The path of a flow."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(12)
        self.tree.setRootIsDecorated(False)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setAccessibleName(tr("Flows"))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 0)
        column.addWidget(self.tree)
        self.tree.installEventFilter(self)
        self.tree.itemDoubleClicked.connect(self._open)
        session.changed.connect(self._fill)
        session.site_changed.connect(self._fill)
        session.path_changed.connect(self._fill)
        theme().changed.connect(self._dress)
        self._shown: list[tuple[str, str, Path | None]] = []
        self._fill()

    def rows(self) -> list[tuple[str, str, Path | None]]:
        """Section, text and path of each row."""
        return self._shown

    def _fill(self) -> None:
        if not self.isVisible():
            return  # looking into folders at every keystroke is for those who look at it
        rows = self._wanted()
        if rows != self._shown:
            self._show(rows)

    def _dress(self) -> None:
        """Icons in the colours of the theme."""
        self._show(self._shown)

    def _show(self, rows: list[tuple[str, str, Path | None]]) -> None:
        self._shown = rows
        self.tree.clear()
        heads: dict[str, QTreeWidgetItem] = {}
        for section, text, path in rows:
            if section not in heads:
                head = heads[section] = QTreeWidgetItem([section])
                head.setFont(0, font("label-strong"))
                head.setForeground(0, theme().colour("muted"))
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.tree.addTopLevelItem(head)
                head.setExpanded(True)
            item = QTreeWidgetItem([text])
            item.setData(0, _PATH, path)
            item.setToolTip(0, text if path is None else str(path))
            item.setIcon(0, icon("start" if section == tr("Numbers") else "subflow", "muted", 16))
            heads[section].addChild(item)

    def _wanted(self) -> list[tuple[str, str, Path | None]]:
        site, here = self._session.site, self._session.path
        rows: list[tuple[str, str, Path | None]] = []
        for number, path in sorted(site.numbers.items()):
            rows.append((tr("Numbers"), f"{number} → {path.stem}", path))
        named = self._named()
        rows += [(tr("Called by this flow"), name, path) for name, path in named.items()]
        if here is not None:
            known = {path.resolve() for path in (*site.numbers.values(), *named.values()) if path}
            for path in sorted(here.parent.glob("*.flow")):
                if path.resolve() not in known and path.resolve() != here.resolve():
                    rows.append((tr("In the same folder"), path.stem, path))
        if not rows:
            rows.append((tr("No other flows"), tr("Save this flow to see its neighbours"), None))
        return rows

    def _named(self) -> dict[str, Path | None]:
        """The flows that nodes name, by the name as it is written."""
        flow, here = self._session.flow, self._session.path
        found: dict[str, Path | None] = {}
        for node in () if flow is None else flow.nodes:
            name = called_name(node, self._session)
            if name is not None:
                found[name] = None if here is None else here.parent / name
        return found

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """What has happened meanwhile."""
        self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Enter opens, as a double click does."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            item = self.tree.currentItem()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
                self._open(item)
                return True
        return False

    def _open(self, item: QTreeWidgetItem) -> None:
        path = item.data(0, _PATH)
        if path is not None:
            self.open_wanted.emit(path)


def called_name(node: NodeDecl, session: Session) -> str | None:
    """The flow that *node* calls or jumps to, as it is written; None for other nodes."""
    cls = session.around.nodes.get(node.type)
    for spec in () if cls is None else cls.params.values():
        written = node.parameter(spec.name)
        if spec.names in ("flow", "sub-flow") and written is not None:
            name = parameter_constant(spec, written.value)
            return name if isinstance(name, str) else None
    return None
