"""Clips in a row, cut into the frames of packets."""

from __future__ import annotations

from collections.abc import Sequence

Piece = tuple[bytes | None, int]
"""Sound as G.711 bytes and its length in samples; None is silence of that length."""


class Playlist:
    """A cursor over pieces of sound. Nothing is copied but the frame that is asked for."""

    __slots__ = ("_index", "_pieces", "_place", "_repeat", "_silence", "played")

    def __init__(self, pieces: Sequence[Piece], repeat: bool, silence: int) -> None:
        self._pieces = [piece for piece in pieces if piece[1] > 0]
        self._repeat = repeat
        self._silence = bytes((silence,))
        self._index = 0
        self._place = 0
        self.played = 0
        """Samples given out, the padding of the last frame not counted."""

    def frame(self, size: int) -> bytes | None:
        """The next *size* samples, padded with silence at the end; None when all is played."""
        if self._index < len(self._pieces):
            sound, length = self._pieces[self._index]
            end = self._place + size
            if end < length and sound is not None:
                frame = sound[self._place : end]
                self._place = end
                self.played += size
                return frame
        return self._across(size)

    def _across(self, size: int) -> bytes | None:
        """A frame that meets the end of a piece, or silence."""
        parts: list[bytes] = []
        wanted = size
        while wanted and self._index < len(self._pieces):
            sound, length = self._pieces[self._index]
            count = min(wanted, length - self._place)
            part = self._silence * count if sound is None else None
            if sound is not None:
                part = sound[self._place : self._place + count]
            parts.append(part or b"")
            wanted -= count
            self._place += count
            if self._place >= length:
                self._place = 0
                self._index += 1
                if self._repeat and self._index == len(self._pieces):
                    self._index = 0
        if not parts:
            return None
        self.played += size - wanted
        return b"".join(parts) + self._silence * wanted

    def skip(self, samples: int) -> None:
        """Leave out *samples*: they should have been heard while the process was held up."""
        if samples:
            self._across(samples)
