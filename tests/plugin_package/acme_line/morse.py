"""A voice: it says everything in Morse code."""

import numpy as np
from numpy.typing import NDArray

from speech.engine import NoSuchVoice

_RATE = 8000
_CODES = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz0123456789",
        ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...-"
        " .-- -..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----.".split(),
        strict=True,
    )
)
_TONES = {"low": 500, "high": 900}


class Morse:
    """What `speech.engine.TtsEngine` asks for; its voices are ``low`` and ``high``."""

    name, version = "morse", "1"

    def render(self, text: str, voice: str, rate: int) -> tuple[NDArray[np.int16], int]:
        """A dot lasts as long as suits the speed, *rate* words a minute."""
        if voice not in _TONES:
            raise NoSuchVoice(f"morse has no voice {voice!r}; its voices are {', '.join(_TONES)}")
        dot = round(_RATE * 6 / rate)
        time = np.arange(3 * dot) / _RATE
        tone = np.sin(2 * np.pi * _TONES[voice] * time) * 8000
        pieces = []
        for letter in text.lower():
            for sign in _CODES.get(letter, ""):
                pieces += [tone[: dot if sign == "." else 3 * dot], np.zeros(dot)]
            pieces.append(np.zeros(2 * dot))
        return np.concatenate(pieces).astype(np.int16), _RATE

    def close(self) -> None:
        """There is nothing to give back."""
