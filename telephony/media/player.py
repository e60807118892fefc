"""Sounds of the media process: from an order to play to the word that it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from telephony.core.g711_tables import SILENCE
from telephony.core.playlist import Piece, Playlist
from telephony.media import protocol
from telephony.media.clips import Clips
from telephony.media.leg import MediaLeg

Emit = Callable[[protocol.Event], None]


class Player:
    """Plays clips on legs, after they were read if need be."""

    def __init__(self, clips: Clips, emit: Emit) -> None:
        self._clips, self._emit = clips, emit

    def play(self, leg: MediaLeg, order: protocol.Play, now: float) -> None:
        """Stop what plays and send the clips of *order*, at once when they are in memory."""
        self.stop(leg, leg.number, "stopped")
        leg.number, leg.interruptible = order.number, order.interruptible
        stems = {stem for stem, _ in order.clips if stem is not None}
        sounds: dict[str, bytes] = {}
        for stem in stems:
            sound = self._clips.get(stem, leg.law)
            if sound is not None:
                sounds[stem] = sound
        if len(sounds) == len(stems):
            self._begin(leg, order, sounds, now)
            return
        for stem in stems - sounds.keys():
            arrived = partial(self._arrived, leg, order, sounds, len(stems), stem)
            self._clips.fetch(stem, leg.law, arrived)

    def _arrived(
        self,
        leg: MediaLeg,
        order: protocol.Play,
        sounds: dict[str, bytes],
        wanted: int,
        stem: str,
        outcome: bytes | OSError,
    ) -> None:
        """A clip was read, or cannot be; the sound may have been stopped meanwhile."""
        if leg.number != order.number:
            return
        if isinstance(outcome, OSError):
            leg.number = 0
            text = f"cannot play {stem}: {outcome.strerror}; render the prompts again"
            self._emit(protocol.PlayFailed(leg.id, order.number, "no-sound", text))
            return
        sounds[stem] = outcome
        if len(sounds) == wanted:
            self._begin(leg, order, sounds, time.monotonic())

    def _begin(
        self, leg: MediaLeg, order: protocol.Play, sounds: dict[str, bytes], now: float
    ) -> None:
        pieces: list[Piece] = [
            (None, samples) if stem is None else (sounds[stem], len(sounds[stem]))
            for stem, samples in order.clips
        ]
        leg.sender.ended = partial(self._ended, leg)
        leg.sender.play(Playlist(pieces, order.repeat, SILENCE[leg.law]), now)

    def _ended(self, leg: MediaLeg) -> None:
        number, leg.number = leg.number, 0
        if number:
            self._emit(protocol.PlayDone(leg.id, number, "end", leg.sender.played))

    def stop(self, leg: MediaLeg, number: int, by: str) -> None:
        """Stop sound *number* if it still plays, and tell what became of it."""
        if leg.ended is not None and leg.ended[0] == number:
            samples, by, leg.ended = leg.ended[1], "key", None
        elif number and leg.number == number:
            playlist = leg.sender.playlist
            samples = playlist.played if playlist is not None else 0
            leg.number, leg.sender.playlist = 0, None
        else:
            return
        self._emit(protocol.PlayDone(leg.id, number, by, samples))
