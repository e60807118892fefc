"""A scripted SIP peer, a virtual network and a media plane without sound, for signalling tests."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from telephony.core.agent import Agent, Command, Place
from telephony.core.offer_answer import Negotiation
from telephony.core.session_types import Asked, Incoming, Session
from telephony.core.transaction_types import Hop, Received, Respond, Send, Wake
from telephony.core.wire import Request, Response, WireError, parse
from telephony.line import Clip, PlayEnd, RecordDone
from telephony.media.plane import Leg, LegListener, Remote
from telephony.settings import Media

US = "10.0.0.1"
PEER = Hop("10.0.0.2", 5060)


def sdp(
    *lines: str,
    host: str = "10.0.0.2",
    port: int = 4000,
    formats: str = "0 101",
    version: int = 1,
) -> bytes:
    """A usual offer or answer; *lines* are added to the audio section."""
    text = [
        "v=0",
        f"o=peer 1 {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {formats}",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        *lines,
        "",
    ]
    return "\r\n".join(text).encode()


def octets(first: str, *headers: str, body: bytes = b"", length: int | None = None) -> bytes:
    """A message as it comes from the wire."""
    size = len(body) if length is None else length
    lines = [first, *headers, f"Content-Length: {size}", "", ""]
    return "\r\n".join(lines).encode() + body


def request(
    method: str,
    *more: str,
    uri: str = "sip:100@10.0.0.1",
    branch: str = "z9hG4bKpeer1",
    call_id: str = "call-1",
    cseq: int = 1,
    from_tag: str = "peer",
    to_tag: str = "",
    body: bytes = b"",
    content_type: str = "application/sdp",
    cseq_method: str = "",
) -> bytes:
    """A request from the peer."""
    to = f";tag={to_tag}" if to_tag else ""
    return octets(
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP 10.0.0.2:5060;branch={branch}",
        f"From: <sip:200@10.0.0.2>;tag={from_tag}",
        f"To: <sip:100@10.0.0.1>{to}",
        f"Call-ID: {call_id}",
        f"CSeq: {cseq} {cseq_method or method}",
        "Contact: <sip:200@10.0.0.2:5060>",
        "Max-Forwards: 70",
        *([f"Content-Type: {content_type}"] if body else []),
        *more,
        body=body,
    )


def reply(
    sent: Request,
    status: int,
    *more: tuple[str, str],
    tag: str = "peer",
    body: bytes = b"",
    contact: str = "<sip:200@10.0.0.2:5060>",
) -> bytes:
    """The peer's response to a request of ours."""
    headers = [("Contact", contact), *more]
    if body:
        headers.append(("Content-Type", "application/sdp"))
    return sent.reply(
        status, to_tag="" if status == 100 else tag, headers=headers, body=body
    ).to_bytes()


class Bench:
    """One agent with a scripted peer and a clock that the test moves."""

    def __init__(self) -> None:
        numbers = itertools.count(1)
        self.agent = Agent(
            sent_by=lambda hop: f"{US}:5060",
            token=lambda: f"t{next(numbers)}",
            random=lambda: 0.5,
        )
        self.now = 1000.0
        self.sent: list[Request | Response] = []
        self.raw: list[Send] = []
        self.told: list[Any] = []

    def take(self, actions: Sequence[Any]) -> None:
        """Sort what the agent gave back."""
        for action in actions:
            if isinstance(action, Send):
                self.raw.append(action)
                self.sent.append(parse(action.data))
            else:
                self.told.append(action)

    def feed(self, data: bytes, source: Hop = PEER) -> list[Request | Response]:
        """Let *data* arrive; what was sent in return."""
        before = len(self.sent)
        self.take(self.agent.handle(Received(parse(data), source), self.now))
        return self.sent[before:]

    def do(self, session: Session, name: str, argument: Any = None) -> list[Request | Response]:
        """Give a command; what was sent."""
        before = len(self.sent)
        self.take(self.agent.handle(Command(session, name, argument), self.now))
        return self.sent[before:]

    def wait(self, seconds: float) -> list[Request | Response]:
        """Let time pass, waking exactly when asked to; what was sent."""
        before, end = len(self.sent), self.now + seconds
        while (due := self.agent.next_wakeup()) is not None and due <= end:
            self.now = max(self.now, due)
            self.take(self.agent.handle(Wake(), self.now))
        self.now = end
        return self.sent[before:]

    def incoming(self, *more: str, body: bytes | None = None, prepare: bool = True) -> Session:
        """A call from the peer that is waiting for our answer."""
        self.feed(request("INVITE", *more, body=sdp() if body is None else body))
        session = self.of(Incoming).session
        if prepare:
            self.do(session, "prepare", Negotiation(US, 20000, 7))
        return session

    def answered(self, *more: str) -> Session:
        """A call from the peer that stands."""
        session = self.incoming(*more)
        self.do(session, "answer")
        self.feed(request("ACK", to_tag=session.dialog.local_tag, branch="z9hG4bKack"))
        return session

    def outgoing(
        self, *, credentials: tuple[str, str] | None = None, late: bool = False
    ) -> Session:
        """A call to the peer, its INVITE sent."""
        session = self.agent.outgoing(
            "sip:200@10.0.0.2",
            PEER,
            "<sip:100@10.0.0.1>",
            Negotiation(US, 20000, 7),
            credentials=credentials,
            late_offer=late,
        )
        self.take(self.agent.handle(Place(session), self.now))
        return session

    def taken(self) -> Session:
        """A call to the peer that stands."""
        session = self.outgoing()
        self.feed(reply(self.last(Request), 200, body=sdp()))
        return session

    def respond(self, asked: Asked, status: int) -> list[Request | Response]:
        """Answer an out-of-dialog request."""
        before = len(self.sent)
        response = asked.request.reply(status, to_tag="x")
        self.take(self.agent.handle(Respond(asked.transaction, response), self.now))
        return self.sent[before:]

    def last(self, kind: type[Any], method: str = "") -> Any:
        """The last request (of *method*) or response we sent."""
        return next(
            m
            for m in reversed(self.sent)
            if isinstance(m, kind) and (not method or m.method == method)
        )

    def of(self, kind: type[Any]) -> Any:
        """The last thing told of this kind."""
        return next(told for told in reversed(self.told) if isinstance(told, kind))

    def kinds(self) -> list[str]:
        """What was told, by name."""
        return [type(told).__name__ for told in self.told]

    def at_rest(self) -> bool:
        """Whether nothing is kept any more."""
        agent = self.agent
        layer = agent.transactions
        return not (
            agent.dialogs
            or agent.buried
            or layer.servers
            or layer.clients
            or layer.merged
            or len(agent.timers)
        )


def lines_of(messages: Sequence[Request | Response]) -> list[str]:
    """Methods and statuses."""
    return [m.method if isinstance(m, Request) else str(m.status) for m in messages]


# --- a network in virtual time --------------------------------------------------------------------


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


# --- media without sound --------------------------------------------------------------------------


@dataclass(eq=False)
class SilentLeg:
    """A leg that keeps what it was told."""

    port: int
    plane: SilentPlane
    listener: LegListener | None = None
    remotes: list[Remote] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    closed: bool = False
    partner: Any = None

    def connect(self, remote: Remote) -> None:
        self.remotes.append(remote)

    def answered(self) -> None:
        self.orders.append("answered")

    async def play(
        self, clips: Sequence[Clip], *, interruptible: bool, repeat: bool = False
    ) -> PlayEnd:
        self.orders.append(("play", len(clips)))
        return PlayEnd("end", sum(clip.seconds for clip in clips))

    def stop(self) -> None:
        self.orders.append("stop")

    async def record(self, path: str, *, most: float, silence: float, end_keys: str) -> RecordDone:
        self.orders.append("record")
        return RecordDone(path, 0.0, "stopped")

    def record_both(self, path: str) -> None:
        self.orders.append("record both")

    def secret(self, on: bool) -> None:
        self.orders.append(("secret", on))

    def key(self, key: str) -> bool:
        return key == self.plane.swallows

    def send_keys(self, keys: str) -> None:
        self.orders.append(("keys", keys))

    def bridge(self, other: Leg) -> None:
        self.partner = other

    def unbridge(self) -> None:
        self.partner = None

    def quality(self) -> dict[str, float]:
        return {"packets": 1.0}

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.plane.open.remove(self)


class SilentPlane:
    """Leases ports and nothing else. *most* legs at a time."""

    def __init__(self, most: int = 1000) -> None:
        self.most, self.swallows = most, ""
        self.open: list[SilentLeg] = []
        self.legs: list[SilentLeg] = []
        self.running = False
        self._port = 30000

    async def start(self, settings: Media, max_calls: int) -> None:
        self.running = True

    def lease(self, near: Leg | None = None) -> SilentLeg | None:
        if len(self.open) >= self.most:
            return None
        self._port += 2
        leg = SilentLeg(self._port, self)
        self.open.append(leg)
        self.legs.append(leg)
        return leg

    def prefetch(self, stems: Sequence[str]) -> None:
        raise AssertionError("signalling prefetches nothing")

    def on_restart(self, told: Callable[[str], None]) -> None:
        raise AssertionError("signalling hears of restarts by its legs")

    async def stop(self) -> None:
        self.running = False


__all__ = [
    "PEER",
    "US",
    "Bench",
    "Network",
    "Node",
    "SilentLeg",
    "SilentPlane",
    "Weather",
    "WireError",
    "lines_of",
    "octets",
    "reply",
    "request",
    "sdp",
]
