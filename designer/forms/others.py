"""Forms of several nodes, of a frame or a note, and of a node whose type is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QLabel, QPlainTextEdit

from designer.core import edits
from designer.forms.body import Body, note
from designer.forms.context import Cell, FormContext
from designer.forms.editors.growing import GrowingText
from designer.forms.field import Field
from designer.forms.header import Header
from designer.forms.kinds import make_field
from designer.forms.labels import label_of
from designer.look.i18n import tr
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import Flow
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.syntax import print_flow


class SeveralForm(Body):
    """Only the fields that all selected nodes have; what differs is "mixed"."""

    def __init__(self, context: FormContext, nodes: Sequence[str]) -> None:
        super().__init__(context)
        self.nodes = tuple(nodes)
        bound = [b for name in nodes if (b := context.insight.bound(name)) is not None]
        kinds = {b.cls for b in bound}
        only = next(iter(kinds)) if len(kinds) == 1 else None
        header = Header(
            ("frame", "muted") if only is None else (only.icon, only.group.lower()),
            tr("{n} nodes", n=len(nodes)) if only is None else tr(only.title),
            None,
            None,
        )
        header.show_names(tr("{n} nodes selected", n=len(nodes)), "")
        header.menu.addAction(
            tr("Delete nodes"),
            lambda: context.change(
                tr("delete {n} nodes", n=len(self.nodes)),
                lambda flow: edits.remove_nodes(flow, self.nodes),
            ),
        )
        self.head.addWidget(header)
        self.fields: dict[str, Field] = {}
        for spec in common([b.cls.params for b in bound]) if len(bound) == len(nodes) else ():
            field = make_field(context, shared_cell(context, self.nodes, spec.name), spec)
            self.fields[spec.name] = field
            self.column.addWidget(field)
        if not self.fields:
            self.column.addWidget(note(tr("These nodes have no field in common.")))
        self.refresh()

    def refresh(self) -> None:
        """See `Body`."""
        flow = self.session.flow
        if flow is None:
            return
        for name, field in self.fields.items():
            field.refresh()
            values = values_of(flow, self.nodes, name)
            field.show_mixed(any(value != values[0] for value in values))


def common(kinds: Sequence[Mapping[str, ParamSpec]]) -> list[ParamSpec]:
    """The parameters that all of *kinds* have, of the same type."""
    if not kinds:
        return []
    first, *others = kinds
    return [
        spec
        for name, spec in first.items()
        if all(
            name in other
            and other[name].type == spec.type
            and other[name].variable == spec.variable
            and other[name].choices == spec.choices
            for other in others
        )
    ]


def values_of(flow: Flow, nodes: Sequence[str], parameter: str) -> list[Expr | None]:
    """What each of *nodes* has written for *parameter*."""
    decls = [decl for name in nodes if (decl := flow.node(name)) is not None]
    written = [decl.parameter(parameter) for decl in decls]
    return [None if one is None else one.value for one in written] or [None]


def shared_cell(context: FormContext, nodes: Sequence[str], parameter: str) -> Cell:
    """One parameter of all of *nodes*; what differs reads as nothing."""

    def read(flow: Flow) -> Expr | None:
        values = values_of(flow, nodes, parameter)
        return values[0] if all(value == values[0] for value in values) else None

    def write(flow: Flow, value: Expr | None) -> Flow:
        if value is None:
            return edits.remove_parameters(flow, nodes, parameter)
        return edits.set_parameters(flow, nodes, parameter, value)

    return Cell(
        f"{'+'.join(nodes)}.{parameter}",
        label_of(parameter),
        read,
        write,
        partial(context.insight.scope, nodes[0]),
        partial(context.insight.wanted, nodes[0], parameter),
    )


class SheetForm(Body):
    """The text of a frame or a note."""

    def __init__(self, context: FormContext, sheets: Sequence[int]) -> None:
        super().__init__(context)
        self.sheets = tuple(sheets)
        flow = context.session.flow
        if flow is None or not sheets:
            self.column.addWidget(note(tr("Select a node, or press Ctrl+F to find one.")))
            return
        kinds = {flow.layout.remarks[number].kind for number in sheets}
        kind = next(iter(kinds)) if len(kinds) == 1 else "note"
        title = tr("Frame") if kind == "frame" else tr("Note")
        header = Header((kind, "muted"), title, None, None)
        header.show_names(title if len(sheets) == 1 else tr("{n} selected", n=len(sheets)), "")
        header.menu.addAction(
            tr("Delete"),
            lambda: context.change(
                tr("delete {what}", what=title),
                lambda flow: edits.remove_remarks(flow, self.sheets),
            ),
        )
        self.head.addWidget(header)
        if len(sheets) > 1:
            self.column.addWidget(note(tr("Select one of them to change its text.")))
            return
        label = QLabel(tr("Text"))
        label.setProperty("role", "label")
        self.text = GrowingText(least=1 if kind == "frame" else 4, most=12)
        self.text.setAccessibleName(tr("Text"))
        label.setBuddy(self.text)
        self.column.addWidget(label)
        self.column.addWidget(self.text)
        self.text.typed.connect(self._edited)
        self.refresh()

    def refresh(self) -> None:
        """See `Body`."""
        flow = self.session.flow
        if flow is not None and len(self.sheets) == 1:
            self.text.show_text(flow.layout.remarks[self.sheets[0]].text)

    def _edited(self) -> None:
        number, text = self.sheets[0], self.text.toPlainText()
        self.context.change(
            tr("change text"),
            lambda flow: edits.change_remark(flow, number, text=text),
            f"remark {number}",
        )


class UnknownForm(Body):
    """A node whose type is not installed: its text, to read."""

    def __init__(self, context: FormContext, node: str) -> None:
        super().__init__(context)
        self.node = node
        flow = context.session.flow
        decl = None if flow is None else flow.node(node)
        kind = "" if decl is None else decl.type
        header = Header(("unknown", "unknown"), tr("unknown type {kind}", kind=kind), None, None)
        header.show_names((decl.title if decl is not None else None) or node, "")
        header.help.hide()
        self.head.addWidget(header)
        self.column.addWidget(
            note(
                tr(
                    "The node type {kind} is not installed here. The node is kept as it is; "
                    "a flow with it cannot be served.",
                    kind=kind,
                )
            )
        )
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setProperty("code", True)
        self.raw.setMinimumHeight(200)
        self.raw.setAccessibleName(tr("Text of the node"))
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.column.addWidget(self.raw)
        self.refresh()

    def refresh(self) -> None:
        """See `Body`."""
        flow = self.session.flow
        decl = None if flow is None else flow.node(self.node)
        if decl is None:
            return
        text = print_flow(Flow("x", nodes=(decl,)))
        raw = text.partition("node ")
        shown = (raw[1] + raw[2]).rstrip()
        if self.raw.toPlainText() != shown:
            self.raw.setPlainText(shown)
