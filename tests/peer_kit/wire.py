"""Plain datagrams to the SIP port: what well-behaved programs would never send."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
import socket
import time
from types import TracebackType

_numbers = itertools.count(1)


class Wire:
    """One UDP socket towards a server at 127.0.0.1; an asynchronous context manager."""

    def __init__(self, server: int, host: str = "127.0.0.1") -> None:
        self._server = ("127.0.0.1", server)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._socket.bind((host, 0))
        self._socket.setblocking(False)
        self.here = "{}:{}".format(*self._socket.getsockname())

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(self, data: bytes | str) -> None:
        """Send one datagram."""
        self._socket.sendto(data.encode() if isinstance(data, str) else data, self._server)

    async def receive(self, within: float = 20.0) -> str | None:
        """The next datagram, None when none comes *within* as many seconds."""
        loop = asyncio.get_running_loop()
        try:
            data = await asyncio.wait_for(loop.sock_recv(self._socket, 65535), within)
        except TimeoutError:
            return None
        return data.decode(errors="replace")

    async def ask(self, text: str, within: float = 20.0) -> str | None:
        """Send a request; its answer, None when none comes."""
        call_id = re.search(r"^Call-ID: (\S+)", text, re.M)
        assert call_id
        self.send(text)
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            answer = await self.receive(left)
            if answer is None or call_id[1] in answer:
                return answer
        return None

    async def alive(self) -> bool:
        """Whether the server answers OPTIONS."""
        answer = await self.ask(self.request("OPTIONS"))
        return answer is not None and answer.startswith("SIP/2.0 200")

    def request(
        self,
        method: str,
        *headers: str,
        user: str = "100",
        body: str = "",
        length: int | None = None,
    ) -> str:
        """A request outside of any call."""
        number = next(_numbers)
        to = f"sip:{user}@127.0.0.1:{self._server[1]}"
        lines = [
            f"{method} {to} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.here};branch=z9hG4bKw{number}",
            f"From: <{to}>;tag=w{number}",
            f"To: <{to}>",
            f"Call-ID: wire-{number}-{self.here}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{user}@{self.here}>",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {len(body) if length is None else length}",
            "",
            body,
        ]
        return "\r\n".join(lines)

    async def register(self, user: str, password: str | None) -> str | None:
        """REGISTER; with a *password*, the answer after the challenge was answered."""
        answer = await self.ask(self.request("REGISTER", user=user), within=3.0)
        if answer is None or password is None:
            return answer
        return await self.ask(
            self.request("REGISTER", credentials(answer, user, password), user=user), within=3.0
        )

    async def unregister(self, user: str, password: str) -> str | None:
        """REGISTER that removes all contacts of *user*; the last answer."""

        def request(*headers: str) -> str:
            text = self.request("REGISTER", "Expires: 0", *headers, user=user)
            return text.replace(f"Contact: <sip:{user}@{self.here}>", "Contact: *")

        challenge = await self.ask(request())
        assert challenge is not None
        return await self.ask(request(credentials(challenge, user, password)))


def credentials(challenge: str, user: str, password: str) -> str:
    """The Authorization header that answers a 401 with MD5 and without a client's nonce."""
    found = re.search(r'realm="([^"]*)".*?nonce="([^"]*)".*?algorithm=MD5', challenge)
    assert found, challenge
    realm, nonce = found[1], found[2]

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    uri, count, own = "sip:127.0.0.1", "00000001", "0a4f113b"
    one, two = md5(f"{user}:{realm}:{password}"), md5(f"REGISTER:{uri}")
    response = md5(f"{one}:{nonce}:{count}:{own}:auth:{two}")
    return (
        f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", algorithm=MD5, cnonce="{own}", qop=auth, nc={count}'
    )
