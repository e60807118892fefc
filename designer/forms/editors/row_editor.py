"""What lists and records have in common: entries as rows that are added, moved and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from designer.forms.editors.base import Editor
from designer.forms.rows import Rows
from designer.look.icons import icon
from flow_runtime.core.expr.tree import Expr

Entry = TypeVar("Entry")


class RowEditor(Editor, Generic[Entry]):
    """Rows of *entries*, and a button that adds one."""

    def __init__(self, add: str) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.rows = Rows(6)
        self.rows.moved.connect(self._move)
        self.rows.removed.connect(self.remove)
        self.add = QToolButton()
        self.add.setProperty("role", "add")
        self.add.setText(add)
        self.add.setIcon(icon("ui-plus", "muted", 16))
        self.add.setIconSize(QSize(14, 14))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.clicked.connect(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.rows)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.add)

    # --- what the kinds differ in ---------------------------------------------------------------

    def show_entries(self, entries: list[Entry]) -> None:
        """Show *entries* in place of those there were."""
        raise NotImplementedError

    def new_entry(self) -> Entry:
        """What a new row begins with."""
        raise NotImplementedError

    def written(self) -> Expr | None:
        """The entries as they are written; None when there is nothing to write."""
        raise NotImplementedError

    # --- for them -------------------------------------------------------------------------------

    def put_rows(self, rows: Sequence[QWidget], names: Sequence[str]) -> None:
        """Put *rows* in place of those there were; the keyboard stays about where it was."""
        focus = self.rows.row_of(self.rows.focusWidget())
        self.rows.set_rows(rows, names)
        if focus is not None and rows and self.isVisible():
            self.rows.focus_row(min(focus, len(rows) - 1))

    def follow(self, editor: Editor) -> None:
        """Tell what *editor*, which is in a row, tells of the keyboard and of typing."""
        editor.entered.connect(self.entered)
        editor.left.connect(self.left)
        editor.advised.connect(self.advised)

    def replace(self, number: int, entry: Entry) -> None:
        """Another entry in one row, which shows it already."""
        self.entries = [*self.entries[:number], entry, *self.entries[number + 1 :]]
        self.tell()

    def remove(self, number: int) -> None:
        """Take a row away."""
        self.show_entries(self.entries[:number] + self.entries[number + 1 :])
        self.tell()

    def tell(self) -> None:
        """Tell what is written now."""
        self.edited.emit(self.written())

    # --- by hand --------------------------------------------------------------------------------

    def _add(self) -> None:
        before = self.written()
        self.show_entries([*self.entries, self.new_entry()])
        if self.written() != before:
            self.tell()
        self.rows.focus_row(len(self.entries) - 1)

    def _move(self, number: int, to: int) -> None:
        entries = list(self.entries)
        entries.insert(to, entries.pop(number))
        self.show_entries(entries)
        self.tell()
        self.rows.focus_handle(to)
