"""Conditions that can be told without a call, and those that compare one value with several."""

from __future__ import annotations

from collections.abc import Sequence

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.compile import NOT_CONSTANT, constant_value
from flow_runtime.core.expr.tree import Binary, Expr, Literal, Text
from flow_runtime.core.expr.values import type_of
from flow_runtime.core.model import PortValue
from flow_runtime.core.types import BOOLEAN


def truth(test: Expr) -> bool | None:
    """Whether *test* always holds, or never; None when it depends on the call."""
    try:
        found = constant_value(test, BOOLEAN)
    except NodeFailure:
        return None
    return None if found is NOT_CONSTANT else bool(found)


def compared(tests: Sequence[Expr]) -> tuple[Expr, list[PortValue]] | None:
    """The one value that all *tests* compare, and the ports of the values they compare it with."""
    if len(tests) < 2:
        return None
    value: Expr | None = None
    ports: list[PortValue] = []
    for test in tests:
        match test:
            case Binary("==", left, right) if value is None or left == value:
                value = left
                port = _port(right)
                if port is None or port in ports:
                    return None
                ports.append(port)
            case _:
                return None
    return None if value is None else (value, ports)


def _port(value: Expr) -> PortValue | None:
    """The port of `switch` that stands for the constant *value*."""
    match value:
        case Text() if value.constant not in (None, "", "else", "error", "true", "false", "none"):
            return value.constant
        case Literal(value=bool() as truth):
            return "true" if truth else "false"
        case Literal(value=None):
            return "none"
        case Literal(value=found) if type_of(found).name == "number" and "." not in value.source:
            return int(value.source) if len(value.source) < 10 else None
    return None
