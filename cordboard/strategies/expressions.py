"""Lets routing strategies ask for agents in the flow language: the adapter of their port."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from contact_center.core.strategy.expressions import Bound, Facts, SkillKinds
from contact_center.core.strategy.parser import unknown_skill
from contact_center.core.strategy.plan import Skills
from contact_center.core.strategy.problems import Place, Problem
from cordboard.plain_values import UNKNOWN, from_plain, to_plain
from cordboard.strategies.direct import direct_test
from cordboard.strategies.values import Holes, replaced, views_of, with_values
from flow_runtime.core import problems as flow_problems
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.facts import QUEUE, record_of
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Call, Expr, Index, Member, Name, Text
from flow_runtime.core.expr.values import from_outside
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.syntax.expressions import print_expression
from flow_runtime.core.syntax.parser import ExpressionError, parse_expression
from flow_runtime.core.types import ANY, BOOLEAN, NUMBER, RECORD, TEXT, Type

_QUEUE: Final = Type("record", fields={"name": TEXT, **(record_of(QUEUE).fields or {})})
_LEVEL: Final = Index(Name("skill"), Member(Name("queue"), "name"))
"""What ``level`` stands for: an agent's level in a queue is a skill with the queue's name."""
_CHANGING: Final = {
    "now": phrase("write call.started"),
    "today": phrase("write date(call.started)"),
    "queue": phrase("write queue.waiting and the like, of the queue the contact is in"),
    "agent": phrase("agents are described by skill.NAME"),
    "file": phrase("a strategy plays nothing"),
    "silence": phrase("a strategy plays nothing"),
}
"""Functions that a plan, which never changes while the contact waits, cannot use."""
_REMEMBERED: Final = 1000
"""Bound conditions of a strategy that are kept: contacts mostly ask for the same few."""
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


class FlowExpressions:
    """Compiles conditions for `contact_center`; *zone* is where dates and times are told."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    def condition(
        self, text: str, line: int, column: int, skills: SkillKinds | None
    ) -> tuple[AgentCondition | None, Sequence[Problem]]:
        """A condition on agents; see `Expressions.condition`."""
        expr, problems = _read(text, line, column)
        if expr is None:
            return None, problems
        asked = list(_skills(expr))
        fields = None if skills is None else {**dict.fromkeys((n for n, _ in asked), ANY)}
        if fields is not None and skills is not None:
            fields |= {n: NUMBER if kind == "level" else TEXT for n, kind in skills.items()}
        variables = {"skill": Type("record", fields=fields), "level": NUMBER, "queue": _QUEUE}
        problems += [_ours(problem) for problem in infer(expr, TypeEnv(variables), BOOLEAN)[1]]
        problems += _whole_skill(expr)
        for name, place in asked:
            if skills is not None and name not in skills:
                problems.append(_error("unknown-skill", unknown_skill(name, skills), place))
        if any(problem.severity == "error" for problem in problems):
            return None, problems
        return AgentCondition(expr, self._zone), problems

    def value(
        self, text: str, line: int, column: int
    ) -> tuple[FactValue | None, Sequence[Problem]]:
        """A text from the contact's facts; see `Expressions.value`."""
        expr, problems = _read(text, line, column)
        if expr is None:
            return None, problems
        env = TypeEnv({"queue": _QUEUE})
        wanted = Type("text", optional=True)
        problems += [_ours(problem) for problem in infer(expr, env, wanted)[1]]
        if any(problem.severity == "error" for problem in problems):
            return None, problems
        run = compile_expression(expr, wanted, env)
        return FactValue(print_expression(expr), run, views_of([expr]), self._zone), problems


@dataclass(frozen=True, slots=True)
class FactValue:
    """A text that the contact's facts give."""

    text: str
    run: Callable[[Frame], Any]
    reads: frozenset[str]
    zone: tzinfo

    def of(self, facts: Facts) -> str | None:
        """The text for one contact; None where it cannot be computed, too."""
        try:
            found: str | None = self.run(_frame(facts, self.reads, self.zone))
        except ExpressionFailure:
            return None
        return found


class AgentCondition:
    """A condition on agents: the parts that need only facts are computed once for each contact.

    So contacts share a class when those parts give the same, whoever calls.
    """

    def __init__(self, expr: Expr, zone: tzinfo) -> None:
        self.text = print_expression(expr)
        self._zone = zone
        plain = replaced(expr, lambda part: _LEVEL if part == Name("level") else None)
        env = TypeEnv({"skill": RECORD, "queue": _QUEUE})
        holes = Holes(plain)
        self._rest, self._names = holes.rest, tuple(holes.parts)
        self._compute = [compile_expression(part, None, env) for part in holes.parts.values()]
        self._reads = views_of(holes.parts.values())
        types = {name: infer(part, env)[0] for name, part in holes.parts.items()}
        self._bound: dict[Hashable, Bound] = {}
        self._run = compile_expression(holes.rest, BOOLEAN, TypeEnv({"skill": RECORD, **types}))

    def bind(self, facts: Facts) -> Bound:
        """The condition for one contact."""
        frame = _frame(facts, self._reads, self._zone)
        return self._of(
            {n: _try(run, frame) for n, run in zip(self._names, self._compute, strict=True)}
        )

    def again(self, values: Mapping[str, Any]) -> Bound:
        """The condition with the values of one that was bound before."""
        return self._of({name: from_plain(values.get(name)) for name in self._names})

    def _of(self, values: Mapping[str, Any]) -> Bound:
        key = (self.text, tuple(_frozen(value) for value in values.values()))
        found = self._bound.get(key)
        if found is None:
            if len(self._bound) >= _REMEMBERED:
                self._bound.clear()
            found = self._bound[key] = self._made(key, values)
        return found

    def _made(self, key: Hashable, values: Mapping[str, Any]) -> Bound:
        known = with_values(self._rest, values)
        slow = _Slow(self._run, values, [name for name, _ in _skills(known)], self._zone)
        holds = _holding(direct_test(known), slow)
        plain = {name: to_plain(value) for name, value in values.items()}
        return Bound(key, print_expression(known), holds, self.text, plain)


class _Slow:
    """The condition as the flow language computes it, for whatever agents' skills hold."""

    def __init__(
        self,
        run: Callable[[Frame], Any],
        values: Mapping[str, Any],
        skills: Sequence[str],
        zone: tzinfo,
    ) -> None:
        self._run, self._zone = run, zone
        self._values = {name: v for name, v in values.items() if v is not UNKNOWN}
        self._none = dict.fromkeys(skills, Decimal(0))

    def __call__(self, skills: Skills) -> bool:
        own = {n: v if isinstance(v, str) else Decimal(v) for n, v in skills.items()}
        variables = {**self._values, "skill": {**self._none, **own}}
        try:
            return bool(self._run(Frame(now=_NEVER, variables=variables, zone=self._zone)))
        except ExpressionFailure:
            return False


def _holding(
    direct: Callable[[Skills], bool] | None, slow: Callable[[Skills], bool]
) -> Callable[[Skills], bool]:
    """*direct* where there is one; a skill of a kind it does not expect is left to *slow*."""
    if direct is None:
        return slow

    def holds(skills: Skills) -> bool:
        try:
            return direct(skills)
        except TypeError:
            return slow(skills)

    return holds


# --- reading --------------------------------------------------------------------------------------


def _read(text: str, line: int, column: int) -> tuple[Expr | None, list[Problem]]:
    try:
        expr = parse_expression(text, line, column)
    except ExpressionError as error:
        return None, [_ours(error.problem)]
    return expr, [
        _error("changing", phrase("{function}() would change while the contact waits; {advice}",
                                  function=part.function, advice=advice), _place(part.place))
        for part in walk(expr)
        if isinstance(part, Call) and (advice := _CHANGING.get(part.function))
    ]  # fmt: skip


def _skills(expr: Expr) -> Iterator[tuple[str, Place]]:
    """The skills that *expr* names, and where."""
    for part in walk(expr):
        match part:
            case Member(Name("skill"), name):
                yield name, _place(part.place)
            case Index(Name("skill"), Text() as name) if name.constant is not None:
                yield name.constant, _place(part.place)


def _whole_skill(expr: Expr) -> Iterator[Problem]:
    """``skill`` without the name of one."""
    named = {id(part.object) for part in walk(expr) if isinstance(part, Member | Index)}
    for part in walk(expr):
        if part == Name("skill") and id(part) not in named:
            text = phrase(
                'which skill? Write skill.NAME, or skill["NAME"] for a name with other signs'
            )
            yield _error("which-skill", text, _place(part.place))


def _place(place: flow_problems.Place) -> Place:
    return Place(place.line, place.column, place.end_line, place.end_column)


def _ours(problem: flow_problems.Problem) -> Problem:
    return Problem(problem.severity, problem.code, problem.text, _place(problem.place))


def _error(code: str, text: str, place: Place) -> Problem:
    return Problem("error", code, text, place)


# --- facts ----------------------------------------------------------------------------------------


def _frame(facts: Facts, reads: frozenset[str], zone: tzinfo) -> Frame:
    """What an expression that *reads* these views sees."""

    def record(name: str) -> dict[str, Any] | None:
        found = facts.get(name) if name in reads else None
        try:
            return from_outside(found, zone) if isinstance(found, Mapping) else None
        except ExpressionFailure:  # too large: nothing is known of it
            return None

    call = record("call") or {}
    return Frame(
        now=_NEVER,
        zone=zone,
        call=call,
        contact=record("contact"),
        customer=record("customer"),
        language=str(call.get("language", "en")),
        variables={"queue": record("queue") or {}},
    )


def _try(run: Callable[[Frame], Any], frame: Frame) -> Any:
    try:
        return run(frame)
    except ExpressionFailure:
        return UNKNOWN


def _frozen(value: Any) -> Hashable:
    """*value* as a part of a key: 1, true and "1" are three things."""
    if isinstance(value, Mapping):
        return tuple((name, _frozen(inner)) for name, inner in value.items())
    if isinstance(value, tuple):
        return tuple(_frozen(inner) for inner in value)
    return (type(value).__name__, value)
