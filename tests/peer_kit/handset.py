"""A telephone for queues: scripted message by message, with what callers and agents do."""

from __future__ import annotations

import time
from typing import Any

from sip_phone import Phone
from telephony.core.message import Request, Response

PATIENCE = 30.0


class Handset(Phone):
    """A telephone that answers to what the tests want."""

    def __init__(self, server: int, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(("127.0.0.1", server), host, port)
        self._answered: Response | None = None
        self._user, self._cseq = "", 1

    async def receive(self, wait: float = PATIENCE) -> Any:
        return await super().receive(wait)

    async def rings(self) -> Request:
        """Wait for a call, and ring."""
        invite: Request = await self.until("INVITE")
        self.reply(invite, 180)
        return invite

    async def takes(self, invite: Request | None = None) -> Request:
        """Answer a call, or the next one; the INVITE."""
        invite = invite or await self.rings()
        self.reply(invite, 200, body=self.sdp)
        await self.until("ACK")
        return invite

    async def refuses(self, status: int) -> Request:
        invite: Request = await self.until("INVITE")
        self.reply(invite, status)
        await self.until("ACK")
        return invite

    async def refuses_after_all(self, invite: Request) -> None:
        """Decline what rings."""
        self.reply(invite, 603)
        await self.until("ACK")

    async def is_cancelled(self, invite: Request, last: int = 487) -> Request:
        """Wait for the CANCEL, and give the last word."""
        cancel: Request = await self.until("CANCEL")
        self.send(cancel.reply(200, to_tag="there").to_bytes())
        self.reply(invite, last, body=self.sdp if last == 200 else b"")
        await self.until("ACK")
        return cancel

    async def is_hung_up(self) -> Request:
        bye: Request = await self.until("BYE")
        self.send(bye.reply(200).to_bytes())
        return bye

    async def hangs_up(self, invite: Request) -> None:
        """End a call that came to us."""
        bye = Request("BYE", str(invite.contact.uri) if invite.contact else "")
        for name, value in (
            ("Via", f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{time.monotonic_ns()}"),
            ("From", f"{invite.get('to').partition(';')[0]};tag=there"),
            ("To", invite.get("from")),
            ("Call-ID", invite.call_id),
            ("CSeq", "1 BYE"),
            ("Max-Forwards", "70"),
        ):
            bye.add(name, value)
        self.send(bye.to_bytes())
        await self.until(200)

    async def calls(self, number: str, user: str = "") -> None:
        """Call a number, and wait for the answer; the caller's own number is that of its port."""
        self._user = user or str(self.port)
        self.invite(uri=f"sip:{number}@127.0.0.1", to_user=number, user=self._user)
        await self.is_answered()

    async def is_answered(self) -> None:
        """Wait for the 200, and acknowledge it."""
        self._answered = await self.until(200)
        self.ack(self._answered)

    async def leaves(self) -> None:
        """Hang the call of `calls` up."""
        self._within("BYE")
        await self.until(200)

    def presses(self, key: str) -> None:
        """Press a key by INFO; its 200 comes with whatever else comes."""
        body = f"Signal={key}\nDuration=160\n".encode()
        self._within("INFO", body, "application/dtmf-relay")

    async def keyed(self, key: str) -> None:
        """Press a key, and wait until it is taken."""
        self.presses(key)
        await self.until(200)

    def _within(self, method: str, body: bytes = b"", kind: str = "") -> None:
        """A request within the call of `calls`."""
        assert self._answered is not None, "it has called nobody"
        self._cseq += 1
        tag = self._answered.to.tag
        self.send(
            self.request(method, cseq=self._cseq, to_tag=tag, user=self._user, body=body, kind=kind)
        )

    def shows(self, invite: Request) -> str:
        """The number that the display shows."""
        return str(invite.from_.uri.user)
