"""The process that speaks: takes one request a line on standard input, answers with one line.

``python -m speech.worker ENGINE [OPTIONS]``; requests and answers are JSON objects. The first
line says ``{"engine", "version"}`` or ``{"failed": "tts-failed", "text"}``. A request is
``{"do": "speak", "text", "voice", "rate", "tail", "stem"}`` or ``{"do": "convert", "path",
"stem"}``; both write ``stem.ulaw`` and ``stem.alaw`` and are answered with ``{"seconds",
"level"}`` (level in dBFS) or ``{"failed": name, "text"}``. End of input ends the process.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from speech.engine import NoSuchVoice, TtsEngine, TtsFailed
from speech.g711 import RATE, encode
from speech.store import LAWS, Store

_OWN_LIMIT = 30
"""Seconds for one request, after which the process ends itself: for when its parent is gone."""
_TRIM_EVERY = 64
"""Sounds written between two looks at the size of the cache."""


class Refused(Exception):
    """A request that cannot be done. *name* is the word that flows see."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


def open_engine(name: str, options: Mapping[str, Any]) -> TtsEngine | None:
    """The engine called *name*; ``files`` is none, ``module:factory`` makes one of another's.

    Raises `TtsFailed` when it cannot start.
    """
    if name == "files":
        return None
    module, _, factory = _ENGINES.get(name, name).partition(":")
    if not factory:
        raise TtsFailed(f"there is no engine {name!r}; engines are {', '.join(_ENGINES)}")
    try:
        make: Callable[..., TtsEngine] = getattr(importlib.import_module(module), factory)
        return make(**options)
    except TtsFailed:
        raise
    except Exception as error:  # it may be a plug-in's
        reason = f"{type(error).__name__}: {error}"
        raise TtsFailed(f"the engine {name!r} does not load: {reason}") from None


_ENGINES = {
    "pyttsx3": "speech.pyttsx3_engine:Pyttsx3",
    "espeak": "speech.espeak:EspeakLibrary",
    "espeak-program": "speech.espeak:EspeakProgram",
    "piper": "speech.piper_engine:Piper",
}


class Worker:
    """Does requests with one engine."""

    def __init__(self, engine: TtsEngine | None, store: Store) -> None:
        self._engine, self._store, self._written = engine, store, 0

    def do(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request; whatever goes wrong becomes an answer too."""
        try:
            samples, level = self._sound(request)
            self._write(request["stem"], samples)
        except TtsFailed as error:
            name = "no-such-voice" if isinstance(error, NoSuchVoice) else "tts-failed"
            return {"failed": name, "text": str(error)}
        except Refused as error:
            return {"failed": error.name, "text": str(error)}
        return {"seconds": len(samples) / RATE, "level": round(level, 1)}

    def _sound(self, request: Mapping[str, Any]) -> tuple[Any, float]:
        from speech import shape

        if request["do"] == "convert":
            return shape.recording(*_read(request["path"]))
        assert self._engine is not None, "a worker for files was asked to speak"
        text, rate = request["text"], request["rate"]
        samples, hertz = self._engine.render(text, request["voice"], rate)
        shape.plausible(samples, hertz, text, rate)
        return shape.prompt(samples, hertz, request["tail"])

    def _write(self, stem: str, samples: Any) -> None:
        try:
            self._store.make_folders()
            self._store.write(stem, ((law, encode(samples, law)) for law in LAWS))
            self._written += 1
            if self._written % _TRIM_EVERY == 0:
                self._store.trim()
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            raise Refused(
                "disk-full" if full else "cache-unwritable",
                f"the prompt cache {os.path.dirname(stem)} cannot be written: {error.strerror}; "
                + ("make room on that disk" if full else "give this user the right to write there"),
            ) from None


def _read(path: str) -> tuple[Any, int]:
    """The samples and the rate of a sound file of any format."""
    import soundfile

    if not os.path.isfile(path):
        raise Refused("sound-file-missing", f"the sound file {path} does not exist")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (RuntimeError, OSError) as error:
        raise Refused(
            "sound-file-unreadable",
            f"the sound file {path} cannot be read ({error}); "
            "save it as WAV, FLAC, OGG or MP3, or check that this user may read it",
        ) from None
    if not len(samples):
        raise Refused("sound-file-unreadable", f"the sound file {path} holds no sound")
    return samples, int(rate)


def main(arguments: list[str]) -> int:
    """Serve requests until the input ends."""
    replies = _claim_output()
    for stop in (signal.SIGINT, signal.SIGTERM):  # for the parent, who still serves its last calls
        signal.signal(stop, signal.SIG_IGN)  # and then closes our input
    with contextlib.suppress(OSError):
        os.nice(5)  # callers who hear something go before those who wait for a new text
    options = json.loads(arguments[1])
    try:
        engine = open_engine(arguments[0], options["engine"])
    except TtsFailed as error:
        _reply(replies, {"failed": "tts-failed", "text": str(error)})
        return 1
    _reply(replies, {"engine": arguments[0], "version": engine.version if engine else ""})
    importlib.import_module("speech.shape")
    importlib.import_module("numpy")  # now, while nobody waits
    worker = Worker(engine, Store(options["folder"], options["limit"]))
    for line in sys.stdin:
        signal.alarm(_OWN_LIMIT)
        _reply(replies, worker.do(json.loads(line)))
        signal.alarm(0)
    return 0


def _claim_output() -> TextIO:
    """Standard output for answers alone: what libraries print goes nowhere."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return replies


def _reply(replies: TextIO, answer: Mapping[str, Any]) -> None:
    replies.write(json.dumps(answer) + "\n")
    replies.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
