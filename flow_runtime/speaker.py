"""Turns what a caller shall hear into clips that a line can play."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.sound import AudioFile, Recording, Silence, Sound, SoundItem, Utterance
from flow_runtime.core.sound import Spoken as SpokenValue
from speech.engine import TtsFailed
from speech.library import JOINT, SENTENCE, UNWRITABLE, SoundProblem, Speech
from speech.spoken import phrase, words
from speech.spoken.written import has_words
from speech.store import Rendered
from telephony.line import Clip

log = logging.getLogger(__name__)

_BUSY: Final = 4
"""From so many sounds in the making on, values are joined from parts (docs/decisions/0005)."""
_EDGES: Final = " \t\n.,;:!?。，；：！？、"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A sound that is the same for every caller. *origin* says where it stands, for people.

    A *part* is spoken without a pause behind it, for others follow.
    """

    origin: str
    item: Utterance | AudioFile
    part: bool = False


class Speaker:
    """What `flow_runtime.services.Speaker` asks for, with a real voice."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
        """The clips of *sound*, spoken by *voice* where it is text.

        Does not suspend when everything is at hand. Raises `NodeFailure`: ``tts-failed``,
        ``sound-file-missing``, ``sound-file-unreadable``, ``disk-full``, ``cache-unwritable``, or
        ``type-error`` for a value that its format cannot speak.
        """
        clips: list[Clip] = []
        for item in sound:
            try:
                clips += await self._item(item, voice)
            except TtsFailed as error:
                raise NodeFailure("tts-failed", str(error)) from error
            except SoundProblem as error:
                raise NodeFailure(error.name, str(error)) from error
        return clips

    def ringback(self) -> Sequence[Clip]:
        """The ringing tone, to be repeated; silence when the cache cannot be written."""
        return _tone(self._speech.ringback, 6.0, "(ring-back tone)")

    def beep(self) -> Sequence[Clip]:
        """The tone after which a caller speaks."""
        return _tone(self._speech.beep, 0.25, "(beep)")

    async def render(self, fixed: Fixed) -> Rendered:
        """Have a fixed sound in the cache for good; raises `TtsFailed` or `SoundProblem`."""
        match fixed.item:
            case AudioFile(path):
                return await self._speech.file(path)
            case Utterance() as said:
                text = _edge_free(said.text) if fixed.part else said.text
                pause = JOINT if fixed.part else SENTENCE
                return await self._speech.clip(text, said.language, keep=True, pause=pause)

    async def prefetch(self, sounds: Iterable[Fixed]) -> list[str]:
        """Render fixed sounds one after the other; the stems that are worth having in memory.

        Parts are not among them: they are many, and seldom played (docs/decisions/0005).
        What fails is logged, and fails again with its own error when a call comes to it. Raises
        `SoundProblem` when the cache cannot be written: then nothing else can be rendered either.
        """
        stems, failed = [], set[str]()
        for fixed in sounds:
            try:
                rendered = await self.render(fixed)
            except (TtsFailed, SoundProblem) as error:
                if isinstance(error, SoundProblem) and error.name in UNWRITABLE:
                    raise
                if fixed.origin not in failed:
                    log.warning("prompt %s: %s", fixed.origin, error)
                failed.add(fixed.origin)
                continue
            if rendered.stem is not None and not fixed.part:
                stems.append(rendered.stem)
        return stems

    async def _item(self, item: SoundItem, voice: str | None) -> list[Clip]:
        match item:
            case Utterance():
                return await self._utterance(item, voice)
            case Silence(seconds):
                return [Clip(None, seconds)]
            case AudioFile(path):
                return [_clip(await self._speech.file(path), item.text)]
            case Recording(path):
                return [_clip(await self._speech.file(path, keep=False), item.text)]

    async def _utterance(self, said: Utterance, voice: str | None) -> list[Clip]:
        """The whole text as one sound: the engine then gives it one melody."""
        pieces = [_pieces(part, said.language) for part in said.parts]
        text = "".join(phrase(piece, said.language) for piece in pieces)
        whole = self._speech.known(text, said.language, voice)
        if whole is None and len(pieces) > 1 and self._speech.waiting >= _BUSY:
            joined = self._joined([p for piece in pieces for p in piece], said, voice)
            if joined:
                return joined
        return [_clip(whole or await self._speech.clip(text, said.language, voice), said.text)]

    def _joined(self, pieces: Sequence[str], said: Utterance, voice: str | None) -> list[Clip]:
        """The parts one by one if all of them are known, the transcript with the first."""
        clips: list[Clip] = []
        for piece in filter(has_words, pieces):
            part = self._speech.known(_edge_free(piece), said.language, voice, pause=JOINT)
            if part is None:
                return []
            clips.append(_clip(part, "" if clips else said.text))
        return clips


def _pieces(part: str | SpokenValue, language: str) -> list[str]:
    if isinstance(part, str):
        return [part]
    try:
        return words(part.kind, part.value, language, part.currency)
    except ValueError as error:
        raise NodeFailure("type-error", str(error)) from error


def _edge_free(part: str) -> str:
    """*part* by its own: a sentence's end or a comma before it belongs to what is not there."""
    return part.lstrip(_EDGES).rstrip(" \t\n")


def _clip(rendered: Rendered, text: str) -> Clip:
    return Clip(rendered.stem, rendered.seconds, text)


def _tone(make: Callable[[], Rendered], seconds: float, text: str) -> Sequence[Clip]:
    try:
        return (_clip(make(), text),)
    except SoundProblem as error:
        log.warning("no tone: %s", error)
        return (Clip(None, seconds, text),)
