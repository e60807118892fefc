"""The packets' loop: paces what is sent, receives what came, and lets orders in at once.

Packets wait in one epoll, orders in another that holds the first. With few legs the loop wakes
for each packet; with many it collects packets for a millisecond, or for two when most legs are
relayed, for a wake-up costs more than a packet. Orders (and with them the first packet of a
prompt) still wake it.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from time import monotonic

from telephony.core.wheel import Wheel
from telephony.media.sender import Sender

MANY = 300
"""Sockets, two a leg, from which on packets are collected."""
PACED = 150
"""Streams on the wheel from which on it is served each millisecond, and not every second one."""
CHORES = 0.05
"""Seconds between calls of the chores."""
_BATCH = 256

Handler = Callable[[float], None]


class Loop:
    """Runs until `ending`; *chores* is called each `CHORES`, *urgent* in every round."""

    def __init__(self, chores: Handler, urgent: Callable[[float], bool]) -> None:
        now = monotonic()
        self.wheel: Wheel[Sender] = Wheel(now)
        self.ending = False
        self.left_out = 0
        """Milliseconds that could not be made up for."""
        self._chores, self._urgent = chores, urgent
        self._chores_at = now
        self._handlers: dict[int, Handler] = {}
        self._packets = select.epoll()
        self._front = select.epoll()
        self._collecting = False
        self._front.register(self._packets.fileno(), select.EPOLLIN)

    def listen(self, sock: socket.socket, handler: Handler) -> None:
        """Call *handler* with the time when *sock* has a packet."""
        descriptor = sock.fileno()
        if descriptor not in self._handlers:
            self._packets.register(descriptor, select.EPOLLIN)
        self._handlers[descriptor] = handler

    def unlisten(self, sock: socket.socket) -> None:
        """No more; nothing happens when it was not listened to."""
        if self._handlers.pop(sock.fileno(), None) is not None:
            self._packets.unregister(sock.fileno())

    def listen_first(self, descriptor: int, handler: Handler) -> None:
        """Call *handler* as soon as *descriptor* is readable, whatever the load."""
        self._front.register(descriptor, select.EPOLLIN)
        self._handlers[descriptor] = handler

    def run(self) -> None:
        """Serve until `ending` is set."""
        front, packets, handlers = self._front.poll, self._packets.poll, self._handlers
        waiting = (self._front,)
        while not self.ending:
            now = monotonic()
            self._serve(now)
            pause = self._pause(now, self._urgent(now))
            # Not by the epoll itself: it would round the pause up to whole milliseconds.
            ready, _, _ = select.select(waiting, (), (), pause)
            for descriptor, _ in front(0, 16) if ready else ():
                if descriptor in handlers:
                    handlers[descriptor](monotonic())
            now = monotonic()
            for descriptor, _ in packets(0, _BATCH):
                if descriptor in handlers:  # else closed by an earlier packet of this batch
                    handlers[descriptor](now)

    def _serve(self, now: float) -> None:
        """Send what is due, run the chores if it is time."""
        wheel = self.wheel
        if wheel.count:
            left_out = wheel.behind(now)
            if left_out:
                self.left_out += left_out
                for sender in wheel.everything():
                    sender.skip(left_out)
            reached = wheel.reached(now)
            while wheel.tick <= reached:
                wheel.serve(Sender.tick)
        if now >= self._chores_at:
            self._chores_at = now + CHORES
            self._chores(now)

    def _pause(self, now: float, urgent: bool) -> float:
        """How long to wait for orders and packets, in seconds."""
        many = len(self._handlers) >= MANY
        if many != self._collecting:
            self._collecting = many
            if many:
                self._front.unregister(self._packets.fileno())
            else:
                self._front.register(self._packets.fileno(), select.EPOLLIN)
        if urgent:
            return 0.001
        if many:
            more = 0 if self.wheel.count >= PACED else 1
            ticks = self.wheel.count > 0
            return max(0.0, self.wheel.time(self.wheel.tick + more) - now) if ticks else 0.002
        ahead = self.wheel.ahead()
        until = self._chores_at
        if ahead is not None:
            until = min(until, self.wheel.time(self.wheel.tick + ahead))
        return max(0.0, until - now)
