"""The signalling side of the media plane: leases ports, sends orders, hears what happened."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from telephony.core.hearing import TapMode
from telephony.line import Clip, KeySource, PlayEnd, RecordDone
from telephony.settings import Media


@dataclass(frozen=True, slots=True)
class Remote:
    """Where and how a leg's sound goes, as offer and answer settled it.

    *event_type* is the payload type of telephone-event, None when it was not negotiated (in-band
    tones are listened for then). *signalling_host* is where SIP comes from: besides *host* the
    only address that may lock the source. *send* and *receive* are False on hold.
    """

    host: str
    port: int
    codec: Literal["PCMU", "PCMA"]
    payload_type: int
    event_type: int | None
    signalling_host: str
    ptime: int = 20
    send: bool = True
    receive: bool = True
    rtcp_port: int | None = None
    """From an ``rtcp`` attribute (RFC 3605); None is the port after *port*."""


class LegListener(Protocol):
    """Who hears of a leg. Called on the event loop."""

    def key(self, key: str, source: KeySource) -> None:
        """A key by RFC 4733 or an in-band tone."""

    def silent(self, seconds: float) -> None:
        """For so long nothing has come from the far end; told again as long as it lasts."""

    def lost(self, reason: str) -> None:
        """The leg is gone: the media process died."""


class Leg(Protocol):
    """One leased port and what flows through it. Methods without ``async`` never block."""

    port: int
    listener: LegListener | None

    def connect(self, remote: Remote) -> None:
        """Start, or change, where sound goes (after an answer or a re-INVITE)."""

    def answered(self) -> None:
        """The call was answered now: the two seconds in which the source may lock begin."""

    async def play(
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        """As `telephony.line.Call.play`."""

    def stop(self) -> None:
        """Stop the sound."""

    def music(self, clips: Sequence[Clip]) -> None:
        """Send clips without end, below what else is heard; none: no music any more."""

    def signal(self, name: str) -> None:
        """Send a short sound (`telephony.media.tone_clips.SOUNDS`) over whatever is heard."""

    async def record(self, path: str, *, most: float, silence: float, end_keys: str) -> RecordDone:
        """As `telephony.line.Call.record`; closed with ``by="stopped"`` by `close`."""

    def record_both(self, path: str) -> None:
        """As `telephony.line.Call.record_both`."""

    def stop_record_both(self) -> None:
        """As `telephony.line.Call.stop_record_both`."""

    def pause_record_both(self, on: bool) -> None:
        """As `telephony.line.Call.pause_record_both`."""

    def secret(self, on: bool) -> None:
        """As `telephony.line.Call.secret`."""

    def key(self, key: str) -> bool:
        """A key that came by SIP INFO: stops an interruptible sound and ends a recording.

        Who hears this leg alone has it sent on as `send_keys` does.
        True when media already reported the same key within 200 ms, or when it ended a
        recording: then the listener must not hear of it.
        """

    def send_keys(self, keys: str) -> None:
        """Send RFC 4733 events, 100 ms each with 100 ms between."""

    def bridge(self, other: Leg, *, once_heard: bool = False) -> None:
        """Relay both ways between this leg and *other*.

        A sound that plays covers the other side; with *once_heard* it ends when that is heard.
        """

    def join(self, room: Hashable) -> None:
        """Let this leg and all others in *room* hear each other; it leaves where it was."""

    def tap(self, other: Leg, mode: TapMode) -> None:
        """As `telephony.line.Call.tap`."""

    def part(self) -> None:
        """Leave the bridge, the room or the tap; nobody is heard any more."""

    def quality(self) -> dict[str, float]:
        """Last known packets, lost, jitter in ms."""

    def close(self) -> None:
        """Close recordings whole, give the port back."""


class MediaPlane(Protocol):
    """The media processes of one endpoint."""

    async def start(self, settings: Media, max_calls: int) -> None:
        """Start the processes and bind ports."""

    def lease(self, near: Leg | None = None, *, ipv6: bool = False) -> Leg | None:
        """A leg with a port that is bound already, None when all are in use.

        *ipv6*: its far end has an IPv6 address.

        Legs that will be bridged belong *near* each other, in one process if there is room.
        """

    def prefetch(self, stems: Sequence[str]) -> None:
        """Have these clips in memory before they are played."""

    def on_restart(self, told: Callable[[str], None]) -> None:
        """Tell *told* when a media process died and was started again."""

    async def stop(self) -> None:
        """Close all legs and end the processes."""
