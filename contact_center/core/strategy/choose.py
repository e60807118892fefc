"""A strategy as it is chosen: by name, by name with values of its fields, or written as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from contact_center.core.strategy.expressions import Expressions, SkillKinds
from contact_center.core.strategy.names import NAMED, Field, Named, find
from contact_center.core.strategy.problems import Problem, said, suggest
from contact_center.core.strategy.scan import DURATION
from contact_center.core.strategy.strategy import Strategy, StrategyError, compile_strategy
from contact_center.core.strategy.terms import SPELLINGS

Spec: TypeAlias = str | Mapping[str, Any]
"""A strategy as a form or a configuration gives it: a name, a text, or a record with ``name`` and
the values of its fields."""


def as_text(spec: Spec) -> str:
    """The text that means the same as *spec*; a text is what it is. Raises `StrategyError`."""
    if isinstance(spec, str):
        named = find(spec)
        if named is not None:
            return named.text(field_values(named, {}))
        near = suggest(spec.strip(), NAMED, most=0)
        if near and spec.split(maxsplit=1)[0] not in SPELLINGS:
            raise _refused(spec.strip(), _unknown(spec.strip(), near))
        return spec
    values = dict(spec)
    name = str(values.pop("name", ""))
    named = find(name)
    if named is None:
        near = suggest(name, NAMED, most=len(NAMED))
        raise _refused(name or "strategy", _unknown(name, near))
    return named.text(field_values(named, values))


def load(spec: Spec, expressions: Expressions, skills: SkillKinds | None = None) -> Strategy:
    """The strategy that *spec* names or describes, compiled. Raises `StrategyError`."""
    named = find(spec if isinstance(spec, str) else str(spec.get("name", "")))
    name = "" if named is None else named.name
    return compile_strategy(as_text(spec), expressions, name=name, skills=skills)


def field_values(named: Named, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all fields as the text needs them. Raises `StrategyError`."""
    known = {field.name: field for field in named.fields}
    for name in given:
        if name not in known:
            near = suggest(name, known)
            text = said(
                '"{strategy}" has no "{name}"{near}', strategy=named.name, name=name, near=near
            )
            raise _refused(named.name, text)
    return {
        name: _checked(named.name, field, given.get(name, field.default))
        for name, field in known.items()
    }


def _unknown(name: str, near: str) -> str:
    return said('there is no strategy "{name}"{near}', name=name, near=near)


def _refused(name: str, text: str) -> StrategyError:
    return StrategyError(name, [Problem("error", "bad-parameter", text)])


def _checked(name: str, field: Field, value: Any) -> Any:
    """*value* of a field, as the text of the strategy needs it."""
    where = said('"{field}" of "{name}"', field=field.name, name=name)
    match field.kind:
        case "duration":
            if not isinstance(value, str) or not DURATION.fullmatch(value.strip()):
                text = said(
                    '{where} is a time such as "15s", not {value}', where=where, value=repr(value)
                )
                raise _refused(name, text)
            return value.strip()
        case "level":
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not field.low <= value <= field.high:
                text = said(
                    "{where} is a whole number from {low} to {high}, not {value}",
                    where=where,
                    low=field.low,
                    high=field.high,
                    value=repr(value),
                )
                raise _refused(name, text)
            return value
        case "skill":
            if not isinstance(value, str) or any(sign in value for sign in '"\\{}\n'):
                text = said(
                    "{where} is the name of a skill, not {value}", where=where, value=repr(value)
                )
                raise _refused(name, text)
            return f'skill["{value.strip()}"]' if value.strip() else "level"
    if not isinstance(value, str | Mapping):
        text = said(
            "{where} is the name of a strategy, or its text, not {value}",
            where=where,
            value=repr(value),
        )
        raise _refused(name, text)
    given = value if isinstance(value, str) else value.get("name", "")
    named = find(str(given))
    if named is not None and any(inner.kind == "strategy" for inner in named.fields):
        text = said(
            "{where} cannot be one that waits for a person itself: {given}",
            where=where,
            given=given,
        )
        raise _refused(name, text)
    return as_text(value)
