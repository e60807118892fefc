"""Records as rows of key and value; what is expected there is offered as rows of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from designer.core.edits import free_name, read_value
from designer.forms.commit_line import CommitLine
from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.editors.names import VariableEditor
from designer.forms.editors.row_editor import RowEditor
from designer.forms.values import pairs_of
from designer.look.i18n import told, tr
from flow_runtime.core.expr.assist import ANYTHING
from flow_runtime.core.expr.tree import Expr, Name, Pair, RecordOf
from flow_runtime.core.syntax.words import is_name

_Pair = tuple[str, Expr | None]


class RecordEditor(RowEditor[_Pair]):
    """A record that is written out. A row whose value is empty is not written."""

    joint = ":"

    def __init__(self, context: FormContext, cell: Cell) -> None:
        super().__init__(tr("Add row"))
        self.context, self.cell = context, cell
        self._keys: list[str] = []
        self._added: set[str] = set()
        self.made: list[PairRow] = []

    # --- showing --------------------------------------------------------------------------------

    def can_show(self, value: Expr | None) -> bool:
        """Records that are written out."""
        return pairs_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._show_written(dict(pairs_of(value) or []))

    def refresh(self) -> None:
        """See `Editor`."""
        self.refresh_rows()
        for row in self.made:
            row.value.refresh()

    def refresh_rows(self) -> None:
        """The statement or the other flow may ask for other keys."""
        self._show_written({key: value for key, value in self.entries if value is not None})

    def _show_written(self, written: Mapping[str, Expr | None]) -> None:
        """With a row for each key that is expected, and for each that was added by hand."""
        wanted = [*self._expected(), *(key for key in self._keys if key in self._added)]
        order = dict.fromkeys([*written, *wanted])
        self.show_entries([(key, written.get(key)) for key in order])

    def _expected(self) -> list[str]:
        return list(self.cell.wanted().keys)

    def show_entries(self, entries: list[_Pair]) -> None:
        """See `RowEditor`."""
        keys = [key for key, _ in entries]
        self.entries = entries
        if keys != self._keys:
            self._keys = keys
            self.made = [PairRow(self, number, key) for number, key in enumerate(keys)]
            self.put_rows(self.made, keys)
        helps = self.cell.wanted().keys
        for row, (key, value) in zip(self.made, entries, strict=True):
            row.show_pair(key, value, told(helps.get(key, "")))

    # --- changes --------------------------------------------------------------------------------

    def make_value(self, number: int) -> Editor:
        """The editor of one value."""
        return ExpressionEditor(self.cell.scope, lambda: ANYTHING, placeholder=tr("expression"))

    def put(self, number: int, value: Expr | None) -> None:
        """Another value in one row."""
        self.replace(number, (self._keys[number], value))

    def rename(self, number: int, key: str) -> str:
        """Another key; why not, empty when it is done."""
        key = key.strip()
        if not key or key in self._keys[:number] + self._keys[number + 1 :]:
            return tr("{key} is there already.", key=key) if key else tr("Type a name.")
        value = self.entries[number][1]
        if value is None:
            self._added = self._added - {self._keys[number]} | {key}
        self._keys[number] = key
        self.replace(number, (key, value))
        return ""

    def new_entry(self) -> _Pair:
        """See `RowEditor`."""
        key = free_name(self._keys, "key")
        self._added.add(key)
        return key, None

    def remove(self, number: int) -> None:
        """See `RowEditor`."""
        self._added.discard(self._keys[number])
        super().remove(number)

    def written(self) -> Expr | None:
        """See `RowEditor`; a row without a value is not written."""
        pairs = [
            Pair(key, value, quoted=not is_name(key) and not key.isdigit())
            for key, value in self.entries
            if value is not None
        ]
        return RecordOf(tuple(pairs)) if pairs else None


class PairRow(QWidget):
    """Key, joint, value."""

    def __init__(self, owner: RecordEditor, number: int, key: str) -> None:
        super().__init__()
        self.key = CommitLine(partial(owner.rename, number))
        self.key.setProperty("code", True)
        self.key.setAccessibleName(tr("Name in row {n}", n=number + 1))
        self.value = owner.make_value(number)
        self.value.name_it(tr("Value of {name}", name=key))
        self.value.edited.connect(partial(owner.put, number))
        owner.follow(self.value)
        self._value: Expr | None = None
        self._shown = False
        owner.follow_focus(self.key)
        joint = QLabel(owner.joint)
        joint.setProperty("role", "help")
        joint.setFixedHeight(28)
        top = Qt.AlignmentFlag.AlignTop
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self.key, 4, top)
        row.addWidget(joint, 0, top)
        row.addWidget(self.value, 6, top)

    def show_pair(self, key: str, value: Expr | None, help: str) -> None:
        """What is written."""
        self.key.show_text(key)
        self.setToolTip(help)
        if not self._shown or value != self._value:
            self._value, self._shown = value, True
            self.value.show_value(value)


class OutputsEditor(RecordEditor):
    """Which variables get which outputs of a sub-flow."""

    joint = "←"

    def make_value(self, number: int) -> Editor:
        """The name of an output."""
        return VariableEditor(self._outputs, tr("output"))

    def _outputs(self) -> list[str]:
        node = self.cell.key.partition(".")[0]
        bound = self.context.insight.bound(node)
        called = None if bound is None else bound.draft.called
        return [] if called is None else list(called.outputs)

    def _expected(self) -> list[str]:
        return []

    def new_entry(self) -> _Pair:
        """An output that has no variable yet, in one of its name if there is."""
        free = [n for n in self.context.insight.variables() if n not in self._keys]
        outputs = self._outputs()
        used = {value.name for _, value in self.entries if isinstance(value, Name)}
        output = next((name for name in outputs if name not in used), None)
        key = output if output in free else (free[0] if free else free_name(self._keys, "value"))
        self._added.add(key)
        return key, read_value(output) if output is not None else None
