"""pyttsx3, to be run in a process of its own: it loses texts, prints, and crashes now and then."""

from __future__ import annotations

import os
import wave
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from speech.engine import TtsFailed
from speech.espeak import INSTALL, load_library, no_voice
from speech.readings import adapt
from speech.voices import espeak_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Pyttsx3:
    """`speech.engine.TtsEngine` on pyttsx3; `speech.worker` guards it."""

    name = "pyttsx3"

    def __init__(self) -> None:
        try:
            import pyttsx3

            self._engine = pyttsx3.init()
        except Exception as error:  # the drivers raise whatever they like
            raise TtsFailed(f"pyttsx3 does not start ({error}); {INSTALL}") from None
        self.version = f"{version('pyttsx3')} espeak-ng {load_library().espeak_Info(None).decode()}"
        self._errors: list[Exception] = []
        self._engine.connect("error", self._failed)
        # runAndWait first stops what runs, and its espeak driver may then cancel the new text: a
        # text in some hundred came out empty. Nothing ever runs here between two texts.
        self._engine.proxy._driver.stop = lambda: None
        self._file = os.memfd_create(
            "pyttsx3"
        )  # a file that ends with the process, however it ends

    def _failed(self, name: str | None, exception: Exception) -> None:
        self._errors.append(exception)

    def render(self, text: str, voice: str, rate: int) -> tuple[NDArray[np.int16], int]:
        """Speak to a file and read it back."""
        import numpy as np

        name, path = self._set_voice(voice), f"/proc/self/fd/{self._file}"
        os.ftruncate(self._file, 0)
        self._engine.setProperty("rate", rate)
        self._engine.save_to_file(adapt(text, name), path)
        self._engine.runAndWait()
        if self._errors:
            raise TtsFailed(f"pyttsx3: {self._errors[0]}")
        try:
            sound: Any = wave.open(path, "rb")
        except (EOFError, wave.Error):
            raise TtsFailed("pyttsx3 wrote no file") from None
        with sound:
            return np.frombuffer(sound.readframes(-1), np.int16), sound.getframerate()

    def _set_voice(self, voice: str) -> str:
        for name in espeak_names(voice):
            self._errors.clear()
            self._engine.setProperty("voice", name)
            if not self._errors:
                return name
        raise no_voice(voice)

    def close(self) -> None:
        """Release the file."""
        os.close(self._file)
