"""A speaker without a voice: clips that carry their transcript and about the right length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.sound import AudioFile, Recording, Silence, Sound, SoundItem, transcript
from telephony.line import Clip

_LETTERS = 15.0
"""Letters spoken in a second by espeak-ng at its usual rate."""
_CHARACTERS = 4.5
"""Chinese characters spoken in a second."""
_SHORTEST = 0.4
_RINGBACK = (Clip(None, 5.0, "(ring-back tone)"),)
_BEEP = (Clip(None, 0.25, "(beep)"),)


class TextSpeaker:
    """What the simulated line and text chats use in place of `flow_runtime.speaker.Speaker`."""

    async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
        """One clip an item; `NodeFailure` ``sound-file-missing`` or ``sound-file-unreadable``."""
        return [Clip(None, _seconds(item), transcript((item,))) for item in sound]

    def ringback(self) -> Sequence[Clip]:
        """Five seconds of ring-back tone, by name."""
        return _RINGBACK

    def beep(self) -> Sequence[Clip]:
        """A quarter of a second of tone, by name."""
        return _BEEP


def _seconds(item: SoundItem) -> float:
    match item:
        case Silence(seconds) | Recording(seconds=seconds):
            return seconds
        case AudioFile(path):
            return _length_of_file(path)
        case _:
            return speaking_time(item.text)


def speaking_time(text: str) -> float:
    """How many seconds it takes, about, to say *text*; 0 for nothing."""
    text = text.strip()
    if not text:
        return 0.0
    wide = sum(1 for c in text if "\u2e80" <= c <= "\uffdc")
    return max(_SHORTEST, wide / _CHARACTERS + (len(text) - wide) / _LETTERS)


def _length_of_file(path: str) -> float:
    import soundfile  # with numpy a tenth of a second, for the few who ask how long a file is

    try:
        info = soundfile.info(path)
    except (soundfile.LibsndfileError, OSError) as error:
        name = "unreadable" if Path(path).exists() else "missing"
        raise NodeFailure(f"sound-file-{name}", f"cannot read {path}: {error}") from error
    return float(info.frames) / float(info.samplerate)
