"""send_email: send a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import FindFile, NodeFailure
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.service_commands import SendEmail as Send
from flow_runtime.core.sound import Recording

_FAILED = "failed"
_NOT_SENT: Final = frozenset({"mail-unreachable", "mail-timeout", "mail-refused"})
_ADDRESS: Final = re.compile(r"\s*(?:[^<>@]*<)?[^\s<>@]+@[^\s<>@]+>?\s*")
_TO = "repairs@example.com"
_GIVEN = {"to": _TO, "subject": "Repair", "text": "13800000001 smells gas."}
_COMMAND = Send(_TO, "Repair", "13800000001 smells gas.")


class SendEmail(Node):
    """Send a mail, say with the message that the caller has recorded.

    It goes through the mail server in `[smtp]`. The call waits until the server has taken it;
    whether it arrives is known to nobody then. Put several addresses in with commas.
    """

    type, title, group, icon = "send_email", "Send e-mail", "Data", "send_email"
    needs = "smtp"

    to: str = param(
        help="Where it goes: one address, or several with commas between.", told="trace"
    )
    subject: str | None = param(help="The subject line.", default=None, told="a message")
    text: str | None = param(help="What it says.", default=None, told="a message")
    document: Any = param(
        help="What is attached: a recording, or the name of a file beside the flow.", default=None
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Taken by the mail server, or not."""
        return (
            Port(NEXT, "The mail server has taken it."),
            Port(_FAILED, "The mail server refuses it or cannot be reached."),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """An address, and something to send."""
        to = draft.constants.get("to")
        if isinstance(to, str) and not all(map(_ADDRESS.fullmatch, to.split(","))):
            yield Finding("bad-address", phrase('"{to}" is no mail address', to=to), "to")
        if all(draft.constants.get(name, "computed") is None for name in ("text", "document")):
            yield Finding("nothing-to-send", phrase("sends nothing: write a text, or a document"))

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``repairs@example.com · "Repair"``."""
        subject = shown(draft, "subject") if "subject" in draft.written else ""
        return joined(shown(draft, "to", quoted=False), subject)

    async def run(self) -> PortValue:
        """Send it."""
        attachment = await self._attachment()
        try:
            await Send(self.to, self.subject or "", self.text or "", attachment)
        except NodeFailure as failure:
            if failure.name not in _NOT_SENT:
                raise
            return _FAILED
        return NEXT

    async def _attachment(self) -> str | None:
        match self.document:
            case None:
                return None
            case Recording(path):
                return path
            case str(name):
                parts = PurePath(name).parts  # a database or a caller may have had a say in it
                if ".." in parts or parts[:1] == ("/",):
                    raise NodeFailure(
                        "bad-value", phrase("document may not leave its folder: {name}", name=name)
                    )
                return await FindFile(name)
        raise NodeFailure(
            "type-error", phrase("document must be a recording or the name of a file")
        )

    examples = (
        Example("The repair is reported.", _GIVEN, [_COMMAND, None], NEXT),
        Example(
            "With what the caller said.",
            {"to": _TO, "document": Recording("/recordings/1.wav", 7.5)},
            [Send(_TO, attachment="/recordings/1.wav"), None],
            NEXT,
        ),
        Example(
            "With a file that lies beside the flow.",
            {"to": _TO, "text": "As promised.", "document": "tariff.pdf"},
            [FindFile("tariff.pdf"), "/site/tariff.pdf",
             Send(_TO, "", "As promised.", "/site/tariff.pdf"), None],
            NEXT,
        ),
        Example(
            "The mail server is down.",
            _GIVEN,
            [_COMMAND, NodeFailure("mail-unreachable", "mail.example.com: connection refused")],
            _FAILED,
        ),
        Example(
            "The site has no mail server.",
            _GIVEN,
            [_COMMAND, NodeFailure("not-configured", "write [smtp] in cordboard.toml")],
            ERROR,
        ),
    )  # fmt: skip
