"""What the test peer says: SIP messages, SDP texts and digests, as plainly as they go."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sip_peer_media import Stream
from telephony.core.g711_tables import PAYLOAD_TYPE, Law

_TAG = re.compile(r";\s*tag=([^;\s]+)")
_URI_USER = re.compile(r"<?sip:([^@;>]+)@")
_SPELLED = {"call-id": "Call-ID", "cseq": "CSeq", "www-authenticate": "WWW-Authenticate"}
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


def token() -> str:
    """A fresh word for tags, branches and Call-IDs."""
    return f"{random.getrandbits(48):012x}"


def _spelled(name: str) -> str:
    """A header name as RFC 3261 writes it (pyVoIP knows no other spelling)."""
    return _SPELLED.get(name, name.title())


@dataclass
class Message:
    """A request or a response. Header names are in lower case."""

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Message:
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = [(name.strip().lower(), value.strip()) for name, _, value in
                   (line.partition(":") for line in lines)]  # fmt: skip
        return cls(first, headers, body.decode())

    def __bytes__(self) -> bytes:
        body = self.body.encode()
        lines = [self.first, *(f"{_spelled(name)}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body

    def get(self, name: str) -> str:
        """The first value of a header, "" when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def status(self) -> int:
        """The status of a response, 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The method of a request, or that of the request a response belongs to."""
        return self.get("cseq").split()[-1] if self.status else self.first.split()[0]

    @property
    def number(self) -> int:
        """The CSeq number."""
        return int(self.get("cseq").split()[0])

    def tag(self, side: str) -> str:
        """The tag of From or To, "" when there is none."""
        found = _TAG.search(self.get(side))
        return found[1] if found else ""

    def user(self, side: str = "") -> str:
        """The user part of From or To, or of the Request-URI."""
        found = _URI_USER.search(self.get(side) if side else self.first)
        return found[1] if found else ""

    @property
    def branch(self) -> str:
        """The branch of the topmost Via."""
        found = re.search(r";branch=([^;\s,]+)", self.get("via"))
        return found[1] if found else ""


@dataclass(frozen=True)
class Manners:
    """How a telephone makes its offers and answers: codecs in order, telephone-event or None."""

    codecs: Sequence[Law] = ("PCMU", "PCMA")
    event_type: int | None = 101
    ptime: int = 20


def describe(manners: Manners, host: str, port: int, direction: str = "sendrecv") -> str:
    """An SDP text."""
    kinds = [PAYLOAD_TYPE[codec] for codec in manners.codecs]
    maps = [f"a=rtpmap:{PAYLOAD_TYPE[codec]} {codec}/8000" for codec in manners.codecs]
    if manners.event_type is not None:
        kinds.append(manners.event_type)
        maps.append(f"a=rtpmap:{manners.event_type} telephone-event/8000")
        maps.append(f"a=fmtp:{manners.event_type} 0-15")
    lines = ["v=0", f"o=peer 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0",
             f"m=audio {port} RTP/AVP {' '.join(map(str, kinds))}", *maps,
             f"a=ptime:{manners.ptime}", f"a={direction}", ""]  # fmt: skip
    return "\r\n".join(lines)


@dataclass(frozen=True)
class Described:
    """What an SDP text says about its audio."""

    host: str
    port: int
    kinds: tuple[int, ...]
    event_type: int | None
    direction: str

    @classmethod
    def read(cls, text: str) -> Described:
        media = re.search(r"^m=audio (\d+) RTP/AVP ([\d ]+)", text, re.M)
        host = re.findall(r"^c=IN IP4 (\S+)", text, re.M)
        assert media and host, f"an SDP without audio: {text!r}"
        event = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", text, re.M | re.I)
        direction = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", text, re.M)
        return cls(
            host[-1],
            int(media[1]),
            tuple(map(int, media[2].split())),
            int(event[1]) if event else None,
            direction[1] if direction else "sendrecv",
        )

    @property
    def silent(self) -> bool:
        """Whether its sender does not want to hear us: we are on hold."""
        return self.direction in ("sendonly", "inactive") or self.host == "0.0.0.0"

    def stream(self, manners: Manners) -> Stream:
        """Where and how to send, by the first codec that is also ours."""
        ours = {PAYLOAD_TYPE[codec]: codec for codec in manners.codecs}
        codec = next(ours[kind] for kind in self.kinds if kind in ours)
        event_type = self.event_type if manners.event_type is not None else None
        return Stream(self.host, self.port, codec, event_type, not self.silent)


def fields_of(value: str) -> dict[str, str]:
    """The fields of a challenge or of credentials."""
    return {name.lower(): quoted or plain for name, quoted, plain in _FIELD.findall(value)}


def digest(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """An Authorization value for a challenge (RFC 2617, RFC 7616): MD5 or SHA-256."""
    asked = fields_of(challenge)
    algorithm = asked.get("algorithm", "MD5")

    def hashed(text: str) -> str:
        maker = hashlib.sha256 if algorithm == "SHA-256" else hashlib.md5
        return maker(text.encode()).hexdigest()

    secret, what = hashed(f"{user}:{asked['realm']}:{password}"), hashed(f"{method}:{uri}")
    fields = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": uri}
    more = f", algorithm={algorithm}"
    if "qop" in asked:
        cnonce = token()
        middle = f"{asked['nonce']}:00000001:{cnonce}:auth"
        more += f', qop=auth, nc=00000001, cnonce="{cnonce}"'
    else:
        middle = asked["nonce"]
    fields["response"] = hashed(f"{secret}:{middle}:{what}")
    if "opaque" in asked:
        fields["opaque"] = asked["opaque"]
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items()) + more


def bare(contact: str) -> str:
    """The URI of a Contact without brackets and header parameters."""
    found = re.search(r"<([^>]+)>", contact)
    return found[1] if found else contact.split(";")[0].strip()
