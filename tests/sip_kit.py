"""A scripted SIP peer for tests of the agent and the transaction layer, with a clock to move."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from telephony.core.agent import Agent, Command, Place
from telephony.core.offer_answer import Negotiation
from telephony.core.session_types import Asked, Incoming, Session
from telephony.core.transaction_types import Hop, Received, Respond, Send, Wake
from telephony.core.wire import Request, Response, parse

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
