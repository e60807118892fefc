"""What the cursor stands at in an expression, and what would be replaced there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flow_runtime.core.expr.assist.tokens import Token

Spot: TypeAlias = Literal[
    "value", "operator", "field", "format", "key", "prompt", "text", "nothing"
]
"""``value``: a value may begin here; ``operator``: a value has ended; ``field``: behind a dot;
``format``: behind the colon of a slot; ``key``: a field of a record is named here; ``prompt`` and
``text``: inside such quotes; ``nothing``: there is nothing to offer."""

_NAMES: Final = frozenset(
    {"variable", "view", "function", "field", "key", "format", "keyword", "constant"}
)
_BEFORE_VALUES: Final = frozenset({"operator", "keyword", "error"})


@dataclass(frozen=True, slots=True)
class Where:
    """The cursor's surroundings.

    What stands from *start* to *end* would be replaced; *typed* is its part before the cursor.
    *whole* are the ends of the name or value that it belongs to, quotes included. *group* is the
    index of the token that opens what the cursor is inside of, *before* that of the last token
    before *start*; -1 where there is none.
    """

    spot: Spot
    start: int
    end: int
    typed: str
    whole: tuple[int, int]
    group: int
    before: int


def where(text: str, tokens: Sequence[Token], cursor: int, template: bool = False) -> Where:
    """What the cursor, an offset in *text*, stands at."""
    last = sum(token.start < cursor for token in tokens) - 1
    group = _group(text, tokens, last, cursor)
    if group >= 0 and tokens[group].kind == "text":
        return _in_text(text, tokens, cursor, group)
    if last < 0 or cursor > tokens[last].end:
        return _word(text, tokens, cursor, (cursor, cursor), group, last, template)
    token = tokens[last]
    if token.kind in _NAMES:
        return _word(text, tokens, cursor, (token.start, token.end), group, last - 1, template)
    closed = token.end - token.start > 2 and text[token.end - 1] == '"'
    if token.kind == "prompt" and (cursor < token.end or not closed):
        start, end = token.start + 2, token.end - closed
        typed = text[start : max(start, cursor)]
        return Where("prompt", start, end, typed, (token.start, token.end), group, last - 1)
    open_word = token.kind == "text" and not token.edge and not closed
    if cursor < token.end or open_word or token.kind in ("comment", "number"):
        return Where("nothing", cursor, cursor, "", (cursor, cursor), group, last)
    return _word(text, tokens, cursor, (cursor, cursor), group, last, template)


def _group(text: str, tokens: Sequence[Token], last: int, cursor: int) -> int:
    """The index of the token that opens what the cursor is in; a text ends with its line."""
    if last < 0:
        return -1
    token = tokens[last]
    index = last if token.edge == "open" and cursor >= token.end else token.inside
    while index >= 0 and _is_left(text, tokens[index], cursor):
        index = tokens[index].inside
    return index


def _is_left(text: str, opener: Token, cursor: int) -> bool:
    one_line = opener.kind == "text" and opener.end - opener.start == 1
    return one_line and "\n" in text[opener.end : cursor]


def _in_text(text: str, tokens: Sequence[Token], cursor: int, group: int) -> Where:
    """Inside the quotes of a text: the whole of it is one thing, if there is no slot in it."""
    opener = tokens[group]
    parts = [token for token in tokens if token.inside == group]
    end = parts[-1].end if parts else opener.end
    closer = next((t for t in tokens if t.edge == "close" and t.start == end), None)
    whole = (opener.start, end if closer is None else closer.end)
    if any(token.kind == "slot" for token in parts):
        return Where("nothing", cursor, cursor, "", whole, group, group)
    typed = text[opener.end : cursor]
    return Where("text", opener.end, max(end, cursor), typed, whole, opener.inside, group - 1)


def _word(
    text: str,
    tokens: Sequence[Token],
    cursor: int,
    place: tuple[int, int],
    group: int,
    before: int,
    template: bool,
) -> Where:
    """At a word, or where one may begin: what it is depends on what stands before it."""
    spot = "nothing" if template and group < 0 else _spot(text, tokens, group, before)
    typed = text[place[0] : cursor]
    return Where(spot, *place, typed, place, group, before)


def _spot(text: str, tokens: Sequence[Token], group: int, before: int) -> Spot:
    if before < 0:
        return "value"
    previous, opener = tokens[before], tokens[group] if group >= 0 else None
    sign = text[previous.start : previous.end]
    if previous.kind == "comment":
        return _spot(text, tokens, group, before - 1)
    if sign in (".", "?.") and previous.kind == "operator":
        return "field"
    if opener is not None and opener.kind == "slot" and sign == ":":
        return "format"
    if opener is not None and opener.kind == "bracket" and text[opener.start] == "{":
        if sign in ("{", ","):
            return "key"
    begins = previous.edge == "open" or previous.kind in _BEFORE_VALUES
    return "value" if begins and previous.edge != "close" else "operator"
