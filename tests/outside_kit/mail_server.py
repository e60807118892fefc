"""Mail servers: a real one that keeps what it is sent, and scripted ones that misbehave."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Taken:
    """A mail as the server got it."""

    sender: str
    to: list[str]
    message: EmailMessage
    raw: bytes
    encrypted: bool
    user: str | None
    options: list[str]


@dataclass
class MailServer:
    """aiosmtpd on a free port; it refuses the addresses in *refused*."""

    refused: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        user = session.auth_data.login.decode() if session.auth_data else None
        self.taken.append(
            Taken(
                str(envelope.mail_from), list(envelope.rcpt_tos), message, raw,
                session.ssl is not None, user, list(envelope.mail_options),
            )
        )  # fmt: skip
        return "250 taken"

    @contextmanager
    def running(self, *, smtps: ssl.SSLContext | None = None, **options: Any) -> Iterator[None]:
        """Listen meanwhile; *options* are those of `aiosmtpd.smtp.SMTP`."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        controller = Controller(self, "127.0.0.1", self.port, ssl_context=smtps, **options)
        controller.start()
        try:
            yield
        finally:
            controller.stop()


def knows(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator with one user."""

    def check(server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> Any:
        right = isinstance(data, LoginPassword) and data == LoginPassword(
            user.encode(), password.encode()
        )
        return AuthResult(success=right, handled=False, auth_data=data)

    return check


@contextmanager
def scripted(talk: Callable[[socket.socket, Any], None]) -> Iterator[int]:
    """A server that serves each connection by ``talk(connection, its lines)``; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    Thread(target=one, args=(connection,), daemon=True).start()

        def one(connection: socket.socket) -> None:
            with suppress(OSError), connection, connection.makefile("rb") as lines:
                talk(connection, lines)

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
