"""Whatever can be said can be written down, read back, and is written the same way again."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from flow_runtime.core.expr.tree import Expr, HalfTyped, Slot, Text
from flow_runtime.core.expr.walk import children
from flow_runtime.core.model import Flow
from flow_runtime.core.syntax import (
    Memory,
    parse,
    parse_expression,
    parse_template,
    print_expression,
    print_flow,
    print_template,
)
from strategies import expressions, flows, template_parts, without_comments

FEW = settings(max_examples=60, deadline=None)


@FEW
@given(flows())
def test_a_printed_flow_reads_back_as_itself(flow: Flow) -> None:
    printed = print_flow(flow)
    parsed = parse(printed)
    assert parsed.problems == ()
    assert parsed.flow == flow
    assert print_flow(parsed.flow) == printed


@FEW
@given(flows())
def test_comments_change_nothing_else(flow: Flow) -> None:
    read = parse(print_flow(flow)).flow
    assert read is not None
    assert without_comments(read) == without_comments(flow)


@settings(max_examples=200, deadline=None)
@given(expressions())
def test_a_printed_expression_reads_back_as_itself(expression: Expr) -> None:
    printed = print_expression(expression)
    read = parse_expression(printed)
    assert read == expression
    assert print_expression(read) == printed


@FEW
@given(template_parts())
def test_a_printed_prompt_text_reads_back_as_itself(parts: tuple[str | Slot, ...]) -> None:
    parts = tuple(p.replace("\r", "") if isinstance(p, str) else p for p in parts)
    parts = tuple(p for p in parts if p != "")
    assert parse_template(print_template(parts)) == Text(parts)


def _values(flow: Flow) -> list[Expr]:
    declared = [d.default for d in flow.declarations if d.default is not None]
    return declared + [p.value for node in flow.nodes for p in node.parameters]


@FEW
@given(flows(), st.sampled_from(["", "\n", "# up here\n\n"]))
def test_every_place_is_where_the_expression_stands(flow: Flow, before: str) -> None:
    text = before + print_flow(flow)
    lines = text.split("\n")
    read = parse(text).flow
    assert read is not None
    waiting = _values(read)
    while waiting:
        expression = waiting.pop()
        place = expression.place
        found = lines[place.line - 1 : place.end_line]
        found[-1] = found[-1][: place.end_column - 1]
        found[0] = found[0][place.column - 1 :]
        spelling = "\n".join(found)
        if isinstance(expression, HalfTyped):
            assert spelling.startswith('!"') and spelling.endswith('"')
        else:
            assert parse_expression(spelling) == expression
        waiting.extend(children(expression))


@FEW
@given(st.lists(flows(), min_size=2, max_size=3), st.randoms())
def test_memory_changes_nothing_but_the_time(written: list[Flow], random: object) -> None:
    """One memory over a row of texts that share stretches gives what a fresh start gives."""
    memory = Memory()
    for number, flow in enumerate(written):
        nodes = tuple(node for other in written for node in other.nodes)
        text = "\n" * number + print_flow(dataclasses.replace(flow, nodes=nodes))
        for _ in range(2):
            assert repr(parse(text, memory)) == repr(parse(text))
