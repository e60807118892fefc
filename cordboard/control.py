"""The local control socket: how ``cordboard status`` talks to a running server.

One request and one answer a connection, each a JSON line: ``{"do": "status"}``. The socket lies
in the server's state folder and is readable by its owner only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cordboard.config.tables import ConfigError

SOCKET = "control.sock"
_LIMIT = 1 << 20
Answer = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of *path* that fits the 107 bytes a Unix socket's address may have."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class NoServer(Exception):
    """No server answers there; the message says what to do."""


class ControlServer:
    """Listens in *folder* and lets *answer* answer."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        self.path, self._answer = folder / SOCKET, answer
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket left over from a server that died is taken over.

        Raises `ConfigError` when the state folder cannot be written.
        """
        try:
            listening = self._bound()
        except OSError as error:
            raise ConfigError(
                f"state: the folder {self.path.parent} cannot be written: {error.strerror}; "
                "give this user the right to, or name another folder"
            ) from None
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=_LIMIT)

    def _bound(self) -> socket.socket:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        mask = os.umask(0o177)
        try:
            with _short(self.path) as name:
                listening.bind(name)
        except OSError:
            listening.close()
            raise
        finally:
            os.umask(mask)
        return listening

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await asyncio.wait_for(reader.readline(), 5))
            if not isinstance(request, dict):
                raise ValueError('a request is an object such as {"do": "status"}')
            reply: Mapping[str, Any] = await self._answer(request)
        except (ValueError, TimeoutError) as error:
            reply = {"error": f"not understood: {error}"}
        writer.write(json.dumps(reply, default=str).encode() + b"\n")
        try:
            await writer.drain()
        except ConnectionError:
            pass  # the one who asked has gone
        finally:
            writer.close()


def ask(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """Send *request* to the server whose state folder is *folder*; raises `NoServer`."""
    path = folder / SOCKET
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            with _short(path) as name:
                connection.connect(name)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answer:
                reply = json.loads(answer.readline(_LIMIT) or b"{}")
    except (OSError, ValueError) as error:
        raise NoServer(
            f"no server answers at {path} ({error}); is `cordboard serve` running "
            "with this configuration?"
        ) from None
    return dict(reply)
