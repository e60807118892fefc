"""Makes mails as they are sent: addresses, subject, text, attachment."""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, getaddresses, make_msgid, parseaddr
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendEmail

LARGEST: Final = 20_000_000
"""Bytes of an attachment."""
_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Every mail server takes it: what is not ASCII is encoded."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ADDRESS: Final = re.compile(r"([^\s@<>()\[\],;:\\\"]+)@([^\s@<>()\[\],;:\\\"]+)")


def letter(mail: SendEmail, sender: str) -> EmailMessage:
    """The mail as it is sent; `NodeFailure` for an address or a file that cannot be."""
    to = addresses(mail.to)
    if not (mail.text or mail.subject or mail.attachment):
        raise NodeFailure("bad-value", "the mail is empty: it has no subject, text or document")
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(sender)
    message["From"] = Address(name, *_halves(addresses(address)[0]))
    message["To"] = [Address("", *_halves(one)) for one in to]
    subject = " ".join(_CONTROL.sub(" ", mail.subject).split())
    # Encoded as a whole: the e-mail package loses spaces when it does so line by line.
    message.set_raw("Subject", Header(subject, "utf-8", header_name="Subject").encode())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: so that no machine answers
    message.set_content(mail.text.replace("\0", ""))
    if mail.attachment is not None:
        _attach(message, Path(mail.attachment))
    return message


def addresses(to: str) -> list[str]:
    """The mail addresses in *to*, one or several with commas between; their names are dropped.

    The domain is in its ASCII form (IDNA), so that only a name in front of the @ that is not
    ASCII asks more of a mail server than each of them can do.
    """
    if _CONTROL.search(to):
        raise NodeFailure("bad-value", f"to holds a line break or the like: {to!r}")
    read = [address if address in to else "" for _, address in getaddresses([to])]
    found = [_ADDRESS.fullmatch(address) for address in read]
    if not found or None in found:
        raise NodeFailure("bad-value", f'to is no mail address: "{to}"; write NAME@DOMAIN')
    return [f"{match[1]}@{_ascii(match[2], to)}" for match in found if match is not None]


def _halves(address: str) -> tuple[str, str]:
    name, _, domain = address.rpartition("@")
    return name, domain


def _ascii(domain: str, to: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise NodeFailure("bad-value", f'to is no mail address: "{to}"') from None


def _attach(message: EmailMessage, path: Path) -> None:
    try:
        if not path.is_file():
            text = f"there is no file {path.name} to attach any more"
            raise NodeFailure("missing-file", text)
        size = path.stat().st_size
        if size > LARGEST:
            text = f"{path.name} has {size} bytes, more than a mail may carry ({LARGEST})"
            raise NodeFailure("bad-value", text)
        content = path.read_bytes()
    except OSError as error:
        raise NodeFailure("missing-file", f"{path}: {error.strerror}") from None
    kind, packed = guess_type(path.name)
    main, _, sub = (kind if kind and not packed else "application/octet-stream").partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=path.name)
