"""Ports that are free at run time, below those the kernel hands out by itself."""

from __future__ import annotations

import itertools
import random
import socket
from collections.abc import Iterator

_SINGLE = range(10_000, 14_000)
_NEIGHBOURS = range(14_000, 32_000)


def _around(ports: range) -> Iterator[int]:
    """All of *ports* for ever, in turn from a random one: what was given comes again late."""
    begin = random.randrange(len(ports))
    return (ports[(begin + step) % len(ports)] for step in itertools.count())


_singles, _firsts = _around(_SINGLE), _around(_NEIGHBOURS[::2])


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody uses, for UDP and TCP."""
    return next(port for port in _singles if _is_free(host, port))


def free_range(count: int) -> tuple[int, int]:
    """*count* neighbouring ports, the first one even: first and last."""
    while True:
        first = next(_firsts)
        if first + count > _NEIGHBOURS.stop:
            continue
        ports = [first, *itertools.islice(_firsts, (count - 1) // 2)]
        if all(_is_free("0.0.0.0", port) and _is_free("0.0.0.0", port + 1) for port in ports):
            return first, first + count - 1


def _is_free(host: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
