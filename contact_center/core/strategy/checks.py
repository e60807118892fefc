"""What is wrong with a strategy as a whole, whoever the agents are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from contact_center.core.strategy.model import (
    Agent,
    LastAgent,
    Line,
    Order,
    OrderTerm,
    Owner,
    Prefer,
    Require,
    ReserveWhen,
    RingAll,
    Script,
    Statement,
    Step,
)
from contact_center.core.strategy.printer import duration_text, print_term
from contact_center.core.strategy.problems import NOWHERE, Place, Problem, said
from contact_center.core.strategy.terms import UNDIRECTED
from contact_center.core.strategy.widening import is_wider

_ONCE: Final = {
    Order: "order by",
    LastAgent: "last_agent",
    Owner: "owner",
    RingAll: "ring all",
    ReserveWhen: "reserve",
}
"""Statements of which there can be one."""


def check_script(script: Script) -> Iterator[Problem]:
    """Problems of statements, alone and together."""
    if not script.lines:
        text = said("the strategy says nothing; write for example: order by idle desc")
        yield _error("empty", text)
    yield from _twice(script)
    for line in script.lines:
        yield from _of(line.statement, line.place)
    ring_all = next((s for s in script.lines if isinstance(s.statement, RingAll)), None)
    order = next((s for s in script.lines if isinstance(s.statement, Order)), None)
    if ring_all is not None and order is not None:
        text = said(
            "everybody is rung at once, so there is no order; take order by or ring all away"
        )
        yield Problem("warning", "order-without-effect", text, order.place)


def _of(statement: Statement, place: Place) -> Iterator[Problem]:
    match statement:
        case Prefer(steps):
            yield from _steps(steps, place)
        case Order(terms):
            yield from _terms(terms)
        case ReserveWhen(above, below):
            yield from _reserve(above, below, place)
        case LastAgent(within):
            if within <= timedelta(0):
                yield _error("no-time", said("within 0s never finds a last agent"), place)


def _twice(script: Script) -> Iterator[Problem]:
    seen: dict[type, Line] = {}
    for line in script.lines:
        kind = type(line.statement)
        first = seen.setdefault(kind, line)
        if kind in _ONCE and first is not line:
            text = said(
                "“{word}” stands in line {n} already; keep one of them",
                word=_ONCE[kind],
                n=first.place.line,
            )
            yield _error("twice", text, line.place)
        elif kind in (Require, Prefer, Agent) and first is not line:
            same = [other for other in script.lines if other.statement == line.statement]
            if same[0] is not line:
                text = said("line {n} says the same already; take this away", n=same[0].place.line)
                yield Problem("warning", "twice", text, line.place)


def _steps(steps: tuple[Step, ...], place: Place) -> Iterator[Problem]:
    if len(steps) == 1 and steps[0].wanted is None:
        text = said("any agent is what there is without prefer; take it away")
        yield _error("no-effect", text, place)
        return
    *before, last = steps
    for number, step in enumerate(before, 2):
        if step.lasts is None:
            text = said(
                "step {n} is never reached: say how long the one before it lasts, for 20s", n=number
            )
            yield _error("unreachable-step", text, steps[number - 1].place)
        elif step.lasts <= timedelta(0):
            yield _error("no-time", said("a step of 0s is over at once; take it away"), step.place)
        if step.wanted is None:
            text = said("after “any” nobody is left to be added; take the steps behind it away")
            yield _error("unreachable-step", text, steps[number - 1].place)
    if last.lasts is not None:
        text = said(
            "what follows after {time}? Write then any, or take “for” away",
            time=duration_text(last.lasts),
        )
        yield _error("open-end", text, last.place)
    elif last.wanted is not None and not before:
        text = said(
            "this ring never widens, so it is a requirement; write require, or let it widen:"
            " for 20s then any"
        )
        yield Problem("warning", "never-widens", text, last.place)
    yield from _narrowing(steps)


def _narrowing(steps: tuple[Step, ...]) -> Iterator[Problem]:
    """Steps that add nobody: whoever fits has fitted an earlier one."""
    for number, step in enumerate(steps):
        wanted = step.wanted
        if wanted is None:
            continue
        for earlier in steps[:number]:
            if earlier.wanted is not None and is_wider(earlier.wanted.text, wanted.text):
                text = said(
                    "this step adds nobody: {wanted} asks for no less than {earlier} before it;"
                    " ask for less, or take it away",
                    wanted=wanted.text,
                    earlier=earlier.wanted.text,
                )
                yield _error("never-widens", text, step.place)
                break


def _terms(terms: tuple[OrderTerm, ...]) -> Iterator[Problem]:
    for number, term in enumerate(terms):
        if term.by in UNDIRECTED and term.most_first:
            text = said("{term} has no other way round; take desc away", term=term.by)
            yield _error("no-direction", text, term.place)
        if any(_same(term, other) for other in terms[:number]):
            text = said(
                "{term} changes nothing: agents are ordered by it already", term=print_term(term)
            )
            yield Problem("warning", "twice", text, term.place)
        elif any(other.by in ("random", "ring", "position") for other in terms[:number]):
            text = said(
                "{term} is never looked at: nobody is equal by what stands before",
                term=print_term(term),
            )
            yield Problem("warning", "order-without-effect", text, term.place)
        if term.by == "idle" and not term.most_first:
            text = said(
                "the agent who became ready last goes first; write idle desc for the one who has"
                " been idle longest"
            )
            yield Problem("warning", "shortest-idle", text, term.place)


def _same(one: OrderTerm, other: OrderTerm) -> bool:
    return one.by == other.by and one.skill == other.skill


def _reserve(above: timedelta, below: timedelta, place: Place) -> Iterator[Problem]:
    if below > above:
        text = said(
            "reserve agents would leave below {below}, before they join above {above}:"
            " the time behind until is the shorter one",
            below=duration_text(below),
            above=duration_text(above),
        )
        yield _error("reserve-reversed", text, place)
    elif below == above:
        text = said(
            "reserve agents would join and leave all the time at {time}; write a shorter time"
            " behind until, such as {half}",
            time=duration_text(above),
            half=duration_text(_half(above)),
        )
        yield _error("reserve-oscillates", text, place)
    elif below <= timedelta(0):
        text = said("no wait is below 0s, so the reserve would never leave")
        yield _error("no-time", text, place)


def _half(value: timedelta) -> timedelta:
    return timedelta(seconds=max(1, round(value.total_seconds() / 2)))


def _error(code: str, text: str, place: Place = NOWHERE) -> Problem:
    return Problem("error", code, text, place)
