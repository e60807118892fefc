"""Rules from the records of a form or a configuration, with all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Final

from contact_center.core.rules import WEEKDAYS, Hours, Rule, Target
from contact_center.core.strategy.problems import Problem, suggest

KEYS: Final = (
    "name", "queue", "person", "priority", "entered", "callers", "called", "attributes", "levels",
    "days", "hours", "enabled",
)  # fmt: skip
_HOURS: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)")


class _Wrong(Exception):
    """One value of a record cannot be used."""


def read_rules(records: Sequence[Mapping[str, Any]]) -> tuple[list[Rule], tuple[Problem, ...]]:
    """The rules of *records*, in order; those with errors are left out.

    ``{name = "VIP", levels = ["gold"], queue = "vip", priority = 50}``; ``person`` instead of
    ``queue`` names an agent; ``hours = ["22:00-06:00"]``.
    """
    rules, problems = [], []
    for number, record in enumerate(records, 1):
        where = f'rule {number} ("{record["name"]}")' if record.get("name") else f"rule {number}"
        try:
            rules.append(_rule(record, number))
        except _Wrong as wrong:
            problems.append(Problem("error", "bad-rule", f"{where}: {wrong}"))
    return rules, tuple(problems)


def _rule(record: Mapping[str, Any], number: int) -> Rule:
    for key in record:
        if key not in KEYS:
            raise _Wrong(f'there is no "{key}"{suggest(key, KEYS, len(KEYS))}')
    attributes = record.get("attributes", {})
    if not isinstance(attributes, Mapping):
        raise _Wrong(f'attributes is a table such as {{line = ["gas"]}}, not {attributes!r}')
    priority = record.get("priority")
    if priority is not None and (not isinstance(priority, int) or isinstance(priority, bool)):
        raise _Wrong(f"priority is a whole number, not {priority!r}")
    enabled = record.get("enabled", True)
    if not isinstance(enabled, bool):
        raise _Wrong(f"enabled is true or false, not {enabled!r}")
    return Rule(
        name=str(record.get("name") or f"rule {number}"),
        target=_target(record),
        priority=priority,
        entered=_texts(record, "entered"),
        callers=_numbers(record, "callers"),
        called=_numbers(record, "called"),
        attributes={name: _texts(attributes, name) for name in attributes},
        levels=_texts(record, "levels"),
        days=_days(record),
        hours=tuple(_hours(text) for text in _texts(record, "hours")),
        enabled=enabled,
    )


def _target(record: Mapping[str, Any]) -> Target:
    queue, person = record.get("queue"), record.get("person")
    if bool(queue) == bool(person):
        raise _Wrong("say where calls go: queue or person, one of them")
    return Target("queue", str(queue)) if queue else Target("person", str(person))


def _texts(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = record.get(key, ())
    value = (value,) if isinstance(value, str) else value
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) and v for v in value):
        raise _Wrong(f"{key} is a text or a list of texts, not {value!r}")
    return tuple(value)


def _numbers(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = _texts(record, key)
    for one in found:
        if not re.fullmatch(r"=?\+?[\w*#.-]+", one):
            raise _Wrong(f'{key}: "{one}" is no number; write a prefix, "0571", or "=1001"')
    return found


def _days(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Days, and spans of days: ``mon``, ``mon-fri``, ``fri-mon``."""
    found: list[str] = []
    for text in _texts(record, "days"):
        first, _, last = text.casefold().partition("-")
        for word in (first, last or first):
            if word not in WEEKDAYS:
                raise _Wrong(f'days: "{word}" is no day{suggest(word, WEEKDAYS)}')
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        count = (end - start) % 7 + 1
        found += [WEEKDAYS[(start + n) % 7] for n in range(count)]
    return tuple(day for day in WEEKDAYS if day in found)


def _hours(text: str) -> Hours:
    match = _HOURS.fullmatch(text.strip())
    if match is None or (match[3] == "24" and match[4] != "00"):
        raise _Wrong(f'hours: "{text}" is no span of the day; write "09:00-17:30"')
    start = time(int(match[1]), int(match[2]))
    end = time(int(match[3]) % 24, int(match[4]))
    if start == end and match[3] != "24":
        raise _Wrong(f'hours: "{text}" is empty; leave hours out for the whole day')
    return Hours(start, end)
