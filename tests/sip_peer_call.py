"""One call of the test peer: what the person does, and what reaches the telephone."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from sip_peer_media import PeerSound
from sip_peer_messages import Described, Manners, Message, bare, describe, token

if TYPE_CHECKING:
    from sip_peer import Address, SipPeer

SOON = 5.0
"""Seconds after which something awaited is a failure."""


class PeerCall:
    """One call of a `SipPeer`, whichever side began it."""

    def __init__(self, peer: SipPeer, call_id: str, address: Address, manners: Manners) -> None:
        self.peer, self.call_id, self.address, self.manners = peer, call_id, address, manners
        self.sound = PeerSound(manners.ptime, peer.host)
        self.invite = Message("")
        """Ours, or the one that reached us."""
        self.outgoing = False
        self.statuses: list[int] = []
        """Every response to our INVITE."""
        self.rejected: int | None = None
        self.on_hold = False
        self.info_keys = ""
        self.far_reason = ""
        """The Reason of the BYE or CANCEL that ended it."""
        self.trying, self.answered, self.over, self.acked = (asyncio.Event() for _ in range(4))
        self.local, self.remote, self.target = "", "", ""
        self.number = 0
        self._remote_number = 0
        self._early_tag = ""
        self._said = ""
        """Our last SDP."""

    # --- what the person does -------------------------------------------------------------------

    async def answer(self) -> None:
        """Take a call that rings, and wait for the ACK."""
        offer = Described.read(self.invite.body) if self.invite.body else None
        stream = offer.stream(self.manners) if offer else None
        self._said = self._describe(Manners((stream.law,), stream.event_type)
                                    if stream else self.manners)  # fmt: skip
        self._respond(self.invite, 200, self._said)
        if stream:
            self.sound.start(stream)
        self.answered.set()
        await asyncio.wait_for(self.acked.wait(), SOON)

    async def decline(self, status: int = 486) -> None:
        """Refuse a call that rings, and wait for the ACK."""
        self._respond(self.invite, status)
        await asyncio.wait_for(self.acked.wait(), SOON)
        self._end()

    async def hang_up(self) -> None:
        """BYE, or CANCEL before the answer."""
        if self.over.is_set():
            return
        if self.answered.is_set():
            response = await self.request("BYE")
            if response.status != 200:
                self.peer.complain(f"BYE answered with {response.first}")
            self._end()
        elif self.outgoing:
            await asyncio.wait_for(self.trying.wait(), SOON)
            cancel = Message(self.invite.first.replace("INVITE", "CANCEL", 1))
            kept = ("via", "from", "to", "call-id", "max-forwards")
            cancel.headers = [(n, v) for n, v in self.invite.headers if n in kept]
            cancel.headers.append(("cseq", f"{self.invite.number} CANCEL"))
            response = await self.peer.ask(cancel, self.address)
            if response.status != 200:
                self.peer.complain(f"CANCEL answered with {response.first}")
            await asyncio.wait_for(self.over.wait(), SOON)
        else:
            await self.decline(480)

    async def hold(self, on: bool = True) -> None:
        """Put our side on hold, or take it back."""
        offer = self._describe(self.manners, "sendonly" if on else "sendrecv")
        response = await self.request("INVITE", offer)
        assert response.status == 200, f"hold was answered with {response.first}"
        said = Described.read(response.body).direction
        if said != ("recvonly" if on else "sendrecv"):
            self.peer.complain(f"an offer of {'sendonly' if on else 'sendrecv'} got {said}")
        self._ack(response)

    async def send_info(self, key: str, kind: str = "application/dtmf-relay") -> None:
        """Press a key by SIP INFO."""
        body = f"Signal={key}\r\nDuration=160\r\n" if kind.endswith("relay") else key
        response = await self.request("INFO", body, kind)
        assert response.status == 200, f"INFO was answered with {response.first}"

    async def request(self, method: str, body: str = "", kind: str = "application/sdp") -> Message:
        """Send a request within the dialog and return its final response."""
        self.number += 1
        message = Message(f"{method} {self.target} SIP/2.0")
        message.headers = [
            ("via", self.peer.via()),
            ("max-forwards", "70"),
            ("from", self.local),
            ("to", self.remote),
            ("call-id", self.call_id),
            ("cseq", f"{self.number} {method}"),
            ("contact", self.peer.contact()),
        ]
        if body:
            message.headers.append(("content-type", kind))
            message.body = body
        return await self.peer.ask(message, self.address)

    # --- what reaches it ------------------------------------------------------------------------

    def responded(self, response: Message) -> None:
        """A response to our first INVITE."""
        self.statuses.append(response.status)
        self.trying.set()
        tag = response.tag("to")
        if response.status < 200:
            if response.status > 100 and not tag:
                self.peer.complain(f"{response.first} without a To tag")
            self._early_tag = tag
            return
        if response.status >= 300:
            self._ack(response)
            self.rejected = response.status
            self._end()
            return
        if self._early_tag and tag != self._early_tag:
            self.peer.complain("the 200 has another To tag than the 180")
        self.remote, self.target = response.get("to"), bare(response.get("contact"))
        self._ack(response)
        if not self.answered.is_set():
            self.sound.start(Described.read(response.body).stream(self.manners))
            self.answered.set()

    def requested(self, request: Message) -> None:
        """A request within the dialog."""
        if request.method not in ("ACK", "CANCEL"):
            if request.number <= self._remote_number:
                self.peer.complain(f"{request.method} with an old CSeq")
            self._remote_number = request.number
        match request.method:
            case "ACK":
                self.acked.set()
            case "BYE":
                self.far_reason = request.get("reason")
                self._respond(request, 200)
                self._end()
            case "CANCEL":
                self.far_reason = request.get("reason")
                self._respond(request, 200)
                self._respond(self.invite, 487)
                self._end()
            case "INVITE":
                self._modified(request)
            case "INFO":
                found = re.search(r"Signal=(\S)", request.body)
                self.info_keys += found[1] if found else ""
                self._respond(request, 200)
            case _:
                self._respond(request, 200)

    def ring(self, request: Message) -> None:
        """Our telephone is called: 180."""
        self.invite, self._remote_number = request, request.number
        self.local = f"{request.get('to')};tag={token()}"
        self.remote, self.target = request.get("from"), bare(request.get("contact"))
        self._respond(request, 180)

    def _modified(self, request: Message) -> None:
        """A re-INVITE: hold, unhold, another address."""
        offer = Described.read(request.body)
        self.on_hold = offer.silent
        stream = offer.stream(self.manners)
        answered = {"sendonly": "recvonly", "inactive": "inactive", "recvonly": "sendonly"}
        ours = Manners((stream.law,), stream.event_type)
        self._respond(request, 200, self._describe(ours, answered.get(offer.direction, "sendrecv")))
        self.sound.start(stream)

    def _describe(self, manners: Manners, direction: str = "sendrecv") -> str:
        return describe(manners, self.peer.host, self.sound.port, direction)

    def _respond(self, request: Message, status: int, body: str = "") -> None:
        to = request.get("to")
        if not request.tag("to"):
            to = self.local or f"{to};tag={token()}"
        self.peer.respond(request, status, self.address, body, to)

    def _ack(self, response: Message) -> None:
        """The ACK: of the transaction for a refusal, of the dialog for a 200 (RFC 3261 13, 17)."""
        accepted = response.status < 300
        target = bare(response.get("contact")) if accepted else self.invite.first.split()[1]
        ack = Message(f"ACK {target} SIP/2.0")
        ack.headers = [
            ("via", self.peer.via() if accepted else self.invite.get("via")),
            ("max-forwards", "70"),
            ("from", response.get("from")),
            ("to", response.get("to")),
            ("call-id", self.call_id),
            ("cseq", f"{response.number} ACK"),
        ]
        self.peer.send(ack, self.address)

    def _end(self) -> None:
        self.peer.later(self.sound.close())
        self.over.set()
