"""How mail and text messages are sent: what a configuration says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

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
    posted is JSON when the *template* begins with a brace, else a form (``to={to}&body={text}``);
    without a template the address alone is fetched.
    """

    url: str
    template: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could never send a message."""
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError('url must begin with a server: "https://sms.example.com/send"')
        for word in ("{to}", "{text}"):
            if word not in self.url and word not in self.template:
                raise ValueError(f"neither url nor template holds {word}")
        if self.is_json:
            try:
                json.loads(self.template)
            except ValueError as error:
                raise ValueError(f"template begins like JSON, but is none: {error}") from None

    @property
    def is_json(self) -> bool:
        """Whether the template is JSON, and not a form."""
        form = self.template.lstrip().startswith(("{to}", "{text}"))
        return self.template.lstrip().startswith("{") and not form
