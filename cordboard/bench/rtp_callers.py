"""Far ends for ``bench bridge``, in a process of their own: they talk without pause and listen."""

from __future__ import annotations

import math
import select
import socket
import time
from multiprocessing.connection import Connection

from telephony.core import rtp
from telephony.core.g711_tables import EXPAND_ULAW

_SLOTS = 20
"""Milliseconds between two packets of a stream."""


def _voice(hertz: float) -> list[bytes]:
    """Half a second of a tone as packets of mu-law; whole periods, so that it can go on."""
    codes = {value: code for code, value in enumerate(EXPAND_ULAW)}
    nearest = sorted(codes)
    sound = bytearray()
    for n in range(4000):
        sample = 3000 * math.sin(2 * math.pi * hertz * n / rtp.RATE)
        sound.append(codes[min(nearest, key=lambda value: abs(value - sample))])
    return [bytes(sound[at : at + 160]) for at in range(0, 4000, 160)]


class Caller:
    """One far end on the loopback interface."""

    def __init__(self, target: int) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.connect(("127.0.0.1", target))
        self.port: int = self.sock.getsockname()[1]
        self.number = 0
        self.last = 0.0

    def step(self, voice: list[bytes]) -> None:
        """Send the next packet."""
        self.number += 1
        sound = voice[self.number % len(voice)]
        packet = rtp.pack(0, self.number, 160 * self.number, self.port, sound)
        try:
            self.sock.send(packet)
        except OSError:  # not yet there, or no longer
            return


def generate(pipe: Connection) -> None:
    """Serve ``bench bridge``: ports in, ports out, then rounds.

    A round is asked for by the seconds it warms up and lasts, and how many of the far ends, from
    the first on, talk; the answer is the gaps between the packets of each stream after the
    warming up. None ends it.
    """
    callers = [Caller(target) for target in pipe.recv()]
    pipe.send([caller.port for caller in callers])
    voice = _voice(400.0)
    poll = select.epoll()
    by_descriptor = {caller.sock.fileno(): caller for caller in callers}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    while (wanted := pipe.recv()) is not None:
        warm_up, seconds, count = wanted
        slots = [callers[n:count:_SLOTS] for n in range(_SLOTS)]
        pipe.send(_round(slots, voice, poll, by_descriptor, warm_up, seconds))


def _round(
    slots: list[list[Caller]],
    voice: list[bytes],
    poll: select.epoll,
    by_descriptor: dict[int, Caller],
    warm_up: float,
    seconds: float,
) -> list[float]:
    gaps: list[float] = []
    buffer = bytearray(2048)
    tick, start = 0, time.monotonic()
    for caller in by_descriptor.values():
        caller.last = 0.0
    while (now := time.monotonic()) < start + warm_up + seconds:
        while tick <= (now - start) * 1000:
            for caller in slots[tick % _SLOTS]:
                caller.step(voice)
            tick += 1
        for descriptor, _ in poll.poll(0.001, 256):
            caller = by_descriptor[descriptor]
            try:
                caller.sock.recv_into(buffer)
            except OSError:
                continue
            now = time.monotonic()
            if caller.last and now > start + warm_up:
                gaps.append(now - caller.last)
            caller.last = now
    return gaps
