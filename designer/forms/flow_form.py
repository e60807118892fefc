"""The form of the flow itself: its name, what it takes and gives, and where it begins."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from designer.core import edits
from designer.forms.body import Body, heading, note
from designer.forms.commit_line import CommitLine
from designer.forms.context import Cell, FormContext
from designer.forms.editors.choosing import Chooser
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.header import Header
from designer.forms.node_form import name_trouble
from designer.forms.rows import Rows
from designer.forms.target import TargetLink
from designer.look.i18n import tr
from designer.look.icons import icon
from flow_runtime.core.expr.assist import ANYTHING, Wanted
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import Declaration, Flow, TypeName
from flow_runtime.core.types import declared

Kind = Literal["input", "output", "var"]
_KINDS: Final[dict[Kind, tuple[str, str, str]]] = {
    "input": ("Inputs", "Add input", "Given by the flow that calls this one."),
    "output": ("Outputs", "Add output", "Given back to the flow that calls this one."),
    "var": ("Variables", "Add variable", "Nothing is kept between calls."),
}
_JUMPS: Final[dict[edits.JumpKind, tuple[str, str]]] = {
    "start": ("Start", "Where a call begins."),
    "on_error": ("On error", "Where an error leads that no node handles."),
    "on_hangup": ("After hang-up", "Runs after the caller has gone; nothing can be heard there."),
}
_TYPES: Final = (
    "text", "number", "boolean", "date", "time", "datetime", "duration", "list", "list of text",
    "list of number", "record", "recording", "prompt", "any",
)  # fmt: skip
_TYPE: Final = re.compile(r"(list of )?(\w+)(\?)?")


class FlowForm(Body):
    """See the module."""

    def __init__(self, context: FormContext) -> None:
        super().__init__(context)
        self.header = Header(("jump_flow", "logic"), tr("Flow"), self._rename, self._entitle)
        self.head.addWidget(self.header)
        self.numbers = note("")
        self.column.addWidget(self.numbers)
        self.jumps: dict[edits.JumpKind, TargetLink] = {}
        for kind, (words, help) in _JUMPS.items():
            self.column.addWidget(self._jump(kind, tr(words), tr(help)))
        self.sections = {kind: Declarations(context, kind) for kind in _KINDS}
        for section in self.sections.values():
            self.column.addWidget(section)
        self.refresh()

    def _jump(self, kind: edits.JumpKind, words: str, help: str) -> QWidget:
        made = QWidget()
        made.setToolTip(help)
        label = heading(words)
        label.setFixedWidth(104)
        link = self.jumps[kind] = TargetLink(self.session, words)
        link.chosen.connect(partial(self._lead, kind))
        label.setBuddy(link.link)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(link, 1)
        return made

    def refresh(self) -> None:
        """See `Body`."""
        flow = self.session.flow
        if flow is None:
            return
        self.header.show_names(flow.title or "", flow.name)
        numbers = self._numbers()
        if numbers:
            self.numbers.setText(tr("Called by {numbers}.", numbers=", ".join(numbers)))
        else:
            self.numbers.setText(tr("No number leads here; other flows may call it."))
        for kind, link in self.jumps.items():
            link.show_target(flow.jump(kind))
        for section in self.sections.values():
            section.refresh(flow)

    def _numbers(self) -> list[str]:
        path = self.session.path
        found = self.session.site.numbers.items()
        here = None if path is None else path.resolve()
        return [number for number, flow in found if flow.resolve() == here]

    def _lead(self, kind: edits.JumpKind, target: Any) -> None:
        self.context.change(
            tr("change {what}", what=tr(_JUMPS[kind][0])),
            lambda flow: edits.set_jump(flow, kind, target),
        )

    def _entitle(self, title: str) -> str:
        self.context.change(
            tr("rename flow"),
            lambda flow: edits.set_flow_header(flow, flow.name, title.strip()),
        )
        return ""

    def _rename(self, name: str) -> str:
        wrong = name_trouble(name)
        if not wrong:
            self.context.change(
                tr("rename flow"), lambda flow: edits.set_flow_header(flow, name, flow.title)
            )
        return wrong


class Declarations(QWidget):
    """The inputs, the outputs or the variables, a row for each."""

    def __init__(self, context: FormContext, kind: Kind) -> None:
        super().__init__()
        self.context, self.kind = context, kind
        title, add, help = _KINDS[kind]
        self._names: list[str] = []
        self.add = QToolButton()
        self.add.setProperty("role", "add")
        self.add.setText(tr(add))
        self.add.setIcon(icon("ui-plus", "muted", 16))
        self.add.setIconSize(QSize(14, 14))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.clicked.connect(self._add)
        head = QHBoxLayout()
        head.addWidget(heading(tr(title)))
        head.addStretch(1)
        head.addWidget(self.add)
        self.rows = Rows(8)
        self.rows.moved.connect(self._move)
        self.rows.removed.connect(self._remove)
        self._made: list[DeclarationRow] = []
        self._help = note(tr(help))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.rows)
        column.addWidget(self._help)

    def refresh(self, flow: Flow) -> None:
        """The flow has changed."""
        mine = [item for item in flow.declarations if item.kind == self.kind]
        names = [item.name for item in mine]
        if names != self._names:
            self._names = names
            focus = self.rows.row_of(self.rows.focusWidget())
            self._made = [DeclarationRow(self.context, item) for item in mine]
            self.rows.set_rows(self._made, names)
            if focus is not None and self.isVisible() and names:
                self.rows.focus_row(min(focus, len(names) - 1))
        for row, item in zip(self._made, mine, strict=True):
            row.show_item(item)

    def _add(self) -> None:
        taken = set(self.context.insight.variables())
        name = edits.free_name(
            taken, {"input": "input_1", "output": "result"}.get(self.kind, "value")
        )
        item = Declaration(self.kind, name, TypeName("text", optional=self.kind == "var"))
        self.context.change(tr("add {what}", what=name), lambda flow: edits.declare(flow, item))
        self.rows.focus_row(len(self._names) - 1)

    def _remove(self, number: int) -> None:
        name = self._names[number]
        self.context.change(
            tr("remove {what}", what=name),
            lambda flow: edits.remove_declaration(flow, place_of(flow, name)),
        )
        self.rows.focus_handle(min(number, len(self._names) - 1))

    def _move(self, number: int, to: int) -> None:
        name, other = self._names[number], self._names[to]

        def moved(flow: Flow) -> Flow:
            items = list(flow.declarations)
            at = place_of(flow, other)
            items.insert(at, items.pop(place_of(flow, name)))
            return replace(flow, declarations=tuple(items))

        self.context.change(tr("move {what}", what=name), moved)
        self.rows.focus_handle(to)


class DeclarationRow(QWidget):
    """Name, type and default of one variable."""

    def __init__(self, context: FormContext, item: Declaration) -> None:
        super().__init__()
        self.context, self.name = context, item.name
        self.line = CommitLine(self._rename)
        self.line.setProperty("code", True)
        self.line.setAccessibleName(tr("Name of {name}", name=item.name))
        self.kind = Chooser()
        self.kind.setAccessibleName(tr("Type of {name}", name=item.name))
        self.kind.addItems([word + end for word in _TYPES for end in ("", "?")])
        self.kind.activated.connect(lambda _: self._choose(self.kind.currentText()))
        self.default = ExpressionEditor(
            partial(context.insight.scope_of_default, item.name),
            self._wanted,
            placeholder=tr("no first value"),
        )
        self.default.name_it(tr("First value of {name}", name=item.name))
        self._cell = default_cell(item.name)
        self.default.edited.connect(self._put)
        self.default.entered.connect(context.session.document.end_merging)
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self.line, 5)
        first.addWidget(self.kind, 4)
        second = QHBoxLayout()
        equals = QLabel("=")
        equals.setProperty("role", "help")
        second.addWidget(equals)
        second.addWidget(self.default, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)
        self._value: Expr | None = None

    def show_item(self, item: Declaration) -> None:
        """What the flow says."""
        self.line.show_text(item.name)
        words = type_words(item.type)
        with QSignalBlocker(self.kind):
            if self.kind.findText(words) < 0:
                self.kind.addItem(words)
            self.kind.setCurrentIndex(self.kind.findText(words))
        if item.default != self._value:
            self._value = item.default
            self.default.show_value(item.default)

    def _put(self, value: Any) -> None:
        before, self._value = self._value, value
        if not self.context.put(self._cell, value):
            self._value = before

    def _wanted(self) -> Wanted:
        flow = self.context.session.flow
        items = () if flow is None else flow.declarations
        item = next((one for one in items if one.name == self.name), None)
        kind = None if item is None else declared(item.type)
        return ANYTHING if kind is None else Wanted((kind,))

    def _rename(self, name: str) -> str:
        wrong = name_trouble(name)
        if not wrong and name in self.context.insight.variables():
            wrong = tr("There is a variable {name} already.", name=name)
        if wrong:
            return wrong
        old, library = self.name, self.context.session.around.nodes
        self.context.change(
            tr("rename {name}", name=old),
            lambda flow: edits.rename_variable(flow, old, name, library),
        )
        return ""

    def _choose(self, words: str) -> None:
        kind = type_of(words)
        if kind is None:
            return

        def changed(flow: Flow) -> Flow:
            at = place_of(flow, self.name)
            return edits.replace_declaration(flow, at, replace(flow.declarations[at], type=kind))

        self.context.change(tr("change {what}", what=self.name), changed)


def default_cell(name: str) -> Cell:
    """The default of the variable *name*."""

    def read(flow: Flow) -> Expr | None:
        return flow.declarations[place_of(flow, name)].default

    def write(flow: Flow, value: Expr | None) -> Flow:
        at = place_of(flow, name)
        return edits.replace_declaration(flow, at, replace(flow.declarations[at], default=value))

    return Cell(f"default of {name}", name, read, write)


def place_of(flow: Flow, name: str) -> int:
    """Where *name* is declared; KeyError when it is not."""
    for at, item in enumerate(flow.declarations):
        if item.name == name:
            return at
    raise KeyError(name)


def type_words(kind: TypeName) -> str:
    """``list of text?``."""
    return f"{'list of ' if kind.is_list else ''}{kind.name}{'?' if kind.optional else ''}"


def type_of(words: str) -> TypeName | None:
    """The type that *words* spell."""
    parts = _TYPE.fullmatch(words)
    return None if parts is None else TypeName(parts[2], bool(parts[3]), bool(parts[1]))
