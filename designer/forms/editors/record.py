"""Records as rows of key and value; what is expected there is offered as rows of its own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from designer.core.edits import free_name, read_value
from designer.forms.commit_line import CommitLine
from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.editors.names import VariableEditor
from designer.forms.rows import Rows
from designer.forms.values import pairs_of
from designer.look.i18n import told, tr
from designer.look.icons import icon
from flow_runtime.core.expr.assist import ANYTHING
from flow_runtime.core.expr.tree import Expr, Name, Pair, RecordOf
from flow_runtime.core.syntax.words import is_name

Pairs = list[tuple[str, Expr | None]]


class RecordEditor(Editor):
    """A record that is written out. A row whose value is empty is not written."""

    joint = ":"

    def __init__(self, context: FormContext, cell: Cell) -> None:
        super().__init__()
        self.context, self.cell = context, cell
        self._pairs: Pairs = []
        self._keys: list[str] = []
        self._added: set[str] = set()
        self.made: list[PairRow] = []
        self.rows = Rows(6)
        self.rows.moved.connect(self._move)
        self.rows.removed.connect(self._remove)
        self.add = QToolButton()
        self.add.setProperty("role", "add")
        self.add.setText(tr("Add row"))
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

    # --- showing --------------------------------------------------------------------------------

    def can_show(self, value: Expr | None) -> bool:
        """Records that are written out."""
        return pairs_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        written = dict(pairs_of(value) or [])
        wanted = [*self._expected(), *(key for key in self._keys if key in self._added)]
        order = dict.fromkeys([*written, *wanted])
        self._show([(key, written.get(key)) for key in order])

    def refresh(self) -> None:
        """See `Editor`."""
        self.refresh_rows()
        for row in self.made:
            row.value.refresh()

    def refresh_rows(self) -> None:
        """The statement or the other flow may ask for other keys."""
        written = {key: value for key, value in self._pairs if value is not None}
        wanted = [*self._expected(), *(key for key in self._keys if key in self._added)]
        order = dict.fromkeys([*written, *wanted])
        self._show([(key, written.get(key)) for key in order])

    def _expected(self) -> list[str]:
        return list(self.cell.wanted().keys)

    def _show(self, pairs: Pairs) -> None:
        keys = [key for key, _ in pairs]
        self._pairs = pairs
        if keys != self._keys:
            self._keys = keys
            focus = self.rows.row_of(self.rows.focusWidget())
            self.made = [PairRow(self, number, key) for number, key in enumerate(keys)]
            self.rows.set_rows(self.made, keys)
            if focus is not None and keys and self.isVisible():
                self.rows.focus_row(min(focus, len(keys) - 1))
        helps = self.cell.wanted().keys
        for row, (key, value) in zip(self.made, pairs, strict=True):
            row.show_pair(key, value, told(helps.get(key, "")))

    # --- changes --------------------------------------------------------------------------------

    def make_value(self, number: int) -> Editor:
        """The editor of one value."""
        return ExpressionEditor(self.cell.scope, lambda: ANYTHING, placeholder=tr("expression"))

    def put(self, number: int, value: Expr | None) -> None:
        """Another value in one row."""
        self._pairs[number] = (self._pairs[number][0], value)
        self._tell()

    def rename(self, number: int, key: str) -> str:
        """Another key; why not, empty when it is done."""
        key = key.strip()
        if not key or key in self._keys[:number] + self._keys[number + 1 :]:
            return tr("{key} is there already.", key=key) if key else tr("Type a name.")
        if self._pairs[number][1] is None:
            self._added = self._added - {self._keys[number]} | {key}
        self._pairs[number] = (key, self._pairs[number][1])
        self._keys[number] = key
        self._tell()
        return ""

    def _add(self) -> None:
        key = free_name(self._keys, "key")
        self._added.add(key)
        self._show([*self._pairs, (key, None)])
        self.rows.focus_row(len(self._pairs) - 1)

    def _remove(self, number: int) -> None:
        self._added.discard(self._keys[number])
        self._show(self._pairs[:number] + self._pairs[number + 1 :])
        self._tell()

    def _move(self, number: int, to: int) -> None:
        pairs = list(self._pairs)
        pairs.insert(to, pairs.pop(number))
        self._show(pairs)
        self._tell()
        self.rows.focus_handle(to)

    def _tell(self) -> None:
        pairs = [
            Pair(key, value, quoted=not is_name(key) and not key.isdigit())
            for key, value in self._pairs
            if value is not None
        ]
        self.edited.emit(RecordOf(tuple(pairs)) if pairs else None)


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
        self.value.entered.connect(owner.entered)
        self.value.left.connect(owner.left)
        self.value.advised.connect(owner.advised)
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

    def _add(self) -> None:
        free = [n for n in self.context.insight.variables() if n not in self._keys]
        outputs = self._outputs()
        used = {value.name for _, value in self._pairs if isinstance(value, Name)}
        output = next((name for name in outputs if name not in used), None)
        key = output if output in free else (free[0] if free else free_name(self._keys, "value"))
        value = read_value(output) if output is not None else None
        self._added.add(key)
        self._show([*self._pairs, (key, value)])
        if value is not None:
            self._tell()
        self.rows.focus_row(len(self._pairs) - 1)
