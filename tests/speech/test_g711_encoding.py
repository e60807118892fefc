from __future__ import annotations

import numpy as np
import pytest

from speech import g711


def expand_ulaw(byte: int) -> int:
    """The decoder of ITU-T G.711, written independently of the encoder."""
    code = ~byte & 0xFF
    size = ((code & 0x0F) * 8 + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size


def expand_alaw(byte: int) -> int:
    code = byte ^ 0x55
    segment, step = code >> 4 & 7, (code & 0x0F) * 16 + 8
    size = step if segment == 0 else step + 256 << segment - 1
    return size if code & 0x80 else -size


SAMPLES = np.arange(-32768, 32768).astype(np.int16)


@pytest.mark.parametrize(("law", "expand"), [("ulaw", expand_ulaw), ("alaw", expand_alaw)])
def test_every_sample_is_encoded_within_half_a_step(law: str, expand) -> None:  # type: ignore[no-untyped-def]
    encoded = g711.encode(SAMPLES, law)
    heard = np.array([expand(byte) for byte in encoded])
    wanted = np.clip(SAMPLES.astype(int), -32124, 32124)
    error = np.abs(heard - wanted)
    assert (error <= np.maximum(8, np.abs(wanted) / 16 + 3)).all()
    assert (np.diff(heard) >= 0).all()


@pytest.mark.parametrize(("law", "expand"), [("ulaw", expand_ulaw), ("alaw", expand_alaw)])
def test_every_code_is_a_fixed_point(law: str, expand) -> None:  # type: ignore[no-untyped-def]
    one = {"ulaw": g711.ulaw, "alaw": g711.alaw}[law]
    lost = [byte for byte in range(256) if one(expand(byte)) != byte]
    assert lost in ([], [0x7F])  # mu-law has two zeros


def test_silence_is_what_zero_becomes() -> None:
    zero = np.zeros(1, np.int16)
    assert {law: g711.encode(zero, law) for law in g711.SILENCE} == g711.SILENCE


def test_decoding_gives_back_what_was_encoded() -> None:
    heard = g711.decode_ulaw(g711.encode(SAMPLES, "ulaw"))
    assert (
        np.abs(
            heard.astype(int) - np.array([expand_ulaw(b) for b in g711.encode(SAMPLES, "ulaw")])
        ).max()
        <= 400
    )
    assert g711.encode(heard, "ulaw") == g711.encode(SAMPLES, "ulaw")
