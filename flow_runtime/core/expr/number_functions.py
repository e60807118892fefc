"""Functions on numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final

from flow_runtime.core.expr.convert import to_number
from flow_runtime.core.expr.failure import bad_value, type_error
from flow_runtime.core.expr.registry import Functions
from flow_runtime.core.expr.values import describe, type_of
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase

functions: Final = Functions()
_f = functions.declare

_LARGEST: Final = 10**15


def whole(value: Decimal, what: str) -> int:
    """A number that counts something, as int; `ExpressionFailure` when it has a fraction."""
    if abs(value) > _LARGEST or value != value.to_integral_value():
        raise bad_value(
            phrase("{what} must be a whole number, not {value}", what=what, value=describe(value))
        )
    return int(value)


@_f(
    "number(value: any) -> number",
    help="The number that a text spells; 1 and 0 for true and false.",
    examples=[('number("12.5")', "12.5"), ("number(true)", "1")],
    with_frame=True,
)
def _number(frame: Frame, value: Any) -> Decimal:
    return to_number(value, frame)


@_f(
    "round(value: number, places?: number) -> number",
    help="Rounded to places after the point (0 unless said otherwise), halves away from zero.",
    examples=[("round(2.5)", "3"), ("round(1.005, 2)", "1.01"), ("round(1250, -2)", "1300")],
)
def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    digits = whole(places, "places")
    if abs(digits) > 20:
        raise bad_value(phrase("places must lie between -20 and 20"))
    if value.as_tuple().exponent >= -digits:  # type: ignore[operator]  # numbers are finite
        return value
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


@_f(
    "floor(value: number) -> number",
    help="The largest whole number that is not above the value.",
    examples=[("floor(2.7)", "2"), ("floor(-2.1)", "-3")],
)
def _floor(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_FLOOR)


_ORDERED: Final = ("number", "text", "date", "time", "datetime", "duration")


def _comparable(values: Sequence[Any]) -> Sequence[Any]:
    if len(values) == 1 and isinstance(values[0], tuple):
        values = values[0]
    kinds = {type_of(value).name for value in values}
    if len(kinds) > 1 or not kinds <= set(_ORDERED):
        raise type_error(
            phrase("values of the types {names} cannot be compared", names=", ".join(sorted(kinds)))
        )
    if not values:
        raise bad_value(phrase("an empty list has no smallest and no largest item"))
    return values


@_f(
    "min(items: list of T) -> T",
    "min(*values: T) -> T",
    help="The smallest of the values, or of the items of a list.",
    examples=[("min(3, 1, 2)", "1"), ('min(["b", "a"])', '"a"')],
)
def _min(*values: Any) -> Any:
    return min(_comparable(values))


@_f(
    "max(items: list of T) -> T",
    "max(*values: T) -> T",
    help="The largest of the values, or of the items of a list.",
    examples=[("max(3, 1, 2)", "3"), ("max([1s, 2m])", "2m")],
)
def _max(*values: Any) -> Any:
    return max(_comparable(values))


@_f(
    "sum(items: list of number) -> number",
    help="All numbers of a list added up; 0 for none.",
    examples=[("sum([1, 2.5])", "3.5"), ("sum([])", "0")],
)
def _sum(items: tuple[Decimal, ...]) -> Decimal:
    return sum(items, Decimal(0))
