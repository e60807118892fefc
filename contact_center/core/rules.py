"""The live rule table: which queue or person a call goes to, and with what priority.

The rules are looked at in order and the first that matches decides. Time is an argument: the
caller's local date and time of day. Every decision says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final, Literal

from contact_center.core.strategy.problems import Problem, suggest

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the day, *start* included and *end* not.

    One that ends before it starts goes over midnight, and belongs to the day on which it starts.
    """

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: *name* is a queue, or an agent's number."""

    kind: Literal["queue", "person"]
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. A column that is left empty lets every call pass; all others have to match.

    *entered* are the queues to which the flow has sent the call. *callers* and *called* are
    prefixes of numbers (``0571``), or whole numbers with a ``=`` before them. *attributes* are
    those of the contact, each with the texts it may be. *levels* are the customer's (``gold``).
    *days* are words of `WEEKDAYS`.
    """

    name: str
    target: Target
    priority: int | None = None
    entered: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """What a rule can ask of a call. *level* is the customer's, None where nobody knows it."""

    caller: str
    called: str
    local: datetime
    attributes: Mapping[str, Any] = field(default_factory=dict)
    level: str | None = None
    queue: str = ""
    """The one to which the flow has sent it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule that decided, why it did, and why each one above it did not."""

    rule: str
    target: Target
    priority: int | None
    why: str
    passed_over: tuple[tuple[str, str], ...]


def decide(rules: Sequence[Rule], call: Call) -> Decision | None:
    """What the first matching rule says of *call*; None when none matches."""
    passed_over: list[tuple[str, str]] = []
    for rule in rules:
        if not rule.enabled:
            passed_over.append((rule.name, "switched off"))
            continue
        reasons: list[str] = []
        for matches, reason in _columns(rule, call):
            if not matches:
                passed_over.append((rule.name, reason))
                break
            reasons.append(reason)
        else:
            why = "; ".join(reasons) or "the rule takes every call"
            return Decision(rule.name, rule.target, rule.priority, why, tuple(passed_over))
    return None


def _columns(rule: Rule, call: Call) -> Iterator[tuple[bool, str]]:
    """For each column in use, whether it matches, and the reason in words."""
    if rule.entered:
        yield _word("queue", call.queue, rule.entered)
    if rule.callers:
        yield _number("caller", call.caller, rule.callers)
    if rule.called:
        yield _number("called number", call.called, rule.called)
    for name, wanted in rule.attributes.items():
        value = call.attributes.get(name)
        yield _word(name, None if value is None else _text(value), wanted)
    if rule.levels:
        yield _word("customer level", call.level, rule.levels)
    if rule.days or rule.hours:
        yield _moment(rule, call.local)


def _number(what: str, number: str, wanted: tuple[str, ...]) -> tuple[bool, str]:
    shown = number or "hidden"
    for one in wanted:
        if one.startswith("=") and number == one[1:]:
            return True, f"{what} is {number}"
        if not one.startswith("=") and number.startswith(one):
            return True, f"{what} {number} begins with {one}"
    return False, f"{what} {shown} is none of {', '.join(wanted)}"


def _word(what: str, value: str | None, wanted: tuple[str, ...]) -> tuple[bool, str]:
    if value in wanted:
        return True, f"{what} is {value}"
    shown = "not known" if value is None else value
    return False, f"{what} is {shown}, not {' or '.join(wanted)}"


def _moment(rule: Rule, local: datetime) -> tuple[bool, str]:
    """Days and hours together: a span over midnight belongs to the day on which it starts."""
    now = f"{WEEKDAYS[local.weekday()]} {local:%H:%M}"
    today, yesterday = WEEKDAYS[local.weekday()], WEEKDAYS[local.weekday() - 1]
    days, clock = rule.days or WEEKDAYS, local.time()
    if not rule.hours:
        return today in days, f"{now} is {'' if today in days else 'not '}in {', '.join(days)}"
    for span in rule.hours:
        over_midnight = span.end <= span.start
        since = today in days and span.start <= clock and (over_midnight or clock < span.end)
        left = yesterday in days and over_midnight and clock < span.end
        if since or left:
            return True, f"{now} is in {span}"
    wanted = ", ".join(str(span) for span in rule.hours)
    on = f" on {', '.join(rule.days)}" if rule.days else ""
    return False, f"{now} is not in {wanted}{on}"


def _text(value: Any) -> str:
    """An attribute as a rule writes it: ``true``, ``12``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# --- checks ---------------------------------------------------------------------------------------


def check_rules(
    rules: Sequence[Rule], queues: Sequence[str], persons: Sequence[str]
) -> tuple[Problem, ...]:
    """What is wrong with the table: unknown targets, names used twice, rows never reached."""
    problems: list[Problem] = []
    for number, rule in enumerate(rules):
        known = queues if rule.target.kind == "queue" else persons
        if rule.target.name not in known:
            near = suggest(rule.target.name, known)
            kind = "queue" if rule.target.kind == "queue" else "agent"
            text = f'rule "{rule.name}": there is no {kind} "{rule.target.name}"{near}'
            problems.append(Problem("error", f"unknown-{kind}", text))
        for name in rule.entered:
            if name not in queues:
                text = f'rule "{rule.name}": there is no queue "{name}"{suggest(name, queues)}'
                problems.append(Problem("error", "unknown-queue", text))
        if any(other.name == rule.name for other in rules[:number]):
            text = f'two rules are called "{rule.name}"; give one another name'
            problems.append(Problem("error", "twice", text))
        cover = next((o for o in rules[:number] if o.enabled and _covers(o, rule)), None)
        if rule.enabled and cover is not None:
            text = (
                f'rule "{rule.name}" is never reached: "{cover.name}" above it takes every call'
                " that it would; move it up"
            )
            problems.append(Problem("warning", "never-reached", text))
    return tuple(problems)


def _covers(upper: Rule, lower: Rule) -> bool:
    """Whether *upper* surely takes every call that *lower* would."""
    moments = (upper.days, upper.hours)
    return (
        _words_cover(upper.entered, lower.entered)
        and _numbers_cover(upper.callers, lower.callers)
        and _numbers_cover(upper.called, lower.called)
        and _words_cover(upper.levels, lower.levels)
        and all(
            name in lower.attributes and _words_cover(wanted, lower.attributes[name])
            for name, wanted in upper.attributes.items()
        )
        and (moments == ((), ()) or moments == (lower.days, lower.hours))
    )


def _numbers_cover(upper: tuple[str, ...], lower: tuple[str, ...]) -> bool:
    def covered(one: str) -> bool:
        whole = one.removeprefix("=")
        return any(o == one or (o[:1] != "=" and whole.startswith(o)) for o in upper)

    return not upper or (bool(lower) and all(covered(one) for one in lower))


def _words_cover(upper: tuple[str, ...], lower: tuple[str, ...]) -> bool:
    return not upper or (bool(lower) and set(lower) <= set(upper))
