"""What a caller hears, as the content of ``prompt``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final

from cordboard.vxml.elements import Content, Element, element
from cordboard.vxml.script_writing import NoCounterpart, ScriptWriter
from cordboard.vxml.times import written_time
from flow_runtime.core.expr.tree import (
    Call,
    Expr,
    ListOf,
    Literal,
    Name,
    PromptKey,
    Slot,
    Text,
)
from flow_runtime.core.prompts import Prompt, PromptBook

SAY_AS: Final[Mapping[str, str]] = {
    "digits": "vxml:digits",
    "number": "vxml:number",
    "money": "vxml:currency",
    "ordinal": "ordinal",
    "spell": "characters",
}
"""Formats of ours and the ``interpret-as`` of VoiceXML 2.0, appendix P, or of common engines."""


class SoundWriter:
    """Writes sounds in one language.

    *recordings* are the variables that hold a recording; *differs* is told what is not the same
    in the whole document.
    """

    def __init__(
        self,
        scripts: ScriptWriter,
        prompts: PromptBook,
        language: str,
        recordings: Collection[str],
        differs: Callable[[str], None],
    ) -> None:
        self._scripts = scripts
        self._prompts = prompts
        self._language = language
        self._recordings = recordings
        self._differs = differs

    def content(self, sound: Expr) -> list[Content]:
        """What stands in a ``prompt`` for *sound*; raises `NoCounterpart`."""
        match sound:
            case ListOf(items=items):
                return self._list(items)
            case Text(parts=parts):
                return self.template(parts)
            case PromptKey(key=key):
                return self._prompt(key)
            case Call(function="silence", arguments=(Literal(value=timedelta() as time),)):
                return [element("break", {"time": written_time(time)})]
            case Call(function="silence"):
                raise NoCounterpart("a silence whose length is computed has no counterpart")
            case Call(function="file", arguments=(Text() as name,)) if name.constant is not None:
                return [element("audio", {"src": name.constant})]
            case Call(function="file", arguments=(name,)):
                return [element("audio", {"expr": self._scripts.script(name)})]
            case Name(name=name) if name in self._recordings:
                return [element("audio", {"expr": self._scripts.script(sound)})]
        return [element("value", {"expr": self._scripts.script(sound)})]

    def template(self, parts: Sequence[str | Slot]) -> list[Content]:
        """A text, its slots as ``value``."""
        return [part if isinstance(part, str) else self._slot(part) for part in parts if part]

    def _list(self, items: Sequence[Expr]) -> list[Content]:
        """Sounds in turn; texts that follow each other are sentences of their own."""
        written = [self.content(item) for item in items]
        texts = [any(not _is_sound(part) for part in parts) for parts in written]
        content: list[Content] = []
        for n, parts in enumerate(written):
            beside = texts[max(n - 1, 0) : n] + texts[n + 1 : n + 2]
            content += [element("s", {}, *parts)] if texts[n] and any(beside) else parts
        return content

    def _slot(self, slot: Slot) -> Element:
        value = element("value", {"expr": self._scripts.script(slot.value)})
        if slot.format is None:
            return value
        how = SAY_AS.get(slot.format)
        if how is None:
            raise NoCounterpart(f"the format :{slot.format} has no counterpart")
        return element("say-as", {"interpret-as": how}, value)

    def _prompt(self, key: str) -> list[Content]:
        """A prompt of the table is written out: the recording, with the text if it is missing."""
        prompt = self._prompts.find(key, self._language)
        if prompt is None:
            raise NoCounterpart(f'there is no prompt "{key}" to write out; look in prompts/')
        self._differs(
            f"the prompts of the table are written out in {prompt.language}:"
            " their other languages have no counterpart in one document"
        )
        text = [] if prompt.text is None else self.template(prompt.text.parts)
        if prompt.recording is None:
            return text
        return [element("audio", {"src": _address(prompt)}, *text)]


def _address(prompt: Prompt) -> str:
    """Where the recording of *prompt* lies, as seen from the document."""
    return f"prompts/{prompt.language}/{prompt.key}.wav"


def _is_sound(part: Content) -> bool:
    return isinstance(part, Element) and part.name in ("audio", "break")
