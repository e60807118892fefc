"""Makes the speech service that a configuration asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flow_runtime.plugins import announced

if TYPE_CHECKING:
    from cordboard.config.settings import Tts
    from speech.library import Speech

CACHE = "prompts"
"""The prompt cache: a folder in the state folder."""

PLUGINS = "cordboard.speech"
"""The entry-point group of engines: ``acme = "acme_tts:Engine"``, which makes, without arguments,
a `speech.engine.TtsEngine`. It runs in the process that speaks, with espeak-ng to fall back on."""

_BUILT_IN = ("pyttsx3", "espeak", "piper")


def engines() -> dict[str, str]:
    """What the speech service calls the engines, by the names that a configuration may give."""
    found = {plugin.name: plugin.value for plugin in announced(PLUGINS).plugins}
    return found | {name: name for name in _BUILT_IN}


def open_speech(state: Path, tts: Tts) -> Speech:
    """The service with its cache below *state*; close it to end its processes."""
    from speech.library import Speech

    return Speech(
        state / CACHE,
        engine=engines()[tts.engine],
        voices=tts.voices,
        piper_voices=tts.piper_voices,
    )
