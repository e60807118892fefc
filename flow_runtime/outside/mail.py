"""Sends mail through a mail server, in worker threads."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid
from ipaddress import ip_address
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendEmail
from flow_runtime.data.workers import Job, Overdue, Stuck, Workers
from flow_runtime.outside.settings import Smtp

SECONDS: Final = 15.0
"""How long the mail server may take for one mail."""
LARGEST: Final = 20_000_000
"""Bytes of an attachment."""
_WORKERS: Final = 4


class SmtpMailer:
    """What `flow_runtime.services.Mailer` asks for."""

    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._workers = Workers("mail", _WORKERS)

    async def send(self, mail: SendEmail) -> None:
        """See `flow_runtime.services.Mailer`."""
        try:
            await self._workers.run(lambda job: self._send(mail, job), SECONDS)
        except (Overdue, Stuck):
            text = f"{self._server.host} did not take the mail within {SECONDS:g} s"
            raise NodeFailure("mail-timeout", text) from None

    async def close(self) -> None:
        """Let the threads end."""
        self._workers.shutdown()

    # --- in a thread ------------------------------------------------------------------------------

    def _send(self, mail: SendEmail, job: Job) -> None:
        message = _message(mail, self._server.sender)
        with self._named(), self._connected() as connection, job.interruptible(connection.close):
            self._log_in(connection)
            job.decide()
            connection.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.secure:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=SECONDS)

    def _log_in(self, connection: smtplib.SMTP) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        safe = server.secure
        if not safe and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
            safe = True
        if not server.user:
            return
        if not safe and not _local(server.host):
            raise NodeFailure(
                "mail-refused",
                f"{server.host} offers no encryption, and the password is not sent in the clear;"
                " use smtps://",
            )
        connection.login(server.user, server.password)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Errors of the mail server as failures of a node."""
        host = self._server.host
        try:
            yield
        except TimeoutError:
            raise NodeFailure("mail-timeout", f"{host} did not answer") from None
        except (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected) as error:
            raise NodeFailure("mail-unreachable", f"{host}: {error}") from None
        except smtplib.SMTPException as error:
            raise NodeFailure("mail-refused", f"{host}: {error}") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise NodeFailure("mail-unreachable", f"{host}: {reason}") from None


def _local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _message(mail: SendEmail, sender: str) -> EmailMessage:
    """The mail as it is sent; `NodeFailure` for an address or a file that cannot be."""
    message = EmailMessage()
    to = [address for _, address in getaddresses([mail.to])]
    if not to or any(address.count("@") != 1 or " " in address for address in to):
        raise NodeFailure("bad-value", f"to is no mail address: {mail.to}")
    try:
        message["From"], message["To"] = sender, ", ".join(to)
        message["Subject"] = " ".join(mail.subject.split())
    except ValueError as error:
        raise NodeFailure("bad-value", f"the mail cannot be made: {error}") from None
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=_domain(sender))
    message.set_content(mail.text)
    if mail.attachment is not None:
        _attach(message, Path(mail.attachment))
    return message


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].strip("<> ") or "localhost"


def _attach(message: EmailMessage, path: Path) -> None:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            text = f"{path.name} has {size} bytes, more than a mail may carry ({LARGEST})"
            raise NodeFailure("bad-value", text)
        content = path.read_bytes()
    except OSError as error:
        raise NodeFailure("missing-file", f"{path}: {error.strerror}") from None
    kind, _, subkind = (guess_type(path.name)[0] or "application/octet-stream").partition("/")
    message.add_attachment(content, maintype=kind, subtype=subkind, filename=path.name)
