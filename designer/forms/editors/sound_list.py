"""Several sounds, said in turn."""

from __future__ import annotations

from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.items import ListEditor
from designer.forms.editors.sound import SoundEditor
from designer.look.i18n import tr
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.types import SOUND, Type


class SoundList(ListEditor):
    """Each item is a sound of its own, and none is a list."""

    def __init__(self, context: FormContext, cell: Cell) -> None:
        spec = ParamSpec("sounds", Type("list", item=SOUND), "", default=None)
        super().__init__(context, cell, spec)
        self.add.setText(tr("Add sound"))

    def make_item(self, item: Expr) -> Editor:
        """See `ListEditor`."""
        return SoundEditor(self.context, self.cell, "", nested=True)
