"""The node types by group: search, drag to the canvas, double-click, or type and press Enter."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDrag, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.canvas.protocol import NODE_TYPE
from designer.look.fonts import font, metrics
from designer.look.i18n import group_name, tr
from designer.look.icons import pixmap
from designer.look.theme import theme
from designer.look.tokens import GROUPS
from designer.session import Session
from flow_runtime.core.node import Node

_TYPE: Final = Qt.ItemDataRole.UserRole
_ROW: Final = 25
_FIRST: Final = (
    "answer", "dial", "hangup", "say", "play", "menu", "digits", "listen", "record", "set", "if",
    "switch", "count", "split", "business_hours", "subflow", "db_lookup", "db_change", "queue",
)  # fmt: skip
"""The types that are needed most, in the order they are thought of; the others follow."""


class Palette(QWidget):
    """All node types of a session's library."""

    wanted = Signal(str)
    """Add this node type: it was double-clicked, or typed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("panel")
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Add a node…"))
        self.search.setAccessibleName(tr("Add a node…"))
        self.search.setClearButtonEnabled(False)
        self.search.setTextMargins(22, 0, 12, 0)
        self._glyph, self._hint = QLabel(self.search), QLabel("/", self.search)
        self._hint.setProperty("role", "faint")
        for label in (self._glyph, self._hint):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tree = _Tree()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 8, 0)
        row.addWidget(self.search)
        column.addLayout(row)
        column.addWidget(self.tree, 1)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._take_first)
        self.search.installEventFilter(self)
        self.tree.itemDoubleClicked.connect(self._take)
        self.tree.taken.connect(self._take)
        session.site_changed.connect(self._fill)
        theme().changed.connect(self._dress)
        self._dress()
        self._fill()

    def types(self) -> list[str]:
        """The node types that are shown now."""
        return [str(item.data(0, _TYPE)) for item in self._leaves()]

    def _leaves(self) -> list[QTreeWidgetItem]:
        groups = [self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount())]
        return [g.child(n) for g in groups if g is not None for n in range(g.childCount())]

    def _fill(self) -> None:
        typed = self.search.text().strip().casefold()
        self._hint.setVisible(not typed)
        self.tree.clear()
        library = self._session.around.nodes
        groups = [name.title() for name in GROUPS]
        groups += sorted({cls.group for cls in library.values()} - set(groups))
        for group in groups:
            found = [c for c in library.values() if c.group == group and _fits(c, typed)]
            found.sort(
                key=lambda cls: _FIRST.index(cls.type) if cls.type in _FIRST else len(_FIRST)
            )
            if found:
                head = _item(group_name(group), group)
                self.tree.addTopLevelItem(head)
                for cls in found:
                    leaf = _item(tr(cls.title), group)
                    leaf.setData(0, _TYPE, cls.type)
                    leaf.setData(0, _TYPE + 2, cls.icon)
                    leaf.setToolTip(0, tr((cls.__doc__ or "").partition("\n")[0]))
                    head.addChild(leaf)
                head.setExpanded(bool(typed) or group not in self.tree.closed)

    def _take(self, item: QTreeWidgetItem) -> None:
        word = item.data(0, _TYPE)
        if word:
            self.wanted.emit(word)

    def _take_first(self) -> None:
        leaves = self._leaves()
        chosen = [leaf for leaf in leaves if leaf.isSelected()] or leaves[:1]
        if chosen and self.search.text().strip():
            word = str(chosen[0].data(0, _TYPE))
            self.search.clear()  # fills the list anew: its items are gone
            self.wanted.emit(word)

    def _dress(self) -> None:
        self._glyph.setPixmap(pixmap("ui-search", "faint", 16))
        self.tree.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Down goes from the field into the list; the ``/`` stays at the right."""
        if event.type() == QEvent.Type.Resize:
            middle = self.search.height() // 2
            self._glyph.setGeometry(8, middle - 8, 16, 16)
            self._hint.setGeometry(self.search.width() - 16, middle - 8, 10, 16)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            leaves = self._leaves()
            if event.key() == Qt.Key.Key_Down and leaves:
                self.tree.setCurrentItem(leaves[0])
                self.tree.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
        return False


def _fits(cls: type[Node], typed: str) -> bool:
    return typed in f"{tr(cls.title)} {cls.title} {cls.type}".casefold()


def _item(text: str, group: str) -> QTreeWidgetItem:
    made = QTreeWidgetItem([text])
    made.setData(0, _TYPE + 1, group)
    return made


class _Tree(QTreeWidget):
    """The list: a group's row opens and closes it, a type's row can be dragged."""

    taken = Signal(QTreeWidgetItem)
    """Enter was pressed on a row."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: set[str] = set()
        """The groups that were closed by hand."""
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Rows(self))
        self.setAccessibleName(tr("Nodes"))
        self.itemClicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Enter takes a type, and opens or closes a group."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._clicked(item)
            self.taken.emit(item)
        else:
            super().keyPressEvent(event)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if item.parent() is None:
            item.setExpanded(not item.isExpanded())
            self.closed ^= {str(item.data(0, _TYPE + 1))}

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:  # type: ignore[override]  # noqa: N802
        """A node type for the canvas."""
        data = QMimeData()
        for item in items:
            if item.data(0, _TYPE):
                data.setData(NODE_TYPE, str(item.data(0, _TYPE)).encode())
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:  # noqa: N802 (Qt's name)
        """Drag the icon of the type along."""
        data = self.mimeData(self.selectedItems())
        if not data.hasFormat(NODE_TYPE):
            return
        item = self.selectedItems()[0]
        drag = QDrag(self)
        drag.setMimeData(data)
        token = theme().tokens.group(str(item.data(0, _TYPE + 1)))
        drag.setPixmap(pixmap(str(item.data(0, _TYPE + 2)), token, 24))
        drag.exec(Qt.DropAction.CopyAction)


class _Rows(QStyledItemDelegate):
    """Paints a group as ``v ■ Say  3`` and a type as icon and title."""

    def __init__(self, tree: _Tree) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are alike."""
        return QSize(100, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """One row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        chosen = bool(state & QStyle.StateFlag.State_Selected and self._tree.hasFocus())
        if index.parent().isValid():
            if hovered or chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme().colour("accent_bg" if chosen else "hover"))
                painter.drawRoundedRect(rect, 5, 5)
            self._paint_type(painter, rect, index, hovered)
        else:
            self._paint_group(painter, rect, index)
        painter.restore()

    def _paint_group(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        opened = self._tree.isExpanded(QModelIndex(index))
        glyph = "ui-chevron-down" if opened else "ui-chevron-right"
        middle = rect.center().y()
        painter.drawPixmap(rect.x() + 2, middle - 7, pixmap(glyph, "muted", 14))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().group(index.data(_TYPE + 1)))
        painter.drawRoundedRect(rect.x() + 22, middle - 4, 9, 9, 2, 2)
        painter.setPen(theme().colour("text"))
        painter.setFont(font("card"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(38, 0, -30, 0), left, index.data())
        painter.setPen(theme().colour("muted"))
        painter.setFont(font("label"))
        count = str(self._tree.model().rowCount(QModelIndex(index)))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -4, 0), right, count)

    def _paint_type(
        self,
        painter: QPainter,
        rect: QRect,
        index: QModelIndex | QPersistentModelIndex,
        hovered: bool,
    ) -> None:
        token = theme().tokens.group(index.data(_TYPE + 1))
        middle = rect.center().y()
        painter.drawPixmap(rect.x() + 16, middle - 8, pixmap(index.data(_TYPE + 2), token, 18))
        painter.setPen(theme().colour("text"))
        painter.setFont(font("body"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(44, 0, -24 if hovered else -2, 0)
        text = metrics("body").elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left, text)
        if hovered:
            spot = rect.right() - 20
            painter.drawPixmap(spot, middle - 8, pixmap("ui-drag", "faint", 16))
