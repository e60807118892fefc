"""Makes the speech service that a configuration asks for."""

from __future__ import annotations

from pathlib import Path

from cordboard.config.settings import Tts
from speech.library import Speech

CACHE = "prompts"
"""The prompt cache: a folder in the state folder."""


def open_speech(state: Path, tts: Tts) -> Speech:
    """The service with its cache below *state*; close it to end its processes."""
    return Speech(
        state / CACHE, engine=tts.engine, voices=tts.voices, piper_voices=tts.piper_voices
    )
