"""SIP and tel URIs and the name-addr form around them: reading, comparing, writing (RFC 3261 19.1).

Malformed text raises `UriError`, never anything else. What cannot be told apart on the wire is not
told apart here either: a flag parameter such as ``;lr`` has the value "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

Params = dict[str, str]
"""Names in lower case; values as written, quotes taken off; "" for a flag."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?")
_USER = re.compile(r"[^\s\"<>@#\[\]\\^`{|}\x00-\x20\x7f]*")
_TEL = re.compile(r"\+?[0-9A-Fa-f*#().\s-]+")
_BARE = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+|\[[0-9A-Fa-f:.]+\]")
_VISUAL = str.maketrans("", "", "-.() ")
_COMPARED_ALWAYS = frozenset({"user", "ttl", "method", "maddr", "transport"})
DEFAULT_PORTS = {"sip": 5060, "sips": 5061}


class UriError(ValueError):
    """The text is no URI or address; the message says what is wrong with it."""


@dataclass(slots=True)
class Uri:
    """One URI. *user* is as written (escapes kept), *host* lower case, IPv6 without brackets.

    Not to be changed once read: equal texts share one object.
    """

    scheme: str = "sip"
    user: str = ""
    host: str = ""
    port: int | None = None
    params: Params = field(default_factory=dict)
    headers: str = ""
    password: str | None = None

    @property
    def number(self) -> str:
        """The user part a flow sees: unescaped, without ``;parameters`` and visual separators."""
        user = self.user.partition(";")[0]
        if "%" in user:
            user = unquote(user)
        if self.scheme == "tel" or self.params.get("user") == "phone" or user.startswith("+"):
            return user.translate(_VISUAL)
        return user

    @property
    def address(self) -> tuple[str, int]:
        """Where a request to this URI goes when nothing is looked up: (host, port)."""
        return self.params.get("maddr") or self.host, self.port or DEFAULT_PORTS.get(
            self.scheme, 5060
        )

    def __str__(self) -> str:
        if self.scheme == "tel":
            return f"tel:{self.user}{_format_uri_params(self.params)}"
        if self.scheme not in DEFAULT_PORTS:
            return f"{self.scheme}:{self.user}"
        secret = "" if self.password is None else ":" + self.password
        user = f"{self.user}{secret}@" if self.user or secret else ""
        port = "" if self.port is None else f":{self.port}"
        headers = f"?{self.headers}" if self.headers else ""
        where = bracketed(self.host) + port
        return f"{self.scheme}:{user}{where}{_format_uri_params(self.params)}{headers}"

    def equivalent(self, other: Uri) -> bool:
        """RFC 3261 19.1.4; tel URIs by number and ``phone-context`` (RFC 3966 4)."""
        if self.scheme != other.scheme:
            return False
        if self.scheme == "tel":
            return self.number == other.number and _folded(self, "phone-context") == _folded(
                other, "phone-context"
            )
        if (unquote(self.user), self.password, self.host, self.port) != (
            unquote(other.user),
            other.password,
            other.host,
            other.port,
        ):
            return False
        mine, theirs = self.params, other.params
        for name in mine.keys() | theirs.keys():
            if name in mine and name in theirs:
                if mine[name].lower() != theirs[name].lower():
                    return False
            elif name in _COMPARED_ALWAYS:
                return False
        return sorted(self.headers.split("&")) == sorted(other.headers.split("&"))


@dataclass(slots=True)
class NameAddr:
    """An address as in From, To, Contact, Route: display name, URI, header parameters."""

    uri: Uri
    display: str = ""
    params: Params = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """The ``tag`` parameter, "" without one."""
        return self.params.get("tag", "")

    def __str__(self) -> str:
        display = f"{quoted(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>{format_params(self.params)}"


def _folded(uri: Uri, name: str) -> str:
    return uri.params.get(name, "").lower()


def bracketed(host: str) -> str:
    """*host* as it stands in a URI or Via: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def quoted(text: str) -> str:
    r"""*text* as a quoted-string: ``"`` and ``\`` escaped, line breaks and controls left out."""
    clean = "".join(c for c in text if c >= " " and c != "\x7f")
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def format_params(params: Params) -> str:
    """Header parameters ``;name=value``; a value that is neither token nor host is quoted."""
    if not params:
        return ""
    return "".join(
        f";{name}={value if _BARE.fullmatch(value) else quoted(value)}" if value else f";{name}"
        for name, value in params.items()
    )


def _format_uri_params(params: Params) -> str:
    if not params:
        return ""
    return "".join(f";{name}={value}" if value else f";{name}" for name, value in params.items())


def split_outside(text: str, separator: str) -> Iterator[str]:
    """Split at *separator* outside of quotes and angle brackets; parts are stripped."""
    start = depth = 0
    in_quotes = escaped = False
    for at, char in enumerate(text):
        if in_quotes:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_quotes = False
        elif char == '"':
            in_quotes = True
        elif char == "<":
            depth += 1
        elif char == ">":
            depth -= 1
        elif char == separator and depth <= 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def parse_params(text: str) -> Params:
    """Read ``name=value;name`` (without the leading semicolon); the first of a double name wins."""
    params: Params = {}
    if not text:
        return params
    parts = split_outside(text, ";") if '"' in text else (p.strip() for p in text.split(";"))
    for part in parts:
        if not part:
            continue
        name, sign, value = part.partition("=")
        name, value = name.strip().lower(), value.strip()
        if not name or (sign and not value):
            raise UriError(f"parameter {part[:40]!r} has no {'value' if name else 'name'}")
        if value.startswith('"'):
            value = _unquoted(value)
        params.setdefault(name, value)
    return params


def _unquoted(text: str) -> str:
    if len(text) < 2 or not text.endswith('"'):
        raise UriError(f"quotes are not closed in {text[:40]!r}")
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def parse_host_port(text: str) -> tuple[str, int | None]:
    """Read ``host``, ``host:port``, ``[v6]:port``; white space around the colon is allowed."""
    text = text.strip()
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or not _IPV6.fullmatch(host):
            raise UriError(f"bad IPv6 address in {text[:40]!r}")
        rest = rest.strip()
        if rest and not rest.startswith(":"):
            raise UriError(f"bad text after the address in {text[:60]!r}")
        port_text, given = rest[1:], bool(rest)
    else:
        host, colon, port_text = text.partition(":")
        host, given = host.strip(), bool(colon)
        if not _HOST.fullmatch(host):
            raise UriError(f"bad host {host[:40]!r}")
    if not given:
        return host.lower(), None
    port_text = port_text.strip()
    if not (port_text.isascii() and port_text.isdigit() and len(port_text) <= 5):
        raise UriError(f"bad port {port_text[:20]!r}")
    port = int(port_text)
    if not 0 < port < 65536:
        raise UriError(f"port {port} is out of range")
    return host.lower(), port


@lru_cache(maxsize=2048)
def parse_uri(text: str) -> Uri:
    """Read a sip, sips or tel URI; other schemes come back with everything in *user*."""
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        raise UriError(f"{text[:40]!r} has no scheme such as sip:")
    scheme = scheme.lower()
    if scheme == "tel":
        return _parse_tel(rest)
    if scheme not in DEFAULT_PORTS:
        if not rest or any(c <= " " or c in '<>"' for c in rest):
            raise UriError(f"bad URI {text[:40]!r}")
        return Uri(scheme, rest)
    user, at, place = rest.rpartition("@")
    place, _, headers = place.partition("?")
    place, _, params = place.partition(";")
    host, port = parse_host_port(place)
    password: str | None = None
    if at:
        user, sign, secret = user.partition(":")
        password = secret if sign else None
        if not user or not _USER.fullmatch(user) or not _USER.fullmatch(secret):
            raise UriError(f"bad user part in {text[:60]!r}")
    if headers and any(c <= " " or c in '<>"' for c in headers):
        raise UriError(f"bad headers in {text[:60]!r}")
    return Uri(scheme, user, host, port, _parse_uri_params(params), headers, password)


def _parse_tel(rest: str) -> Uri:
    number, _, params = rest.partition(";")
    if not _TEL.fullmatch(number):
        raise UriError(f"bad telephone number {number[:40]!r}")
    return Uri("tel", number, params=_parse_uri_params(params))


def _parse_uri_params(text: str) -> Params:
    if not text:
        return {}
    params: Params = {}
    if any(c <= " " or c in '<>"' for c in text):
        raise UriError(f"bad URI parameters {text[:40]!r}")
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name:
            params.setdefault(name.lower(), value)
    return params


def parse_name_addr(text: str) -> NameAddr:
    """Read ``"Name" <uri>;params`` or ``uri;params`` (then the parameters are the header's).

    RFC 3261 20.10: without angle brackets a comma, question mark or semicolon ends the URI.
    """
    text = text.strip()
    display = ""
    if text.startswith('"'):
        end = _closing_quote(text)
        display, text = _unquoted(text[: end + 1]), text[end + 1 :].lstrip()
        if not text.startswith("<"):
            raise UriError("a display name needs <brackets> around the URI after it")
    bracket = text.find("<")
    if bracket < 0:
        if "," in text or "?" in text:
            raise UriError(f"an address with , or ? needs <brackets>: {text[:60]!r}")
        uri, _, params = text.partition(";")
        return NameAddr(parse_uri(uri.strip()), "", parse_params(params))
    if bracket:
        display = text[:bracket].strip()
        if '"' in display or ">" in display:
            raise UriError(f"bad display name {display[:40]!r}")
    inner, closed, rest = text[bracket + 1 :].partition(">")
    if not closed:
        raise UriError(f"the bracket is not closed in {text[:60]!r}")
    rest = rest.strip()
    if rest and not rest.startswith(";"):
        raise UriError(f"bad text after the address: {rest[:40]!r}")
    return NameAddr(parse_uri(inner.strip()), display, parse_params(rest[1:]))


def _closing_quote(text: str) -> int:
    at = 1
    while True:
        end = text.find('"', at)
        if end < 0:
            raise UriError(f"quotes are not closed in {text[:40]!r}")
        backslashes = 0
        while text[end - 1 - backslashes] == "\\":
            backslashes += 1
        if backslashes % 2 == 0:
            return end
        at = end + 1
