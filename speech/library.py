"""Speech out for the event loop: texts and sound files in, paths of ready G.711 files out."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from speech import tones
from speech.engine import NoSuchVoice, TtsFailed
from speech.spoken.written import has_words, read_out
from speech.store import LAWS, Rendered, Store, key
from speech.voices import ESPEAK, base, choose
from speech.workshop import WATCHDOG, CannotStart, WorkerLost, Workshop

log = logging.getLogger(__name__)

SENTENCE = 0.2
"""Seconds of silence behind a text."""
JOINT = 0.03
"""Seconds of silence behind a part that others follow."""

_CHAINS = {
    "pyttsx3": ("pyttsx3", "espeak", "espeak-program"),
    "espeak": ("espeak", "espeak-program"),
    "piper": ("piper", "espeak", "espeak-program"),
}
"""What is tried, in turn."""
_TRIES = 3
_REST = 60.0
"""Seconds for which an engine that failed is not tried again."""
_LONGEST = 5000
_REMEMBERED = 20_000
_CHECK = 60.0
"""Seconds between two looks whether a text that is not kept is still on disk."""


UNWRITABLE = frozenset({"disk-full", "cache-unwritable"})
"""The names of problems with the cache itself."""


class SoundProblem(Exception):
    """A sound file that cannot be played, or a cache that cannot be written.

    *name* is ``sound-file-missing``, ``sound-file-unreadable``, ``disk-full`` or
    ``cache-unwritable``.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class _Engine:
    """One engine of the chain, with its process and its good or bad standing."""

    def __init__(
        self, workshop: Workshop, voices: Mapping[str, str], clock: Callable[[], float]
    ) -> None:
        self.workshop, self.voices, self._clock = workshop, voices, clock
        self._fit_at = 0.0
        self._complaint = ""

    async def version(self) -> str:
        """Its version; raises `TtsFailed` when it cannot start or failed a moment ago."""
        if self._clock() < self._fit_at:
            raise TtsFailed(self._complaint)
        if self.workshop.version is None:
            await self._guarded(self.workshop.start)
        return str(self.workshop.version)

    async def speak(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have a text rendered: up to `_TRIES` times, each with a fresh process."""
        answer: Mapping[str, Any] = await self._guarded(lambda: self.workshop.ask(request))
        return answer

    async def _guarded(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        for left in reversed(range(_TRIES)):
            try:
                answer = await attempt()
            except CannotStart as error:
                raise self._unfit(str(error), 10 * _REST) from None
            except WorkerLost as error:
                complaint = str(error)
            else:
                if not isinstance(answer, dict) or answer.get("failed") != "tts-failed":
                    return answer
                complaint = answer["text"]
                await self.workshop.renew()
            log.warning("tts %s: %s; %d tries left", self.workshop.engine, complaint, left)
        raise self._unfit(complaint, _REST)

    def _unfit(self, complaint: str, rest: float) -> TtsFailed:
        self._fit_at, self._complaint = self._clock() + rest, complaint
        log.warning("tts %s cannot speak for now: %s", self.workshop.engine, complaint)
        return TtsFailed(complaint)


class _Known:
    """A sound that was resolved before, and when it was last seen on disk."""

    __slots__ = ("checked", "kept", "rendered")

    def __init__(self, rendered: Rendered, kept: bool, checked: float) -> None:
        self.rendered, self.kept, self.checked = rendered, kept, checked


class Speech:
    """All sounds of a server. Rendering happens in other processes, one text at a time.

    *folder* holds the cache; *engine* is ``pyttsx3``, ``espeak``, ``piper`` or ``module:factory``,
    *voices* maps language tags to its voices; *limit* bounds, in bytes, what is cached of texts
    that are not fixed. The loop's thread only looks up, waits, and stats files.
    """

    def __init__(
        self,
        folder: Path,
        *,
        engine: str = "pyttsx3",
        voices: Mapping[str, str] | None = None,
        piper_voices: Path | None = None,
        limit: int = 256 << 20,
        watchdog: float = WATCHDOG,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder.absolute()
        self._store = Store(self.folder, limit)
        self._clock = clock
        self._known: dict[object, _Known] = {}
        self._running: dict[str, asyncio.Task[Rendered]] = {}

        def workshop(name: str) -> Workshop:
            piper = {"voices": str(piper_voices) if piper_voices else None}
            options = {
                "engine": piper if name == "piper" else {},
                "folder": str(self.folder),
                "limit": limit,
            }
            return Workshop(name, options, watchdog=watchdog)

        self._engines: list[_Engine] = []
        chosen = dict(voices or {})
        own_voices = engine not in ("pyttsx3", "espeak")
        espeaks = ESPEAK if own_voices else ESPEAK | chosen
        for name in _CHAINS.get(engine, (engine, "espeak", "espeak-program")):
            table = chosen if own_voices and name == engine else espeaks
            self._engines.append(_Engine(workshop(name), table, clock))
        self._files = workshop("files")

    @property
    def waiting(self) -> int:
        """How many sounds are being made at this moment."""
        return len(self._running)

    def known(
        self,
        text: str,
        language: str,
        voice: str | None = None,
        *,
        keep: bool = False,
        pause: float = SENTENCE,
    ) -> Rendered | None:
        """A sound that can be played at once, None when it has to be looked for or made."""
        return self._recall((text, language, voice, pause), keep)

    async def clip(
        self,
        text: str,
        language: str,
        voice: str | None = None,
        *,
        keep: bool = False,
        pause: float = SENTENCE,
    ) -> Rendered:
        """Have *text* spoken and return where the sound lies.

        *voice* goes before the language's own; *keep* says that the text is fixed; *pause* is the
        silence behind it in seconds. Raises `TtsFailed` or `SoundProblem`. A text that is asked
        for twice at the same time is rendered once; giving up waiting does not stop it.
        """
        name = (text, language, voice, pause)
        found = self._recall(name, keep)
        if found is not None:
            return found
        said = read_out(text, language)
        if not has_words(said):
            return self._remember(name, Rendered(None, pause))
        if len(said) > _LONGEST:
            raise TtsFailed(
                f"a text of {len(said)} characters is too long to be spoken at once "
                f"({_LONGEST} is the most); divide it into several"
            )
        return self._remember(name, await self._spoken(said, language, voice, keep, pause))

    async def file(self, path: str, *, keep: bool = True) -> Rendered:
        """Have the sound file at *path* (any format, rate, channels) ready to be played.

        It is converted once, and again when it changes. Raises `SoundProblem`.
        """
        try:
            facts = os.stat(path)
        except OSError as error:
            raise SoundProblem(
                "sound-file-missing", f"the sound file {path} is not there: {error.strerror}"
            ) from None
        name = key("file", path, facts.st_mtime_ns, facts.st_size)
        found = self._recall(name, keep)
        if found is not None:
            return found

        async def convert(stem: str) -> Mapping[str, Any]:
            try:
                request = {"do": "convert", "path": path, "stem": stem}
                return await self._files.ask(request)
            except (WorkerLost, CannotStart) as error:
                raise SoundProblem(
                    "sound-file-unreadable", f"the sound file {path} could not be read: {error}"
                ) from None

        return self._remember(name, await self._once(name, keep, convert))

    def ringback(self) -> Rendered:
        """The ringing tone, one period of it; raises `SoundProblem` when it cannot be written."""
        return self._tone(tones.RINGBACK)

    def beep(self) -> Rendered:
        """The short tone after which a caller speaks."""
        return self._tone(tones.BEEP)

    async def close(self) -> None:
        """End all worker processes; what is being rendered fails."""
        for workshop in (*(engine.workshop for engine in self._engines), self._files):
            await workshop.close()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _spoken(
        self, said: str, language: str, voice: str | None, keep: bool, pause: float
    ) -> Rendered:
        """The sound by the first engine of the chain that manages."""
        complaints = []
        for index, engine in enumerate(self._engines):
            try:
                return await self._speak(engine, said, language, voice, keep, pause)
            except TtsFailed as error:
                others = {id(later.voices) for later in self._engines[index:]}
                if isinstance(error, NoSuchVoice) and len(others) == 1:
                    raise  # the engines that follow have the same voices
                complaints.append(f"{engine.workshop.engine}: {error}")
        raise TtsFailed(f"{said[:60]!r} could not be spoken; " + "; ".join(complaints))

    async def _speak(
        self,
        engine: _Engine,
        said: str,
        language: str,
        wanted: str | None,
        keep: bool,
        pause: float,
    ) -> Rendered:
        version, program = await engine.version(), engine.workshop.engine
        voice = choose(language, engine.voices, wanted)
        name = key(program, version, voice.name, voice.rate, base(language), pause, said)

        async def speak(stem: str) -> Mapping[str, Any]:
            return await engine.speak(
                {
                    "do": "speak", "text": said, "voice": voice.name, "rate": voice.rate,
                    "tail": pause, "stem": stem,
                }
            )  # fmt: skip

        return await self._once(name, keep, speak)

    async def _once(
        self, name: str, keep: bool, make: Callable[[str], Awaitable[Mapping[str, Any]]]
    ) -> Rendered:
        """The sound *name* from disk, or from whoever is making it already, or made now."""
        task = self._running.get(name)
        if task is None:
            found = self._store.find(name, keep)
            if found is not None:
                return found
            task = asyncio.create_task(self._make(self._store.stem(name, keep), make))
            self._running[name] = task
            task.add_done_callback(lambda made: self._made(name, made))
        return await asyncio.shield(task)

    def _made(self, name: str, task: asyncio.Task[Rendered]) -> None:
        self._running.pop(name, None)
        if not task.cancelled():
            task.exception()  # seen here: whoever asked may have given up waiting

    async def _make(
        self, stem: str, make: Callable[[str], Awaitable[Mapping[str, Any]]]
    ) -> Rendered:
        answer = await make(stem)
        if answer.get("failed") == "no-such-voice":
            raise NoSuchVoice(answer["text"])
        if "failed" in answer:
            raise SoundProblem(answer["failed"], answer["text"])
        return Rendered(stem, answer["seconds"])

    def _recall(self, name: object, keep: bool) -> Rendered | None:
        entry = self._known.get(name)
        if entry is None or (keep and not entry.kept):
            return None
        if entry.kept:
            return entry.rendered
        now = self._clock()
        if now - entry.checked > _CHECK:
            if not self._store.touch(entry.rendered):
                del self._known[name]
                return None
            entry.checked = now
        return entry.rendered

    def _remember(self, name: object, rendered: Rendered) -> Rendered:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()  # everything is still on disk, a few stats away
        kept = self._store.is_kept(rendered)
        self._known[name] = _Known(rendered, kept, self._clock())
        return rendered

    def _tone(self, signal: tuple[tuple[int, ...], float, float]) -> Rendered:
        name = key("tone", *signal)
        found = self._recall(name, True) or self._store.find(name, True)
        if found is None:
            stem = self._store.stem(name, True)
            try:
                self._store.make_folders()
                self._store.write(stem, ((law, tones.tone(law, *signal)) for law in LAWS))
            except OSError as error:
                raise SoundProblem(
                    "cache-unwritable", f"the prompt cache cannot be written: {error}"
                ) from None
            found = Rendered(stem, signal[1] + signal[2])
        return self._remember(name, found)
