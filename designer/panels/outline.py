"""The flow as a tree: the way of keyboard and screen reader to do what the mouse does."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTreeView, QVBoxLayout, QWidget

from designer.core.outline import Row, outline
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.session import Session

_INDEX: Final = Qt.ItemDataRole.UserRole


class Outline(QWidget):
    """Follows the selection, and sets it."""

    connect_wanted = Signal(str, object)
    """Ask where this port of this node shall lead."""
    form_wanted = Signal(str)
    deletion_wanted = Signal()
    disconnection_wanted = Signal(str, object)
    """This port of this node shall lead nowhere."""
    rename_wanted = Signal(object)
    """Type over the title of this node, or None: of the frame or note that is selected."""
    adding_wanted = Signal()
    """Offer nodes to put behind the selected one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._rows: tuple[Row, ...] = ()
        self._items: list[QStandardItem] = []
        self._model = QStandardItemModel(self)
        self.tree = _Tree()
        self.tree.setModel(self._model)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 0)
        column.addWidget(self.tree)
        self._filling = self._choosing = False
        self.tree.selectionModel().currentChanged.connect(lambda now, _: self._chosen())
        self.tree.pressed_key.connect(self._key)
        self.tree.activated.connect(lambda _: self._enter())
        session.changed.connect(self._fill)
        session.site_changed.connect(self._fill)
        session.selection_changed.connect(self._show_selection)
        theme().changed.connect(self._fill)
        self._fill()

    def texts(self) -> list[str]:
        """The rows as they are read out, indented by their level."""
        return ["  " * row.level + self._text(row) for row in self._rows]

    def row(self) -> Row | None:
        """The row that is current."""
        index = self.tree.currentIndex().data(_INDEX)
        return self._rows[index] if isinstance(index, int) else None

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """What has happened meanwhile."""
        self._fill()

    # --- filling --------------------------------------------------------------------------------

    def _fill(self) -> None:
        if not self.isVisible():
            return
        flow = self._session.flow
        rows = () if flow is None else outline(flow, self._session.picture)
        if rows == self._rows:
            return
        at = self.tree.currentIndex().data(_INDEX)
        self._filling = True
        self._rows = rows
        self._model.clear()
        self._items = []
        for number, row in enumerate(rows):
            item = self._item(number, row)
            parent = self._model.invisibleRootItem()
            if row.parent is not None:
                parent = self._items[row.parent]
            parent.appendRow(item)
            self._items.append(item)
        self.tree.expandAll()
        if isinstance(at, int) and self._items:  # whoever reads on does so where they were
            self.tree.setCurrentIndex(self._items[min(at, len(self._items) - 1)].index())
        self._filling = False
        self._show_selection()

    def _item(self, number: int, row: Row) -> QStandardItem:
        item = QStandardItem(self._text(row))
        item.setEditable(False)
        item.setData(number, _INDEX)
        item.setToolTip(item.text())
        card = self._session.picture.card(row.node) if row.node is not None else None
        if row.kind in ("node", "link") and card is not None:
            item.setIcon(icon(card.icon, theme().tokens.group(card.group), 16))
        if row.kind in ("port", "link"):
            item.setForeground(theme().colour("muted"))
        return item

    def _text(self, row: Row) -> str:
        if row.kind == "loose":
            return tr("Nothing leads to these")
        if row.kind == "link":
            return f"↑ {row.text}"
        if row.kind == "port" and row.leads_to is None:
            return tr("{port}: not connected", port=row.text)
        return row.text

    # --- following ------------------------------------------------------------------------------

    def _chosen(self) -> None:
        row = self.row()
        if self._filling or row is None:
            return
        self._choosing = True
        if row.node is not None:
            self._session.reveal(row.node, row.port)
        elif row.sheet is not None:
            self._session.select((), (row.sheet,))
        elif row.leads_to is not None:
            self._session.select((row.leads_to,))
        self._choosing = False

    def _show_selection(self) -> None:
        if self._choosing:
            return
        now = self.row()
        if now is not None and now.kind == "port" and self._session.selected == (now.node,):
            return
        for number, row in enumerate(self._rows):
            mine = row.kind == "node" and self._session.selected == (row.node,)
            if mine or (row.kind == "sheet" and self._session.selected_sheets == (row.sheet,)):
                index = self._items[number].index()
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self._filling = True
                self.tree.selectionModel().setCurrentIndex(index, flags)
                self.tree.scrollTo(index)
                self._filling = False
                return

    # --- keys -----------------------------------------------------------------------------------

    def _enter(self) -> None:
        row = self.row()
        if row is None:
            return
        if row.kind == "link" and row.node is not None:
            self._session.reveal(row.node)
            self._show_row(row.node)
        elif row.kind == "node" and row.node is not None:
            self.form_wanted.emit(row.node)
        elif row.kind == "port" and row.node is not None:
            self.connect_wanted.emit(row.node, row.port)

    def _show_row(self, node: str) -> None:
        for number, row in enumerate(self._rows):
            if row.kind == "node" and row.node == node:
                self.tree.setCurrentIndex(self._items[number].index())

    def _key(self, key: int) -> None:
        row = self.row()
        if key == Qt.Key.Key_Slash:
            self.adding_wanted.emit()
        if row is None:
            return
        if key == Qt.Key.Key_Delete and row.kind == "port":
            if row.node is not None and row.leads_to is not None:
                self.disconnection_wanted.emit(row.node, row.port)
        elif key == Qt.Key.Key_Delete and row.kind in ("node", "sheet"):
            self.deletion_wanted.emit()
        elif key == Qt.Key.Key_F2 and (row.node is not None or row.sheet is not None):
            self.rename_wanted.emit(row.node)
        elif key == Qt.Key.Key_C and row.node is not None and row.port is not None:
            self.connect_wanted.emit(row.node, row.port)


class _Tree(QTreeView):
    """Tells the keys that mean something for a row."""

    pressed_key = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIndentation(10)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setUniformRowHeights(True)
        self.setAccessibleName(tr("Outline of the flow"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Delete, F2, C and /; the rest is Qt's."""
        plain = not event.modifiers()
        if event.text() == "/":
            self.pressed_key.emit(Qt.Key.Key_Slash)
        elif plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_C):
            self.pressed_key.emit(event.key())
        else:
            super().keyPressEvent(event)
