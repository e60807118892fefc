"""Says in a person's words why a statement does not follow the grammar, and what to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from lark import UnexpectedInput, UnexpectedToken

from contact_center.core.strategy.problems import Problem, listed, said, suggest
from contact_center.core.strategy.scan import Text
from contact_center.core.strategy.terms import SPELLINGS

_FULL_WIDTH: Final = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)} | {
    "\u3000": said("a blank"), "\u3001": ",", "\u3002": ";", "\u201c": '"', "\u201d": '"',
}  # fmt: skip
"""Signs of Chinese keyboards, by the one of the language that was meant."""
_NAMES: Final = {
    "DURATION": said("a time such as 20s"),
    "NAME": said("a condition"),
    "FOR": "“for”",
    "THEN": "“then”",
    "WAIT": "“wait”",
    "WITHIN": "“within”",
    "BY": "“by”",
    "ALL": "“all”",
    "WHEN": "“when”",
    "UNTIL": "“until”",
    "COMMA": said("a comma"),
    "RPAR": "“)”",
    "RSQB": "“]”",
    "RBRACE": "“}”",
    "COMPARE": said("< or >"),
    "DESC": "“desc”",
}


def explain(statement: str, offset: int, source: Text, error: UnexpectedInput) -> Problem:
    """The problem to show for *statement*, which begins at *offset* of *source*."""
    at = error.pos_in_stream
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    at = len(statement) if at is None or ended else at
    found = "" if ended else (re.match(r"\w+|\S", statement[at:]) or [""])[0]
    spot = _Spot(statement, at, found, _expected(error))
    for hint in _HINTS:
        text = hint(spot)
        if text is not None:
            break
    else:
        text = _generic(spot)
    code = "unknown-statement" if at == 0 else "syntax-unexpected"
    end = offset + at + max(1, len(found))
    return Problem("error", code, text, source.place(offset + at, min(end, len(source.text))))


class _Spot:
    """Where a statement stopped making sense."""

    def __init__(self, text: str, at: int, found: str, expected: Iterable[str]) -> None:
        self.before, self.rest, self.at = text[:at], text[at:], at
        self.found = found
        self.expected = frozenset(expected)
        self.word = (re.match(r"\w+", text) or [""])[0]


def _expected(error: UnexpectedInput) -> Iterable[str]:
    if isinstance(error, UnexpectedToken):
        return error.accepts or error.expected
    return getattr(error, "allowed", None) or ()


def _full_width(spot: _Spot) -> str | None:
    plain = _FULL_WIDTH.get(spot.found)
    if plain is None:
        return None
    return said(
        "the sign {sign} is not one of the language; write {plain} instead",
        sign=spot.found,
        plain=plain,
    )


def _statement(spot: _Spot) -> str | None:
    if spot.at:
        return None
    if re.match(r"(order\s*by|sort)\b|orderby", spot.rest):
        return said("agents are ordered by: order by skill.NAME desc, idle desc")
    if spot.word in ("if", "when"):
        return said("conditions on agents begin with require or prefer: require CONDITION")
    near = suggest(spot.found, SPELLINGS, most=len(SPELLINGS))
    return said("no statement begins with “{word}”{near}", word=spot.found, near=near)


def _unit(spot: _Spot) -> str | None:
    number = re.match(r"\d+(?:\.\d+)?", spot.rest)
    if number is None or "DURATION" not in spot.expected:
        return None
    if "." in number.group():
        return said("a time is a whole number with its unit: 1500ms, 20s, 2m, 1h or 7d")
    return said("a time has a unit: {n}s, {n}m, {n}h", n=number.group())


def _choice(spot: _Spot) -> str | None:
    if spot.found == "then" and re.search(r"\bif\b", spot.before):
        return said("a choice stands in brackets: (if CONDITION then VALUE else VALUE)")
    return None


def _time_word(spot: _Spot) -> str | None:
    if spot.word == "require" and spot.found in ("for", "then", "any"):
        return said(
            "what is required stays so; for what grows less with time write prefer CONDITION"
            " for 20s then any"
        )
    if spot.word == "prefer" and spot.found == "," or spot.found == "else":
        return said("steps are put in a row by “then”: prefer CONDITION for 20s then any")
    if spot.word == "order" and spot.found in ("ascending", "descending"):
        return said("write {short} instead of {long}", short=spot.found[:-6], long=spot.found)
    return None


def _text(spot: _Spot) -> str | None:
    if not spot.found.startswith(('"', "'")):
        return None
    if spot.found == "'":
        return said('a text stands in double quotes: "zh-CN"')
    line = spot.rest.split("\n")[0]
    if line.count('"') < 2:
        return said('the text has no end; put a " behind it')
    if "{" in line:
        return said('texts in a strategy have no slots; write "begin " + call.called')
    return None


def _sign(spot: _Spot) -> str | None:
    if spot.found == "=":
        return said("write == to compare")
    if spot.rest.startswith("&&") or spot.rest.startswith("||"):
        return said("write and, or, not for logic")
    if spot.found == "!":
        return said("write not, or != for unequal")
    if spot.found in ")]}":
        text = said('the bracket "{bracket}" closes nothing; take it away', bracket=spot.found)
        return text if spot.found else None
    return None


def _generic(spot: _Spot) -> str:
    what = said("the statement is not finished")
    if spot.found:
        what = said("“{word}” is not expected here", word=spot.found)
    names = _NAMES | ({"NAME": said("a term such as idle")} if spot.word == "order" else {})
    known = sorted({names[name] for name in spot.expected if name in names})
    if 0 < len(known) <= 4:
        what = said("{what}; expected {known}", what=what, known=listed(known))
    example = SPELLINGS.get(spot.word)
    if example is None:
        return what
    return said("{what}; write for example: {example}", what=what, example=example)


_HINTS: Final[tuple[Callable[[_Spot], str | None], ...]] = (
    _full_width, _statement, _choice, _time_word, _unit, _text, _sign,
)  # fmt: skip
