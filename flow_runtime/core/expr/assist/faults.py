"""What is wrong with an expression that is being typed, by offset, and what it still needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flow_runtime.core.expr.assist.cursor import Draft, offset_of
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Expr, Name
from flow_runtime.core.phrase import listed, phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.syntax.parser import ExpressionError, parse_expression, parse_template
from flow_runtime.core.syntax.unfinished import HOLE, Finished


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem: *text* says what is wrong, and what to do, from *start* to *end*.

    *unfinished*: nothing is wrong, but something is still needed at the end. While somebody types
    this is worth a grey hint only.
    """

    severity: Literal["error", "warning"]
    code: str
    text: str
    start: int
    end: int
    unfinished: bool = False


def faults_of(draft: Draft, finished: Finished | None) -> tuple[Fault, ...]:
    """All that is wrong, in written order."""
    if finished is None:
        return tuple(_refused(draft))
    found = list(_still_needed(draft, finished.needed))
    if draft.wanted.variable:
        found += _no_variable(draft, finished.expression)
    else:
        found += _typed(draft, finished.expression)
    return tuple(sorted(found, key=lambda fault: (fault.start, fault.end)))


def still_needed(needed: Sequence[str]) -> str:
    """``a value, “then” and a value``; signs that follow each other are one word: ``“)]”``."""
    words: list[str] = []
    for word in needed:
        if words and _is_sign(word) and _is_sign(words[-1]):
            words[-1] = words[-1][:-1] + word[1:]
        else:
            words.append(word)
    return listed(words, phrase(" and ")) if words else ""


def _is_sign(word: str) -> bool:
    return word.startswith("“") and not word[1].isalpha()


def _still_needed(draft: Draft, needed: Sequence[str]) -> Iterator[Fault]:
    if needed:
        end = len(draft.text.rstrip())
        text = phrase("still needed: {needed}", needed=still_needed(needed))
        yield Fault("error", "unfinished", text, end, end, unfinished=True)


def _refused(draft: Draft) -> Iterator[Fault]:
    """Where the text stops to be an expression."""
    try:
        (parse_template if draft.template else parse_expression)(draft.text)
    except ExpressionError as error:
        yield _fault(draft, error.problem)


def _no_variable(draft: Draft, expression: Expr) -> Iterator[Fault]:
    known = draft.scope.env.variables
    match expression:
        case Name(name) if name in known or name == HOLE or not draft.wanted.must_exist:
            return
        case Name(name):
            text = phrase("there is no variable {name}{hint}", name=name, hint=suggest(name, known))
            yield _at(draft, "unknown-variable", text, expression)
        case _:
            text = phrase("the name of a variable is needed here, without quotes")
            yield _at(draft, "not-a-variable", text, expression)


def _typed(draft: Draft, expression: Expr) -> Iterator[Fault]:
    """What the checker says of the types, and what the parameter allows."""
    types = draft.wanted.types
    expected = types[0] if len(types) == 1 else None
    problems = infer(expression, draft.env, None if draft.template else expected)[1]
    for problem in problems:
        if HOLE not in problem.text:  # it will be looked at when it is there
            yield _fault(draft, problem)
    refused = draft.wanted.refused
    if refused is not None and not problems:
        wrong = refused(expression)
        if wrong is not None:
            yield _at(draft, "bad-value", wrong, expression)


def _at(draft: Draft, code: str, text: str, expression: Expr) -> Fault:
    return _fault(draft, Problem("error", code, text, expression.place))


def _fault(draft: Draft, problem: Problem) -> Fault:
    place = problem.place
    start, end = offset_of(draft.text, place), offset_of(draft.text, place, end=True)
    return Fault(problem.severity, problem.code, problem.text, start, max(start, end))
