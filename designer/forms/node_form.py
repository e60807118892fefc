"""The form of one node: fields from its class, its ways out, where an error leads."""

from __future__ import annotations

from inspect import getdoc
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from designer.core import edits
from designer.forms.body import Body, note
from designer.forms.context import Cell, FormContext
from designer.forms.field import Field
from designer.forms.header import Header
from designer.forms.kinds import make_field
from designer.forms.labels import label_of
from designer.forms.message import Message
from designer.forms.port_rows import PortRows, can_draw, lead
from designer.forms.target import TargetLink, node_icon
from designer.look.i18n import told, tr
from designer.look.icons import icon
from flow_runtime.core.binding import BoundNode
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import ERROR, Flow
from flow_runtime.core.node import Node
from flow_runtime.core.syntax.words import RESERVED, is_name


class NodeForm(Body):
    """See the module."""

    def __init__(self, context: FormContext, node: str, bound: BoundNode) -> None:
        super().__init__(context)
        self.node, self.cls = node, bound.cls
        self.fields: dict[str, Field] = {}
        self.header = self._make_header(bound)
        self.head.addWidget(self.header)
        self.ports = PortRows(context, node, bound)
        specs = list(bound.cls.params.values())
        first = [spec for spec in specs if spec.required]
        rest = [spec for spec in specs if not spec.required]
        draws = can_draw(bound, self.session.around)
        for spec in first if draws else specs:
            self._add_field(spec.name)
        self.lines = self._make_lines()
        self.column.addWidget(self.ports)
        for spec in rest if draws else ():
            self._add_field(spec.name)
        self.whole = Message()
        self.column.addWidget(self.whole)
        self.errors = ErrorWay(context, node)
        self.add_rule()
        self.foot.addWidget(self.errors)
        self.refresh()

    # --- making ---------------------------------------------------------------------------------

    def _make_header(self, bound: BoundNode) -> Header:
        header = Header(
            node_icon(self.session, bound.decl),
            tr(self.cls.title),
            self._rename,
            self._entitle,
            about(self.cls),
        )
        menu = header.menu
        menu.addAction(tr("Show on the canvas"), lambda: self.session.reveal(self.node))
        menu.addAction(
            icon("ui-trash", "text", 16),
            tr("Delete node"),
            lambda: self.context.change(
                tr("delete {what}", what=self.node),
                lambda flow: edits.remove_nodes(flow, [self.node]),
            ),
        )
        return header

    def _add_field(self, name: str) -> None:
        field = make_field(
            self.context, cell_of(self.context, self.node, name), self.cls.params[name]
        )
        self.fields[name] = field
        self.column.addWidget(field)

    def _make_lines(self) -> QWidget | None:
        if not self.cls.free_lines:
            return None
        from designer.forms.assignments import Assignments

        self.assignments = Assignments(self.context, self.node)
        self.column.addWidget(self.assignments)
        return self.assignments

    # --- following ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """See `Body`."""
        bound = self.context.insight.bound(self.node)
        if bound is None:
            return
        self.header.show_names(bound.decl.title or "", self.node)
        for field in self.fields.values():
            field.refresh()
            field.refresh_rows()
        self.ports.refresh(bound)
        if self.lines is not None:
            self.assignments.refresh(bound.decl)
        self.errors.refresh(bound)
        findings = self.context.insight.findings(self.node)
        for name, field in self.fields.items():
            field.show_problems(findings.parameters.get(name, ()))
        if self.lines is not None:
            self.assignments.show_findings(findings)
        self.ports.show_findings(findings)
        worst = min(findings.whole, key=lambda p: p.severity != "error", default=None)
        if worst is None:
            self.whole.say("help", "")
        else:
            self.whole.say(worst.severity, told(worst.text))

    def refresh_names(self) -> None:
        """See `Body`."""
        for field in self.fields.values():
            field.refresh_names()
        self.refresh()

    # --- names ----------------------------------------------------------------------------------

    def _entitle(self, title: str) -> str:
        self.context.change(
            tr("rename {name}", name=self.node),
            lambda flow: edits.set_title(flow, self.node, title.strip()),
        )
        return ""

    def _rename(self, name: str) -> str:
        flow = self.session.flow
        wrong = name_trouble(name)
        if wrong:
            return wrong
        if flow is None or any(node.name == name for node in flow.nodes):
            return tr("There is a node called {name} already.", name=name)
        old, self.node = self.node, name
        was_selected = old in self.session.selected
        if not self.context.change(
            tr("rename {name}", name=old), lambda flow: edits.rename_node(flow, old, name)
        ):
            self.node = old
            return tr("This cannot be changed now.")
        if was_selected:
            self.session.select([name])
        return ""


class ErrorWay(QWidget):
    """Where an error leads: folded, with the answer beside the heading."""

    def __init__(self, context: FormContext, node: str) -> None:
        super().__init__()
        self._context, self._node = context, node
        self.fold = QToolButton()
        self.fold.setProperty("role", "fold")
        self.fold.setCheckable(True)
        self.fold.setText(tr("Where an error leads"))
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setIconSize(QSize(14, 14))
        self.target = TargetLink(context.session, tr("an error"))
        self.target.chosen.connect(self._lead)
        self.where = note("")
        self.where.setWordWrap(False)
        self.help = note(tr("Something failed: the database did not answer, say."))
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.fold)
        head.addWidget(self.where, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 6, 14, 14)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.target)
        column.addWidget(self.help)
        self.fold.toggled.connect(self._open)
        self._open(False)

    def _open(self, yes: bool) -> None:
        self.fold.setIcon(icon("ui-chevron-down" if yes else "ui-chevron-right", "muted", 14))
        self.target.setVisible(yes)
        self.help.setVisible(yes)

    def _lead(self, target: Any) -> None:
        lead(self._context, self._node, ERROR, target, False)

    def refresh(self, bound: BoundNode) -> None:
        """The flow has changed."""
        edge = bound.edges.get(ERROR)
        target = None if edge is None else edge.target
        flow = self._context.session.flow
        general = None if flow is None else flow.jump("on_error")
        if target is not None:
            words = target
        elif general is not None:
            words = tr("to the flow's {node}", node=general)
        else:
            words = tr("not connected")
        self.where.setText(words)
        self.target.show_target(target, words)


def cell_of(context: FormContext, node: str, parameter: str) -> Cell:
    """The place of a parameter's value."""

    def read(flow: Flow) -> Expr | None:
        decl = flow.node(node)
        written = None if decl is None else decl.parameter(parameter)
        return None if written is None else written.value

    def write(flow: Flow, value: Expr | None) -> Flow:
        if value is None:
            return edits.remove_parameter(flow, node, parameter)
        return edits.set_parameter(flow, node, parameter, value)

    insight = context.insight
    return Cell(
        f"{node}.{parameter}",
        label_of(parameter),
        read,
        write,
        lambda: insight.scope(node),
        lambda: insight.wanted(node, parameter),
    )


def about(cls: type[Node]) -> str:
    """What the class says of itself, paragraph by paragraph."""
    paragraphs = (getdoc(cls) or "").split("\n\n")
    return "\n\n".join(tr(" ".join(one.split())) for one in paragraphs)


def name_trouble(name: str) -> str:
    """Why *name* cannot be that of a node or a variable; empty when it can."""
    if not is_name(name):
        return tr("A name has letters, digits and _ only, and begins with a letter.")
    return tr("{name} is a word of the language.", name=name) if name in RESERVED else ""
