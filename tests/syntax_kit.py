"""What the tests of the syntax share."""

from __future__ import annotations

from decimal import Decimal

from flow_runtime.core.expr.tree import Expr, Literal, Name
from flow_runtime.core.model import Flow, NodeDecl
from flow_runtime.core.syntax import parse

A, B, C = Name("a"), Name("b"), Name("c")


def read(text: str) -> Flow:
    parsed = parse(text)
    assert parsed.problems == ()
    assert parsed.flow is not None
    return parsed.flow


def node(*lines: str) -> NodeDecl:
    return read("flow f\nnode n: x\n" + "".join(f"  {line}\n" for line in lines)).nodes[0]


def value(text: str) -> Expr:
    return node(f"v = {text}").parameters[0].value


def number(text: str) -> Literal:
    return Literal(Decimal(text), text)
