"""Moves what was parsed to other lines, so that it need not be parsed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

from flow_runtime.core.model import Comments, TypeName
from flow_runtime.core.problems import Place

T = TypeVar("T")

_WITHOUT_PLACES = frozenset({str, int, bool, type(None), Decimal, timedelta, Comments, TypeName})
_GETTERS: dict[type, Callable[[Any], Any]] = {}


def moved(thing: T, by: int) -> T:
    """*thing*, any part of a flow's model, with all its places *by* lines further down."""
    result: T = _moved(thing, by)
    return result


def _moved(thing: Any, by: int) -> Any:
    kind = type(thing)
    if kind in _WITHOUT_PLACES:
        return thing
    if kind is Place:
        return Place(thing.line + by, thing.column, thing.end_line + by, thing.end_column)
    if kind is tuple:
        return tuple([_moved(item, by) for item in thing])
    getter = _GETTERS.get(kind) or _GETTERS.setdefault(kind, _all_fields(kind))
    return kind(*[_moved(value, by) for value in getter(thing)])


def _all_fields(kind: type) -> Callable[[Any], Any]:
    """All fields of a dataclass of the model (at least two), in the order of its constructor."""
    return attrgetter(*[f.name for f in fields(kind)])
