"""How mail and text messages are sent: what a configuration says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendSms

_PORTS: Final = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server. *secure*: TLS from the first byte (else STARTTLS where it is offered)."""

    host: str
    port: int
    sender: str
    secure: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @staticmethod
    def from_url(url: str, sender: str) -> Smtp:
        """``smtp://host:25``, ``smtps://user:password@host``; ValueError says what is wrong."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError('this is no mail server; write "smtp://localhost:25"')
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError('nothing may follow the port: write "smtp://localhost:25"')
        return Smtp(
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            sender,
            parts.scheme == "smtps",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


@dataclass(frozen=True, slots=True)
class SmsProvider:
    """A provider's web interface; ValueError says what is wrong with one.

    ``{to}`` and ``{text}`` in *url* and *template* stand for the number and the message. What is
    posted is JSON when the *template* begins like JSON, else a form (``to={to}&body={text}``);
    without a template the address alone is fetched.
    """

    url: str
    template: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could never send a message."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError('url must begin with a server: "https://sms.example.com/send"')
        if self.is_json:
            self.json_template()
        for word in ("{to}", "{text}"):
            if word not in self.url and word not in self.template:
                raise ValueError(f"neither url nor template holds {word}")

    @property
    def is_json(self) -> bool:
        """Whether the template is JSON, and not a form."""
        begin = self.template.lstrip()
        return begin.startswith(("{", "[")) and not begin.startswith(("{to}", "{text}"))

    def json_template(self) -> Any:
        """The template as JSON; ValueError when it is none."""
        try:
            return json.loads(self.template)
        except ValueError as error:
            advice = 'put {to} and {text} in quotes: {"phone": "{to}"}'
            text = f"template begins like JSON, but is none ({error}); {advice}"
            raise ValueError(text) from None


def checked(message: SendSms) -> SendSms:
    """*message*, unless no provider could send it: `NodeFailure` ``bad-value``."""
    if not any(sign.isalnum() for sign in message.to):
        raise NodeFailure("bad-value", f'to is no telephone number: "{message.to}"')
    if not message.text.strip():
        raise NodeFailure("bad-value", "the message is empty: write a text")
    return message
