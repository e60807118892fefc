"""The list of what may be typed next: icon, name, type at the right, help of the current row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from designer.look.fonts import font, width
from designer.look.i18n import told, tr
from designer.look.icons import pixmap
from designer.look.theme import theme
from flow_runtime.core.expr.assist import Completion, SignatureHelp

_ROW: Final = 23
_MOST_ROWS: Final = 6
_ICONS: Final = {
    "choice": ("ui-check", "accent"), "name": ("ui-check", "accent"),
    "variable": ("set", "logic"), "view": ("ui-live", "agents"), "field": ("crm_find", "data"),
    "key": ("set", "muted"), "prompt": ("say", "say"), "function": ("if", "accent"),
    "format": ("log", "data"), "constant": ("if", "ask"), "keyword": ("if", "ask"),
    "operator": ("count", "muted"),
}  # fmt: skip
_AnyIndex = QModelIndex | QPersistentModelIndex


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Completion] = ()

    def show(self, rows: Sequence[Completion]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.label}, {row.type}" if row.type else row.label
        return told(row.help) if role == Qt.ItemDataRole.ToolTipRole else None


class _Painter(QStyledItemDelegate):
    def __init__(self, rows: _Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> object:  # type: ignore[override]  # noqa: N802
        size = super().sizeHint(option, index)
        size.setHeight(_ROW)
        return size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        row = self._rows.rows[index.row()]
        rect: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, theme().colour("accent_bg"))
        name, token = _ICONS[row.kind]
        painter.drawPixmap(rect.left() + 7, rect.top() + 4, pixmap(name, token, 15))
        kind = row.type if len(row.type) <= 18 else row.type[:17] + "…"
        taken = round(width(kind, "code"))
        plain = font("code")
        painter.setFont(plain)
        painter.setPen(theme().colour("faint" if row.fits == "not" else "muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -8, 0), middle | Qt.AlignmentFlag.AlignRight, kind)
        if chosen:
            plain = type(plain)(plain)
            plain.setBold(True)
            painter.setFont(plain)
        colour = "accent" if chosen else "faint" if row.fits == "not" else "text"
        painter.setPen(theme().colour(colour))
        room = rect.adjusted(28, 0, -16 - taken, 0)
        label = painter.fontMetrics().elidedText(
            row.label, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle, label)
        painter.restore()


class Completions(QFrame):
    """Stands below an editor while there is something to choose from or a signature to show."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._rows = _Rows()
        self.list = QListView()
        self.list.setProperty("role", "completions")
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Painter(self._rows, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("What may be typed here"))
        self.list.clicked.connect(lambda index: self.chosen.emit(self._rows.rows[index.row()]))
        self.signature = QLabel()
        self.signature.setTextFormat(Qt.TextFormat.RichText)
        self.signature.setProperty("role", "help")
        self.signature.setWordWrap(True)
        self.signature.setContentsMargins(8, 4, 8, 4)
        self.help = QLabel()
        self.help.setProperty("role", "help")
        self.help.setTextFormat(Qt.TextFormat.PlainText)
        self.help.setWordWrap(True)
        self.help.setContentsMargins(8, 4, 8, 5)
        self._rule = QFrame()
        self._rule.setProperty("role", "rule")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        for part in (self.signature, self.list, self._rule, self.help):
            column.addWidget(part)
        self.hide()

    def offer(self, rows: Sequence[Completion], signature: SignatureHelp | None) -> None:
        """Show these, the first one chosen; nothing hides it."""
        self._rows.show(rows)
        self.list.setVisible(bool(rows))
        self.list.setFixedHeight(min(len(rows), _MOST_ROWS) * _ROW)
        self.signature.setVisible(signature is not None)
        if signature is not None:
            self.signature.setText(_signature_words(signature))
        if rows:
            self.list.setCurrentIndex(self._rows.index(0))
        self._show_help(signature)
        self.setVisible(bool(rows) or signature is not None)

    def step(self, by: int) -> None:
        """Choose the row below or above; behind the last comes the first."""
        count = len(self._rows.rows)
        if count:
            row = (self.list.currentIndex().row() + by) % count
            self.list.setCurrentIndex(self._rows.index(row))
            self._show_help(None)

    @property
    def current(self) -> Completion | None:
        """The row that would be taken."""
        row = self.list.currentIndex().row()
        return self._rows.rows[row] if self._rows.rows and row >= 0 else None

    def labels(self) -> list[str]:
        """All names on offer."""
        return [row.label for row in self._rows.rows]

    def _show_help(self, signature: SignatureHelp | None) -> None:
        row = self.current
        words = told(row.help) if row is not None else ""
        if row is None and signature is not None:
            words = told(signature.help)
        if row is not None:
            words = f"{words}\n{tr('Tab accepts')}" if words else tr("Tab accepts")
        self.help.setText(words)
        self.help.setVisible(bool(words))
        self._rule.setVisible(bool(words))


def _signature_words(signature: SignatureHelp) -> str:
    text = signature.signatures[signature.chosen]
    place = signature.parameter
    if place is None:
        return _safe(text)
    start, end = place
    return f"{_safe(text[:start])}<b>{_safe(text[start:end])}</b>{_safe(text[end:])}"


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
