"""Functions on lists."""

from __future__ import annotations

from typing import Any, Final

from flow_runtime.core.expr.registry import Functions

functions: Final = Functions()
_f = functions.declare


@_f(
    "first(items: list of T) -> T?",
    help="The first item of a list, none when it is empty.",
    examples=[("first([1, 2])", "1"), ("first([])", "none")],
)
def _first(items: tuple[Any, ...]) -> Any:
    return items[0] if items else None


@_f(
    "last(items: list of T) -> T?",
    help="The last item of a list, none when it is empty.",
    examples=[("last([1, 2])", "2"), ("last([])", "none")],
)
def _last(items: tuple[Any, ...]) -> Any:
    return items[-1] if items else None
