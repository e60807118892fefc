"""SIP messages as objects: requests, responses, Via, CSeq, and their octets (RFC 3261 7, 20).

A thin layer over aiosipua's header container, and the only file that knows it. Header values are
kept as they came; lists, addresses and Via are taken apart only when somebody asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from aiosipua.headers import CaseInsensitiveDict as Headers

from telephony.core.uri import (
    NameAddr,
    Params,
    UriError,
    bracketed,
    format_params,
    parse_host_port,
    parse_name_addr,
    parse_params,
    split_outside,
)

MAGIC_COOKIE = "z9hG4bK"
"""Begins every branch made by an RFC 3261 element (8.1.1.7)."""

TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")

REASONS = {
    100: "Trying",
    180: "Ringing",
    181: "Call Is Being Forwarded",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    410: "Gone",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    489: "Bad Event",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}


class CSeq(NamedTuple):
    """The CSeq header (RFC 3261 20.16)."""

    number: int
    method: str


class Via:
    """One Via value (RFC 3261 20.42). *host* is lower case, *port* None when not written."""

    __slots__ = ("host", "params", "port", "transport")

    def __init__(self, transport: str, host: str, port: int | None, params: Params) -> None:
        self.transport, self.host, self.port, self.params = transport, host, port, params

    @property
    def branch(self) -> str:
        """The ``branch`` parameter, "" without one."""
        return self.params.get("branch", "")

    @property
    def sent_by(self) -> str:
        """``host:port`` as compared in matching (17.2.3): the default port written out."""
        return f"{bracketed(self.host)}:{self.port or 5060}"

    @property
    def reply_to(self) -> tuple[str, int]:
        """Where responses go over UDP (RFC 3261 18.2.2, RFC 3581 4).

        ``maddr`` is not followed: it serves multicast, which is not spoken here, and would let
        anybody point our answers at a third party.
        """
        params = self.params
        rport = params.get("rport", "")
        host = params.get("received", self.host).strip("[]")
        return host, int(rport) if rport else self.port or 5060

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        where = bracketed(self.host) + port
        return f"SIP/2.0/{self.transport} {where}{format_params(self.params)}"


class Message:
    """What requests and responses share. Parsed headers are remembered until `set` or `add`."""

    __slots__ = ("_parsed", "body", "headers")

    def __init__(self, body: bytes = b"") -> None:
        self.headers = Headers()
        self.body = body
        self._parsed: dict[str, object] = {}

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header as it came."""
        return self.headers.get_first(name) or default

    def values(self, name: str) -> list[str]:
        """All values of a list header, split at commas outside of quotes and brackets."""
        found = self.headers.get(name)
        if len(found) == 1 and "," not in found[0]:
            return found
        return [part for value in found for part in split_outside(value, ",") if part]

    def set(self, name: str, value: str) -> None:
        """Give a header exactly one value; a line break in it raises ValueError."""
        self.headers.set_single(name, value)
        self._parsed.pop(name.lower(), None)

    def add(self, name: str, value: str) -> None:
        """Append a value; a line break in it raises ValueError."""
        self.headers.append(name, value)
        self._parsed.pop(name.lower(), None)

    def address(self, name: str) -> NameAddr:
        """The first value of a header as an address; `UriError` when it is none."""
        found = self._parsed.get(name)
        if not isinstance(found, NameAddr):
            values = self.values(name)
            if not values:
                raise UriError(f"there is no {name} header")
            found = self._parsed[name] = parse_name_addr(values[0])
        return found

    @property
    def from_(self) -> NameAddr:
        """The From header."""
        return self.address("from")

    @property
    def to(self) -> NameAddr:
        """The To header."""
        return self.address("to")

    @property
    def contact(self) -> NameAddr | None:
        """The first Contact, None without one (or when it is ``*`` or malformed)."""
        try:
            return self.address("contact")
        except UriError:
            return None

    @property
    def call_id(self) -> str:
        """The Call-ID."""
        return self.get("call-id")

    @property
    def cseq(self) -> CSeq:
        """The CSeq; `UriError` when malformed."""
        found = self._parsed.get("cseq")
        if not isinstance(found, CSeq):
            found = self._parsed["cseq"] = parse_cseq(self.get("cseq"))
        return found

    @property
    def via(self) -> Via:
        """The topmost Via; `UriError` when malformed."""
        found = self._parsed.get("via")
        if not isinstance(found, Via):
            found = self._parsed["via"] = parse_via(self.values("via")[0])
        return found

    @property
    def content_type(self) -> str:
        """``type/subtype`` in lower case, "" without a body type."""
        return self.get("content-type").partition(";")[0].strip().lower()

    def start_line(self) -> str:
        """The first line without its line end."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """The message as it goes on the wire, Content-Length last and exact."""
        lines = [self.start_line()]
        for name, values in self.headers.items():
            for value in values:
                lines.append(f"{name}: {value}")
        lines.append(f"Content-Length: {len(self.body)}\r\n\r\n")
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + self.body


class Request(Message):
    """A request. *uri* is the Request-URI as written."""

    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, body: bytes = b"") -> None:
        super().__init__(body)
        self.method, self.uri = method, uri

    def start_line(self) -> str:
        """``METHOD uri SIP/2.0``."""
        return f"{self.method} {self.uri} SIP/2.0"

    def stamp(self, host: str, port: int) -> None:
        """Note in the top Via where the request really came from (RFC 3261 18.2.1, RFC 3581)."""
        via = self.via
        if "rport" in via.params:
            via.params["rport"], via.params["received"] = str(port), host
        elif via.host != host:
            via.params["received"] = host
        elif via.params.pop("received", None) is None:
            return
        values = self.values("via")
        self.headers.remove("Via")
        self.headers.append("Via", str(via))
        for value in values[1:]:
            self.headers.append("Via", value)

    def reply(
        self,
        status: int,
        reason: str = "",
        *,
        to_tag: str = "",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Response:
        """A response with the headers RFC 3261 8.2.6.2 copies; *to_tag* is added if none is there.

        Record-Route is copied into 1xx and 2xx of an INVITE (12.1.1), Timestamp into 100.
        """
        words = " ".join(reason.split()) or REASONS.get(status, "Unknown")
        response = Response(status, words, body)
        for via in self.headers.get("via"):
            response.headers.append("Via", via)
        if self.method == "INVITE" and 100 < status < 300:
            for route in self.headers.get("record-route"):
                response.headers.append("Record-Route", route)
        response.headers.append("From", self.get("from"))
        to = self.get("to")
        if to_tag and ";tag=" not in to.rpartition(">")[2].replace(" ", "").lower():
            to = f"{to};tag={to_tag}"
        response.headers.append("To", to)
        response.headers.append("Call-ID", self.call_id)
        response.headers.append("CSeq", self.get("cseq"))
        if status == 100 and "timestamp" in self.headers:
            response.headers.append("Timestamp", self.get("timestamp"))
        for name, value in headers:
            response.headers.append(name, value)
        return response


class Response(Message):
    """A response."""

    __slots__ = ("reason", "status")

    def __init__(self, status: int, reason: str = "", body: bytes = b"") -> None:
        super().__init__(body)
        self.status, self.reason = status, reason

    def start_line(self) -> str:
        """``SIP/2.0 status reason``."""
        return f"SIP/2.0 {self.status} {self.reason}"


def parse_cseq(text: str) -> CSeq:
    """Read a CSeq value; `UriError` when malformed or beyond 2**31 - 1."""
    number, _, method = text.partition(" ")
    method = method.strip()
    if not (number.isascii() and number.isdigit()) or not TOKEN.fullmatch(method):
        raise UriError(f"bad CSeq {text[:40]!r}")
    if len(number) > 10 or int(number) >= 2**31:
        raise UriError(f"CSeq {number[:20]} is out of range")
    return CSeq(int(number), method)


def parse_via(text: str) -> Via:
    """Read one Via value; `UriError` when malformed."""
    protocol, _, rest = text.partition(" ")
    if " " in text and "/" not in protocol.rpartition("/")[2] and protocol.count("/") < 2:
        # white space around the slashes is legal (RFC 3261 25.1) and seen in torture tests
        compact = re.sub(r"\s*/\s*", "/", text, count=2)
        protocol, _, rest = compact.partition(" ")
    name, _, after = protocol.partition("/")
    version, _, transport = after.partition("/")
    if name.upper() != "SIP" or version != "2.0" or not TOKEN.fullmatch(transport):
        raise UriError(f"bad Via {text[:60]!r}")
    where, _, params_text = rest.partition(";")
    host, port = parse_host_port(where)
    params = parse_params(params_text)
    if not params.get("rport", "0").isascii() or not (params.get("rport") or "0").isdigit():
        raise UriError(f"bad rport in Via {text[:60]!r}")
    return Via(transport.upper(), host, port, params)
