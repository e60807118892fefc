"""Offer and answer for one audio stream: PCMU or PCMA and telephone-event (RFC 3264, RFC 4733)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from telephony.core.sdp import Description, Media, SdpError, family, parse, render
from telephony.core.source import NOWHERE

Codec = Literal["PCMU", "PCMA"]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

EVENT_TYPE = 101
"""The payload type of telephone-event in our own offers."""
_CODECS: dict[str, Codec] = {"PCMU/8000": "PCMU", "PCMA/8000": "PCMA"}
_STATIC: dict[Codec, int] = {"PCMU": 0, "PCMA": 8}
_EVENT = "TELEPHONE-EVENT/8000"
_PTIMES = frozenset({10, 20, 30, 40, 50, 60})
_PROFILES = frozenset({"RTP/AVP", "RTP/AVPF"})


class NotAcceptable(Exception):
    """There is no way to talk (488); the message says why."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What offer and answer settled. *ptime* is ms a packet we send; *send* is False on hold."""

    host: str
    port: int
    codec: Codec
    payload_type: int
    event_type: int | None
    ptime: int = 20
    send: bool = True
    receive: bool = True
    rtcp_port: int = 0
    """Where the peer wants RTCP: ``a=rtcp`` (RFC 3605), else the port after *port*."""


class Negotiation:
    """One side of one stream, over the whole call.

    *host* and *port* are where we receive. The version in ``o=`` rises when, and only when, our
    description changes (RFC 3264 section 8).
    """

    __slots__ = (
        "_at",
        "_event_type",
        "_last",
        "_version",
        "agreed",
        "hold",
        "host",
        "port",
        "session_id",
    )

    def __init__(self, host: str, port: int, session_id: int) -> None:
        self.host, self.port, self.session_id = host, port, session_id
        self.hold = False
        """Whether we want the far end silent: we offer and answer without receiving."""
        self.agreed: Agreed | None = None
        self._event_type = EVENT_TYPE
        self._version = session_id
        self._at = 0
        self._last: tuple[tuple[str, ...], ...] = ()

    def offer(self) -> bytes:
        """Our offer: the codec in use first, or PCMU, PCMA."""
        first: Codec = self.agreed.codec if self.agreed else "PCMU"
        codecs: list[Codec] = [first, "PCMA" if first == "PCMU" else "PCMU"]
        lines = self._section(
            "RTP/AVP",
            [(_STATIC[codec], codec) for codec in codecs],
            self._event_type,
            20,
            "sendonly" if self.hold else "sendrecv",
        )
        # m= lines never go away: those refused before stay, refused (RFC 3264 section 8)
        sections = list(self._last) or [lines]
        sections[self._at] = lines
        return self._render(tuple(sections))

    def answer(self, offer: bytes) -> bytes:
        """Our answer to *offer*; sets `agreed`.

        `SdpError` when it is unreadable, `NotAcceptable` when nothing fits; then all stays as it
        was.
        """
        description = parse(offer)
        at, media, codec, number = self._choose(description)
        event = _event_type(media)
        theirs = _direction(media)
        ours = _reverse(theirs, self.hold)
        sections = [_refused(section) for section in description.media]
        sections[at] = self._section(media.proto, [(number, codec)], event, _ptime(media), ours)
        self.agreed = _settled(media, codec, number, event, ours)
        self._at = at
        if event is not None:
            self._event_type = event
        return self._render(tuple(sections))

    def accept(self, answer: bytes) -> Agreed:
        """Take the answer to our last offer; sets `agreed`. Raises as `answer` does."""
        description = parse(answer)
        if len(description.media) <= self._at:
            raise NotAcceptable("the answer lacks our m= line")
        media = description.media[self._at]
        if media.kind != "audio" or not media.port:
            raise NotAcceptable("the answer refuses audio")
        if unreachable := self._unreachable(media):
            raise NotAcceptable(unreachable)
        codec, number = _codec(media, None)
        ours = _reverse(_direction(media), self.hold)
        self.agreed = _settled(media, codec, number, _event_type(media), ours)
        return self.agreed

    def _choose(self, description: Description) -> tuple[int, Media, Codec, int]:
        why = "the offer has no audio"
        preferred = self.agreed.codec if self.agreed else None
        for at, media in enumerate(description.media):
            if media.kind != "audio" or not media.port or not media.host:
                continue
            if media.proto.upper() not in _PROFILES:
                why = f"{media.proto} is not spoken here, only RTP/AVP"
                continue
            if unreachable := self._unreachable(media):
                why = unreachable
                continue
            try:
                codec, number = _codec(media, preferred)
            except NotAcceptable as error:
                why = str(error)
                continue
            return at, media, codec, number
        raise NotAcceptable(why)

    def _unreachable(self, media: Media) -> str:
        """Why no sound could be sent to *media* from here, "" when it can."""
        ours = family(self.host)
        if family(media.host) == ours:
            return ""
        return f"{media.host} cannot be reached by {ours}, which is spoken here"

    def _section(
        self,
        proto: str,
        codecs: list[tuple[int, Codec]],
        event: int | None,
        ptime: int,
        direction: Direction,
    ) -> tuple[str, ...]:
        formats = [str(number) for number, _ in codecs]
        lines = [f"a=rtpmap:{number} {codec}/8000" for number, codec in codecs]
        if event is not None:
            formats.append(str(event))
            lines.append(f"a=rtpmap:{event} telephone-event/8000")
            lines.append(f"a=fmtp:{event} 0-15")
        lines += [f"a=ptime:{ptime}", f"a={direction}"]
        return f"m=audio {self.port} {proto} {' '.join(formats)}", *lines

    def _render(self, sections: tuple[tuple[str, ...], ...]) -> bytes:
        if self._last and sections != self._last:
            self._version += 1
        self._last = sections
        return render(self.host, self.session_id, self._version, sections)


def _codec(media: Media, preferred: Codec | None) -> tuple[Codec, int]:
    """The first codec of *media* that we speak, *preferred* before others."""
    found: list[tuple[Codec, int]] = []
    for number in media.formats:
        codec = _CODECS.get(media.encoding(number))
        if codec and number.isascii() and number.isdigit() and int(number) < 128:
            found.append((codec, int(number)))
    if not found:
        raise NotAcceptable("no common codec: PCMU and PCMA are spoken here")
    return next((pair for pair in found if pair[0] == preferred), found[0])


def _event_type(media: Media) -> int | None:
    for number in media.formats:
        if media.rtpmap.get(number) == _EVENT and number.isdigit() and int(number) < 128:
            return int(number)
    return None


def _ptime(media: Media) -> int:
    """Milliseconds a packet of ours: what the peer asks for, if we make such packets."""
    if media.ptime in _PTIMES:
        return media.ptime
    return 10 if 0 < media.maxptime < 20 else 20


def _direction(media: Media) -> str:
    """What the peer wants; the address 0.0.0.0 means that it wants no sound."""
    if media.host in NOWHERE:
        return {"sendrecv": "sendonly", "recvonly": "inactive"}.get(
            media.direction, media.direction
        )
    return media.direction


def _reverse(theirs: str, hold: bool) -> Direction:
    """Our direction against theirs (RFC 3264 6.1); on hold we do not receive."""
    send = theirs in ("sendrecv", "recvonly")
    receive = theirs in ("sendrecv", "sendonly") and not hold
    if send:
        return "sendrecv" if receive else "sendonly"
    return "recvonly" if receive else "inactive"


def _settled(media: Media, codec: Codec, number: int, event: int | None, ours: Direction) -> Agreed:
    rtcp = media.rtcp.partition(" ")[0]
    if rtcp.isascii() and rtcp.isdigit() and 0 < int(rtcp[:6]) < 65536:
        rtcp_port = int(rtcp)
    else:
        rtcp_port = media.port + 1 if media.port < 65535 else 0
    return Agreed(
        media.host,
        media.port,
        codec,
        number,
        event,
        _ptime(media),
        ours in ("sendrecv", "sendonly") and media.host not in NOWHERE,
        ours in ("sendrecv", "recvonly"),
        rtcp_port,
    )


def _refused(media: Media) -> tuple[str, ...]:
    return (f"m={media.kind} 0 {media.proto} {media.formats[0]}",)


__all__ = ["Agreed", "Negotiation", "NotAcceptable", "SdpError"]
