"""Tones as clips: files in a folder of their own, for media processes only ever play files."""

from __future__ import annotations

from pathlib import Path

from telephony.core import g711, tones
from telephony.core.g711_tables import SUFFIX
from telephony.core.rfc4733 import KEYS
from telephony.core.rtp import RATE
from telephony.line import Clip

SOUNDS = {
    "ring-back": tones.ring_back,
    "busy": tones.busy,
    "beep": tones.beep,
    "join": tones.join,
    "leave": tones.leave,
}
_NAMES = {"*": "star", "#": "pound"}


def write(folder: Path) -> dict[str, Clip]:
    """Write all tones; clips by name: `SOUNDS`, and each key by itself.

    Ring-back and busy are one cycle, to be repeated; a key's tone has its pause after it.
    """
    sounds = {name: make() for name, make in SOUNDS.items()}
    clips = {}
    for key in KEYS:
        sounds[key] = tones.key_tone(key)
    for name, samples in sounds.items():
        stem = folder / _NAMES.get(name, name)
        for law, suffix in SUFFIX.items():
            stem.with_suffix(suffix).write_bytes(g711.encode(samples, law))
        clips[name] = Clip(str(stem), len(samples) / RATE, f"({name})")
    return clips
