"""What an editor offers at the cursor, those that fit what is wanted there first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flow_runtime.core.expr.assist import words
from flow_runtime.core.expr.assist.parts import Part, type_of_name
from flow_runtime.core.expr.assist.scope import Scope, Wanted
from flow_runtime.core.expr.assist.where import Where
from flow_runtime.core.expr.env import VIEW_HELP, VIEWS
from flow_runtime.core.expr.facts import AGENT, CALL, QUEUE, RECORDED, Facts
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.narrowing import path_of
from flow_runtime.core.expr.operators import OPERATORS
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.expr.rules import fits
from flow_runtime.core.expr.tree import Call, Expr, Name
from flow_runtime.core.prompts import BUILT_IN, PromptBook
from flow_runtime.core.syntax.expressions import print_template
from flow_runtime.core.syntax.words import is_name, quoted
from flow_runtime.core.types import ANY, BOOLEAN, PROMPT, Type

Kind: TypeAlias = Literal[
    "choice", "name", "variable", "view", "field", "key", "prompt", "function", "format",
    "constant", "keyword", "operator",
]  # fmt: skip
"""``choice`` is one of the values that are allowed, ``name`` that of a queue, calendar and so on;
the others are as in `tokens`."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One thing that may stand at the cursor.

    *type* is the type of its value as a person writes it, empty where it has none. *insert*
    replaces what stands from *start* to *end*; then the cursor belongs *caret* characters behind
    *start*. *fits* says whether a value is wanted there that it surely, perhaps or not is.
    """

    label: str
    kind: Kind
    type: str
    help: str
    insert: str
    start: int
    end: int
    caret: int
    fits: Literal["surely", "perhaps", "not"] = "surely"


@dataclass(frozen=True, slots=True)
class Offer:
    """A completion before its place is known; *rank* is 0, 1 or 2, as in `Wanted.fit`."""

    label: str
    kind: Kind
    type: str
    help: str
    insert: str
    rank: int = 0
    caret: int | None = None


_ORDER: Final[Mapping[str, int]] = {
    kind: number
    for number, kind in enumerate(
        ("choice", "name", "variable", "key", "field", "prompt", "view", "format", "function",
         "constant", "keyword", "operator")
    )
}  # fmt: skip
_FITS: Final[tuple[Literal["surely", "perhaps", "not"], ...]] = ("surely", "perhaps", "not")


def placed(offers: Iterable[Offer], at: Where) -> tuple[Completion, ...]:
    """Those of *offers* that what is typed may become, best first."""
    typed = at.typed.casefold()
    found = [offer for offer in offers if typed in offer.label.casefold()]

    def order(offer: Offer) -> tuple[int, bool, int, str]:
        begins = offer.label.casefold().startswith(typed)
        return offer.rank, not begins, _ORDER[offer.kind], offer.label

    return tuple(
        Completion(
            o.label, o.kind, o.type, o.help, o.insert, at.start, at.end,
            len(o.insert) if o.caret is None else o.caret, _FITS[o.rank],
        )
        for o in sorted(found, key=order)
    )  # fmt: skip


# --- values ---------------------------------------------------------------------------------------


def values(scope: Scope, wanted: Wanted, called: bool) -> Iterator[Offer]:
    """What a value may begin with. *called*: an opening bracket follows already."""
    if wanted.variable:
        yield from _variables(scope, wanted)
        return
    for choice in texts(scope, wanted):
        yield Offer(quoted(choice.label), choice.kind, "text", choice.help, quoted(choice.label))
    yield from _variables(scope, wanted)
    for name, kind in VIEWS.items():
        if name not in scope.env.variables:
            yield Offer(name, "view", str(kind), VIEW_HELP[name], name, _leads_on(wanted, kind))
    yield from _prompts(scope.env.prompts, wanted)
    for function in FUNCTIONS.values():
        yield _function(function, wanted, called)
    for word, help in words.CONSTANTS.items():
        kind = Type("none") if word == "none" else BOOLEAN
        yield Offer(word, "constant", str(kind), help, word, wanted.fit(kind))
    for word, help in words.PREFIXES.items():
        rank = wanted.fit(BOOLEAN) if word == "not" else 1
        yield Offer(word, "keyword", "", help, word + " ", rank)


def _variables(scope: Scope, wanted: Wanted) -> Iterator[Offer]:
    for name in scope.env.variables:
        kind = type_of_name(name, scope.env)
        about = scope.about.get(name, "")
        yield Offer(name, "variable", str(kind), about, name, _leads_on(wanted, kind))


def _leads_on(wanted: Wanted, kind: Type) -> int:
    """How well a field of a record of type *kind* would fit, whichever it is."""
    fit = wanted.fit(kind)
    return min(fit, 1) if kind.name in ("record", "recording") else fit


def _prompts(book: PromptBook | None, wanted: Wanted) -> Iterator[Offer]:
    rank = wanted.fit(PROMPT)
    for key, help in prompt_keys(book):
        yield Offer(f't"{key}"', "prompt", "prompt", help, f't"{key}"', rank)


def prompt_keys(book: PromptBook | None) -> Iterator[tuple[str, str]]:
    """The keys of the site's prompts, with what is said in the first language that has each."""
    if book is None:
        return
    languages = book.languages or ("en",)
    built_in = BUILT_IN["en"].keys()
    keys = {key for language in languages for key in book.keys(language)} - built_in
    for key in sorted(keys):
        found = book.find(key, languages[0])
        if found is not None and found.text is not None:
            yield key, print_template(found.text.parts)
        else:
            yield key, "A recording."


def _function(function: Function, wanted: Wanted, called: bool) -> Offer:
    results = [signature.result for signature in function.signatures]
    ranks = [wanted.fit(ANY if kind.name == "T" else kind) for kind in results]
    takes_nothing = not any(signature.parameters for signature in function.signatures)
    name = function.name
    insert = name if called else name + "()"
    caret = len(insert) if called or takes_nothing else len(insert) - 1
    kinds = " or ".join(dict.fromkeys(str(kind) for kind in results))
    return Offer(name, "function", kinds, function.help, insert, min(ranks), caret)


# --- inside quotes --------------------------------------------------------------------------------


def texts(scope: Scope, wanted: Wanted) -> Iterator[Offer]:
    """The texts that may stand where a text is wanted; their labels are without quotes."""
    for choice in wanted.choices:
        help = FORMATS[choice].help if choice in FORMATS else words.ALLOWED
        yield Offer(choice, "choice", "text", help, choice)
    if wanted.names:
        for name in scope.names.get(wanted.names, ()):
            yield Offer(
                name,
                "name",
                "text",
                _NAMED[wanted.names],
                name,
            )


_NAMED: Final[Mapping[str, str]] = {
    "calendar": "A calendar of this site.",
    "data": "A data source of this site.",
    "writable data": "A writable data source of this site.",
    "language": "A language of this site.",
    "flow": "A flow of this site.",
    "sub-flow": "A sub-flow of this site.",
    "queue": "A queue of this site.",
    "agent": "An agent of this site.",
    "file": "A sound file of this site.",
}  # fmt: skip


# --- behind a dot, in a record, behind a colon ----------------------------------------------------


def fields(scope: Scope, record: Part, opener: str = "") -> Iterator[Offer]:
    """The fields of *record*; *opener* is put before each of them."""
    kind, expr = record.type, record.expr
    known: dict[str, tuple[Type, str]] = {}
    for name, help in scope.fields.get(path_of(expr) or "", {}).items():
        known[name] = (ANY, help)
    for name, inner in (kind.fields or {}).items():
        known[name] = (inner, "")
    for name, fact in _facts(expr, kind, scope).items():
        known[name] = (fact.type, fact.help)
    for name, (inner, help) in known.items():
        if is_name(name):
            yield Offer(name, "field", str(inner), help, opener + name)


def _facts(expr: Expr, kind: Type, scope: Scope) -> Facts:
    match expr:
        case Name("call") if "call" not in scope.env.variables:
            return CALL
        case Call("queue"):
            return QUEUE
        case Call("agent"):
            return AGENT
    return RECORDED if kind.name == "recording" else {}


def keys(wanted: Wanted) -> Iterator[Offer]:
    """The fields that a record should have."""
    known = dict(wanted.keys)
    for kind in wanted.types:
        known.update({name: str(inner) for name, inner in (kind.fields or {}).items()})
    for name, help in known.items():
        spelled = name if is_name(name) else quoted(name)
        yield Offer(name, "key", "", help, f"{spelled}: ")


def formats(value: Type | None) -> Iterator[Offer]:
    """The formats, those for *value* first."""
    for chosen in FORMATS.values():
        rank = 0 if value is None or chosen.fits(value) else 2
        kinds = " or ".join(str(kind) for kind in chosen.accepts)
        yield Offer(chosen.name, "format", kinds, chosen.help, chosen.name, rank)


# --- behind a value -------------------------------------------------------------------------------


def operators(ended: Sequence[Part], open_choice: str) -> Iterator[Offer]:
    """What may follow behind a value: *ended* are all the parts that end there, outermost first.

    *open_choice* is the word that a choice still needs, empty where there is none.
    """
    if open_choice:
        yield Offer(open_choice, "keyword", "", words.CHOICE[open_choice], open_choice + " ")
    innermost = ended[-1].type if ended else ANY
    holds = not ended or any(part.type.name in ("boolean", "any") for part in ended)
    for symbol, help in words.OPERATORS.items():
        if symbol in ("and", "or"):
            goes = holds
        elif symbol == "??":
            goes = innermost.optional or innermost.name in ("any", "none")
        else:
            overloads = OPERATORS.get(symbol)  # == and != go with everything
            goes = overloads is None or any(fits(innermost, o.left) for o in overloads)
        yield Offer(symbol, "operator", "", help, symbol + " ", 0 if goes else 2)
