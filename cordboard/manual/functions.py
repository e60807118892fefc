"""The pages of the expression language: functions by theme, operators, and formats."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from cordboard.manual.markdown import block, code, page, table
from flow_runtime.core.expr.formats import FORMATS, UNWRITTEN, Format
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.operators import OPERATORS
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.frame import Frame
from flow_runtime.core.prompts import PromptBook
from speech.spoken import phrase, words

_LANGUAGES: Final = ("en", "zh-CN")
_VALUES: Final[dict[str, tuple[tuple[str, Any], ...]]] = {
    "money": (("12.5", Decimal("12.5")), ("1205", Decimal(1205))),
    "digits": (('"0571888"', "0571888"), ("42", Decimal(42))),
    "number": (("1205.5", Decimal("1205.5")), ("-3", Decimal(-3))),
    "ordinal": (("2", Decimal(2)), ("21", Decimal(21))),
    "date": (('date("2026-11-24")', date(2026, 11, 24)),),
    "time": (('time("09:30")', time(9, 30)), ('time("18:00")', time(18, 0))),
    "duration": (("90s", timedelta(seconds=90)), ("36h", timedelta(hours=36))),
    "spell": (('"A1b"', "A1b"),),
}
"""Values that show each format, as they are written in a flow and as Python has them."""


def functions_page() -> str:
    """All functions and operators."""
    index = ", ".join(f"[`{name}`](#{name})" for name in sorted(FUNCTIONS))
    return page(
        "Functions and operators",
        "Every function takes values and gives a value; none changes anything. In a signature"
        " `name?: type` may be left out, `*name: type` is one value or more, `type?` may be"
        " `none`, and `T` is any type, but the same in every place. Values of type `any`, which"
        " come from outside, are converted to what is needed; what cannot be converted leads to"
        " the node's `error` port.",
        index,
        *(_theme(title, members) for title, members in _themes()),
        "## Operators",
        "From the loosest to the tightest: `if A then B else C`; `or`; `and`; `not`; comparisons"
        " and `in`; `+ -`; `* / %`; `??`; the sign `-`; then `.name`, `?.name`, `[index]` and"
        " `f(x)`. `==` and `!=` compare any two values of the same type, and every value with"
        " `none`. `a ?? b` is `a`, or `b` where `a` is `none`.",
        table(("operator", "left", "right", "gives"), _operators()),
    )


def _themes() -> Iterator[tuple[str, list[Function]]]:
    """The functions of each module, under what its docstring says it is about."""
    for module, members in groupby(FUNCTIONS.values(), lambda f: f.apply.__module__):
        about = inspect.getdoc(sys.modules[module]) or ""
        yield about.splitlines()[0].rstrip("."), list(members)


def _theme(title: str, members: list[Function]) -> str:
    return "\n\n".join([f"## {title}", *(_function(f) for f in members)])


def _function(function: Function) -> str:
    signatures = "\n".join(signature.text for signature in function.signatures)
    rows = ((code(call), code(result)) for call, result in function.examples)
    parts = [f"### {function.name}", block(signatures, "text"), function.help]
    parts.append(table(("expression", "is"), rows))
    return "\n\n".join(part for part in parts if part)


def _operators() -> Iterator[tuple[str, str, str, str]]:
    for symbol, overloads in OPERATORS.items():
        for overload in overloads:
            yield code(symbol), str(overload.left), str(overload.right), str(overload.result)


def formats_page() -> str:
    """All formats, with what each writes and says."""
    unwritten = "; ".join(
        f"a {kind} as " + " and ".join(code(f":{name}") for name in names)
        for kind, names in UNWRITTEN.items()
    )
    return page(
        "Formats",
        "`{value:format}` in a text or a prompt says how a value is spoken. Transcripts and tests"
        " show it in writing; the caller hears the words, in the caller's language. Without a"
        f" format a value is spoken by its type: {unwritten}; a text is read as it is.",
        "The currency is `[prompts] currency` of cordboard.toml; here it is CNY.",
        *(_format(chosen) for chosen in FORMATS.values()),
    )


def _format(chosen: Format) -> str:
    kinds = " or ".join(str(kind) for kind in chosen.accepts)
    rows = [_said(chosen, text, value) for text, value in _VALUES.get(chosen.name, ())]
    head = ("value", *(part for lang in _LANGUAGES for part in (f"written ({lang})", "said")))
    about = f"{chosen.help} It takes {kinds}."
    return "\n\n".join([f"## {chosen.name}", about, table(head, rows)]).rstrip()


def _said(chosen: Format, text: str, value: Any) -> tuple[str, ...]:
    cells = [code(f"{{{text}:{chosen.name}}}")]
    prompts, _ = PromptBook.build({}, currency="CNY")
    frame = Frame(now=datetime(2026, 11, 24, 9, 30, tzinfo=UTC), prompts=prompts)
    for language in _LANGUAGES:
        spoken = chosen.spoken(value, frame, language)
        pieces = words(spoken.kind, spoken.value, language, spoken.currency)
        cells += [spoken.text, phrase(pieces, language)]
    return tuple(cells)
