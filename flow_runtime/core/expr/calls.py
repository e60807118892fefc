"""Calls of functions, compiled: the signature is chosen when the flow is loaded if types tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flow_runtime.core.expr.code import CAUGHT, Code, explained, failing, folded, needing
from flow_runtime.core.expr.convert import converter
from flow_runtime.core.expr.failure import ExpressionFailure, type_error
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.expr.signature import Match
from flow_runtime.core.expr.tree import Call
from flow_runtime.core.expr.values import describe, type_of
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import ANY, Type


def call(expr: Call, arguments: Sequence[Code]) -> Code:
    """``function(arguments)``."""
    place = expr.place
    function = FUNCTIONS.get(expr.function)
    if function is None:
        text = phrase(
            'there is no function "{function}"{hint}',
            function=expr.function,
            hint=suggest(expr.function, FUNCTIONS),
        )
        return failing(ANY, lambda: ExpressionFailure("unknown-function", text, place))
    matches = fitting(function, [argument.type for argument in arguments])
    if not matches:
        text = phrase(
            "{function} is called as {spellings}",
            function=expr.function,
            spellings=function.spellings,
        )
        return failing(ANY, lambda: type_error(text).at(place))
    if len(matches) > 1 and any(argument.type.name == "any" for argument in arguments):
        return _decided_later(function, matches, arguments, place)
    match = matches[0]
    converted = [
        needing(argument, kind, inner.place)
        for argument, kind, inner in zip(arguments, match.arguments, expr.arguments, strict=True)
    ]
    code = _applying(function, match.result, converted, place)
    return code if function.with_frame else folded(code, *converted)


def fitting(function: Function, arguments: Sequence[Type]) -> list[Match]:
    """The signatures of *function* that take arguments of these types, the first one first."""
    found = (s.match(arguments) for s in function.signatures)
    return [match for match in found if match is not None]


def result_of(matches: Sequence[Match], arguments: Sequence[Type]) -> Type:
    """The type of a call: that of the first signature, ``any`` while more than one may apply."""
    first = matches[0].result
    undecided = any(argument.name == "any" for argument in arguments)
    return ANY if undecided and any(m.result != first for m in matches) else first


def _applying(function: Function, result: Type, arguments: Sequence[Code], place: Place) -> Code:
    apply, runs, with_frame = function.apply, [a.run for a in arguments], function.with_frame

    def run(frame: Frame) -> Any:
        values = [compute(frame) for compute in runs]
        try:
            return apply(frame, *values) if with_frame else apply(*values)
        except CAUGHT as error:
            raise explained(error, partial(_spelled, function, values), place) from None

    return Code(result, run)


def _decided_later(
    function: Function, matches: Sequence[Match], arguments: Sequence[Code], place: Place
) -> Code:
    """An ``any`` leaves several signatures open: the values of the call decide."""
    types = [argument.type for argument in arguments]
    apply, with_frame, runs = function.apply, function.with_frame, [a.run for a in arguments]

    def run(frame: Frame) -> Any:
        values = [compute(frame) for compute in runs]
        exact = fitting(function, [type_of(value) for value in values])
        match = exact[0] if exact else matches[0]
        try:
            fit = [
                converter(kind)(value, frame)
                for kind, value in zip(match.arguments, values, strict=True)
            ]
            return apply(frame, *fit) if with_frame else apply(*fit)
        except CAUGHT as error:
            raise explained(error, partial(_spelled, function, values), place) from None

    return Code(result_of(matches, types), run)


def _spelled(function: Function, values: Sequence[Any]) -> str:
    return f"{function.name}({', '.join(describe(value) for value in values)})"
