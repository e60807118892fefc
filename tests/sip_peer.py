"""A plain SIP telephone for tests: places and takes calls over UDP and notes what is wrong.

It shares no code with `telephony`, so that it judges it. On the loopback interface nothing is
lost, so it repeats no requests. `SipPeer.complaints` lists what the other side did against
RFC 3261; a test that expects good manners asserts that it is empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from sip_peer_call import SOON, PeerCall
from sip_peer_messages import Manners, Message, describe, digest, fields_of, token

__all__ = ["SOON", "Address", "PeerCall", "SipPeer"]

Address = tuple[str, int]
_MUST = ("via", "from", "to", "call-id", "cseq")


class SipPeer(asyncio.DatagramProtocol):
    """A telephone, or a small PBX: telephones may register with it."""

    def __init__(self, host: str) -> None:
        self.host, self.port = host, 0
        self.calls: dict[str, PeerCall] = {}
        self.rings: asyncio.Queue[PeerCall] = asyncio.Queue()
        """Calls that reached us, in order."""
        self.refuses: dict[str, int] = {}
        """The numbers that are refused at once, and with which status."""
        self.manners = Manners()
        self.passwords: dict[str, str] = {}
        """Who may register here."""
        self.contacts: dict[str, Address] = {}
        """Who has registered, and from where."""
        self.registered = asyncio.Event()
        self.complaints: list[str] = []
        self.deaf = False
        """Whether everything that arrives is ignored, as by a PBX that is down."""
        self.seen: list[Message] = []
        self._asked: dict[tuple[str, str], asyncio.Future[Message]] = {}
        self._nonce = token()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, host: str = "127.0.0.1") -> SipPeer:
        """Listen on a free port."""
        peer = cls(host)
        loop = asyncio.get_running_loop()
        peer._transport, _ = await loop.create_datagram_endpoint(lambda: peer, (host, 0))
        peer.port = peer._transport.get_extra_info("sockname")[1]
        return peer

    async def close(self) -> None:
        """End all sound and stop listening."""
        for call in self.calls.values():
            await call.sound.close()
        if self._transport is not None:
            self._transport.close()

    # --- calls ----------------------------------------------------------------------------------

    async def call(
        self, number: str, to: Address, caller: str = "2001", manners: Manners | None = None
    ) -> PeerCall:
        """Send an INVITE; what comes of it is told by the call's events."""
        call = PeerCall(self, f"{token()}@{self.host}", to, manners or self.manners)
        await call.sound.open()
        call.outgoing, call.number = True, 1
        call.target = f"sip:{number}@{to[0]}:{to[1]}"
        call.local = f"<sip:{caller}@{self.host}:{self.port}>;tag={token()}"
        invite = call.invite = Message(f"INVITE {call.target} SIP/2.0")
        invite.headers = [
            ("via", self.via()),
            ("max-forwards", "70"),
            ("from", call.local),
            ("to", f"<{call.target}>"),
            ("call-id", call.call_id),
            ("cseq", "1 INVITE"),
            ("contact", self.contact(caller)),
            ("content-type", "application/sdp"),
        ]
        invite.body = describe(call.manners, self.host, call.sound.port)
        self.calls[call.call_id] = call
        self.send(invite, to)
        return call

    async def register(self, user: str, password: str, at: Address) -> int:
        """Register as a telephone; the final status."""
        uri, call_id, secret = f"sip:{at[0]}:{at[1]}", token(), ""
        for number in (1, 2):
            message = Message(f"REGISTER {uri} SIP/2.0")
            person = f"<sip:{user}@{at[0]}:{at[1]}>"
            message.headers = [
                ("via", self.via()),
                ("max-forwards", "70"),
                ("from", f"{person};tag={token()}"),
                ("to", person),
                ("call-id", call_id),
                ("cseq", f"{number} REGISTER"),
                ("contact", self.contact(user)),
                ("expires", "60"),
            ]
            if secret:
                message.headers.append(("authorization", secret))
            response = await self.ask(message, at)
            if response.status != 401:
                break
            secret = digest(response.get("www-authenticate"), "REGISTER", uri, user, password)
        return response.status

    # --- messages -------------------------------------------------------------------------------

    def via(self) -> str:
        """A Via of a new transaction."""
        return f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{token()};rport"

    def contact(self, user: str = "peer") -> str:
        """Where we are reached."""
        return f"<sip:{user}@{self.host}:{self.port}>"

    def send(self, message: Message, to: Address) -> None:
        """Send a message."""
        if self._transport is not None:
            self._transport.sendto(bytes(message), to)

    async def ask(self, request: Message, to: Address) -> Message:
        """Send a request and wait for its final response."""
        key = request.branch, request.method
        future = self._asked[key] = asyncio.get_running_loop().create_future()
        self.send(request, to)
        try:
            return await asyncio.wait_for(future, SOON)
        finally:
            self._asked.pop(key, None)

    def respond(
        self, request: Message, status: int, to: Address, body: str = "", to_value: str = "",
        more: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        """Answer a request."""
        response = Message(f"SIP/2.0 {status} Said by the peer")
        kept = ("via", "from", "call-id", "cseq", "record-route")
        response.headers = [(n, v) for n, v in request.headers if n in kept]
        response.headers.append(("to", to_value or request.get("to")))
        response.headers.append(("contact", self.contact()))
        response.headers += more
        if body:
            response.headers.append(("content-type", "application/sdp"))
            response.body = body
        self.send(response, to)

    def later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def complain(self, text: str) -> None:
        """Note something that is against the rules."""
        self.complaints.append(text)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self.deaf or not data.strip():
            return
        message = Message.parse(data)
        self.seen.append(message)
        for name in _MUST:
            if not message.get(name):
                self.complain(f"{message.first} without {name}")
        if message.get("content-length") != str(len(message.body.encode())):
            self.complain(f"{message.first}: Content-Length is not the length of the body")
        if message.status:
            self._response(message)
        else:
            self._request(message, addr)

    def _response(self, response: Message) -> None:
        future = self._asked.get((response.branch, response.method))
        if future is not None:
            if response.status >= 200 and not future.done():
                future.set_result(response)
            return
        call = self.calls.get(response.get("call-id"))
        if call is not None and call.outgoing and response.method == "INVITE":
            call.responded(response)
        elif response.method == "INVITE":
            self.complain(f"a stray response: {response.first}")

    def _request(self, request: Message, addr: Address) -> None:
        call = self.calls.get(request.get("call-id"))
        if request.method == "REGISTER":
            self._register(request, addr)
        elif call is not None and (request.tag("to") or request.method in ("ACK", "CANCEL")):
            call.requested(request)
        elif request.method == "INVITE" and call is None:
            self._rung(request, addr)
        elif request.method == "OPTIONS":
            self.respond(request, 200, addr, to_value=f"{request.get('to')};tag={token()}")
        elif request.method != "ACK":
            self.complain(f"{request.first} belongs to no call")
            self.respond(request, 481, addr, to_value=f"{request.get('to')};tag={token()}")

    def _rung(self, request: Message, addr: Address) -> None:
        if status := self.refuses.get(request.user()):
            self.respond(request, status, addr, to_value=f"{request.get('to')};tag={token()}")
            return
        call = PeerCall(self, request.get("call-id"), addr, self.manners)
        self.calls[call.call_id] = call
        call.ring(request)
        self.later(call.sound.open()).add_done_callback(lambda _: self.rings.put_nowait(call))

    def _register(self, request: Message, addr: Address) -> None:
        """A registrar with a digest challenge, without qop as small PBXes have it (RFC 2617)."""
        user, given = request.user("to"), request.get("authorization")
        to = f"{request.get('to')};tag={token()}"
        challenge = f'Digest realm="pbx", nonce="{self._nonce}", algorithm=MD5'
        asked = fields_of(given)
        expected = ""
        if asked and user in self.passwords:
            right = digest(challenge, "REGISTER", asked["uri"], user, self.passwords[user])
            expected = fields_of(right)["response"]
        if not expected or asked.get("response") != expected:
            self.respond(request, 401, addr, "", to, [("www-authenticate", challenge)])
            return
        if request.get("expires") == "0":
            self.contacts.pop(user, None)
        else:
            self.contacts[user] = addr
            self.registered.set()
        self.respond(request, 200, addr, "", to)
