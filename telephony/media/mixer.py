"""Who hears whom in a media process, and how: relayed as it came, or mixed with other things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from telephony.core.mixing import Blend, Voice
from telephony.media.leg import MediaLeg
from telephony.media.sender import nobody

GiveWay = Callable[[MediaLeg], None]
"""Ends the sound that plays on a leg because the one it waited for is heard."""


class Mixer:
    """Arranges the streams of legs by what each is to hear.

    Nothing: its own sound or music, as it is. One far end: its packets are relayed. More than one
    thing at once (far ends, music, a sound over them, a signal): a `Blend`. What changes is noted
    and done in the next `settle`, outside of the pacing of packets.
    """

    def __init__(self, legs: Mapping[int, MediaLeg], give_way: GiveWay) -> None:
        self._legs, self._give_way = legs, give_way
        self._changed: dict[MediaLeg, None] = {}

    def watch(self, leg: MediaLeg) -> None:
        """Arrange *leg* anew whenever it has another number of things to hear."""
        leg.sender.changed = partial(self._note, leg)

    def _note(self, leg: MediaLeg) -> None:
        self._changed[leg] = None

    def hear(self, leg: MediaLeg, sources: Sequence[int], once_heard: bool) -> None:
        """Let the far end of *leg* hear those of *sources* from now on."""
        found = tuple(
            self._legs[source] for source in sources if source in self._legs and source != leg.id
        )
        leg.sender.yields = None
        if once_heard and len(found) == 1:
            leg.sender.yields = partial(self._give_way, leg)
        self._set(leg, found)

    def _set(self, leg: MediaLeg, sources: tuple[MediaLeg, ...]) -> None:
        before, leg.heard = leg.heard, sources
        for source in before:
            source.hearers.pop(leg, None)
            self._changed[source] = None
        for source in sources:
            source.hearers[leg] = None
        self._changed[leg] = None

    def forget(self, leg: MediaLeg) -> None:
        """A leg is closed: nobody hears it any more."""
        self._set(leg, ())
        for hearer in tuple(leg.hearers):
            self._set(hearer, tuple(source for source in hearer.heard if source is not leg))
        leg.sender.changed = nobody
        del self._changed[leg]
        leg.relays, leg.voice, leg.sender.blend = (), None, None

    def settle(self, now: float) -> None:
        """Do what has changed since the last call."""
        if not self._changed:
            return
        changed, self._changed = self._changed, {}
        concerned = dict(changed)
        for leg in changed:
            self._arrange(leg, now)
            concerned.update(dict.fromkeys(leg.heard))
        for leg in concerned:
            _attend(leg)

    def _arrange(self, leg: MediaLeg, now: float) -> None:
        """Find out whether what *leg* is to hear must be mixed."""
        sender = leg.sender
        over = sender.playlist is not None and sender.over
        music = sender.music is not None
        mixed = len(leg.heard) + music + over > 1 or sender.signal is not None
        if not mixed and music and sender.blend is not None and not sender.blend.settled:
            mixed = True  # until the music is as loud as before
            self._changed[leg] = None
        blend = None
        if mixed:
            blend = sender.blend or Blend()
            blend.voices = tuple(_voice(source) for source in leg.heard)
        sender.relay(len(leg.heard) == 1 and not mixed, now, blend)


def _voice(leg: MediaLeg) -> Voice:
    """What the far end of *leg* says, decoded from now on."""
    if leg.voice is None:
        leg.voice = Voice()
    return leg.voice


def _attend(leg: MediaLeg) -> None:
    """Let a leg's sound go to those who hear it, and nowhere else."""
    senders = [hearer.sender for hearer in leg.hearers]
    leg.relays = tuple(sender for sender in senders if sender.relayed)
    if all(sender.blend is None for sender in senders):
        leg.voice = None
    leg.attend()
