"""Ports that are free at run time, below those the kernel hands out by itself."""

from __future__ import annotations

import random
import socket

_LOW, _HIGH = 10_000, 32_000
_given: set[int] = set()


def free_port(host: str = "127.0.0.1") -> int:
    """One UDP and TCP port that nobody uses; it is not given twice."""
    while True:
        port = random.randrange(_LOW, _HIGH)
        if port not in _given and _is_free(host, port):
            _given.add(port)
            return port


def free_range(count: int) -> tuple[int, int]:
    """*count* neighbouring UDP ports, the first one even: first and last."""
    while True:
        first = 2 * random.randrange(_LOW // 2, (_HIGH - count) // 2)
        ports = range(first, first + count)
        if _given.isdisjoint(ports) and all(_is_free("0.0.0.0", port) for port in ports):
            _given.update(ports)
            return first, first + count - 1


def _is_free(host: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
