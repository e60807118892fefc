"""Reading variables, views, fields of records and items of lists."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from flow_runtime.core.expr.code import Closure, Code
from flow_runtime.core.expr.env import VIEWS, TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure, type_error
from flow_runtime.core.expr.number_functions import whole
from flow_runtime.core.expr.rules import member
from flow_runtime.core.expr.tree import Index, Member, Name
from flow_runtime.core.expr.values import describe, from_outside
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import Recording
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import ANY, Type

_AS_IT_IS: Final = frozenset({str, bool, type(None), tuple, dict})
"""Classes of field values that are values of the language already. A dict's own fields are
looked at when they are read; tuples are only made by conversion."""


def variable(expr: Name, env: TypeEnv) -> Code:
    """``name``: a variable or one of the views."""
    name = expr.name
    kind = env.lookup(name) or ANY
    if name not in VIEWS:
        return Code(kind, _read_variable(expr), variable=name, sure=False)
    if name in env.variables:
        return Code(kind, _read_variable(expr), variable=name, sure=False)
    return Code(kind, _read_view(name, env.open), sure=False)


def _read_variable(expr: Name) -> Closure:
    name, place = expr.name, expr.place

    def read(frame: Frame) -> Any:
        try:
            return frame.variables[name]
        except KeyError:
            near = suggest(name, frame.variables)
            raise ExpressionFailure(
                "unset-variable",
                phrase('there is no value called "{name}"{near}', name=name, near=near),
                place,
            ) from None

    return read


def _read_view(name: str, may_be_hidden: bool) -> Closure:
    def read(frame: Frame) -> Any:
        if may_be_hidden and name in frame.variables:
            return frame.variables[name]
        return getattr(frame, name)

    return read


def field(expr: Member, record: Code, lenient: bool) -> Code:
    """``record.name``; where *lenient*, a missing field is none (``?.``, and `contact`)."""
    name, place, run = expr.name, expr.place, record.run
    if_none, lenient = expr.optional, lenient or expr.optional

    def read(frame: Frame) -> Any:
        fields = run(frame)
        try:
            value = fields[name]
        except (KeyError, TypeError):
            if fields is None and if_none:
                return None
            if isinstance(fields, Recording):
                fields = _of_recording(fields)
                if name in fields:
                    return fields[name]
            if not isinstance(fields, Mapping):
                raise _no_fields(expr, fields) from None
            if lenient:
                return None
            raise ExpressionFailure(
                "unknown-member",
                phrase('there is no field "{name}"{hint}', name=name, hint=suggest(name, fields)),
                place,
            ) from None
        return value if value.__class__ in _AS_IT_IS else _outside(value, frame, expr)

    found = member(record.type, name) or ANY
    return Code(_optional(found) if if_none else found, read, sure=False)


def _of_recording(recording: Recording) -> Mapping[str, Any]:
    """What a flow may ask of a recording; seconds to the hundredth."""
    return {"path": recording.path, "seconds": Decimal(f"{recording.seconds:.2f}")}


def _optional(kind: Type) -> Type:
    return kind if kind.name == "any" else Type(kind.name, True, kind.item, kind.fields)


def _no_fields(expr: Member, value: Any) -> ExpressionFailure:
    advice = (
        phrase('; write "?.{name}", or check it before', name=expr.name) if value is None else ""
    )
    return type_error(
        phrase(
            '"{name}" is asked of {value}, which has no fields{advice}',
            name=expr.name,
            value=describe(value),
            advice=advice,
        )
    ).at(expr.place)


def _outside(value: Any, frame: Frame, expr: Member | Index) -> Any:
    try:
        return from_outside(value, frame.zone)
    except ExpressionFailure as failure:
        raise failure.at(expr.place) from None


def item(expr: Index, container: Code, index: Code) -> Code:
    """``list[number]`` counts from 0; ``record["name"]`` is none where there is no such field."""
    run_container, run_index, place = container.run, index.run, expr.place

    def read(frame: Frame) -> Any:
        values, at = run_container(frame), run_index(frame)
        try:
            found = _fetch(values, at)
        except ExpressionFailure as failure:
            raise failure.at(place) from None
        return found if found.__class__ in _AS_IT_IS else _outside(found, frame, expr)

    kind = container.type.item if container.type.name == "list" else ANY
    return Code(kind or ANY, read, sure=False)


def _fetch(values: Any, at: Any) -> Any:
    if isinstance(values, tuple):
        if not isinstance(at, Decimal):
            raise type_error(phrase("a list is indexed by a number, not by {at}", at=describe(at)))
        index = whole(at, phrase("an index"))
        if not 0 <= index < len(values):
            raise ExpressionFailure(
                "out-of-range",
                phrase(
                    "item {index} of a list of {values} (the first is item 0)",
                    index=index,
                    values=len(values),
                ),
            )
        return values[index]
    if isinstance(values, Mapping):
        if not isinstance(at, str):
            raise type_error(phrase("a record is indexed by a text, not by {at}", at=describe(at)))
        return values.get(at)
    raise type_error(phrase("{values} has no items", values=describe(values)))
