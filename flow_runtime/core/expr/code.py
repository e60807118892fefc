"""Compiled pieces of expressions, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.convert import converter
from flow_runtime.core.expr.failure import ExpressionFailure, type_error
from flow_runtime.core.expr.operators import arithmetic_failure
from flow_runtime.core.expr.rules import surely
from flow_runtime.core.expr.values import describe
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.types import Type

Closure: TypeAlias = Callable[[Frame], Any]

NOT_CONSTANT: Final = object()
"""Stands for the value of an expression that has to be computed during a call."""

NO_FRAME: Final = cast(Frame, None)
"""The frame of constants, which look at none."""


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled expression: its static type and the closure that computes it.

    *constant* is its value when it needs no frame. *variable* is set for a plain variable, which
    operators read without the detour of a closure. *sure* is False for what is read from
    variables and views: it may be none, or of another type, whatever was declared.
    """

    type: Type
    run: Closure
    constant: Any = NOT_CONSTANT
    variable: str | None = None
    sure: bool = True


def constant(kind: Type, value: Any) -> Code:
    """Code for a value that is known now."""
    return Code(kind, lambda frame: value, value)


def failing(kind: Type, failure: Callable[[], ExpressionFailure]) -> Code:
    """Code for what cannot be computed: a part the checker refuses."""

    def run(frame: Frame) -> Any:
        raise failure()

    return Code(kind, run)


def folded(code: Code, *parts: Code) -> Code:
    """*code* computed now if all its *parts* are constants and it does not fail."""
    if any(part.constant is NOT_CONSTANT for part in parts):
        return code
    try:
        return constant(code.type, code.run(NO_FRAME))
    except ExpressionFailure:
        return code


def needing(code: Code, wanted: Type, place: Place) -> Code:
    """*code* with its value converted to *wanted*, or left alone where that is sure to fit."""
    if wanted.name == "any" or (code.sure and surely(code.type, wanted)):
        return code
    run, convert = code.run, converter(wanted)

    def converted(frame: Frame) -> Any:
        try:
            return convert(run(frame), frame)
        except ExpressionFailure as failure:
            raise failure.at(place) from None

    return Code(wanted, converted)


CAUGHT: Final = (TypeError, AttributeError, ArithmeticError, LookupError, NodeFailure)
"""What operators and functions raise when a value is not what its place promised."""


def explained(error: Exception, what: Callable[[], str], place: Place) -> ExpressionFailure:
    """One of `CAUGHT` in the words of the language; *what* cannot be computed."""
    if isinstance(error, ExpressionFailure):
        return error.at(place)
    if isinstance(error, ArithmeticError):
        return arithmetic_failure(error).at(place)
    return type_error(phrase("{what} cannot be computed", what=what())).at(place)


def two_sided(
    symbol: str, kind: Type, apply: Callable[[Any, Any], Any], left: Code, right: Code, place: Place
) -> Code:
    """Code that applies *apply* to both sides.

    `n + 1` and `n < 10` are what flows mostly compute, so a plain variable on the left and a
    constant on the right are read in place.
    """
    run_left, run_right = left.run, right.run
    name, value = left.variable, right.constant

    def explain(error: Exception, frame: Frame) -> ExpressionFailure:
        def sides() -> str:
            return f"{describe(run_left(frame))} {symbol} {describe(run_right(frame))}"

        return explained(error, sides, place)

    def variable_and_constant(frame: Frame) -> Any:
        try:
            return apply(frame.variables[name], value)  # type: ignore[index]  # name is set
        except CAUGHT as error:
            raise explain(error, frame) from None

    def any_and_constant(frame: Frame) -> Any:
        try:
            return apply(run_left(frame), value)
        except CAUGHT as error:
            raise explain(error, frame) from None

    def both(frame: Frame) -> Any:
        try:
            return apply(run_left(frame), run_right(frame))
        except CAUGHT as error:
            raise explain(error, frame) from None

    if value is NOT_CONSTANT:
        return Code(kind, both)
    if name is None:
        return folded(Code(kind, any_and_constant), left, right)
    return Code(kind, variable_and_constant)
