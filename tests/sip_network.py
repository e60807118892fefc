"""A virtual network in virtual time: agents, and datagrams that are lost, doubled, late."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telephony.core.agent import Agent, Command, Place
from telephony.core.offer_answer import Negotiation
from telephony.core.session_types import Session
from telephony.core.transaction_types import Hop, Received, Send, Wake
from telephony.core.wire import parse


@dataclass
class Weather:
    """What happens to datagrams: chances from 0 to 1, delays in seconds."""

    loss: float = 0.0
    double: float = 0.0
    delay: float = 0.005
    jitter: float = 0.0


class Node:
    """An agent on the network and the application above it."""

    def __init__(self, net: Network, host: str, application: Callable[[Node, Any], None]) -> None:
        self.net, self.host, self.application = net, host, application
        numbers = itertools.count(1)
        self.agent = Agent(
            sent_by=lambda hop: f"{host}:5060",
            token=lambda: f"{host}-{next(numbers)}",
            random=net.dice.random,
        )

    def take(self, actions: Sequence[Any]) -> None:
        """Send what is to be sent, tell the application the rest."""
        for action in actions:
            if isinstance(action, Send):
                self.net.send(self.host, action)
            else:
                self.application(self, action)

    def do(self, session: Session, name: str, argument: Any = None) -> None:
        """Give a command now."""
        self.take(self.agent.handle(Command(session, name, argument), self.net.now))

    def call(self, to: str) -> Session:
        """Call the node at *to*."""
        session = self.agent.outgoing(
            f"sip:100@{to}", Hop(to, 5060), f"<sip:me@{self.host}>", Negotiation(self.host, 4000, 1)
        )
        self.take(self.agent.handle(Place(session), self.net.now))
        return session


class Network:
    """Nodes, datagrams under way, and appointments, in the order of time."""

    def __init__(self, weather: Weather, seed: int) -> None:
        self.weather, self.dice = weather, random.Random(seed)
        self.now = 0.0
        self.nodes: dict[str, Node] = {}
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()

    def add(self, host: str, application: Callable[[Node, Any], None]) -> Node:
        """A new node."""
        node = self.nodes[host] = Node(self, host, application)
        return node

    def at(self, when: float, what: Callable[[], None]) -> None:
        """Do *what* at *when*."""
        heapq.heappush(self._queue, (when, next(self._count), what))

    def send(self, host: str, send: Send) -> None:
        """Carry a datagram, or lose it, or carry it twice."""
        weather = self.weather
        for _ in range(2 if self.dice.random() < weather.double else 1):
            if self.dice.random() >= weather.loss:
                delay = weather.delay + self.dice.random() * weather.jitter
                self.at(self.now + delay, lambda: self._deliver(host, send))

    def _deliver(self, host: str, send: Send) -> None:
        node = self.nodes.get(send.hop.host)
        if node is not None:
            event = Received(parse(send.data), Hop(host, 5060))
            node.take(node.agent.handle(event, self.now))

    def run(self, until: float) -> None:
        """Let time pass."""
        while True:
            due = [(node.agent.next_wakeup(), node) for node in self.nodes.values()]
            wake = min((w for w, _ in due if w is not None), default=None)
            first = self._queue[0][0] if self._queue else None
            times = [t for t in (wake, first) if t is not None]
            if not times or min(times) > until:
                self.now = until
                return
            self.now = max(self.now, min(times))
            if first is not None and first <= self.now:
                heapq.heappop(self._queue)[2]()
                continue
            for when, node in due:
                if when is not None and when <= self.now:
                    node.take(node.agent.handle(Wake(), self.now))
