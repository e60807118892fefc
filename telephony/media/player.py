"""Sounds of the media process: from an order to play to the word that it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from telephony.core.g711_tables import SILENCE, Law, translation
from telephony.core.playlist import Piece, Playlist
from telephony.media import protocol
from telephony.media.clips import Clips
from telephony.media.leg import MediaLeg

Emit = Callable[[protocol.Event], None]
Order = protocol.Play | protocol.Music | protocol.Signal


class Player:
    """Plays clips on legs, after they were read if need be."""

    def __init__(self, clips: Clips, emit: Emit) -> None:
        self._clips, self._emit = clips, emit

    # --- orders ---------------------------------------------------------------------------------

    def play(self, leg: MediaLeg, order: protocol.Play, now: float) -> None:
        """Stop what plays and send the clips of *order*, at once when they are in memory."""
        self.stop(leg, leg.number, "stopped")
        leg.number, leg.interruptible = order.number, order.interruptible
        self._gather(leg, order, now)

    def music(self, leg: MediaLeg, order: protocol.Music, now: float) -> None:
        """Let clips be heard below everything else, in place of other music."""
        leg.music = order.number
        leg.sender.music = None
        leg.sender.changed()
        if order.clips:
            self._gather(leg, order, now)

    def signal(self, leg: MediaLeg, order: protocol.Signal, now: float) -> None:
        """Let a short sound be heard over everything else."""
        self._gather(leg, order, now)

    def stop(self, leg: MediaLeg, number: int, by: str) -> None:
        """Stop sound *number* if it still plays, and tell what became of it."""
        if leg.ended is not None and leg.ended[0] == number:
            samples, by, leg.ended = leg.ended[1], "key", None
        elif number and leg.number == number:
            playlist = leg.sender.playlist
            samples = playlist.played if playlist is not None else 0
            leg.number, leg.sender.playlist = 0, None
            leg.sender.changed()
        else:
            return
        self._emit(protocol.PlayDone(leg.id, number, by, samples))

    # --- reading --------------------------------------------------------------------------------

    def _gather(self, leg: MediaLeg, order: Order, now: float) -> None:
        """Begin when all clips are in memory; what is missing is read."""
        law = leg.law
        stems = {stem for stem, _ in order.clips if stem is not None}
        sounds: dict[str, bytes] = {}
        for stem in stems:
            sound = self._clips.get(stem, law)
            if sound is not None:
                sounds[stem] = sound
        if len(sounds) == len(stems):
            self._begin(leg, order, sounds, law, now)
            return
        for stem in stems - sounds.keys():
            arrived = partial(self._arrived, leg, order, sounds, law, len(stems), stem)
            self._clips.fetch(stem, law, arrived)

    def _arrived(
        self,
        leg: MediaLeg,
        order: Order,
        sounds: dict[str, bytes],
        law: Law,
        wanted: int,
        stem: str,
        outcome: bytes | OSError,
    ) -> None:
        """A clip was read, or cannot be; the sound may have been stopped meanwhile."""
        if not _wanted(leg, order):
            return
        if isinstance(outcome, OSError):
            if isinstance(order, protocol.Play):
                leg.number = 0
            text = f"cannot play {stem}: {outcome.strerror}; render the prompts again"
            self._emit(protocol.PlayFailed(leg.id, order.number, "no-sound", text))
            return
        sounds[stem] = outcome
        if len(sounds) == wanted:
            self._begin(leg, order, sounds, law, time.monotonic())

    # --- playing --------------------------------------------------------------------------------

    def _begin(
        self, leg: MediaLeg, order: Order, sounds: dict[str, bytes], law: Law, now: float
    ) -> None:
        pieces: list[Piece] = [
            (None, samples) if stem is None else (sounds[stem], len(sounds[stem]))
            for stem, samples in order.clips
        ]
        repeat = isinstance(order, protocol.Music) or (
            isinstance(order, protocol.Play) and order.repeat
        )
        playlist = Playlist(pieces, repeat, SILENCE[law])
        table = translation(law, leg.law)
        if table is not None:  # the far end has changed its codec while the clips were read
            playlist.translate(table, SILENCE[leg.law])
        sender = leg.sender
        if isinstance(order, protocol.Play):
            sender.ended = partial(self._ended, leg)
            sender.play(playlist, now, order.over)
        elif isinstance(order, protocol.Music):
            sender.music = playlist
        else:
            sender.signal = playlist
        sender.changed()

    def _ended(self, leg: MediaLeg) -> None:
        number, leg.number = leg.number, 0
        if number:
            self._emit(protocol.PlayDone(leg.id, number, "end", leg.sender.played))


def _wanted(leg: MediaLeg, order: Order) -> bool:
    """Whether what *order* asks for is still to be heard when its clips were read."""
    if isinstance(order, protocol.Play):
        return leg.number == order.number
    return isinstance(order, protocol.Signal) or leg.music == order.number
