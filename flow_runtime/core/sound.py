"""What a caller hears, resolved for one call but not yet turned into audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value that is spoken by its kind: ``{owed:money}`` is "twelve yuan fifty".

    *kind* is a format of the language (money, digits, number, ordinal, date, time, duration,
    spell); *value* is a flow value of the fitting type; *currency* is an ISO 4217 code for money;
    *text* is what the written transcript shows (``12.50``).
    """

    kind: str
    value: object
    text: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words to speak, in *language* (a BCP 47 tag). *key* names the prompt they come from."""

    parts: tuple[str | Spoken, ...]
    language: str
    key: str | None = None

    @property
    def text(self) -> str:
        """The transcript."""
        return "".join(p if isinstance(p, str) else p.text for p in self.parts)


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A sound file: an absolute path. *text* is its transcript, *key* its prompt key, if known."""

    path: str
    text: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing, for *seconds*."""

    seconds: float

    @property
    def text(self) -> str:
        """The transcript: none."""
        return ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Something a caller said: an absolute path of a WAV file and its length in seconds."""

    path: str
    seconds: float

    @property
    def text(self) -> str:
        """The transcript: a mark, for what was said is not known."""
        return "(recording)"


SoundItem: TypeAlias = Utterance | AudioFile | Silence | Recording
Sound: TypeAlias = tuple[SoundItem, ...]


def transcript(sound: Sound) -> str:
    """All texts of *sound*, joined by single spaces."""
    return " ".join(t for t in (item.text.strip() for item in sound) if t)
