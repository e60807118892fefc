"""The two-sided operators: which types each takes, what it gives and how it is computed.

One table serves the checker and the compiler, so that they cannot disagree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DivisionUndefined
from typing import Any, Final

from flow_runtime.core.expr.failure import (
    MAX_TEXT,
    ExpressionFailure,
    bad_value,
    out_of_range,
    too_large,
)
from flow_runtime.core.expr.rules import fits
from flow_runtime.core.expr.values import check_weight, type_of
from flow_runtime.core.phrase import phrase
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    LIST,
    NUMBER,
    RECORD,
    TEXT,
    TIME,
    Type,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overload:
    """One meaning of an operator: *apply* takes values of exactly these types."""

    left: Type
    right: Type
    result: Type
    apply: Callable[[Any, Any], Any]


# --- arithmetic -----------------------------------------------------------------------------------


def _modulo(left: Decimal, right: Decimal) -> Decimal:
    """The remainder that has the sign of *right*, so that ``-1 % 7`` is 6, as on a clock."""
    if not right:
        raise ZeroDivisionError
    remainder = left % right
    return remainder + right if remainder and (remainder < 0) != (right < 0) else remainder


def _join_texts(left: str, right: str) -> str:
    joined = left + right
    if len(joined) > MAX_TEXT:
        raise too_large(phrase("a text of more than {most} characters", most=MAX_TEXT))
    return joined


def _join_lists(left: tuple[Any, ...], right: tuple[Any, ...]) -> Any:
    return check_weight(left + right)


def _times(left: timedelta, right: Decimal) -> timedelta:
    microseconds = Decimal(left // _MICROSECOND) * right
    if abs(microseconds) > _LONGEST:
        raise out_of_range()
    return timedelta(microseconds=int(microseconds.to_integral_value()))


def _divide_duration(left: timedelta, right: Decimal) -> timedelta:
    return _times(left, 1 / right)


def _ratio(left: timedelta, right: timedelta) -> Decimal:
    return Decimal(left // _MICROSECOND) / Decimal(right // _MICROSECOND)


_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST: Final = timedelta.max // _MICROSECOND


def _add_to_date(day: date, by: timedelta) -> date:
    if by % timedelta(days=1):
        raise bad_value(phrase("a date moves by whole days; use a datetime for hours and minutes"))
    return day + by


def _add_to_time(clock: time, by: timedelta) -> time:
    start = datetime.combine(date(2000, 1, 1), clock, None)
    return (start + by % timedelta(days=1)).time()


def _time_difference(left: time, right: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, left, None) - datetime.combine(day, right, None)


def _later(moment: datetime, by: timedelta) -> datetime:
    """*moment* plus *by* as it really passes, whatever the clocks are set to meanwhile."""
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def _elapsed(left: datetime, right: datetime) -> timedelta:
    """The time that really passes between, also over a change of the clocks."""
    return left.astimezone(UTC) - right.astimezone(UTC)


def _minus(apply: Callable[[Any, timedelta], Any]) -> Callable[[Any, timedelta], Any]:
    return lambda value, by: apply(value, -by)


def _swapped(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: apply(right, left)


# --- membership and equality ----------------------------------------------------------------------


def in_list(left: Any, right: tuple[Any, ...]) -> bool:
    """Whether one of the items of *right* equals *left*."""
    return any(equal(left, item) for item in right)


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same; values of different types never are."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left.astimezone(UTC) == right.astimezone(UTC)
    return type_of(left).name == type_of(right).name and bool(left == right)


def _moments(compare: Callable[[Any, Any], bool]) -> Callable[[datetime, datetime], bool]:
    """Moments compare as such: Python would compare the clock faces of one zone."""
    return lambda left, right: compare(left.astimezone(UTC), right.astimezone(UTC))


def _comparisons(compare: Callable[[Any, Any], bool]) -> tuple[Overload, ...]:
    ordered = (NUMBER, TEXT, DATE, TIME, DURATION)
    moments = Overload(DATETIME, DATETIME, BOOLEAN, _moments(compare))
    return (*(Overload(kind, kind, BOOLEAN, compare) for kind in ordered), moments)


OPERATORS: Final[Mapping[str, tuple[Overload, ...]]] = {
    "+": (
        Overload(NUMBER, NUMBER, NUMBER, operator.add),
        Overload(TEXT, TEXT, TEXT, _join_texts),
        Overload(DURATION, DURATION, DURATION, operator.add),
        Overload(LIST, LIST, LIST, _join_lists),
        Overload(DATE, DURATION, DATE, _add_to_date),
        Overload(TIME, DURATION, TIME, _add_to_time),
        Overload(DATETIME, DURATION, DATETIME, _later),
        Overload(DURATION, DATETIME, DATETIME, _swapped(_later)),
    ),
    "-": (
        Overload(NUMBER, NUMBER, NUMBER, operator.sub),
        Overload(DURATION, DURATION, DURATION, operator.sub),
        Overload(DATE, DATE, DURATION, operator.sub),
        Overload(TIME, TIME, DURATION, _time_difference),
        Overload(DATETIME, DATETIME, DURATION, _elapsed),
        Overload(DATE, DURATION, DATE, _minus(_add_to_date)),
        Overload(TIME, DURATION, TIME, _minus(_add_to_time)),
        Overload(DATETIME, DURATION, DATETIME, _minus(_later)),
    ),
    "*": (
        Overload(NUMBER, NUMBER, NUMBER, operator.mul),
        Overload(DURATION, NUMBER, DURATION, _times),
        Overload(NUMBER, DURATION, DURATION, _swapped(_times)),
    ),
    "/": (
        Overload(NUMBER, NUMBER, NUMBER, operator.truediv),
        Overload(DURATION, NUMBER, DURATION, _divide_duration),
        Overload(DURATION, DURATION, NUMBER, _ratio),
    ),
    "%": (Overload(NUMBER, NUMBER, NUMBER, _modulo),),
    "<": _comparisons(operator.lt),
    ">": _comparisons(operator.gt),
    "<=": _comparisons(operator.le),
    ">=": _comparisons(operator.ge),
    "in": (
        Overload(ANY, LIST, BOOLEAN, in_list),
        Overload(TEXT, TEXT, BOOLEAN, _swapped(operator.contains)),
        Overload(TEXT, RECORD, BOOLEAN, _swapped(operator.contains)),
    ),
}


def candidates(symbol: str, left: Type, right: Type) -> tuple[Overload, ...]:
    """The meanings of *symbol* that fit operands of these types, the most natural first.

    None for types that do not fit, one where both are known, several where an ``any`` leaves
    the meaning open until the call.
    """
    return tuple(
        o for o in OPERATORS[symbol] if _same(left, o.left) and _same(right, o.right)
    )  # fmt: skip


def _same(given: Type, wanted: Type) -> bool:
    return given.name == "any" or fits(given, wanted)


def result_of(found: tuple[Overload, ...], left: Type, right: Type) -> Type:
    """The type that these candidates give: that of all of them, else ``any``."""
    results = {overload.result.name for overload in found}
    if len(results) != 1:
        return ANY
    if found[0].result.name == "list":
        same = left.item == right.item
        return Type("list", item=left.item if same else ANY)
    return found[0].result


def arithmetic_failure(error: Exception) -> ExpressionFailure:
    """What Python's arithmetic complained of, in the words of the language."""
    undefined = error.args and error.args[0] == [DivisionUndefined]  # how decimal says 0 / 0
    if isinstance(error, ZeroDivisionError) or undefined:
        return ExpressionFailure("division-by-zero", phrase("division by zero"))
    if isinstance(error, OverflowError):
        return out_of_range()
    return too_large(phrase("a number has too many digits"))
