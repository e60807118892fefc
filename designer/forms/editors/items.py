"""Lists as rows, one item in each."""

from __future__ import annotations

from functools import partial

from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.editors.names import NameEditor
from designer.forms.editors.row_editor import RowEditor
from designer.forms.values import items_of, text_expression
from designer.look.i18n import tr
from flow_runtime.core.expr.assist import ANYTHING, Wanted
from flow_runtime.core.expr.tree import Expr, ListOf
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.types import Type


class ListEditor(RowEditor[Expr]):
    """A list that is written out; its items are names of the site, sounds, or expressions."""

    def __init__(self, context: FormContext, cell: Cell, spec: ParamSpec) -> None:
        super().__init__(tr("Add item"))
        self.context, self.cell, self.spec = context, cell, spec
        self.made: list[Editor] = []

    def can_show(self, value: Expr | None) -> bool:
        """Lists that are written out."""
        return items_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self.show_entries(items_of(value) or [])

    def refresh(self) -> None:
        """See `Editor`."""
        for editor in self.made:
            editor.refresh()

    def show_entries(self, entries: list[Expr]) -> None:
        """See `RowEditor`."""
        old, self.entries = self.entries, entries
        fits = len(entries) == len(self.made) and all(
            editor.can_show(item) for editor, item in zip(self.made, entries, strict=True)
        )
        if not fits:
            self.made = [self._make(number, item) for number, item in enumerate(entries)]
            self.put_rows(self.made, [tr("item {n}", n=n + 1) for n in range(len(entries))])
            old = []
        for number, (editor, item) in enumerate(zip(self.made, entries, strict=True)):
            if number >= len(old) or old[number] != item:
                editor.show_value(item)

    def _make(self, number: int, item: Expr) -> Editor:
        editor = self.make_item(item)
        editor.name_it(tr("item {n}", n=number + 1))
        editor.edited.connect(partial(self._put, number))
        self.follow(editor)
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
        self.replace(number, text_expression("") if value is None else value)

    def new_entry(self) -> Expr:
        """See `RowEditor`."""
        taken = {getattr(item, "constant", None) for item in self.entries}
        free = [name for name in self._names() if name not in taken] if self.spec.names else []
        return text_expression(free[0] if free else "")

    def written(self) -> Expr | None:
        """See `RowEditor`."""
        return ListOf(tuple(self.entries)) if self.entries else None


def _one_of(kind: Type | None) -> Wanted:
    return ANYTHING if kind is None or kind.name == "any" else Wanted((kind,))
