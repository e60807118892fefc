"""The free lines of `set`: variable = expression, in the order in which they are carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.core import edits
from designer.core.edits.items import change_node, node_of
from designer.core.edits.remains import without
from designer.forms.body import heading, note
from designer.forms.commit_line import CommitLine
from designer.forms.context import FormContext
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.insight import Findings
from designer.forms.message import Message
from designer.forms.rows import Rows
from designer.look.i18n import told, tr
from designer.look.icons import icon
from flow_runtime.core.expr.tree import Expr, HalfTyped
from flow_runtime.core.model import Flow, NodeDecl, Parameter
from flow_runtime.core.problems import Problem


class Assignments(QWidget):
    """See the module."""

    def __init__(self, context: FormContext, node: str) -> None:
        super().__init__()
        self.context, self.node = context, node
        self._names: list[str] = []
        self.lines: list[Line] = []
        self.add = QToolButton()
        self.add.setProperty("role", "add")
        self.add.setText(tr("Add line"))
        self.add.setIcon(icon("ui-plus", "muted", 16))
        self.add.setIconSize(QSize(14, 14))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.clicked.connect(self._add)
        head = QHBoxLayout()
        head.addWidget(heading(tr("Assignments")))
        head.addStretch(1)
        head.addWidget(self.add)
        self.rows = Rows(8)
        self.rows.moved.connect(self._move)
        self.rows.removed.connect(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.rows)
        column.addWidget(
            note(tr("Carried out in turn: a later line sees what an earlier one set."))
        )

    def refresh(self, decl: NodeDecl) -> None:
        """The flow has changed."""
        names = [line.name for line in decl.parameters]
        if names != self._names:
            self._names = names
            focus = self.rows.row_of(self.rows.focusWidget())
            self.lines = [Line(self, number, name) for number, name in enumerate(names)]
            self.rows.set_rows(self.lines, names)
            if focus is not None and names and self.isVisible():
                self.rows.focus_row(min(focus, len(names) - 1))
        for line, written in zip(self.lines, decl.parameters, strict=True):
            line.show_line(written)

    def show_findings(self, findings: Findings) -> None:
        """What is wrong with each line."""
        for line in self.lines:
            line.show_problems(findings.parameters.get(line.name, ()))

    # --- edits ----------------------------------------------------------------------------------

    def _add(self) -> None:
        free = [n for n in self.context.insight.variables() if n not in self._names]
        name = free[0] if free else "contact.note"
        self.context.change(
            tr("add {what}", what=tr("line")),
            lambda flow: _with_lines(
                flow,
                self.node,
                (*node_of(flow, self.node).parameters, Parameter(name, HalfTyped(""))),
            ),
        )
        self.rows.focus_row(len(self._names) - 1)

    def _remove(self, number: int) -> None:
        def removed(flow: Flow) -> Flow:
            decl = node_of(flow, self.node)
            kept, strays = without(decl.parameters, [number])
            return change_node(
                flow, self.node, replace(decl, parameters=kept, tail=strays + decl.tail)
            )

        self.context.change(tr("remove {what}", what=self._names[number]), removed)
        self.rows.focus_handle(min(number, len(self._names) - 1))

    def _move(self, number: int, to: int) -> None:
        self.context.change(
            tr("move {what}", what=self._names[number]),
            lambda flow: edits.move_line(flow, self.node, number, to),
        )
        self.rows.focus_handle(to)

    def put(self, number: int, value: Expr | None) -> bool:
        """Another expression on one line."""
        made = HalfTyped("") if value is None else value
        return self.context.change(
            tr("change {what}", what=self._names[number]),
            lambda flow: self._changed(flow, number, value=made),
            f"{self.node} line {number}",
        )

    def rename(self, number: int, name: str) -> str:
        """Another variable on one line; why not, empty when it is done."""
        name = name.strip()
        if not all(part.isidentifier() for part in name.split(".")):
            return tr("Type the name of a variable, or contact. and an attribute.")
        done = self.context.change(
            tr("change {what}", what=self._names[number]),
            lambda flow: self._changed(flow, number, name=name),
        )
        return "" if done else tr("This cannot be changed now.")

    def _changed(self, flow: Flow, number: int, **fields: object) -> Flow:
        lines = list(node_of(flow, self.node).parameters)
        lines[number] = replace(lines[number], **fields)  # type: ignore[arg-type]
        return _with_lines(flow, self.node, tuple(lines))


def _with_lines(flow: Flow, node: str, lines: tuple[Parameter, ...]) -> Flow:
    return change_node(flow, node, replace(node_of(flow, node), parameters=lines))


class Line(QWidget):
    """One assignment."""

    def __init__(self, owner: Assignments, number: int, name: str) -> None:
        super().__init__()
        self.name = name
        self._owner, self._number = owner, number
        self._value: Expr | None = None
        self._problems: Sequence[Problem] = ()
        self._needed = ""
        insight = owner.context.insight
        self.variable = CommitLine(partial(owner.rename, number))
        self.variable.setProperty("code", True)
        self.variable.setAccessibleName(tr("Variable of line {n}", n=number + 1))
        self.variable.setCompleter(_completer(insight.variables(), self.variable))
        self.value = ExpressionEditor(
            partial(insight.scope, owner.node, number),
            lambda: insight.wanted(owner.node, self.name),
            placeholder=tr("expression"),
        )
        self.value.name_it(tr("Value of {name}", name=name))
        self.value.edited.connect(self._put)
        self.value.advised.connect(self._advise)
        self.value.left.connect(self._show)
        self.value.entered.connect(owner.context.session.document.end_merging)
        self.message = Message()
        equals = QLabel("=")
        equals.setProperty("role", "help")
        row = QHBoxLayout()
        row.setSpacing(5)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self.variable, 4, top)
        row.addWidget(equals, 0, top)
        row.addWidget(self.value, 6, top)
        equals.setFixedHeight(28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.message)

    def show_line(self, line: Parameter) -> None:
        """What the flow says."""
        self.variable.show_text(line.name)
        if line.value != self._value:
            self._value = line.value
            self.value.show_value(line.value)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """What is wrong with it."""
        self._problems = problems
        self._show()

    def _put(self, value: Any) -> None:
        before, self._value = self._value, HalfTyped("") if value is None else value
        if not self._owner.put(self._number, value):
            self._value = before

    def _advise(self, needed: str) -> None:
        self._needed = needed
        self._show()

    def _show(self) -> None:
        focused = self.value.text.hasFocus()
        needed = self._needed if focused else ""
        said = [
            p
            for p in self._problems
            if not (focused and p.code == "half-typed" and (needed or not self._value))
        ]
        worst = min(said, key=lambda p: p.severity != "error", default=None)
        self.value.show_wrong(worst is not None and worst.severity == "error")
        if worst is not None:
            self.message.say(worst.severity, told(worst.text))
        else:
            words = tr("Still needed: {what}", what=needed) if needed else ""
            self.message.say("needed", words)


def _completer(names: Sequence[str], line: CommitLine) -> QCompleter:
    made = QCompleter([*names, "contact."], line)
    made.setFilterMode(Qt.MatchFlag.MatchContains)
    return made
