"""Sends mail through a mail server, in worker threads."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any, Final, Self

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendEmail
from flow_runtime.data.workers import Job, Overdue, Stuck, Workers
from flow_runtime.outside.letters import letter
from flow_runtime.outside.settings import Smtp

SECONDS: Final = 15.0
"""How long the mail server may take for one mail."""
_GOODBYE: Final = 1.0
"""Seconds for a polite end, when the mail is on its way already."""
_WORKERS: Final = 4


class SmtpMailer:
    """What `flow_runtime.services.Mailer` asks for; *seconds* bounds each mail.

    With smtps:// the server has to prove who it is. With smtp:// what is sent is encrypted where
    the server offers it (STARTTLS); the server has to prove who it is before it is told a
    password, and else need not: nobody who cannot prove it would make an offer. A server on this
    machine is trusted.
    """

    def __init__(self, server: Smtp, seconds: float = SECONDS) -> None:
        self._server, self._seconds = server, seconds
        self._workers = Workers("mail", _WORKERS)

    async def send(self, mail: SendEmail) -> None:
        """See `flow_runtime.services.Mailer`."""
        host = self._server.host
        try:
            await self._workers.run(lambda job: self._send(mail, job), self._seconds)
        except Overdue as overdue:
            text = f"{host} did not take the mail within {self._seconds:g} s"
            if overdue.decided:
                text += "; whether it was sent cannot be known"
            raise NodeFailure("mail-timeout", text) from None
        except Stuck:
            text = f"{host} hangs: {_WORKERS} mails wait for it that were given up"
            raise NodeFailure("mail-timeout", text) from None

    async def close(self) -> None:
        """Let the threads end."""
        self._workers.shutdown()

    # --- in a thread ------------------------------------------------------------------------------

    def _send(self, mail: SendEmail, job: Job) -> None:
        message = letter(mail, self._server.sender)
        with self._named(), self._connected(job) as session:
            self._log_in(session)
            job.decide()
            refused = session.send_message(message)
        if refused:
            text = f"{self._server.host}: {_refusals(refused)}; the others were taken"
            raise NodeFailure("mail-refused", text)

    @contextmanager
    def _connected(self, job: Job) -> Iterator[smtplib.SMTP]:
        """A session that has been greeted; whatever hangs in it can be cut off."""
        server = self._server
        address = (server.host, server.port)
        with (
            socket.create_connection(address, self._seconds) as wire,
            wire.dup() as handle,  # TLS takes the other one away
            job.interruptible(_cutter(handle)),
            _Session(wire, server.host, self._context() if server.secure else None) as session,
        ):
            yield session

    def _context(self) -> ssl.SSLContext:
        server, context = self._server, ssl.create_default_context()
        if _local(server.host) or not (server.secure or server.user):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _log_in(self, session: smtplib.SMTP) -> None:
        server, safe = self._server, self._server.secure
        session.ehlo_or_helo_if_needed()
        if not safe and session.has_extn("starttls"):
            session.starttls(context=self._context())
            session.ehlo()
            safe = True
        if not server.user:
            return
        if not safe and not _local(server.host):
            raise NodeFailure(
                "mail-refused",
                f"{server.host} offers no encryption, and the password is not sent in the clear;"
                " use smtps://",
            )
        try:
            session.login(server.user, server.password)
        except UnicodeError:
            text = "user and password of [smtp].url may only have plain letters, digits and signs"
            raise NodeFailure("mail-refused", text) from None

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Errors of the mail server as failures of a node."""
        host = self._server.host
        try:
            yield
        except TimeoutError:
            raise NodeFailure("mail-timeout", f"{host} did not answer") from None
        except smtplib.SMTPRecipientsRefused as error:
            text = f"{host}: {_refusals(error.recipients)}"
            raise NodeFailure("mail-refused", text) from None
        except smtplib.SMTPServerDisconnected as error:
            raise NodeFailure("mail-unreachable", f"{host}: {error}") from None
        except smtplib.SMTPResponseException as error:
            text = f"{host}: {_said(error.smtp_code, error.smtp_error)}"
            raise NodeFailure("mail-refused", text) from None
        except smtplib.SMTPException as error:
            raise NodeFailure("mail-refused", f"{host}: {error}") from None
        except ssl.SSLCertVerificationError as error:
            text = f"{host}: its certificate is refused ({error.verify_message}); if you trust it,"
            text += " let SSL_CERT_FILE name the authority"
            raise NodeFailure("mail-unreachable", text) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise NodeFailure("mail-unreachable", f"{host}: {reason}") from None


class _Session(smtplib.SMTP):
    """A session over a connection that is there already, so that it can be cut at any moment.

    With a *context* TLS begins at once.
    """

    def __init__(self, wire: socket.socket, host: str, context: ssl.SSLContext | None) -> None:
        name = socket.gethostname()  # not getfqdn: a name server that hangs would hold it up
        address = wire.getsockname()[0]
        literal = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
        super().__init__(local_hostname=name if "." in name else literal)
        self._host = host
        self._wire = context.wrap_socket(wire, server_hostname=host) if context else wire

    def __enter__(self) -> Self:
        """Be greeted."""
        try:
            code, text = self.connect(self._host)
            if code != 220:
                raise smtplib.SMTPConnectError(code, text)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Part: politely, unless there was an error, and whatever the server makes of it."""
        if error[0] is None and self.sock is not None:
            with suppress(OSError, smtplib.SMTPException):  # the mail is on its way
                self.sock.settimeout(_GOODBYE)
                self.quit()
        self.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._wire


def _cutter(wire: socket.socket) -> Callable[[], None]:
    """What makes a blocking call on *wire* fail, from another thread; closing it would not."""

    def cut() -> None:
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)

    return cut


def _refusals(refused: Mapping[str, tuple[int, Any]]) -> str:
    return ", ".join(f"{address}: {_said(*said)}" for address, said in refused.items())


def _said(code: int, text: Any) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"{code} {' '.join(words.split())}"


def _local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
