"""Everything an editor shows of an expression while it is being typed, from its text alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flow_runtime.core.expr.assist import offers
from flow_runtime.core.expr.assist.cursor import Draft, ended_parts, open_choice, way_to_cursor
from flow_runtime.core.expr.assist.faults import Fault, faults_of, still_needed
from flow_runtime.core.expr.assist.hover import UnderCursor, under_cursor
from flow_runtime.core.expr.assist.offers import Completion, Offer, placed
from flow_runtime.core.expr.assist.parts import Part, inside
from flow_runtime.core.expr.assist.scope import ANYTHING, Scope, Wanted
from flow_runtime.core.expr.assist.signatures import SignatureHelp, signature_help
from flow_runtime.core.expr.assist.tokens import Token, tokens_of
from flow_runtime.core.expr.assist.where import Where, where
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Slot, Text
from flow_runtime.core.syntax.unfinished import HOLE
from flow_runtime.core.types import TEXT, Type


@dataclass(frozen=True, slots=True)
class Assistance:
    """What there is to show. All offsets count characters of the text, from 0.

    *completions* are in the order to show them. *type* is that of the whole, None when it cannot
    be read. *needed* says what is missing at its end (``a value and “)”``), empty when nothing
    is. *tokens* are the pieces to colour.
    """

    completions: tuple[Completion, ...]
    signature: SignatureHelp | None
    type: Type | None
    under_cursor: UnderCursor | None
    faults: tuple[Fault, ...]
    needed: str
    tokens: tuple[Token, ...]


def assist(
    text: str,
    cursor: int,
    scope: Scope | None = None,
    wanted: Wanted = ANYTHING,
    *,
    template: bool = False,
) -> Assistance:
    """What to show of *text* with the cursor before its character *cursor*.

    Nothing that is typed makes it raise. With *template* the text is one of the prompt table:
    prose with ``{expression:format}`` in it.
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")  # as long as before
    cursor = min(max(cursor, 0), len(text))
    draft = Draft(text, tokens_of(text, template), scope or Scope(), wanted, template)
    at = where(text, draft.tokens, cursor, template)
    finished = draft.read(text)
    kind = None
    if finished is not None:
        kind = TEXT if template else infer(finished.expression, draft.env, _expected(wanted))[0]
    return Assistance(
        completions=_completions(draft, at),
        signature=signature_help(draft, at, cursor),
        type=kind,
        under_cursor=None if finished is None else under_cursor(draft, finished.expression, cursor),
        faults=faults_of(draft, finished),
        needed="" if finished is None else still_needed(finished.needed),
        tokens=draft.tokens,
    )


def _expected(wanted: Wanted) -> Type | None:
    """Texts and lists are prompts only where prompts are wanted; else a type is a type's own."""
    heard = [kind for kind in wanted.types if kind.name in ("sound", "prompt")]
    return heard[0] if heard else None


def _completions(draft: Draft, at: Where) -> tuple[Completion, ...]:
    text, scope = draft.text, draft.scope
    if at.spot == "nothing":
        return ()
    if at.spot == "prompt":
        keys = offers.prompt_keys(scope.env.prompts)
        end = "" if text[at.end : at.end + 1] == '"' else '"'
        return placed((Offer(key, "prompt", "prompt", help, key + end) for key, help in keys), at)
    if at.spot == "operator":
        blank = "" if text[at.start - 1 : at.start].isspace() else " "
        found = offers.operators(ended_parts(draft, at), open_choice(draft, at))
        return placed((replace(o, insert=blank + o.insert) for o in found), at)
    way = way_to_cursor(draft, at)
    if at.spot == "field":
        return _fields(draft, at, way)
    here: Iterable[Offer] = ()
    if not way:  # of what stands around it nothing can be made: all that may be there
        if at.spot == "value":
            here = offers.values(scope, Wanted(variable=draft.wanted.variable), False)
        elif at.spot == "format":
            here = offers.formats(None)
        return placed(here, at)
    hole = way[-1]
    if at.spot == "format":
        here = offers.formats(_formatted(hole))
    elif at.spot == "key":
        here = offers.keys(hole.wanted)
    elif at.spot == "text":
        here = offers.texts(scope, hole.wanted)
    else:
        called = text[at.end :].lstrip().startswith("(")
        here = offers.values(replace(scope, env=_known_here(hole, scope)), hole.wanted, called)
    return placed(here, at)


def _fields(draft: Draft, at: Where, way: list[Part]) -> tuple[Completion, ...]:
    """Fields of the record before the dot; one that may be none is asked with ``?.``."""
    if not way:
        return ()
    record = next(inside(way[-1]))
    dot = draft.tokens[at.before]
    if record.type.optional and draft.sign(at.before) == ".":
        return placed(offers.fields(draft.scope, record, "?."), replace(at, start=dot.start))
    return placed(offers.fields(draft.scope, record), at)


def _formatted(text: Part) -> Type | None:
    """The type of the value in front of the colon at which the cursor is."""
    if isinstance(text.expr, Text):
        slots = (part for part in text.expr.parts if isinstance(part, Slot))
        shown = zip(slots, inside(text), strict=True)
        return next((value.type for slot, value in shown if slot.format == HOLE), None)
    return None


def _known_here(hole: Part, scope: Scope) -> TypeEnv:
    """The names of *scope* with what narrowing knows of them at the hole."""
    return replace(scope.env, known=hole.env.known)
