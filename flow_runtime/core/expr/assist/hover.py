"""What stands under the cursor: its type, and a line of help."""

from __future__ import annotations

from dataclasses import dataclass

from flow_runtime.core.expr.assist import words
from flow_runtime.core.expr.assist.cursor import Draft, offset_of, part_at
from flow_runtime.core.expr.assist.offers import fields, prompt_keys
from flow_runtime.core.expr.assist.parts import Part
from flow_runtime.core.expr.assist.scope import Scope
from flow_runtime.core.expr.env import VIEW_HELP
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.tree import Binary, Call, Expr, Literal, Member, Name, PromptKey
from flow_runtime.core.syntax.unfinished import HOLE
from flow_runtime.core.types import Type


@dataclass(frozen=True, slots=True)
class UnderCursor:
    """The smallest part around the cursor: its place, its type (None for a format) and help."""

    start: int
    end: int
    type: Type | None
    help: str


def under_cursor(draft: Draft, expression: Expr, cursor: int) -> UnderCursor | None:
    """The part of the draft's *expression* at *cursor*; None where something is still missing."""
    for number, token in enumerate(draft.tokens):
        if token.kind == "format" and token.start <= cursor <= token.end:
            chosen = FORMATS.get(draft.sign(number))
            if chosen is not None:
                return UnderCursor(token.start, token.end, None, chosen.help)
    part = part_at(draft, expression, cursor)
    if part is None or part.expr == Name(HOLE):
        return None
    place = part.expr.place
    start, end = offset_of(draft.text, place), offset_of(draft.text, place, end=True)
    return UnderCursor(start, end, part.type, _help(part, draft.scope))


def _help(part: Part, scope: Scope) -> str:
    match part.expr:
        case Name(name):
            own = name in scope.env.variables
            return scope.about.get(name, "") if own else VIEW_HELP.get(name, "")
        case Member(record, name):
            offers = fields(scope, Part(record, part.env))
            return next((offer.help for offer in offers if offer.label == name), "")
        case Call(name):
            return FUNCTIONS[name].help if name in FUNCTIONS else ""
        case Binary(symbol):
            return words.OPERATORS[symbol]
        case Literal(source=source):
            return words.CONSTANTS.get(source, "")
        case PromptKey(key):
            return dict(prompt_keys(scope.env.prompts)).get(key, "")
    return ""
