"""G.711 as byte tables (ITU-T G.711): translate, measure and expand sound without arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal

Law = Literal["PCMU", "PCMA"]
SILENCE: dict[Law, int] = {"PCMU": 0xFF, "PCMA": 0xD5}
"""The byte of no sound."""
PAYLOAD_TYPE: dict[Law, int] = {"PCMU": 0, "PCMA": 8}
"""The static payload types (RFC 3551 section 6)."""
SUFFIX: dict[Law, str] = {"PCMU": ".ulaw", "PCMA": ".alaw"}
"""The endings of raw files."""


def _expand_ulaw(code: int) -> int:
    code = ~code & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def _expand_alaw(code: int) -> int:
    code ^= 0x55
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    magnitude = step + 8 if not segment else (step + 0x108) << (segment - 1)
    return magnitude if code & 0x80 else -magnitude


def _nearest(codes: dict[int, int], values: Iterable[int]) -> bytes:
    """For each of *values* the code whose value is nearest; *codes* maps value to code."""
    steps = sorted(codes)
    middles = [(low + high) / 2 for low, high in zip(steps, steps[1:], strict=False)]
    return bytes(codes[steps[bisect_right(middles, value)]] for value in values)


def _codes(values: tuple[int, ...]) -> dict[int, int]:
    return {value: code for code, value in enumerate(values)}


def _levels(values: tuple[int, ...]) -> bytes:
    """Loudness of each code, 0 to 127: the magnitude part of mu-law, which is a logarithm."""
    loud = {abs(value): ~code & 0x7F for code, value in enumerate(EXPAND_ULAW)}
    return _nearest(loud, map(abs, values))


EXPAND_ULAW = tuple(_expand_ulaw(code) for code in range(256))
EXPAND_ALAW = tuple(_expand_alaw(code) for code in range(256))
EXPAND: dict[Law, tuple[int, ...]] = {"PCMU": EXPAND_ULAW, "PCMA": EXPAND_ALAW}
"""The linear 16-bit sample of each code."""
ULAW_TO_ALAW = _nearest(_codes(EXPAND_ALAW), EXPAND_ULAW)
ALAW_TO_ULAW = _nearest(_codes(EXPAND_ULAW), EXPAND_ALAW)
"""For `bytes.translate`."""
LEVEL: dict[Law, bytes] = {"PCMU": _levels(EXPAND_ULAW), "PCMA": _levels(EXPAND_ALAW)}
"""For `bytes.translate`: the loudness of each sample (see `loudness`)."""


def translation(source: Law, target: Law) -> bytes | None:
    """The table from one law to the other, None when they are the same."""
    if source == target:
        return None
    return ULAW_TO_ALAW if source == "PCMU" else ALAW_TO_ULAW


def loudness(sound: bytes, law: Law) -> float:
    """The mean loudness of *sound*: 0 is none, 127 the most, 16 more is twice the amplitude."""
    return sum(sound.translate(LEVEL[law])) / len(sound) if sound else 0.0
