"""The expression around the cursor, read whatever state it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flow_runtime.core.expr.assist.parts import Part, inside, way_to
from flow_runtime.core.expr.assist.scope import ANYTHING, Scope, Wanted
from flow_runtime.core.expr.assist.tokens import Token
from flow_runtime.core.expr.assist.where import Where
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.tree import Expr, Member, Name, RecordOf, Slot, Text
from flow_runtime.core.problems import Place
from flow_runtime.core.syntax.unfinished import HOLE, Finished, finish, finish_template
from flow_runtime.core.types import ANY


@dataclass(frozen=True)
class Draft:
    """A text with its pieces, and what there is to be used in it."""

    text: str
    tokens: tuple[Token, ...]
    scope: Scope
    wanted: Wanted
    template: bool

    @property
    def env(self) -> TypeEnv:
        """The names that can be used; what is still missing may be anything."""
        return with_hole(self.scope.env)

    def read(self, text: str) -> Finished | None:
        """*text*, which stands in for this draft's, as far as it goes."""
        return finish_template(text) if self.template else finish(text)

    def sign(self, index: int) -> str:
        """What the token at *index* is."""
        return self.text[self.tokens[index].start : self.tokens[index].end]


def with_hole(env: TypeEnv) -> TypeEnv:
    """*env*, in which what is missing has a name."""
    return replace(env, variables={**env.variables, HOLE: ANY})


def way_to_cursor(draft: Draft, at: Where) -> list[Part]:
    """The way down to what stands at the cursor; its last part is the hole, or what has one.

    Empty when nothing can be made of the text around it. What stands behind the cursor counts
    if it goes with what stands before it.
    """
    before, behind = draft.text[: at.whole[0]], draft.text[at.whole[1] :]
    whole = Part(Name(HOLE), draft.env, draft.wanted)
    for tail in (behind, ""):
        way = _way(draft.read(before + HOLE + tail), whole, at)
        if way:
            return way
    for start in _starts(draft, at):
        way = _way(finish(before[start:] + HOLE), replace(whole, wanted=ANYTHING), at)
        if way:
            return way
    return []


def _way(finished: Finished | None, whole: Part, at: Where) -> list[Part]:
    if finished is None:
        return []
    return way_to(replace(whole, expr=finished.expression), _HOLES.get(at.spot, _is_hole))


def _is_hole(expr: Expr) -> bool:
    return isinstance(expr, Name) and expr.name == HOLE


def _asks(expr: Expr) -> bool:
    return isinstance(expr, Member) and expr.name == HOLE


def _shows(expr: Expr) -> bool:
    parts = expr.parts if isinstance(expr, Text) else ()
    return any(isinstance(part, Slot) and part.format == HOLE for part in parts)


def _names_key(expr: Expr) -> bool:
    return isinstance(expr, RecordOf) and any(pair.key == HOLE for pair in expr.pairs)


_HOLES: Final[dict[str, Callable[[Expr], bool]]] = {
    "field": _asks,
    "format": _shows,
    "key": _names_key,
}


def _starts(draft: Draft, at: Where) -> Iterator[int]:
    """Where something begins before the cursor that may be read when the whole cannot be."""
    if at.group > 0 and draft.tokens[at.group - 1].kind == "function":
        yield draft.tokens[at.group - 1].start
    if at.group >= 0:
        yield draft.tokens[at.group].end
    signs = [
        (token, draft.sign(n))
        for n, token in enumerate(draft.tokens[: at.before + 1])
        if token.inside == at.group
    ]
    for ends in (_SEPARATORS, _DIVIDERS):
        found = [token.end for token, sign in signs if sign in ends]
        if found:
            yield found[-1]
    yield _chain_start(draft, at.before)


def _chain_start(draft: Draft, index: int) -> int:
    """Where ``queue("x").`` begins that ends with the dot at *index*."""
    tokens = draft.tokens
    while index > 0 and draft.sign(index) in (".", "?."):
        index -= 1
        if tokens[index].edge == "close":
            inside = tokens[index].inside
            while index > 0 and (tokens[index].edge != "open" or tokens[index].inside != inside):
                index -= 1
            if index > 0 and tokens[index - 1].kind == "function":
                index -= 1
        index -= 1 if index > 0 and draft.sign(index - 1) in (".", "?.") else 0
    return tokens[index].start if index >= 0 else 0


_SEPARATORS: Final = frozenset({",", ":"})
_DIVIDERS: Final = frozenset(
    "if then else and or not in == != < <= > >= + - * / % ?? = && || !".split()
)


def ended_parts(draft: Draft, at: Where) -> list[Part]:
    """The parts that end before the cursor, outermost first."""
    before = draft.text[: at.whole[0]]
    for start in (None, *_starts(draft, at)):
        # behind the blank is whatever is put there to finish it
        text = before[start or 0 :].rstrip() + " "
        finished = draft.read(text) if start is None else finish(text)
        if finished is not None:
            whole = Part(finished.expression, draft.env, draft.wanted)
            end = len(text) - 1
            found = [p for p in _all(whole) if offset_of(text, p.expr.place, end=True) == end]
            return found
    return []


def _all(part: Part) -> Iterator[Part]:
    yield part
    for inner in inside(part):
        yield from _all(inner)


def open_choice(draft: Draft, at: Where) -> str:
    """The word that a choice begun before the cursor, in the same brackets, needs next."""
    waiting: list[str] = []
    for number, token in enumerate(draft.tokens[: at.before + 1]):
        sign = draft.sign(number)
        if token.inside != at.group or token.kind != "keyword":
            continue
        if sign == "if":
            waiting.append("then")
        elif sign in ("then", "else") and waiting and waiting[-1] == sign:
            waiting.pop()
            if sign == "then":
                waiting.append("else")
    return waiting[-1] if waiting else ""


def part_at(draft: Draft, expression: Expr, cursor: int) -> Part | None:
    """The smallest part of the draft's *expression* that the cursor touches."""
    found = None
    pending = [Part(expression, draft.env, draft.wanted)]
    while pending:
        touched = [part for part in pending if _touches(draft.text, part.expr.place, cursor)]
        # of two neighbours it is rather the one that begins here
        found = touched[-1] if touched else found
        pending = list(inside(touched[-1])) if touched else []
    return found


def _touches(text: str, place: Place, cursor: int) -> bool:
    return offset_of(text, place) <= cursor <= offset_of(text, place, end=True)


def offset_of(text: str, place: Place, end: bool = False) -> int:
    """The offset in *text* at which *place* begins, or ends."""
    line, column = (place.end_line, place.end_column) if end else (place.line, place.column)
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(max(start + column - 1, 0), len(text))


def group_chain(tokens: Sequence[Token], group: int) -> Iterator[int]:
    """The opening tokens that the cursor is behind, innermost first."""
    while group >= 0:
        yield group
        group = tokens[group].inside
