"""Clips in a row, cut into the frames of packets."""

from __future__ import annotations

from collections.abc import Sequence

Piece = tuple[bytes | None, int]
"""Sound as G.711 bytes and its length in samples; None is silence of that length."""


class Playlist:
    """A cursor over pieces of sound. Nothing is copied but the frame that is asked for."""

    __slots__ = (
        "_before",
        "_index",
        "_length",
        "_pieces",
        "_place",
        "_repeat",
        "_silence",
        "_sound",
    )

    def __init__(self, pieces: Sequence[Piece], repeat: bool, silence: int) -> None:
        self._pieces = [piece for piece in pieces if piece[1] > 0]
        self._repeat = repeat
        self._silence = bytes((silence,))
        self._before = 0
        """Samples of the pieces that were played."""
        self._index = -1
        self._advance()

    def _advance(self) -> None:
        """Go to the next piece. *_length* is 0 unless it is sound that can be cut at once."""
        self._index += 1
        if self._repeat and self._index == len(self._pieces):
            self._index = 0
        self._place, self._length, self._sound = 0, 0, b""
        if self._index < len(self._pieces):
            sound, length = self._pieces[self._index]
            if sound is not None:
                self._sound, self._length = sound, length

    def translate(self, table: bytes, silence: int) -> None:
        """Go on in another law: the far end has changed its codec."""
        self._pieces = [
            (None if sound is None else sound.translate(table), length)
            for sound, length in self._pieces
        ]
        self._silence = bytes((silence,))
        self._sound = self._sound.translate(table)

    @property
    def played(self) -> int:
        """Samples given out, the padding of the last frame not counted."""
        return self._before + self._place

    def frame(self, size: int) -> bytes | None:
        """The next *size* samples, padded with silence at the end; None when all is played."""
        place = self._place
        end = place + size
        if end < self._length:
            self._place = end
            return self._sound[place:end]
        return self._across(size)

    def _across(self, size: int) -> bytes | None:
        """A frame that meets the end of a piece, or silence."""
        parts: list[bytes] = []
        wanted = size
        while wanted and self._index < len(self._pieces):
            sound, length = self._pieces[self._index]
            count = min(wanted, length - self._place)
            if sound is None:
                parts.append(self._silence * count)
            else:
                parts.append(sound[self._place : self._place + count])
            wanted -= count
            self._place += count
            if self._place >= length:
                self._before += length
                self._advance()
        if not parts:
            return None
        return b"".join(parts) + self._silence * wanted

    def skip(self, samples: int) -> None:
        """Leave out *samples*: they should have been heard while the process was held up."""
        if samples:
            self._across(samples)
