"""Which in-band key detector this machine has: libspandsp if it is installed, else our own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial

from telephony.core.g711_tables import EXPAND, Law
from telephony.media.hub import Tones

_LOW = {law: bytes(value & 0xFF for value in EXPAND[law]) for law in EXPAND}
_HIGH = {law: bytes(value >> 8 & 0xFF for value in EXPAND[law]) for law in EXPAND}
_MOST = 32


class SpandspKeys:
    """libspandsp's receiver (about 2 us a frame). Its sound format is 16-bit native samples."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._state = ctypes.c_void_p(library.dtmf_rx_init(None, None, None))
        self._keys = ctypes.create_string_buffer(_MOST + 1)

    def feed(self, sound: bytes, law: Law) -> str:
        """The keys that began in *sound*."""
        samples = bytearray(2 * len(sound))
        samples[0::2] = sound.translate(_LOW[law])
        samples[1::2] = sound.translate(_HIGH[law])
        self._library.dtmf_rx(self._state, bytes(samples), len(sound))
        count = self._library.dtmf_rx_get(self._state, self._keys, _MOST)
        return self._keys.raw[:count].decode("ascii") if count else ""

    def __del__(self) -> None:
        self._library.dtmf_rx_free(self._state)


def load() -> Callable[[], Tones]:
    """A maker of detectors. Takes some ten milliseconds: not for the packets' thread."""
    try:
        library = ctypes.CDLL("libspandsp.so.2")
        library.dtmf_rx_init.restype = ctypes.c_void_p
        library.dtmf_rx_init.argtypes = [ctypes.c_void_p] * 3
        library.dtmf_rx.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        library.dtmf_rx_get.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        library.dtmf_rx_free.argtypes = [ctypes.c_void_p]
    except (OSError, AttributeError):
        from telephony.core.inband import ToneKeys  # numpy, 20 MB: only where it is needed

        return ToneKeys
    return partial(SpandspKeys, library)
