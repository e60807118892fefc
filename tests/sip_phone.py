"""A telephone of the tests on a real UDP socket, scripted message by message."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from sip_kit import sdp
from sip_silent_media import SilentLeg, SilentPlane
from telephony.core.message import Request, Response
from telephony.core.wire import parse
from telephony.line import Call, Ender, KeySource
from telephony.settings import Listen, Sip
from telephony.sip import endpoint
from telephony.sip.call import SipCall
from telephony.sip.endpoint import SipLine

LOOPBACK = ip_network("127.0.0.0/8")
HERE = Sip(listen=(Listen("udp", "127.0.0.1", 0),), allow=(LOOPBACK,))
_numbers = itertools.count(1)


class Phone:
    """Sends and receives; `call_id` is that of its next request."""

    def __init__(self, to: tuple[str, int], host: str = "127.0.0.1", port: int = 0) -> None:
        self.to = to
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        self.socket.setblocking(False)
        self.host, self.port = self.socket.getsockname()
        self.call_id = f"call-{next(_numbers)}"
        self.sdp = sdp(host=host, port=40000)

    def close(self) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self.to)

    async def receive(self, wait: float = 3.0) -> Any:
        """The next message; TimeoutError when none comes."""
        loop = asyncio.get_running_loop()
        data = await asyncio.wait_for(loop.sock_recv(self.socket, 65535), wait)
        return parse(data)

    async def until(self, what: int | str) -> Any:
        """The next message of this status or method; others are passed over."""
        while True:
            message = await self.receive()
            if what == (message.status if isinstance(message, Response) else message.method):
                return message

    async def silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for a while."""
        try:
            await self.receive(seconds)
        except TimeoutError:
            return True
        return False

    def request(
        self,
        method: str,
        *more: str,
        uri: str = "sip:100@127.0.0.1",
        cseq: int = 1,
        branch: str = "",
        to_tag: str = "",
        user: str = "200",
        to_user: str = "100",
        body: bytes = b"",
        kind: str = "application/sdp",
    ) -> bytes:
        tag = f";tag={to_tag}" if to_tag else ""
        branch = branch or f"z9hG4bK{next(_numbers)}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch={branch};rport",
            f"From: <sip:{user}@{self.host}>;tag=phone",
            f"To: <sip:{to_user}@127.0.0.1>{tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            "Max-Forwards: 70",
            *([f"Content-Type: {kind}"] if body else []),
            *more,
            f"Content-Length: {len(body)}",
        ]
        if not any(line.startswith("Contact") for line in more):
            lines.insert(-1, f"Contact: <sip:{user}@{self.host}:{self.port}>")
        return "\r\n".join([*lines, "", ""]).encode() + body

    def invite(self, *more: str, **kwargs: Any) -> str:
        """Send an INVITE with an offer; its branch."""
        branch = f"z9hG4bK{next(_numbers)}"
        kwargs.setdefault("body", self.sdp)
        self.send(self.request("INVITE", *more, branch=branch, **kwargs))
        return branch

    def ack(self, answered: Response, body: bytes = b"") -> None:
        self.send(self.request("ACK", cseq=answered.cseq.number, to_tag=answered.to.tag, body=body))

    def reply(
        self,
        to: Request,
        status: int,
        *more: tuple[str, str],
        tag: str = "there",
        body: bytes = b"",
    ) -> None:
        headers = [("Contact", f"<sip:phone@{self.host}:{self.port}>"), *more]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        response = to.reply(status, to_tag="" if status == 100 else tag, headers=headers, body=body)
        self.send(response.to_bytes())


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.keys: list[tuple[str, KeySource]] = []
        self.ends: list[tuple[Ender, str]] = []
        self.missed: list[str] = []
        self.over = asyncio.Event()

    def key(self, key: str, source: KeySource) -> None:
        self.keys.append((key, source))

    def hung_up(self, by: Ender, cause: str) -> None:
        self.ends.append((by, cause))
        self.over.set()

    def media_lost(self, reason: str) -> None:
        self.missed.append(reason)


class House:
    """A running line with a silent plane and the calls that came in."""

    def __init__(self, line: SipLine, plane: SilentPlane) -> None:
        self.line, self.plane = line, plane
        self.calls: asyncio.Queue[SipCall] = asyncio.Queue()
        self.phones: list[Phone] = []
        self.on_call: Callable[[Call], None] | None = None

    def taken(self, call: Call) -> None:
        assert isinstance(call, SipCall)
        call.listener = Ear()
        if self.on_call:
            self.on_call(call)
        self.calls.put_nowait(call)

    @property
    def address(self) -> tuple[str, int]:
        listening = str(self.line.status()["listen"][0])
        return "127.0.0.1", int(listening.rpartition(":")[2])

    def phone(self, host: str = "127.0.0.1") -> Phone:
        phone = Phone(self.address, host)
        self.phones.append(phone)
        return phone

    async def call(self) -> tuple[SipCall, Ear, SilentLeg]:
        """The next incoming call with its listener and leg."""
        call = await asyncio.wait_for(self.calls.get(), 3)
        assert isinstance(call.listener, Ear) and isinstance(call.leg, SilentLeg)
        return call, call.listener, call.leg

    async def talking(self) -> tuple[Phone, SipCall, Ear, SilentLeg, Response]:
        """A call that a phone of ours placed and that stands."""
        phone = self.phone()
        phone.invite()
        call, ear, leg = await self.call()
        await call.answer()
        answered = await phone.until(200)
        phone.ack(answered)
        return phone, call, ear, leg, answered


@asynccontextmanager
async def house(settings: Sip = HERE, *, legs: int = 100, **changes: Any):
    """A line on a free port of the loopback."""
    endpoint.LAST_WORDS = 0.1  # most phones of the tests do not answer the last BYE
    plane = SilentPlane(legs)
    home = House(SipLine(replace(settings, **changes), plane), plane)
    await home.line.start(home.taken)
    try:
        yield home
    finally:
        await home.line.stop()
        for phone in home.phones:
            phone.close()
        assert not plane.open, "a leg was not given back"
        assert not plane.running
