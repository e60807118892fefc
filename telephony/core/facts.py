"""What an INVITE says about a call: who calls, whom, and the headers a flow may read."""

from __future__ import annotations

from telephony.core.message import Request
from telephony.core.uri import UriError, parse_name_addr, parse_uri
from telephony.settings import NumberSource

_ANONYMOUS = frozenset({"", "anonymous", "unavailable", "unknown", "restricted"})


def caller_of(request: Request, *, trusted: bool) -> str:
    """The caller's number, "" when it is withheld.

    P-Asserted-Identity counts when it comes from a *trusted* peer, a trunk (RFC 3325); else the
    user part of From.
    """
    if trusted:
        for value in request.values("p-asserted-identity"):
            try:
                number = parse_name_addr(value).uri.number
            except UriError:
                continue
            if number.lower() not in _ANONYMOUS:
                return clean(number)
    uri = request.from_.uri
    if uri.number.lower() in _ANONYMOUS or uri.host == "anonymous.invalid":
        return ""
    return clean(uri.number)


def called_by(request: Request, source: NumberSource) -> str:
    """The called number, from where the trunk writes it; the Request-URI when it is not there."""
    try:
        if source == "to":
            return clean(request.to.uri.number)
        if source == "p-called-party-id" and request.get(source):
            return clean(parse_name_addr(request.get(source)).uri.number)
    except UriError:
        pass
    return clean(parse_uri(request.uri).number)


def headers_of(request: Request) -> dict[str, str]:
    """Header names in lower case, first values; octets that are no UTF-8 are replaced."""
    return {name.lower(): clean(values[0]) for name, values in request.headers.items() if values}


def clean(text: str) -> str:
    """*text* fit for logs, traces and databases: controls and what is no UTF-8 are replaced."""
    if text.isprintable():
        return text
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
