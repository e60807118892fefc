"""What a node may ask of services beyond the call: the web, mail, text messages, PINs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from flow_runtime.core.commands import Command


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a web server said. *body* is a value of the language: of JSON, else the text."""

    status: int
    body: Any = None


@dataclass(frozen=True, slots=True)
class HttpRequest(Command[HttpAnswer]):
    """Ask a web server; *json* is sent as JSON unless it is none.

    `NodeFailure`: ``http-unreachable``, ``http-timeout``, ``http-redirect``, ``http-too-large``,
    ``http-bad-answer`` when no answer came of it; ``http-bad-request`` when it cannot even be
    sent.
    """

    method: str
    url: str
    headers: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    timeout: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class SendEmail(Command[None]):
    """Hand a mail over to the mail server; *attachment* is the path of a file.

    `NodeFailure`: ``mail-unreachable``, ``mail-timeout``, ``mail-refused``; ``not-configured``.
    """

    to: str
    subject: str = ""
    text: str = ""
    attachment: str | None = None


@dataclass(frozen=True, slots=True)
class SendSms(Command[None]):
    """Hand a text message over to the provider.

    `NodeFailure`: ``sms-refused``, ``sms-unreachable``, ``sms-timeout``; ``not-configured``.
    """

    to: str
    text: str


PinResult = Literal["ok", "wrong", "locked"]


@dataclass(frozen=True, slots=True)
class PinLocked(Command[bool]):
    """Whether *account* has had *lock_after* wrong PINs in a row."""

    account: str
    lock_after: int


@dataclass(frozen=True, slots=True)
class CheckPin(Command[PinResult]):
    """Compare *pin* with that of *account*, which a wrong one brings nearer to its lock.

    An account without a PIN has no right one.
    """

    account: str
    pin: str = field(repr=False)
    lock_after: int


@dataclass(frozen=True, slots=True)
class SetPin(Command[None]):
    """Keep *pin* as that of *account*, and unlock it."""

    account: str
    pin: str = field(repr=False)
