"""Asks web servers, within limits, in a thread of its own.

The rules: an answer has at most a megabyte, everything together keeps to the request's time
limit, and a redirect is followed at most three times, only for a GET, and only within the same
server (or from its http to its https). So a server cannot send the request on to a place that only
this machine can reach. No cookie is kept: the next request is another caller's. A server that
hangs keeps waiting those who ask it, and nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import display
from flow_runtime.core.service_commands import HttpAnswer, HttpRequest
from flow_runtime.data.loop_thread import LoopThread
from flow_runtime.outside.http_body import Unpacked, encoded, value_of

if TYPE_CHECKING:
    import httpx

REDIRECTS: Final = 3
AT_ONCE: Final = 100
"""Requests to one server that are under way at the same time; more of them wait."""
_KEPT: Final = 100
_IDLE: Final = 4.0
"""Seconds for which a connection is kept: many servers close theirs after five."""
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST: Final = re.compile(rb"[0-9A-Za-z._:-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_OURS: Final = frozenset(
    {"connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Header fields that say how a message is sent: a flow has no part in that."""


class WebClient:
    """What `flow_runtime.services.Web` asks for. Connections are kept open for the next request.

    Proxies and certificates are those of the environment (``HTTPS_PROXY``, ``SSL_CERT_FILE``).
    """

    def __init__(self) -> None:
        self._thread = LoopThread("web")
        self._client: httpx.AsyncClient | None = None
        self._turns: WeakValueDictionary[bytes, asyncio.Semaphore] = WeakValueDictionary()

    async def request(self, request: HttpRequest, body: bytes | None = None) -> HttpAnswer:
        """See `flow_runtime.services.Web`; *body* is sent as it is in place of JSON."""
        return await self._thread.run(lambda: self._within(request, body))

    async def warm_up(self) -> None:
        """Have everything imported before the first call needs it."""
        await self._thread.run(self._opened)

    async def close(self) -> None:
        """Close the connections, and end the thread."""
        client, self._client = self._client, None
        if client is not None:
            await self._thread.run(client.aclose)
        await asyncio.to_thread(self._thread.shutdown)

    # --- in the thread ----------------------------------------------------------------------------

    async def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx  # it takes a fifth of a second

            for name in ("httpx", "httpcore"):  # they would log addresses with all that is in them
                logging.getLogger(name).setLevel(logging.WARNING)
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                timeout=None,
                limits=httpx.Limits(
                    max_connections=None, max_keepalive_connections=_KEPT, keepalive_expiry=_IDLE
                ),
                headers={
                    "User-Agent": "Cordboard",
                    "Accept": "application/json, */*;q=0.5",
                    "Accept-Encoding": "gzip",
                },
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            )
        return self._client

    async def _within(self, request: HttpRequest, body: bytes | None) -> HttpAnswer:
        client = await self._opened()
        import httpx

        seconds = request.timeout.total_seconds()
        sent = _built(client, request, encoded(request.json) if body is None else body)
        host = sent.url.host
        try:
            async with asyncio.timeout(seconds), self._turn(sent.url):
                return await _ask(client, sent)
        except TimeoutError:
            text = f"{host} did not answer within {seconds:g} s"
            raise NodeFailure("http-timeout", text) from None
        except httpx.RemoteProtocolError as error:
            raise NodeFailure("http-bad-answer", f"{host}: {error}") from None
        except httpx.RequestError as error:
            raise NodeFailure("http-unreachable", f"{host}: {_reason(error)}") from None

    def _turn(self, url: httpx.URL) -> asyncio.Semaphore:
        """Held by each request to the server of *url*, and forgotten with the last of them."""
        turn = self._turns.get(url.netloc)
        if turn is None:
            turn = self._turns[url.netloc] = asyncio.Semaphore(AT_ONCE)
        return turn


def _reason(error: BaseException) -> str:
    """Why a server could not be reached: what the system said, which is a cause of *error*."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SSLCertVerificationError):
            advice = "if you trust it, let SSL_CERT_FILE name the authority"
            return f"its certificate is refused ({cause.verify_message}); {advice}"
        if isinstance(cause, gaierror) and cause.strerror:
            return f"{cause.strerror} (is the name right, and a name server there?)"
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, SSLError):
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return str(error) or f"the connection broke ({type(error).__name__})"


# --- the request ----------------------------------------------------------------------------------


def _built(client: httpx.AsyncClient, request: HttpRequest, body: bytes | None) -> httpx.Request:
    """The request to send; `NodeFailure` ``http-bad-request`` when there can be no such one."""
    import httpx

    headers = _headers(request.headers)
    if body is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    try:
        sent = client.build_request(request.method, request.url, headers=headers, content=body)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise _bad_request(f"the request cannot be made: {error}") from None
    if sent.url.scheme not in ("http", "https") or not _HOST.fullmatch(sent.url.raw_host):
        raise _bad_request('url must begin with a server: "https://shop.example.com/..."')
    if sent.url.port == 0 or (sent.url.port or 0) > 65535:
        raise _bad_request(f"url names the port {sent.url.port}, which there is not")
    return sent


def _bad_request(text: str) -> NodeFailure:
    return NodeFailure("http-bad-request", text)


def _headers(given: Mapping[str, Any]) -> dict[str, str]:
    """*given* as they are sent, without those that are none; values are not told in errors."""
    made = {}
    for name, value in given.items():
        if value is None:
            continue
        if not _NAME.fullmatch(name):
            raise _bad_request(f'headers has "{name}", which is no name of a header field')
        if name.lower() in _OURS:
            raise _bad_request(
                f"headers has {name}, which is not for a flow to write: leave it out"
            )
        text = (value if isinstance(value, str) else display(value)).strip()
        if not _VALUE.fullmatch(text):
            raise _bad_request(f"the header field {name} holds what none can: use plain letters")
        made[name] = text
    return made


# --- the answer -----------------------------------------------------------------------------------


async def _ask(client: httpx.AsyncClient, sent: httpx.Request) -> HttpAnswer:
    for _ in range(REDIRECTS + 1):
        response = await client.send(sent, stream=True)
        try:
            following = response.next_request
            if response.status_code not in _MOVED or following is None or sent.method != "GET":
                return await _answer(response)
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


async def _answer(response: httpx.Response) -> HttpAnswer:
    """The status and what came with it. What came with a failure need not be understood."""
    try:
        return HttpAnswer(response.status_code, await _body(response))
    except NodeFailure as failure:
        if response.is_success:
            text = f"the answer of {response.url.host} cannot be used: {failure.text}"
            raise NodeFailure(failure.name, text) from None
        return HttpAnswer(response.status_code)


async def _body(response: httpx.Response) -> Any:
    unpacked = Unpacked(response.headers.get("Content-Encoding", ""))
    async for piece in response.aiter_raw():
        unpacked.take(piece)
    return value_of(unpacked.end(), response.headers.get("Content-Type", ""))
