"""How types relate: which value may be used where, and what two of them have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from flow_runtime.core.types import ANY, Type

ITEM: Final = "T"
"""The name that stands for "any type, but the same in every place" in a signature."""


def fits(given: Type, wanted: Type, bound: dict[str, Type] | None = None) -> bool:
    """Whether a value of type *given* that is not none may be used where *wanted* is."""
    if wanted.name == ITEM and bound is not None:
        return _bind(replace(given, optional=False), bound)
    if given.name == "any" or wanted.name == "any":
        return True
    if wanted.name == "sound":
        return _is_sound(given)
    if given.name != wanted.name:
        return False
    if given.item is not None and wanted.item is not None:
        nullable = given.item.optional and not wanted.item.optional
        return fits(given.item, wanted.item, bound) and not (nullable and wanted.item.name != ITEM)
    return given.name != "record" or _fields_fit(given.fields, wanted.fields)


def surely(given: Type, wanted: Type) -> bool:
    """Whether every value of type *given* is one of type *wanted*, without any conversion."""
    if wanted.name == "any":
        return True
    if given.name == "none":
        return wanted.optional
    if given.name != wanted.name or (given.optional and not wanted.optional):
        return False
    if wanted.item is not None and not surely(given.item or ANY, wanted.item):
        return False
    known = given.fields or {}
    return all(surely(known.get(name, ANY), kind) for name, kind in (wanted.fields or {}).items())


def _bind(given: Type, bound: dict[str, Type]) -> bool:
    known = bound.get(ITEM, ANY)
    if known.name == "any":
        bound[ITEM] = given
        return True
    return given.name in ("any", known.name)


def _is_sound(given: Type) -> bool:
    if given.name == "list":
        return given.item is None or (not given.item.optional and _is_sound(given.item))
    return given.name in ("any", "text", "prompt", "recording", "sound")


def _fields_fit(given: Mapping[str, Type] | None, wanted: Mapping[str, Type] | None) -> bool:
    if given is None or wanted is None:
        return True
    return all(_field_fits(given.get(name), kind) for name, kind in wanted.items())


def _field_fits(given: Type | None, wanted: Type) -> bool:
    if given is None or given.name == "none":
        return wanted.optional
    return fits(given, wanted) and (wanted.optional or not given.optional)


def substitute(result: Type, bound: Mapping[str, Type]) -> Type:
    """*result* with what `ITEM` was bound to in its place."""
    if result.name == ITEM:
        return replace(bound.get(ITEM, ANY), optional=result.optional)
    if result.item is not None and result.item.name == ITEM:
        return replace(result, item=bound.get(ITEM, ANY))
    return result


def member(record: Type, name: str) -> Type | None:
    """The type of ``record.name``, None when a record has no such field or it is no record."""
    if record.name == "any" or (record.name == "record" and record.fields is None):
        return ANY
    return record.fields.get(name) if record.fields is not None else None


def common(left: Type, right: Type) -> Type | None:
    """The type of a value that is either, None when two known types have nothing in common."""
    optional = left.optional or right.optional or "none" in (left.name, right.name)
    if "any" in (left.name, right.name):
        return ANY
    if left.name == "none" or right.name == "none":
        kept = right if left.name == "none" else left
        return kept if kept.name == "none" else replace(kept, optional=True)
    if left.name != right.name:
        return None
    if left.name == "list":
        item = common(left.item or ANY, right.item or ANY) or ANY
        return Type("list", optional, item)
    if left.fields != right.fields:
        return Type(left.name, optional)
    return replace(left, optional=optional)


def either(left: Type, right: Type) -> Type:
    """What is known of a value that is one or the other."""
    return common(left, right) or ANY


def common_item(items: Iterable[Type]) -> Type:
    """The type of the items of a list that is written out; ``any`` when they differ."""
    found: Type | None = None
    for item in items:
        found = item if found is None else common(found, item)
        if found is None:
            return ANY
    return found or ANY
