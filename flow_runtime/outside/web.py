"""Asks web servers, within limits, in a thread of its own.

The rules: an answer has at most a megabyte, everything together keeps to the request's time
limit, and a redirect is followed at most three times, only for a GET, and only within the same
server (or from its http to its https). So a server cannot send the request on to a place that only
this machine can reach.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import display, plain_number
from flow_runtime.core.service_commands import HttpAnswer, HttpRequest
from flow_runtime.core.sound import Recording
from flow_runtime.outside.loop_thread import LoopThread

if TYPE_CHECKING:
    import httpx

LARGEST: Final = 1_000_000
"""Bytes of an answer, unpacked."""
REDIRECTS: Final = 3
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_CONNECTIONS: Final = 100

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


class WebClient:
    """What `flow_runtime.services.Web` asks for. Connections are kept open for the next request.

    Proxies and certificates are those of the environment (``HTTPS_PROXY``, ``SSL_CERT_FILE``).
    """

    def __init__(self) -> None:
        self._thread = LoopThread("web")
        self._client: httpx.AsyncClient | None = None

    async def request(self, request: HttpRequest, body: bytes | None = None) -> HttpAnswer:
        """See `flow_runtime.services.Web`; *body* is sent as it is in place of JSON."""
        sent = encoded(request.json) if body is None else body
        return await self._thread.run(lambda: self._within(request, sent))

    async def warm_up(self) -> None:
        """Have everything imported before the first call needs it."""
        await self._thread.run(self._opened)

    async def close(self) -> None:
        """Close the connections, and end the thread."""
        if self._client is not None:
            await self._thread.run(self._client.aclose)
        await asyncio.to_thread(self._thread.shutdown)

    # --- in the thread ----------------------------------------------------------------------------

    async def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx  # it takes a fifth of a second

            self._client = httpx.AsyncClient(
                follow_redirects=False,
                timeout=None,
                limits=httpx.Limits(max_connections=_CONNECTIONS),
                headers={"User-Agent": "Cordboard", "Accept": "application/json, */*;q=0.5"},
            )
        return self._client

    async def _within(self, request: HttpRequest, body: bytes | None) -> HttpAnswer:
        client = await self._opened()
        import httpx

        seconds = request.timeout.total_seconds()
        try:
            sent = _built(client, request, body)
            async with asyncio.timeout(seconds):
                return await _ask(client, sent)
        except TimeoutError:
            text = f"{sent.url.host} did not answer within {seconds:g} s"
            raise NodeFailure("http-timeout", text) from None
        except httpx.DecodingError as error:
            raise NodeFailure("http-bad-answer", f"{sent.url.host}: {error}") from None
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            raise NodeFailure("http-unreachable", f"{sent.url.host}: {reason}") from None


def _built(client: httpx.AsyncClient, request: HttpRequest, body: bytes | None) -> httpx.Request:
    """The request to send; `NodeFailure` ``http-bad-request`` when there can be no such one."""
    import httpx

    headers = {name: _header(name, value) for name, value in request.headers.items()}
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    try:
        sent = client.build_request(request.method, request.url, headers=headers, content=body)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise _bad_request(f"the request cannot be made: {error}") from None
    if sent.url.scheme not in ("http", "https") or not sent.url.host:
        raise _bad_request('url must begin with a server: "https://shop.example.com/..."')
    return sent


def _bad_request(text: str) -> NodeFailure:
    return NodeFailure("http-bad-request", text)


def _header(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else display(value)
    if "\n" in text or "\r" in text or not text.isascii():
        raise _bad_request(f"the header {name} holds what no header can")
    return text


async def _ask(client: httpx.AsyncClient, sent: httpx.Request) -> HttpAnswer:
    import httpx

    for _ in range(REDIRECTS + 1):
        try:
            response = await client.send(sent, stream=True)
        except httpx.RemoteProtocolError as error:
            raise NodeFailure("http-bad-answer", f"{sent.url.host}: {error}") from None
        try:
            following = response.next_request
            if response.status_code not in _MOVED or following is None or sent.method != "GET":
                return HttpAnswer(response.status_code, await _body(response))
        finally:
            await response.aclose()
        if not _same_server(sent.url, following.url):
            text = f"{sent.url.host} leads to {following.url.host}; write that address if you agree"
            raise NodeFailure("http-redirect", text)
        sent = following
    raise NodeFailure("http-redirect", f"{sent.url.host} leads from one address to the next")


def _same_server(one: httpx.URL, other: httpx.URL) -> bool:
    if one.host != other.host:
        return False
    same = (one.scheme, one.port) == (other.scheme, other.port)
    return same or (one.scheme, other.scheme, one.port, other.port) == ("http", "https", None, None)


async def _body(response: httpx.Response) -> Any:
    """What *response* holds: of JSON a value, of another text that text."""
    raw = bytearray()
    async for piece in response.aiter_bytes():
        raw += piece
        if len(raw) > LARGEST:
            text = f"{response.url.host} sends more than {LARGEST // 1_000_000} MB"
            raise NodeFailure("http-too-large", text)
    if not raw:
        return None
    if "json" in response.headers.get("Content-Type", ""):
        try:
            return _decode(bytes(raw))
        except (msgspec.DecodeError, RecursionError) as error:
            raise NodeFailure("http-bad-answer", f"{response.url.host}: {error}") from None
    try:
        return raw.decode(response.charset_encoding or "utf-8", errors="replace")
    except LookupError:  # an encoding nobody knows
        return raw.decode("utf-8", errors="replace")


# --- values of the language as JSON ---------------------------------------------------------------

_encode = msgspec.json.Encoder(decimal_format="number").encode


def encoded(value: Any) -> bytes | None:
    """*value* as JSON, None for none; `NodeFailure` for what JSON cannot say."""
    return None if value is None else _encode(plain(value))


def plain(value: Any) -> Any:
    """A value of the language as JSON has it.

    Dates and times are ISO texts, durations seconds; of a recording its path and its length.
    """
    match value:
        case dict():
            return {str(name): plain(inner) for name, inner in value.items()}
        case tuple() | list():
            return [plain(inner) for inner in value]
        case timedelta():
            return Decimal(plain_number(Decimal(str(value.total_seconds()))))
        case datetime() | date() | time():
            return value.isoformat()
        case Recording(path, seconds):
            return {"path": path, "seconds": seconds}
        case None | bool() | str() | int() | Decimal():
            return value
    raise _bad_request(f"json holds what JSON cannot say: {type(value).__name__}")
