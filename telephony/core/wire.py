"""Reading datagrams as SIP messages, strictly (RFC 3261 7, 8.1.1, 18.3; RFC 4475)."""

from __future__ import annotations

import re

from telephony.core.message import TOKEN, CSeq, Message, Request, Response, Via, parse_via
from telephony.core.uri import UriError

__all__ = [
    "CSeq",
    "Message",
    "Request",
    "Response",
    "Via",
    "WireError",
    "parse",
    "parse_via",
]

MAX_HEADER_BYTES = 16 * 1024
MAX_HEADERS = 200
MAX_LINE = 8 * 1024
# RFC 3261 7.3.3 and 20, RFC 3515 (r), RFC 3892 (b), RFC 3841 (a j d), RFC 4028 (x),
# RFC 6665 (o u), RFC 8224 (y)
_COMPACT = {
    "i": "Call-ID",
    "m": "Contact",
    "e": "Content-Encoding",
    "l": "Content-Length",
    "c": "Content-Type",
    "f": "From",
    "s": "Subject",
    "k": "Supported",
    "t": "To",
    "v": "Via",
    "r": "Refer-To",
    "b": "Referred-By",
    "x": "Session-Expires",
    "o": "Event",
    "u": "Allow-Events",
    "a": "Accept-Contact",
    "j": "Reject-Contact",
    "d": "Request-Disposition",
    "y": "Identity",
}
# Headers of which a message has exactly one, at most one (RFC 3261 table 2)
_SINGLE = ("from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type")
_MANDATORY = ("via", "from", "to", "call-id", "cseq")
_VERSION = re.compile(r"SIP/\d+\.\d+", re.IGNORECASE)
_CALL_ID = re.compile(r"[^\s\x00-\x1f\x7f]+")


class WireError(Exception):
    """A datagram that is no proper message.

    *status* is what to answer; 0 means drop it silently (not SIP, a response, an ACK, or nothing
    to address an answer to). *request* is then what could be read of it, enough for `reply`.
    """

    def __init__(self, status: int, what: str, request: Request | None = None) -> None:
        super().__init__(what)
        self.status, self.request = status, request


def parse(data: bytes) -> Request | Response:
    """Read one datagram. Raises `WireError` and nothing else.

    Strict where sloppiness is dangerous (lengths, single headers, CSeq method, truncation),
    lenient where the field is: bare LF, missing Max-Forwards, white space.
    """
    head, body = _cut(data)
    lines = _lines(head)
    message = _start(lines[0])
    _fill(message, lines)
    try:
        _check(message, body)
    except UriError as error:
        raise _refusal(400, str(error), message) from None
    return message


def _cut(data: bytes) -> tuple[bytes, bytes]:
    data = data.lstrip(b"\r\n")  # RFC 3261 7.5
    end = data.find(b"\r\n\r\n")
    if end >= 0:
        head, body = data[:end], data[end + 4 :]
    elif (end := data.find(b"\n\n")) >= 0:
        head, body = data[:end], data[end + 2 :]
    elif not data:
        raise WireError(0, "empty datagram")
    else:
        # without the empty line nothing says that the headers are whole
        raise WireError(0, "the message is cut off inside its headers")
    return head, body


def _lines(head: bytes) -> list[str]:
    if b"\0" in head:
        raise WireError(0, "a NUL octet in the headers")
    text = head.decode("utf-8", "surrogateescape")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n " in text or "\n\t" in text:
        text = re.sub(r"[ \t]*\n[ \t]+", " ", text)  # folding, RFC 3261 7.3.1
    if "\t" in text:
        text = text.replace("\t", " ")  # both are white space, 25.1
    return text.rstrip("\n").split("\n")


def _start(line: str) -> Request | Response:
    first, _, rest = line.partition(" ")
    if first.upper().startswith("SIP/"):
        code, _, reason = rest.strip().partition(" ")
        if first.upper() != "SIP/2.0" or not (code.isascii() and code.isdigit()):
            raise WireError(0, f"bad status line {line[:60]!r}")
        if not 100 <= int(code[:4]) <= 699:
            raise WireError(0, f"bad status code {code[:10]!r}")
        return Response(int(code), reason.strip())
    uri, _, version = rest.rpartition(" ")
    if not TOKEN.fullmatch(first) or not _VERSION.fullmatch(version):
        raise WireError(0, f"not a SIP message: {line[:60]!r}")
    request = Request(first, uri.strip())
    if version.upper() != "SIP/2.0":
        request._parsed["version"] = version
    return request


def _fill(message: Request | Response, lines: list[str]) -> None:
    """Move the header lines into the container, compact names written out."""
    headers = message.headers
    add = headers.append
    problem: tuple[int, str] | None = None
    size = sum(map(len, lines))
    if size > MAX_HEADER_BYTES or len(lines) > MAX_HEADERS + 1:
        problem = (413, f"{len(lines) - 1} headers of {size} characters")
        lines = lines[: MAX_HEADERS + 1]
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        name = name.rstrip()
        if not colon or not TOKEN.fullmatch(name):
            problem = problem or (400, f"bad header line {line[:60]!r}")
            continue
        if len(line) > MAX_LINE:
            problem = problem or (413, f"the {name[:40]} header has {len(line)} characters")
            continue
        if len(name) == 1:
            name = _COMPACT.get(name.lower(), name)
        add(name, value.strip())
    if problem:
        raise _refusal(*problem, message)


def _check(message: Request | Response, body: bytes) -> None:
    headers = message.headers
    for name in _MANDATORY:
        if not headers.get_first(name):
            raise _refusal(400, f"the {name.title()} header is missing", message)
    for name in _SINGLE:
        if len(headers.get(name)) > 1:
            raise _refusal(400, f"more than one {name.title()} header", message)
    if not _CALL_ID.fullmatch(message.call_id):
        raise _refusal(400, "bad Call-ID", message)
    message.from_, message.to, message.via  # noqa: B018 - each raises UriError when malformed
    method = message.cseq.method
    message.body = _body(message, body)
    if isinstance(message, Response):
        return
    if "version" in message._parsed:
        raise _refusal(505, f"version {message._parsed['version']}", message)
    if method != message.method:
        raise _refusal(400, f"CSeq names {method[:40]} in {message.method[:40]}", message)
    if not message.uri or any(c <= " " or c in '<>"' for c in message.uri):
        raise _refusal(400, f"bad Request-URI {message.uri[:60]!r}", message)
    hops = headers.get_first("max-forwards")
    if hops is not None and not (hops.isascii() and hops.isdigit() and int(hops[:9]) <= 255):
        raise _refusal(400, f"bad Max-Forwards {hops[:20]!r}", message)


def _body(message: Request | Response, body: bytes) -> bytes:
    """Fit what follows to Content-Length: longer is cut, shorter an error (RFC 3261 18.3)."""
    declared = message.headers.get_first("content-length")
    if declared is None:
        return body
    message.headers.remove("Content-Length")
    if not (declared.isascii() and declared.isdigit()):
        raise _refusal(400, f"bad Content-Length {declared[:20]!r}", message)
    length = int(declared[:12])
    if length > len(body):
        raise _refusal(400, f"Content-Length is {length}, {len(body)} octets came", message)
    return body[:length] if length < len(body) else body


def _refusal(status: int, what: str, message: Request | Response) -> WireError:
    """A `WireError` with *status*, or 0 when *message* cannot be answered."""
    if isinstance(message, Response) or message.method == "ACK":
        return WireError(0, what)
    try:
        if not all(message.headers.get_first(n) for n in ("from", "to", "call-id", "cseq")):
            return WireError(0, what)
        message.via  # noqa: B018 - without a Via there is nowhere to answer to
    except (UriError, IndexError):
        return WireError(0, what)
    return WireError(status, what, message)
