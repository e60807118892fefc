"""Session descriptions as text (RFC 8866): what a telephone call needs of them.

Our own reader: aiosipua's fails on ``m=audio 4000/2``, overlooks a direction given once for the
whole session and keeps several objects a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address

MAX_BODY = 16 * 1024
MAX_MEDIA = 32
DIRECTIONS = frozenset({"sendrecv", "sendonly", "recvonly", "inactive"})

# RFC 3551 table 4: the static numbers that need no rtpmap
_STATIC = {"0": "PCMU/8000", "3": "GSM/8000", "8": "PCMA/8000", "9": "G722/8000", "18": "G729/8000"}


class SdpError(ValueError):
    """The text is no session description."""


@dataclass(slots=True)
class Media:
    """One ``m=`` section. *host* is its own ``c=`` or the session's, "" without either.

    *proto* is as written: an answer repeats it.
    """

    kind: str
    port: int
    proto: str
    formats: list[str]
    host: str = ""
    direction: str = ""
    rtpmap: dict[str, str] = field(default_factory=dict)
    """Payload type to NAME/RATE, in upper case."""
    ptime: int = 0
    """Milliseconds, 0 when not said, never above *maxptime*."""
    maxptime: int = 0
    rtcp: str = ""
    """``a=rtcp`` as written: a port, or a port and an address (RFC 3605)."""

    def encoding(self, number: str) -> str:
        """NAME/RATE of a payload type, "" when nothing says it."""
        return self.rtpmap.get(number) or _STATIC.get(number, "")


@dataclass(slots=True)
class Description:
    """A whole session description."""

    host: str = ""
    direction: str = ""
    media: list[Media] = field(default_factory=list)


def parse(body: bytes) -> Description:
    """Read *body*; `SdpError` when it is none. Lines that do not matter here are skipped."""
    if len(body) > MAX_BODY:
        raise SdpError(f"the session description has {len(body)} octets")
    lines = body.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    if not body.lstrip().startswith(b"v=0"):
        raise SdpError("a session description begins with v=0")
    found = Description()
    media: Media | None = None
    for line in lines:
        kind, value = line[:2], line[2:].strip()
        if kind == "m=":
            media = _media(value)
            found.media.append(media)
            if len(found.media) > MAX_MEDIA:
                raise SdpError("too many m= lines")
        elif kind == "c=":
            host = _connection(value)
            if media is None:
                found.host = host
            else:
                media.host = host
        elif kind == "a=":
            _attribute(value, media, found)
    for section in found.media:
        section.host = section.host or found.host
        section.direction = section.direction or found.direction or "sendrecv"
        if section.maxptime:
            section.ptime = min(section.ptime, section.maxptime)
    return found


def _media(value: str) -> Media:
    parts = value.split()
    if len(parts) < 4:
        raise SdpError(f"bad m= line {value[:60]!r}")
    port = parts[1].partition("/")[0]
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) < 65536):
        raise SdpError(f"bad port in m= line {value[:60]!r}")
    return Media(parts[0].lower(), int(port), parts[2], parts[3:])


def _connection(value: str) -> str:
    parts = value.split()
    if len(parts) != 3 or parts[0].upper() != "IN" or parts[1].upper() not in ("IP4", "IP6"):
        raise SdpError(f"bad c= line {value[:60]!r}")
    host = parts[2].partition("/")[0]
    try:
        return str(IPv6Address(host)) if ":" in host else host  # one text for one address
    except ValueError:
        raise SdpError(f"bad address in c= line {value[:60]!r}") from None


def _attribute(value: str, media: Media | None, whole: Description) -> None:
    name, _, rest = value.partition(":")
    name = name.strip().lower()
    if name in DIRECTIONS:
        if media is None:
            whole.direction = name
        else:
            media.direction = name
    elif media is None:
        return
    elif name == "rtpmap":
        number, _, encoding = rest.strip().partition(" ")
        media.rtpmap[number] = encoding.strip().upper().removesuffix("/1")
    elif name == "ptime":
        media.ptime = _milliseconds(rest)
    elif name == "maxptime":
        media.maxptime = _milliseconds(rest)
    elif name == "rtcp":
        media.rtcp = rest.strip()


def _milliseconds(text: str) -> int:
    """A whole number below 10 s, some peers write ``20.0``; 0 when it is none."""
    digits = text.strip().partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 0


def family(host: str) -> str:
    """``IP6`` for an IPv6 address, else ``IP4``."""
    return "IP6" if ":" in host else "IP4"


def render(host: str, session_id: int, version: int, sections: Iterable[Iterable[str]]) -> bytes:
    """A session description of ours; each section is its ``m=`` line and what belongs to it."""
    net = f"IN {family(host)} {host}"
    lines = ["v=0", f"o=- {session_id} {version} {net}", "s=-", f"c={net}", "t=0 0"]
    for section in sections:
        lines.extend(section)
    lines.append("")
    return "\r\n".join(lines).encode()


_BOUNDARY = re.compile(r'boundary="?([^";,\s]+)"?', re.IGNORECASE)


def from_body(content_type: str, body: bytes) -> bytes | None:
    """The session description in a message body, also out of multipart (RFC 5621); None without.

    *content_type* is the whole header value.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/sdp" or (not kind and body.startswith(b"v=0")):
        return body
    boundary = _BOUNDARY.search(content_type)
    if not kind.startswith("multipart/") or boundary is None:
        return None
    for part in body.split(b"--" + boundary[1].encode("utf-8", "surrogateescape")):
        head, _, content = part.partition(b"\r\n\r\n")
        if b"application/sdp" in head.lower():
            return content.removesuffix(b"\r\n")
    return None
