"""One media process seen from signalling: starting it, orders out, events in, its death."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from telephony.media import protocol

_READ_AT_ONCE = 64
"""Events taken before other work of the loop gets its turn."""
_ROOT = str(Path(__file__).resolve().parents[2])
"""The folder that holds this package, for the child may not find it by itself."""


class Link:
    """A running media process. *on_event* hears its events, *on_end* once that it is gone."""

    def __init__(
        self, on_event: Callable[[protocol.Event], None], on_end: Callable[[], None]
    ) -> None:
        self._on_event, self._on_end = on_event, on_end
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._sock: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id, for ``cordboard status``."""
        return self._process.pid if self._process else 0

    @property
    def congested(self) -> bool:
        """Whether the process does not keep up with orders: no new calls then."""
        return bool(self._waiting)

    def start(self, start: protocol.Start) -> None:
        """Start the process; its first event says that it is ready."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
        with theirs:
            self._process = subprocess.Popen(
                (
                    sys.executable,
                    "-m",
                    "telephony.media.process",
                    str(theirs.fileno()),
                    msgspec.json.encode(start).decode(),
                ),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._sock = ours
        self._loop.add_reader(ours, self._readable)

    def send(self, order: protocol.Order) -> None:
        """Give an order; it waits here while the process is busy, and is lost once it is gone."""
        if self._sock is None:
            return
        data = protocol.encode(order)
        if self._waiting:
            self._waiting.append(data)
            return
        try:
            self._sock.send(data)
        except BlockingIOError:
            self._waiting.append(data)
            self._loop.add_writer(self._sock, self._writable)
        except OSError:  # the reader sees the end and tells
            return

    def _writable(self) -> None:
        assert self._sock is not None
        try:
            while self._waiting:
                self._sock.send(self._waiting[0])
                self._waiting.popleft()
        except BlockingIOError:
            return
        except OSError:
            self._waiting.clear()
        self._loop.remove_writer(self._sock)

    def _readable(self) -> None:
        for _ in range(_READ_AT_ONCE):
            if self._sock is None:
                return
            try:
                data = self._sock.recv(protocol.LARGEST)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._disconnect()
                self._on_end()
                return
            self._on_event(protocol.decode_event(data))

    def _disconnect(self) -> None:
        sock, self._sock = self._sock, None
        if sock is None:
            return
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)
        # Closing alone would not end the connection if a forked process holds a copy.
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        sock.close()

    async def stop(self, patience: float = 5.0) -> None:
        """Let the process finish its recordings and end; kill it when it does not."""
        self._disconnect()
        process = self._process
        if process is None:
            return
        step = 0.005
        while process.poll() is None and patience > 0:
            await asyncio.sleep(step)
            patience -= step
            step = min(step * 2, 0.1)
        if process.poll() is None:
            process.kill()
            process.wait()
