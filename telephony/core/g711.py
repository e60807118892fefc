"""G.711 to and from linear samples, with numpy (ITU-T G.711)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telephony.core.g711_tables import EXPAND, Law

Samples = NDArray[np.int16]


def _compression(law: Law) -> NDArray[np.uint8]:
    """The nearest code of all 65,536 samples, indexed by the sample as an unsigned number."""
    values = np.array(EXPAND[law])
    order = np.argsort(values, kind="stable")
    steps = values[order]
    samples = np.arange(-32768, 32768)
    nearest = np.searchsorted((steps[1:] + steps[:-1]) / 2, samples, side="right")
    codes = order[nearest].astype(np.uint8)
    return np.roll(codes, 32768)


_COMPRESS: dict[Law, NDArray[np.uint8]] = {law: _compression(law) for law in EXPAND}
_EXPAND: dict[Law, Samples] = {law: np.array(EXPAND[law], np.int16) for law in EXPAND}


def encode(samples: Samples, law: Law = "PCMU") -> bytes:
    """Compress linear 16-bit *samples*, a byte for each."""
    return _COMPRESS[law][samples.view(np.uint16)].tobytes()


def decode(sound: bytes | bytearray | memoryview, law: Law = "PCMU") -> Samples:
    """Expand G.711 bytes to linear 16-bit samples."""
    return _EXPAND[law][np.frombuffer(sound, np.uint8)]
