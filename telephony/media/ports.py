"""Pairs of bound UDP sockets, RTP on an even port and RTCP above it, ahead of their use."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TypeAlias

Pair: TypeAlias = tuple[socket.socket, socket.socket]
"""For RTP and for RTCP."""


def bind(port: int, ipv6: bool = False) -> socket.socket:
    """A non-blocking UDP socket on *port* of all addresses; raises OSError when it is taken."""
    sock = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if ipv6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("", port))
    except OSError:
        sock.close()
        raise
    return sock


def empty(sock: socket.socket) -> None:
    """Forget what a non-blocking socket has received."""
    try:
        while True:
            sock.recv(1)
    except OSError:
        return


def bind_pair(port: int, ipv6: bool = False) -> Pair | None:
    """Sockets on *port* and the one above it, None when one of them is taken."""
    try:
        rtp = bind(port, ipv6)
    except OSError:
        return None
    try:
        return rtp, bind(port + 1, ipv6)
    except OSError:
        rtp.close()
        return None


class Stock:
    """Bound pairs that wait for a call. Ports others hold are left out."""

    def __init__(self, ports: Iterator[int]) -> None:
        self._ports = ports
        self._pairs: dict[int, Pair] = {}

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
        pair = bind_pair(port)
        if pair is not None:
            self._pairs[port] = pair
        return pair is not None

    def take(self, port: int, ipv6: bool) -> Pair:
        """The pair on *port*, for a call; for a peer with IPv6 another is bound in its place."""
        pair = self._pairs.pop(port)
        other = bind_pair(port, ipv6) if ipv6 else None
        if other is None:
            return pair
        for sock in pair:
            sock.close()
        return other
