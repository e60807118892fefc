"""Messages between signalling and a media process: msgpack arrays on a SOCK_SEQPACKET pair."""

from __future__ import annotations

from typing import Final

import msgspec

from telephony.core.g711_tables import Law

LARGEST = 65536
"""Bytes a message may have."""


class Start(msgspec.Struct, frozen=True):
    """What a process is told on its command line: the RTP ports it may use and how many to hold.

    *first* to *last* (exclusive) in steps of *step*. *missed_after*: see `Silent`.
    """

    first: int
    last: int
    step: int
    stock: int
    silence: str
    missed_after: float


BOTH: Final = 0
"""The number of the recording of both directions."""


class _Array(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A message: its tag and its fields in order."""


class Open(_Array, frozen=True, tag=1):
    """Use *port* for a leg. Legs are numbered upwards for ever, so that nothing stale fits."""

    leg: int
    port: int
    ipv6: bool


class Connect(_Array, frozen=True, tag=2):
    """Where a leg's sound goes: the fields of `telephony.media.plane.Remote`."""

    leg: int
    host: str
    port: int
    rtcp_port: int
    law: Law
    payload_type: int
    event_type: int | None
    signalling_host: str
    ptime: int
    send: bool
    receive: bool


class Answered(_Array, frozen=True, tag=3):
    """The call was answered."""

    leg: int


class Prefetch(_Array, frozen=True, tag=4):
    """Read these clips into memory."""

    stems: list[str]


Clips = list[tuple[str | None, int]]
"""(Stem or None for silence, samples of silence)."""


class Play(_Array, frozen=True, tag=5):
    """Send clips in place of what is playing; *over* what else is heard, or instead of it."""

    leg: int
    number: int
    clips: Clips
    interruptible: bool
    repeat: bool
    over: bool = False


class Music(_Array, frozen=True, tag=16):
    """Let clips be heard without end below everything else; none: no music any more."""

    leg: int
    number: int
    clips: Clips


class Signal(_Array, frozen=True, tag=17):
    """Let a short sound be heard over everything else; nobody is told of its end."""

    leg: int
    number: int
    clips: Clips


class Stop(_Array, frozen=True, tag=6):
    """Stop the sound *number*; *by* is what `PlayDone` shall say."""

    leg: int
    number: int
    by: str


class Record(_Array, frozen=True, tag=7):
    """Write what the far end says to a file."""

    leg: int
    number: int
    path: str
    most: float
    silence: float
    end_keys: str


class RecordBoth(_Array, frozen=True, tag=8):
    """Write both directions to a file until it is ended or the leg is closed."""

    leg: int
    path: str


class EndRecord(_Array, frozen=True, tag=9):
    """Close recording *number*, or `BOTH`."""

    leg: int
    number: int
    by: str


class PauseBoth(_Array, frozen=True, tag=15):
    """Keep silence instead of sound in the recording of both directions."""

    leg: int
    on: bool


class Secret(_Array, frozen=True, tag=10):
    """Keep silence instead of sound in recordings."""

    leg: int
    on: bool


class SendKeys(_Array, frozen=True, tag=11):
    """Press keys towards the far end."""

    leg: int
    keys: str


class Hear(_Array, frozen=True, tag=12):
    """Let a leg hear the far ends of *sources*: one is relayed, more are mixed.

    With *once_heard*, what plays on the leg plays on until its one source is heard.
    """

    leg: int
    sources: list[int]
    once_heard: bool = False


class Close(_Array, frozen=True, tag=14):
    """Close recordings, give the port back."""

    leg: int


Order = (
    Open
    | Connect
    | Answered
    | Prefetch
    | Play
    | Stop
    | Record
    | RecordBoth
    | EndRecord
    | PauseBoth
    | Secret
    | SendKeys
    | Hear
    | Music
    | Signal
    | Close
)


class Ports(_Array, frozen=True, tag=1):
    """Ports bound and free for use; the first message says that the process is ready."""

    ports: list[int]


class Key(_Array, frozen=True, tag=2):
    """A key; *ended* is the number of the sound it stopped after *samples*, or 0."""

    leg: int
    key: str
    source: str
    ended: int
    samples: int


class PlayDone(_Array, frozen=True, tag=3):
    """A sound ended."""

    leg: int
    number: int
    by: str
    samples: int


class PlayFailed(_Array, frozen=True, tag=4):
    """A sound, music or a signal could not be sent."""

    leg: int
    number: int
    name: str
    text: str


class Recorded(_Array, frozen=True, tag=5):
    """A recording was closed."""

    leg: int
    number: int
    samples: int
    by: str
    spoke: bool


class RecordFailed(_Array, frozen=True, tag=6):
    """A recording could not be kept; its number may be `BOTH`."""

    leg: int
    number: int
    name: str
    text: str


class Quality(_Array, frozen=True, tag=7):
    """The figures of one leg: packets, milliseconds; the peer's by RTCP, -1 when unknown.

    *skipped* packets were not sent because the process was held up.
    """

    leg: int
    received: int
    lost: int
    jitter: float
    sent: int
    skipped: int
    peer_lost: int
    peer_jitter: float
    round_trip: float


class Qualities(_Array, frozen=True, tag=8):
    """Figures of several legs."""

    legs: list[Quality]


class Closed(_Array, frozen=True, tag=9):
    """A leg is closed, its files are whole; *port* is free again (0: it could not be bound)."""

    leg: int
    port: int


class Silent(_Array, frozen=True, tag=10):
    """Nothing has come from the far end for *seconds*; said again as long as it lasts."""

    leg: int
    seconds: float


class Busy(_Array, frozen=True, tag=11):
    """Whether the process has as much to do as it can: no new calls then."""

    on: bool


Event = (
    Ports
    | Key
    | PlayDone
    | PlayFailed
    | Recorded
    | RecordFailed
    | Qualities
    | Closed
    | Silent
    | Busy
)

encode = msgspec.msgpack.Encoder().encode
decode_order = msgspec.msgpack.Decoder(Order).decode
decode_event = msgspec.msgpack.Decoder(Event).decode
decode_start = msgspec.json.Decoder(Start).decode
