"""From what an engine or a file gives to what a telephone wants: 8 kHz, one level, no dead air."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, Any

from speech.engine import TtsFailed
from speech.g711 import RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVEL = -20.0
"""dBFS: the RMS of the speech, pauses not counted, after `prompt`."""
PEAK = -1.0
"""dBFS: no sample beyond this; a level is given up before a peak is clipped."""
LEAD = 0.01
"""Seconds of silence before speech."""
FALL = 0.02
"""Seconds after the last loud frame that are kept: consonants end softly."""

_FRAME = 40  # 5 ms
_SILENT = -120.0
_FLOOR = -50.0  # dBFS: below this nothing is speech
_RANGE = 35.0  # dB below the loudest frame that still count as speech
_SECONDS_A_LETTER = 0.07  # spoken at 170 words a minute
_SECONDS_A_SYLLABLE = 0.25  # a Chinese character, likewise


def plausible(samples: NDArray[Any], rate: int, text: str, words_a_minute: int) -> None:
    """Raise `TtsFailed` when *samples* cannot be *text*: empty, silent, far too short or long."""
    import numpy as np

    seconds = len(samples) / rate
    if not len(samples):
        raise TtsFailed("the engine gave an empty sound")
    if _decibels(float(np.abs(samples.astype(np.float32)).max()) / 32768) < _FLOOR:
        raise TtsFailed(f"the engine gave {seconds:.1f} s of silence")
    expected = 170 / words_a_minute * sum(map(_expected, text))
    if not 0.15 * expected <= seconds <= 10 * expected + 3:
        raise TtsFailed(
            f"the engine gave {seconds:.2f} s of sound for {len(text)} characters, "
            f"where about {expected:.1f} s are to be expected"
        )


def _expected(char: str) -> float:
    if not char.isalnum():
        return 0.0
    return _SECONDS_A_SYLLABLE if char >= "\u2e80" else _SECONDS_A_LETTER


def prompt(samples: NDArray[Any], rate: int, tail: float) -> tuple[NDArray[np.int16], float]:
    """Speech at 8 kHz and `LEVEL` with `LEAD` s of silence before and *tail* s behind.

    Returns the samples and the level reached in dBFS.
    """
    import numpy as np

    sound = _at_8k(samples, rate)
    sound -= sound.mean()
    levels, loud = _speech(sound)
    if not len(loud):
        raise TtsFailed("the engine gave silence")
    first = max(0, int(loud[0]) * _FRAME - int(LEAD * RATE))
    last = min(len(sound), (int(loud[-1]) + 1) * _FRAME + int(FALL * RATE))
    level = _mean(levels[loud])
    peak = _decibels(float(np.abs(sound).max()))
    gain = min(LEVEL - level, PEAK - peak)
    speech = sound[first:last] * 10 ** (gain / 20)
    edge = np.linspace(0, 1, _FRAME, dtype=np.float32)
    speech[:_FRAME] *= edge
    speech[-_FRAME:] *= edge[::-1]
    before = np.zeros(max(0, int(LEAD * RATE) - (int(loud[0]) * _FRAME - first)), np.float32)
    behind = np.zeros(max(0, int((tail - FALL) * RATE)), np.float32)
    return _as_int16(np.concatenate([before, speech, behind])), level + gain


def recording(samples: NDArray[Any], rate: int) -> tuple[NDArray[np.int16], float]:
    """A sound file at 8 kHz, mono, otherwise as it is; and its RMS in dBFS."""
    import numpy as np

    sound = _at_8k(samples, rate)
    rms = float(np.sqrt(np.square(sound).mean())) if len(sound) else 0.0
    return _as_int16(sound), _decibels(rms)


def level(samples: NDArray[np.int16]) -> float:
    """The RMS of the speech in *samples* (8 kHz), pauses not counted, in dBFS."""
    import numpy as np

    levels, loud = _speech(samples.astype(np.float32) / np.float32(32768))
    return _mean(levels[loud]) if len(loud) else _SILENT


def _speech(sound: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The levels of all frames, and which of them are speech."""
    import numpy as np

    levels = _frame_levels(sound)
    return levels, np.flatnonzero(levels > max(_FLOOR, levels.max() - _RANGE))


def _mean(levels: NDArray[np.float32]) -> float:
    return 10 * log10(float((10 ** (levels / 10)).mean()))


def _at_8k(samples: NDArray[Any], rate: int) -> NDArray[np.float32]:
    """Integer or float samples, one column per channel, as one channel between -1 and 1."""
    import numpy as np

    sound = samples.astype(np.float32)
    if samples.dtype == np.int16:
        sound /= 32768
    if sound.ndim == 2:
        sound = sound.mean(axis=1)
    if rate != RATE and len(sound):
        import soxr

        sound = soxr.resample(sound, rate, RATE)
    return np.ascontiguousarray(sound, np.float32)


def _frame_levels(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The RMS of each 5 ms in dBFS; an incomplete last frame is filled up with silence."""
    import numpy as np

    frames = np.pad(sound, (0, -len(sound) % _FRAME or (0 if len(sound) else _FRAME)))
    power = np.square(frames.reshape(-1, _FRAME)).mean(axis=1)
    levels: NDArray[np.float32] = 10 * np.log10(power + 1e-12)
    return levels


def _as_int16(sound: NDArray[np.float32]) -> NDArray[np.int16]:
    import numpy as np

    return np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)


def _decibels(amplitude: float) -> float:
    return 20 * log10(max(amplitude, 1e-6))
