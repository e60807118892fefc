"""A web server in a thread of its own, each answer of which is written by the test."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """A request; the names of its header fields are in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    twice: tuple[str, ...] = ()
    """Header fields that were there more than once."""


Handler = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: str | bytes = b"",
    status: str = "200 OK",
    kind: str | None = "application/json",
    **headers: str,
) -> Handler:
    """A handler that answers properly; ``set_cookie`` is the header Set-Cookie."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}"]
    lines += [f"Content-Type: {kind}"] if kind is not None else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join([*lines, "", ""]).encode() + content
    return raw(whole)


def raw(data: bytes, *, then_close: bool = False) -> Handler:
    """A handler that writes *data*, whatever that is."""

    async def write(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then_close:
            writer.close()

    return write


def trickle(begin: bytes, piece: bytes, seconds: float = 0.02) -> Handler:
    """A handler that writes *begin*, and then *piece* again and again, for ever."""

    async def write(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return write


async def silence(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A handler that never answers."""
    await asyncio.Event().wait()


def in_turn(*handlers: Handler) -> Handler:
    """The first request gets the first handler, and so on; the last one stays."""
    left = list(handlers)

    async def take(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)

    return take


def by_path(**handlers: Handler) -> Handler:
    """``/old?x`` gets the handler ``old``."""

    async def take(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await handlers[asked.target.partition("?")[0].strip("/")](asked, writer)

    return take


@dataclass
class WebServer:
    """Listens on a free port of 127.0.0.1 while it is entered."""

    handler: Handler
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: Thread | None = None

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        self._server = server

    async def _stop(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    asked = await _read(reader)
                    self.asked.append(asked)
                    await self.handler(asked, writer)
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    pairs: list[Any] = [line.split(": ", 1) for line in head[1:] if line]
    headers = {name.lower(): value for name, value in pairs}
    names = [name.lower() for name, _ in pairs]
    twice = tuple(sorted(name for name in headers if names.count(name) > 1))
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body, twice)
