"""What a text-to-speech engine is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TtsFailed(Exception):
    """No engine could speak a text. The message says which were tried and what each said."""


class NoSuchVoice(TtsFailed):
    """The engine works but has no voice of that name: trying again is of no use."""


class TtsEngine(Protocol):
    """Renders text to sound. Called from one worker thread at a time."""

    name: str
    version: str
    """Part of the prompt cache's key: a new version speaks anew."""

    def render(self, text: str, voice: str, rate: int) -> tuple[NDArray[np.int16], int]:
        """Speak *text* with *voice* (an engine's own name) at *rate* words a minute.

        Returns mono samples and their rate in Hz; raises `TtsFailed`. Never returns silence
        for a text that has words in it.
        """

    def close(self) -> None:
        """End worker processes."""
