"""The content of ``prompt`` as what a caller hears in a flow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

from cordboard.vxml.elements import Comment, Content, Element, write_inline
from cordboard.vxml.export_sounds import SAY_AS
from cordboard.vxml.report import DIFFERS, NOT_UNDERSTOOD, Report
from cordboard.vxml.script_meaning import ScriptError, quoted
from cordboard.vxml.script_reading import Scope, read_condition, read_script
from cordboard.vxml.times import duration, read_time
from flow_runtime.core.expr.tree import (
    Call,
    Choice,
    Expr,
    HalfTyped,
    ListOf,
    PromptKey,
    Slot,
    Text,
)

SPOKEN: Final = frozenset(
    {"audio", "break", "emphasis", "enumerate", "mark", "p", "phoneme", "prompt", "prosody", "s",
     "say-as", "sub", "value", "voice"}
)  # fmt: skip
"""The elements that are heard."""
_PAUSES: Final = {"none": 0, "x-weak": 100, "weak": 200, "medium": 400, "strong": 700,
                  "x-strong": 1000}  # fmt: skip
"""Milliseconds for the ``strength`` of a ``break``, which SSML leaves to the engine."""
_FORMATS: Final = {how: name for name, how in SAY_AS.items()} | {
    "spell-out": "spell", "vxml:phone": "digits", "telephone": "digits", "number": "number",
    "cardinal": "number", "currency": "money", "digits": "digits", "vxml:ordinal": "ordinal",
}  # fmt: skip
_OF_TABLE = re.compile(r"prompts/[\w-]+/([\w.-]+)\.wav")
"""Where an exported prompt of the table has its recording."""
_SENTENCES: Final = frozenset({"p", "prompt", "s"})
_MANNERS: Final = frozenset({"emphasis", "phoneme", "prosody", "voice"})

Listing = Callable[[Element], Sequence[Content]]
"""What ``enumerate`` stands for."""


def is_heard(part: Content) -> bool:
    """Whether *part* stands for a prompt where it is written by itself."""
    if isinstance(part, str):
        return bool(part.strip())
    return isinstance(part, Element) and part.name in SPOKEN


class SoundReader:
    """Reads one prompt, or several that follow each other."""

    def __init__(self, scope: Scope, report: Report, listing: Listing) -> None:
        self._scope = scope
        self._report = report
        self._listing = listing
        self._items: list[Expr] = []
        self._text: list[str | Slot] = []

    def sound(self, content: Iterable[Content]) -> Expr | None:
        """What is heard, None when it is nothing; half-typed when a part is not understood."""
        parts = list(content)
        self._items, self._text = [], []
        try:
            for part in parts:
                self._add(part)
        except ScriptError as error:
            written = "".join(map(write_inline, parts)).strip()
            where = next(p for p in parts if isinstance(p, Element)).place
            text = f"a value in a prompt is not understood: {error}; the prompt is not finished"
            self._report.error(NOT_UNDERSTOOD, text, where, "prompt")
            return HalfTyped(written)
        self._end_text()
        if len(self._items) > 1:
            return ListOf(tuple(self._items))
        return self._items[0] if self._items else None

    def _add(self, part: Content) -> None:
        if isinstance(part, Comment):
            return
        if isinstance(part, str):
            self._text.append(part)
            return
        match part.name:
            case "prompt" if part.get("cond") is not None:
                self._conditional(part)
            case "value":
                self._spoken_value(self._value(part))
            case "say-as":
                self._say_as(part)
            case "audio":
                self._audio(part)
            case "break":
                self._break(part)
            case "enumerate":
                self._all(self._listing(part))
            case "sub":
                self._text.append(part.get("alias") or part.text)
            case "desc" | "mark" | "meta" | "metadata" | "lexicon":
                pass
            case "foreach":
                raise ScriptError("<foreach> has no counterpart")
            case name:
                self._inside(part, name)

    def _inside(self, part: Element, name: str) -> None:
        if name in _MANNERS:
            text = f"how it is spoken (<{name}>) is not kept"
            self._report.warning(DIFFERS, text, part.place, name)
        if name in _SENTENCES:
            self._end_text()
        self._all(part.content)
        if name in _SENTENCES:
            self._end_text()

    def _all(self, content: Iterable[Content]) -> None:
        for part in content:
            self._add(part)

    def _end_text(self) -> None:
        """What was collected of a text becomes an item of its own."""
        parts = _tidy(self._text)
        self._text = []
        if parts:
            self._items.append(Text(tuple(parts)))

    def _item(self, item: Expr) -> None:
        self._end_text()
        self._items.append(item)

    def _value(self, part: Element) -> Expr:
        return read_script(part.get("expr") or "", self._scope)

    def _spoken_value(self, value: Expr) -> None:
        if self._scope.type_of(value).name == "recording":
            self._item(value)
        else:
            self._text.append(Slot(value))

    def _conditional(self, prompt: Element) -> None:
        test = read_condition(prompt.get("cond") or "", self._scope)
        inner = SoundReader(self._scope, self._report, self._listing)
        inner._all(prompt.content)
        inner._end_text()
        heard = inner._items[0] if len(inner._items) == 1 else ListOf(tuple(inner._items))
        self._item(Choice(test, heard, quoted("")))

    def _say_as(self, part: Element) -> None:
        kind = part.get("interpret-as") or ""
        values = part.elements()
        written = "".join(p for p in part.content if isinstance(p, str)).strip()
        name = _FORMATS.get(kind)
        if name is None or len(values) != 1 or values[0].name != "value" or written:
            text = f'how it is spoken (<say-as interpret-as="{kind}">) is not kept'
            self._report.warning(DIFFERS, text, part.place, "say-as")
            self._all(part.content)
            return
        value = self._value(values[0])
        if name in ("number", "money", "ordinal") and self._scope.type_of(value).name == "text":
            value = Call("number", (value,))
        self._text.append(Slot(value, name))

    def _break(self, part: Element) -> None:
        time = read_time(part.get("time") or "")
        if time is None:
            strength = part.get("strength") or "medium"
            time = timedelta(milliseconds=_PAUSES.get(strength, _PAUSES["medium"]))
        if time:
            self._item(Call("silence", (duration(time),)))

    def _audio(self, part: Element) -> None:
        source, script = part.get("src"), part.get("expr")
        if script is not None:
            value = read_script(script, self._scope)
            is_sound = self._scope.type_of(value).name == "recording"
            self._item(value if is_sound else Call("file", (value,)))
        elif source:
            self._item(self._file(part, source))
        else:
            self._all(part.content)

    def _file(self, part: Element, source: str) -> Expr:
        """The sound file at *source*: beside the flow, as it is beside the document."""
        found = _OF_TABLE.fullmatch(source)
        if found is not None:
            return PromptKey(found[1])
        address = urlsplit(source) if "://" in source else None
        path = unquote(source)
        if address is not None:
            path = unquote(address.path.rpartition("/")[2]) or "sound.wav"
            text = f'"{source}" is not fetched: put it beside the flow as {path}'
            self._report.warning(DIFFERS, text, part.place, "audio")
        if part.text:
            text = f'"{part.text}" is not said where the file {path} is missing; only a prompt of'
            self._report.warning(DIFFERS, f"{text} the prompt table has both", part.place, "audio")
        return Call("file", (quoted(path),))


_BLANKS = re.compile(r"\s+")


def _tidy(parts: Sequence[str | Slot]) -> list[str | Slot]:
    """*parts* with each stretch of white space as one blank, and none at the ends."""
    joined: list[str | Slot] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    spaced = [_BLANKS.sub(" ", part) if isinstance(part, str) else part for part in joined]
    if spaced and isinstance(spaced[0], str):
        spaced[0] = spaced[0].lstrip()
    if spaced and isinstance(spaced[-1], str):
        spaced[-1] = spaced[-1].rstrip()
    return [part for part in spaced if part]
