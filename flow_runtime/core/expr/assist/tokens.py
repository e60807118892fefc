"""Cuts the text of an expression into coloured pieces, whatever state it is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from flow_runtime.core.expr.assist.words import CONSTANTS
from flow_runtime.core.expr.env import VIEWS
from flow_runtime.core.syntax.words import RESERVED

Kind: TypeAlias = Literal[
    "comment", "number", "text", "escape", "prompt", "variable", "view", "function", "field",
    "key", "format", "keyword", "constant", "operator", "bracket", "slot", "error",
]  # fmt: skip
"""What a piece is: ``slot`` are the braces of ``{...}`` in a text, ``field`` is a name behind a
dot, ``key`` the name of a record's field, ``error`` a sign that cannot stand there."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece: what it is, from where to where, and inside which bracket, slot or text.

    *inside* is the index of the token that opens what this one stands in, -1 outermost; both ends
    of a bracket, a slot or a text stand outside of it. *edge* says which of the two ends it is.
    """

    kind: Kind
    start: int
    end: int
    inside: int = -1
    edge: Literal["", "open", "close"] = ""


_PIECE: Final = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<comment>\#[^\n]*)
    | (?P<long>\"{3})
    | (?P<quote>")
    | (?P<raw>r"[^"\n]*"?)
    | (?P<prompt>t"[^"\n]*"?)
    | (?P<number>[0-9]+(?:\.[0-9]+|(?:ms|[smhd])\b)?)
    | (?P<name>[^\W\d](?:\w|[^\x00-\x7f\s])*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<operator>==|!=|<=|>=|\?\?|\?\.|[<>+\-*/%.,:])
    | (?P<error>.)
    """,
    re.VERBOSE,
)
_IN_PLAIN: Final = re.compile(
    r"""
      (?P<escape>\\u[0-9A-Fa-f]{4}|\\[^\n]|\{\{|\}\})
    | (?P<open>\{)
    | (?P<close>")
    | (?P<error>\}|\\)
    | (?P<text>[^\\{}"\n]+)
    | (?P<line_end>\n)
    """,
    re.VERBOSE,
)
_IN_LONG: Final = re.compile(
    r"""
      (?P<escape>\\u[0-9A-Fa-f]{4}|\\.|\{\{|\}\})
    | (?P<open>\{)
    | (?P<close>\"{3})
    | (?P<error>\}|\\)
    | (?P<text>(?:[^\\{}"]|"(?!""))+)
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_PROSE: Final = re.compile(
    r"(?P<escape>\{\{|\}\})|(?P<open>\{)|(?P<error>\})|(?P<text>[^{}]+)", re.DOTALL
)
_PLAIN, _LONG, _SLOT, _PROSE = '"', '"""', "slot", "prose"
_WORDS: Final = {_PLAIN: _IN_PLAIN, _LONG: _IN_LONG, _PROSE: _IN_PROSE}
_OPENER: Final = {")": "(", "]": "[", "}": "{"}


def tokens_of(text: str, template: bool = False) -> tuple[Token, ...]:
    """The pieces of *text* in order; blanks are in none of them.

    With *template* it is a text of the prompt table: prose with slots.
    """
    return tuple(_named(_Cutter(text, template).cut(), text))


class _Cutter:
    """Goes through the text once; *_open* are the things it is inside of, outermost first."""

    def __init__(self, text: str, template: bool) -> None:
        self._text, self._at = text, 0
        self._tokens: list[Token] = []
        self._open: list[tuple[str, int]] = [(_PROSE, -1)] if template else []

    def cut(self) -> list[Token]:
        while self._at < len(self._text):
            inside = self._open[-1][0] if self._open else ""
            pattern = _WORDS.get(inside)
            if pattern is None:
                self._in_code()
            else:
                self._in_words(pattern)
        return self._tokens

    def _add(self, kind: Kind, end: int, edge: Literal["", "open", "close"] = "") -> None:
        inside = self._open[-1][1] if self._open else -1
        self._tokens.append(Token(kind, self._at, end, inside, edge))
        self._at = end

    def _begin(self, what: str, kind: Kind, end: int) -> None:
        self._add(kind, end, "open")
        self._open.append((what, len(self._tokens) - 1))

    def _finish(self, kind: Kind, end: int) -> None:
        self._open.pop()
        self._add(kind, end, "close")

    def _in_words(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        assert match is not None and match.lastgroup is not None  # some piece matches anything
        what, end = match.lastgroup, match.end()
        if what == "open":
            self._begin(_SLOT, "slot", end)
        elif what == "close":
            self._finish("text", end)
        elif what == "line_end":
            self._open.pop()  # a text on one line does not go on behind it
            self._at = end
        else:
            self._add(what, end)  # type: ignore[arg-type]  # the others are kinds

    def _in_code(self) -> None:
        match = _PIECE.match(self._text, self._at)
        assert match is not None and match.lastgroup is not None
        what, piece, end = match.lastgroup, match.group(), match.end()
        if what == "blank":
            self._blank(piece, end)
        elif what == "open":
            self._begin(piece, "bracket", end)
        elif what == "close":
            self._close(piece, end)
        elif what == "quote":
            self._begin(_PLAIN, "text", end)
        elif what == "long":
            self._long_quotes(end)
        else:
            self._add(_PIECES[what], end)

    def _blank(self, piece: str, end: int) -> None:
        kinds = [kind for kind, _ in self._open]
        if "\n" in piece and _PLAIN in kinds:
            del self._open[kinds.index(_PLAIN) :]
        self._at = end

    def _long_quotes(self, end: int) -> None:
        """In a slot of a long text they end that text: its brace was left open."""
        kinds = [kind for kind, _ in self._open]
        if _LONG in kinds:
            del self._open[kinds.index(_LONG) + 1 :]
            self._finish("text", end)
        else:
            self._begin(_LONG, "text", end)

    def _close(self, closer: str, end: int) -> None:
        """A bracket may close an outer one of its text, when inner ones were left open."""
        opener = _OPENER[closer]
        for depth in range(len(self._open) - 1, -1, -1):
            kind = self._open[depth][0]
            if kind == opener or (kind == _SLOT and opener == "{"):
                fits = depth == len(self._open) - 1
                del self._open[depth + 1 :]
                colour: Kind = "slot" if kind == _SLOT else "bracket"
                self._finish(colour if fits else "error", end)
                return
            if kind == _SLOT:
                break
        self._add("error", end, "close")


_PIECES: Final[dict[str, Kind]] = {
    "comment": "comment", "raw": "text", "prompt": "prompt", "number": "number",
    "name": "variable", "operator": "operator", "error": "error",
}  # fmt: skip


def _named(tokens: Sequence[Token], text: str) -> list[Token]:
    """The tokens with each name as what its neighbours say it is."""
    named = list(tokens)
    code = [n for n, token in enumerate(tokens) if token.kind != "comment"]
    for place, number in enumerate(code):
        token = tokens[number]
        if token.kind == "variable":
            before = code[place - 1] if place else None
            behind = code[place + 1] if place + 1 < len(code) else None
            named[number] = replace(token, kind=_kind(tokens, text, number, before, behind))
    return named


def _kind(
    tokens: Sequence[Token], text: str, number: int, before: int | None, behind: int | None
) -> Kind:
    def sign(index: int | None) -> str:
        return "" if index is None else text[tokens[index].start : tokens[index].end]

    token, name, previous = tokens[number], sign(number), sign(before)
    if previous in (".", "?."):
        return "field"
    if previous == ":" and before is not None and _opens(tokens, text, token.inside) == _SLOT:
        return "format"
    in_record = _opens(tokens, text, token.inside) == "{"
    if in_record and previous in ("{", ",") and sign(behind) == ":":
        return "key"
    if name in CONSTANTS:
        return "constant"
    if name in RESERVED:
        return "keyword"
    if sign(behind) == "(":
        return "function"
    return "view" if name in VIEWS else "variable"


def _opens(tokens: Sequence[Token], text: str, index: int) -> str:
    """What the token at *index* opens: ``(``, ``[``, ``{`` of a record, ``slot``, or a quote."""
    if index < 0:
        return ""
    token = tokens[index]
    return _SLOT if token.kind == "slot" else text[token.start : token.end]
