"""What telephony must be told to start: plain values, already read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
NumberSource = Literal["request", "to", "p-called-party-id"]


@dataclass(frozen=True)
class Listen:
    """One listening socket, for example ``udp:127.0.0.1:5060``. Port 0 takes a free one."""

    transport: Literal["udp", "tcp", "tls", "ws", "wss"]
    host: str
    port: int


@dataclass(frozen=True)
class Trunk:
    """A carrier or a PBX: we register with it, or it is a static peer.

    *sources* are the networks its calls may come from; empty: the resolved address alone.
    """

    name: str
    host: str
    port: int = 5060
    register: bool = False
    user: str = ""
    password: str = ""
    sources: tuple[Network, ...] = ()
    number_from: NumberSource = "request"
    expires: float = 300.0


@dataclass(frozen=True)
class Phone:
    """A telephone that registers with us under *name* and its password."""

    name: str
    password: str


@dataclass(frozen=True)
class Route:
    """Where a dialled number goes: ``phone``, or ``trunk:NAME`` after *strip* leading digits.

    *match* is a pattern: ``?`` is one character, ``*`` any number of them.
    """

    match: str
    to: str
    strip: int = 0
    prefix: str = ""


@dataclass(frozen=True)
class Media:
    """The media process. *ports* is inclusive, *silence* says whether pauses are sent.

    A far end that sent sound and then neither sound nor reports is missed after *missed_after*
    seconds, and given up after *dead_after*.
    """

    ports: tuple[int, int] = (20000, 29999)
    processes: int = 1
    silence: Literal["send", "none"] = "send"
    missed_after: float = 60.0
    dead_after: float = 300.0


@dataclass(frozen=True)
class Sip:
    """The embedded SIP endpoint. Durations are seconds."""

    listen: tuple[Listen, ...] = (Listen("udp", "127.0.0.1", 5060),)
    public_address: str | None = None
    max_calls: int = 1000
    allow: tuple[Network, ...] = ()
    dial_allow: tuple[str, ...] = ()
    local_nets: tuple[Network, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    phones: tuple[Phone, ...] = ()
    routes: tuple[Route, ...] = ()
    media: Media = field(default_factory=Media)
    trace: str = ""
    """SIP messages to log: "" none, "all", a call id, or an address."""


@dataclass(frozen=True)
class Pyvoip:
    """The optional backend: one extension, *user*, on the PBX at *host* and *port* (UDP)."""

    host: str
    port: int
    user: str
    password: str
