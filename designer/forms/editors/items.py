"""Lists as rows, one item in each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout

from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.editors.names import NameEditor
from designer.forms.rows import Rows
from designer.forms.values import items_of, text_expression
from designer.look.i18n import tr
from designer.look.icons import icon
from flow_runtime.core.expr.assist import ANYTHING, Wanted
from flow_runtime.core.expr.tree import Expr, ListOf
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.types import Type


class ListEditor(Editor):
    """A list that is written out; its items are names of the site, sounds, or expressions."""

    def __init__(self, context: FormContext, cell: Cell, spec: ParamSpec) -> None:
        super().__init__()
        self.context, self.cell, self.spec = context, cell, spec
        self._items: list[Expr] = []
        self.made: list[Editor] = []
        self.rows = Rows(6)
        self.rows.moved.connect(self._move)
        self.rows.removed.connect(self._remove)
        self.add = QToolButton()
        self.add.setProperty("role", "add")
        self.add.setText(tr("Add item"))
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

    def can_show(self, value: Expr | None) -> bool:
        """Lists that are written out."""
        return items_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._show(items_of(value) or [])

    def refresh(self) -> None:
        """See `Editor`."""
        for editor in self.made:
            editor.refresh()

    def _show(self, items: list[Expr]) -> None:
        old, self._items = self._items, items
        fits = len(items) == len(self.made) and all(
            editor.can_show(item) for editor, item in zip(self.made, items, strict=True)
        )
        if not fits:
            focus = self.rows.row_of(self.rows.focusWidget())
            self.made = [self._make(number, item) for number, item in enumerate(items)]
            names = [tr("item {n}", n=number + 1) for number in range(len(items))]
            self.rows.set_rows(self.made, names)
            if focus is not None and items and self.isVisible():
                self.rows.focus_row(min(focus, len(items) - 1))
            old = []
        for number, (editor, item) in enumerate(zip(self.made, items, strict=True)):
            if number >= len(old) or old[number] != item:
                editor.show_value(item)

    def _make(self, number: int, item: Expr) -> Editor:
        editor = self.make_item(item)
        editor.name_it(tr("item {n}", n=number + 1))
        editor.edited.connect(partial(self._put, number))
        editor.entered.connect(self.entered)
        editor.left.connect(self.left)
        editor.advised.connect(self.advised)
        return editor

    def make_item(self, item: Expr) -> Editor:
        """The editor of one item."""
        kind = self.spec.type.item
        if self.spec.names:
            named = NameEditor(self._names)
            if named.can_show(item):
                return named
        elif kind is not None and kind.name == "sound":
            from designer.forms.editors.sound import SoundEditor

            return SoundEditor(self.context, self.cell, "", nested=True)
        return ExpressionEditor(self.cell.scope, lambda: _one_of(kind))

    def _names(self) -> list[str]:
        subject = self.context.insight.subject()
        if subject is None:
            return []
        return list(self.context.insight.site_names(subject).get(self.spec.names, ()))

    # --- changes --------------------------------------------------------------------------------

    def _put(self, number: int, value: Expr | None) -> None:
        self._items[number] = text_expression("") if value is None else value
        self._tell()

    def first_item(self) -> Expr:
        """What a new row begins with."""
        taken = {getattr(item, "constant", None) for item in self._items}
        free = [name for name in self._names() if name not in taken] if self.spec.names else []
        return text_expression(free[0] if free else "")

    def _add(self) -> None:
        self._show([*self._items, self.first_item()])
        self._tell()
        self.rows.focus_row(len(self._items) - 1)

    def _remove(self, number: int) -> None:
        self._show(self._items[:number] + self._items[number + 1 :])
        self._tell()

    def _move(self, number: int, to: int) -> None:
        items = list(self._items)
        items.insert(to, items.pop(number))
        self._show(items)
        self._tell()
        self.rows.focus_handle(to)

    def _tell(self) -> None:
        self._items = list(self._items)
        self.edited.emit(ListOf(tuple(self._items)) if self._items else None)


def _one_of(kind: Type | None) -> Wanted:
    return ANYTHING if kind is None or kind.name == "any" else Wanted((kind,))
