"""Reads a strategy: text in, statements and problems out. Nothing here raises for bad text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeGuard

from contact_center.core.strategy.expressions import Expressions, SkillKinds
from contact_center.core.strategy.model import (
    Agent,
    Asked,
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
    Wanted,
)
from contact_center.core.strategy.problems import Place, Problem, said, suggest
from contact_center.core.strategy.scan import Cut, Text, cut, split_comparison
from contact_center.core.strategy.terms import TERMS

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_LENGTH: Final = 20_000
"""Characters of one strategy."""
MAX_STATEMENTS: Final = 200


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text says and what is wrong with how it is written.

    While there is an error among *problems* the script is not the whole of it.
    """

    script: Script
    problems: tuple[Problem, ...]


def parse(text: str, expressions: Expressions, skills: SkillKinds | None = None) -> Parsed:
    """Read a strategy. With *skills*, those that agents have, unknown ones are problems."""
    source = Text(text.replace("\r\n", "\n"))
    if len(text) > MAX_LENGTH:
        problem = said(
            "a strategy has at most {most} characters, this one has {n}",
            most=MAX_LENGTH,
            n=len(text),
        )
        return Parsed(Script(()), (Problem("error", "too-long", problem),))
    cuts = cut(source)
    if len(cuts.cuts) > MAX_STATEMENTS:
        problem = said(
            "a strategy has at most {most} statements; this is {n}",
            most=MAX_STATEMENTS,
            n=len(cuts.cuts),
        )
        return Parsed(Script(()), (Problem("error", "too-long", problem),))
    reader = _Reader(source, expressions, skills, cuts.problems)
    lines = [line for one in cuts.cuts if (line := reader.line(one)) is not None]
    problems = sorted(cuts.problems, key=lambda problem: problem.place)
    return Parsed(Script(tuple(lines), tuple(cuts.tail)), tuple(problems))


@cache
def _lark() -> Lark:
    """The parser, made (in some 20 ms, with the import of lark) for the first statement."""
    from lark import Lark

    return Lark.open(
        "strategy.lark",
        rel_to=__file__,
        parser="lalr",
        start="statement",
        maybe_placeholders=True,
        keep_all_tokens=True,
    )


class _Refused(Exception):
    """The statement is not understood; the problem has been told."""


class _Reader:
    """Reads the statements of one text; what is wrong goes to *problems*."""

    def __init__(
        self,
        source: Text,
        expressions: Expressions,
        skills: SkillKinds | None,
        problems: list[Problem],
    ) -> None:
        self._source = source
        self._expressions = expressions
        self._skills = skills
        self._problems = problems
        self._offset = 0

    def line(self, one: Cut) -> Line | None:
        """One statement with its comments; None when it is not understood."""
        from lark import UnexpectedInput

        self._offset = one.start
        text = self._source.text[one.start : one.end]
        place = self._source.place(one.start, one.end)
        before = len(self._problems)
        try:
            statement = self._statement(_lark().parse(text))
        except UnexpectedInput as error:
            if not any(p.place >= place and p.code == "syntax-bracket" for p in self._problems):
                from contact_center.core.strategy.hints import explain

                self._problems.append(explain(text, one.start, self._source, error))
            return None
        except _Refused:
            return None
        if any(problem.severity == "error" for problem in self._problems[before:]):
            return None
        return Line(statement, one.above, one.behind, place)

    def _statement(self, tree: Tree[Token]) -> Statement:
        match tree.data:
            case "require":
                return Require(self._condition(_subtree(tree, "condition")))
            case "prefer":
                return self._prefer(list(_subtrees(tree, "step")))
            case "order":
                terms = [*_subtrees(tree, "plain_term"), *_subtrees(tree, "skill_term")]
                terms.sort(key=lambda term: _start(_tokens(term)[0]))
                return Order(tuple(self._term(term) for term in terms))
            case "last_agent":
                return LastAgent(*self._durations(tree))
            case "owner":
                return Owner(*self._durations(tree))
            case "agent":
                return Agent(self._asked(_subtree(tree, "condition")), *self._durations(tree))
            case "ring_all":
                return RingAll()
        return self._reserve(tree)

    # --- conditions ------------------------------------------------------------------------------

    def _condition(self, tree: Tree[Token], left: str = "") -> Wanted:
        """A condition; *left* is put before one that begins with a comparison sign."""
        start, end = self._span(tree)
        text, (line, column) = self._source.text[start:end], self._source.at(start)
        if left:
            text, column = f"{left} {text}", column - len(left) - 1
        condition, problems = self._expressions.condition(text, line, column, self._skills)
        self._problems += problems
        if condition is None:
            raise _Refused
        return Wanted(condition.text, condition, self._source.place(start, end))

    def _asked(self, tree: Tree[Token]) -> Asked:
        start, end = self._span(tree)
        value, problems = self._expressions.value(
            self._source.text[start:end], *self._source.at(start)
        )
        self._problems += problems
        if value is None:
            raise _Refused
        return Asked(value.text, value)

    def _prefer(self, trees: list[Tree[Token]]) -> Prefer:
        steps: list[Step] = []
        left: str | None = None
        for tree in trees:
            place = self._source.place(*self._span(tree))
            lasts = next(iter(self._durations(tree)), None)
            condition = next(_subtrees(tree, "condition"), None)
            if condition is None:
                steps.append(Step(None, lasts, place))
                continue
            short = _tokens(condition)[0].type == "COMPARE"
            if short and left is None:
                self._fail(
                    "syntax-unexpected",
                    said(
                        "a step may begin with a comparison sign only after one that is a plain"
                        " comparison, such as skill.billing >= 60; write the whole condition"
                    ),
                    place,
                )
            wanted = self._condition(condition, left or "" if short else "")
            compared = split_comparison(wanted.text)
            if not short:
                left = compared[0] if compared else None
            steps.append(Step(wanted, lasts, place))
        return Prefer(tuple(steps))

    # --- order, times ----------------------------------------------------------------------------

    def _term(self, tree: Tree[Token]) -> OrderTerm:
        most = any(_is(child, "DESC") for child in tree.children)
        place = self._source.place(*self._span(tree))
        if tree.data == "skill_term":
            return OrderTerm("skill", most, self._skill(tree), place)
        word = str(_tokens(tree)[0])
        if word == "level":
            return OrderTerm("skill", most, None, place)
        if word not in TERMS:
            near = suggest(word, [*TERMS, "level", "skill.NAME"], most=20)
            skill = word in (self._skills or ())
            hint = said(" (write skill.NAME for a skill)") if skill else near
            text = said('agents cannot be ordered by "{word}"{hint}', word=word, hint=hint)
            self._fail("unknown-term", text, place)
        return OrderTerm(TERMS[word], most, None, place)

    def _skill(self, tree: Tree[Token]) -> str | Asked:
        member = next((child for child in tree.children if _is(child, "MEMBER")), None)
        if member is not None:
            name = str(member).lstrip("?.").strip()
        else:
            inside = _subtree(tree, "inside")
            tokens = _tokens(inside)
            if not tokens:
                place = self._source.place(*self._span(tree))
                self._fail("syntax-unexpected", said('a skill is missing: skill["NAME"]'), place)
            if len(tokens) > 1 or tokens[0].type != "TEXT" or "\\" in tokens[0]:
                return self._asked(inside)
            name = str(tokens[0]).removeprefix("r")[1:-1]
        if self._skills is not None and name not in self._skills:
            self._fail(
                "unknown-skill",
                unknown_skill(name, self._skills),
                self._source.place(*self._span(tree)),
            )
        return name

    def _durations(self, tree: Tree[Token]) -> list[timedelta]:
        return [self._duration(t) for t in tree.children if _is(t, "DURATION")]

    def _duration(self, token: Token) -> timedelta:
        number = token.rstrip("mshd")
        milliseconds = int(number[:20]) * _UNITS[token[len(number) :]]
        if milliseconds > _LONGEST:
            place = self._source.place(self._offset + _start(token), self._offset + _end(token))
            text = said("{time} is too long; a time is at most 365d", time=str(token))
            self._fail("no-time", text, place)
        return timedelta(milliseconds=milliseconds)

    def _reserve(self, tree: Tree[Token]) -> ReserveWhen:
        signs = [t for t in tree.children if _is(t, "COMPARE")]
        for sign, right in zip(signs, "><", strict=True):
            if str(sign) != right:
                self._fail(
                    "syntax-unexpected",
                    said(
                        "reserve agents join above one wait and leave below another; write"
                        " reserve when wait_estimate > 90s until < 40s"
                    ),
                    self._source.place(self._offset + _start(sign), self._offset + _end(sign)),
                )
        above, below = self._durations(tree)
        return ReserveWhen(above, below)

    # --- places ----------------------------------------------------------------------------------

    def _span(self, tree: Tree[Token]) -> tuple[int, int]:
        tokens = _tokens(tree)
        return self._offset + _start(tokens[0]), self._offset + _end(tokens[-1])

    def _fail(self, code: str, text: str, place: Place) -> NoReturn:
        self._problems.append(Problem("error", code, text, place))
        raise _Refused


def unknown_skill(name: str, skills: SkillKinds) -> str:
    """What is said of a skill that none of the agents has, whose *skills* are known."""
    return said(
        'no agent has the skill "{name}"{near}; correct it, or give it to an agent first',
        name=name,
        near=suggest(name, skills),
    )


def _tokens(tree: Tree[Token]) -> list[Token]:
    """The tokens of *tree* in written order."""
    return list(tree.scan_values(lambda token: token is not None))


def _subtrees(tree: Tree[Token], data: str) -> Iterator[Tree[Token]]:
    """The direct children of *tree* that follow the rule *data*."""
    return (c for c in tree.children if getattr(c, "data", None) == data)  # type: ignore[misc]


def _subtree(tree: Tree[Token], data: str) -> Tree[Token]:
    return next(_subtrees(tree, data))


def _is(child: Any, terminal: str) -> TypeGuard[Token]:
    return getattr(child, "type", None) == terminal


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return token.end_pos or 0


_UNITS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

_LONGEST: Final = 365 * _UNITS["d"]
