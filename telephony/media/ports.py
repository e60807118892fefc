"""Pairs of bound UDP sockets, RTP on an even port and RTCP above it, ahead of their use."""

from __future__ import annotations

import socket
from collections.abc import Iterator


def bind(port: int) -> socket.socket:
    """A non-blocking UDP socket on *port* of all addresses; raises OSError when it is taken."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.bind(("", port))
    except OSError:
        sock.close()
        raise
    return sock


class Stock:
    """Bound pairs that wait for a call. Ports others hold are left out."""

    def __init__(self, ports: Iterator[int]) -> None:
        self._ports = ports
        self._pairs: dict[int, tuple[socket.socket, socket.socket]] = {}

    def __len__(self) -> int:
        return len(self._pairs)

    def bind_more(self, count: int) -> list[int]:
        """Bind up to *count* pairs more; their ports."""
        more: list[int] = []
        while len(more) < count and (port := next(self._ports, None)) is not None:
            if self.bind_again(port):
                more.append(port)
        return more

    def bind_again(self, port: int) -> bool:
        """Bind a pair anew: its queues are empty then, its connection is forgotten."""
        try:
            rtp = bind(port)
        except OSError:
            return False
        try:
            self._pairs[port] = rtp, bind(port + 1)
        except OSError:
            rtp.close()
            return False
        return True

    def take(self, port: int) -> tuple[socket.socket, socket.socket]:
        """The pair on *port*, for a call."""
        return self._pairs.pop(port)
