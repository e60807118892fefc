"""Help for the function whose arguments are being typed."""

from __future__ import annotations

from dataclasses import dataclass

from flow_runtime.core.expr.assist.cursor import Draft, group_chain
from flow_runtime.core.expr.assist.where import Where
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.syntax.unfinished import finish
from flow_runtime.core.types import ANY, Type


@dataclass(frozen=True, slots=True)
class SignatureHelp:
    """The function around the cursor and which of its arguments is typed.

    *signatures* are its spellings, *chosen* the index of the one that fits what is written so
    far; *parameter* is where the present argument's parameter stands in that one, None when it
    takes no more arguments.
    """

    function: str
    help: str
    examples: tuple[tuple[str, str], ...]
    signatures: tuple[str, ...]
    chosen: int
    argument: int
    parameter: tuple[int, int] | None


def signature_help(draft: Draft, at: Where, cursor: int) -> SignatureHelp | None:
    """Help for the innermost function whose brackets the cursor is in."""
    tokens = draft.tokens
    for group in group_chain(tokens, at.group):
        called = tokens[group - 1] if group else None
        if called is None or called.kind != "function" or draft.sign(group) != "(":
            continue
        function = FUNCTIONS.get(draft.sign(group - 1))
        if function is None:
            continue
        commas = [
            token.start
            for number, token in enumerate(tokens)
            if token.inside == group and token.start < cursor and draft.sign(number) == ","
        ]
        bounds = [tokens[group].end, *(comma + 1 for comma in commas)]
        written = [draft.text[a : b - 1] for a, b in zip(bounds, bounds[1:], strict=False)]
        present = draft.text[bounds[-1] : cursor]
        return _help(function, [_type(draft, text) for text in written], _type(draft, present))
    return None


def _type(draft: Draft, text: str) -> Type:
    finished = finish(text)
    return ANY if finished is None else infer(finished.expression, draft.env)[0]


def _help(function: Function, given: list[Type], present: Type) -> SignatureHelp:
    """Help for *function* when an argument of type *present* is typed behind others of *given*."""
    index = len(given)
    ways = list(enumerate(function.signatures))
    fitting = [n for n, way in ways if way.may_take([*given, present], besides=-1)]
    likely = [n for n, way in ways if way.may_take([*given, ANY], besides=index)]
    roomy = [n for n, way in ways if way.parameter(index) is not None]
    chosen = next(iter([*fitting, *likely, *roomy]), 0)
    return SignatureHelp(
        function.name,
        function.help,
        function.examples,
        tuple(way.text for way in function.signatures),
        chosen,
        index,
        function.signatures[chosen].parameter_place(index),
    )
