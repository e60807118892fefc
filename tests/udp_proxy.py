"""A bad network: a UDP proxy that loses, doubles, delays and reorders, by seeded chance."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from dataclasses import dataclass
from types import TracebackType

Address = tuple[str, int]


@dataclass(frozen=True)
class Weather:
    """Chances from 0 to 1, delays in seconds.

    A *late* datagram is held back for *behind* seconds more: others overtake it.
    """

    loss: float = 0.0
    double: float = 0.0
    late: float = 0.0
    delay: float = 0.0
    behind: tuple[float, float] = (0.02, 0.3)


class UdpProxy:
    """Between one near peer and one far peer; an asynchronous context manager.

    The near peer sends to `front`; the far peer sees `back`, which the near peer has to give as
    its own address in what it writes (in SIP: Via and Contact).
    """

    def __init__(self, near: Address, far: Address, weather: Weather, seed: int) -> None:
        self.weather, self.seed = weather, seed
        self.counts: Counter[str] = Counter()
        self._dice = random.Random(seed)
        self._front, self._back = _bound(), _bound()
        self._ways = ((self._front, self._back, far), (self._back, self._front, near))

    @property
    def front(self) -> Address:
        """Where the near peer sends to."""
        return self._front.getsockname()

    @property
    def back(self) -> Address:
        """Where the far peer answers to."""
        return self._back.getsockname()

    async def __aenter__(self) -> UdpProxy:
        loop = asyncio.get_running_loop()
        for came_in, goes_out, to in self._ways:
            loop.add_reader(came_in, self._readable, came_in, goes_out, to)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for came_in, _, _ in self._ways:
            asyncio.get_running_loop().remove_reader(came_in)
            came_in.close()
        if error is not None:
            error.add_note(f"proxy: seed {self.seed}, {dict(self.counts)}")

    def _readable(self, came_in: socket.socket, goes_out: socket.socket, to: Address) -> None:
        while True:
            try:
                data = came_in.recv(65535)
            except (BlockingIOError, ConnectionRefusedError):
                return
            self._carry(data, goes_out, to)

    def _carry(self, data: bytes, goes_out: socket.socket, to: Address) -> None:
        weather, dice = self.weather, self._dice
        self.counts["came"] += 1
        copies = 2 if dice.random() < weather.double else 1
        self.counts["doubled"] += copies - 1
        for _ in range(copies):
            if dice.random() < weather.loss:
                self.counts["lost"] += 1
                continue
            delay = weather.delay
            if dice.random() < weather.late:
                self.counts["late"] += 1
                delay += dice.uniform(*weather.behind)
            asyncio.get_running_loop().call_later(delay, self._send, data, goes_out, to)

    @staticmethod
    def _send(data: bytes, goes_out: socket.socket, to: Address) -> None:
        try:
            goes_out.sendto(data, to)
        except OSError:
            pass  # closed meanwhile, or refused: a datagram that was lost on the way


def _bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.setblocking(False)
    return sock
