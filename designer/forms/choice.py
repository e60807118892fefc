"""Which form there is for what is selected."""

from __future__ import annotations

from collections.abc import Hashable

from designer.forms.body import Body
from designer.forms.context import FormContext


def shape_of(context: FormContext) -> Hashable:
    """What tells one form from another."""
    session = context.session
    flow = session.flow
    if flow is None:
        return None
    nodes, sheets = session.selected, session.selected_sheets
    types = tuple(decl.type for name in nodes if (decl := flow.node(name)) is not None)
    kinds = tuple(flow.layout.remarks[number].kind for number in sheets)
    return nodes, types, sheets, kinds


def make_body(context: FormContext) -> Body:
    """The form of what is selected now."""
    from designer.forms.flow_form import FlowForm
    from designer.forms.node_form import NodeForm
    from designer.forms.others import SeveralForm, SheetForm, UnknownForm

    session = context.session
    nodes, sheets = session.selected, session.selected_sheets
    if session.flow is None:
        return SheetForm(context, ())
    if len(nodes) == 1 and not sheets:
        bound = context.insight.bound(nodes[0])
        return (
            UnknownForm(context, nodes[0]) if bound is None else NodeForm(context, nodes[0], bound)
        )
    if nodes:
        return SeveralForm(context, nodes)
    return SheetForm(context, sheets) if sheets else FlowForm(context)
