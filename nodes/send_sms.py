"""send_sms: send a text message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.service_commands import SendSms as Send

_FAILED = "failed"
_NOT_SENT: Final = frozenset({"sms-unreachable", "sms-timeout", "sms-refused"})
_GIVEN = {"to": "13800000001", "text": "Your code is 4711."}
_COMMAND = Send("13800000001", "Your code is 4711.")


class SendSms(Node):
    """Send a text message, for example with an address or a code.

    `[sms]` says by which provider. With its driver `log`, which is the default, nothing is sent:
    the message is only written to the log, and the log says so.
    """

    type, title, group, icon = "send_sms", "Send SMS", "Data", "send_sms"
    needs = "sms"

    to: str = param(help="The number, in the form that the provider wants.", told="trace")
    text: str = param(help="What it says.", told="a message")

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Taken by the provider, or not."""
        return (
            Port(NEXT, "The provider has taken it."),
            Port(_FAILED, "The provider refuses it or cannot be reached."),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """Something to send."""
        if draft.constants.get("text") == "":
            yield Finding("nothing-to-send", phrase("sends nothing: write a text"), "text")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``call.caller · "Your code is {code}."``."""
        return joined(shown(draft, "to", quoted=False), shown(draft, "text"))

    async def run(self) -> PortValue:
        """Send it."""
        try:
            await Send(self.to, self.text)
        except NodeFailure as failure:
            if failure.name not in _NOT_SENT:
                raise
            return _FAILED
        return NEXT

    examples = (
        Example("A code is sent.", _GIVEN, [_COMMAND, None], NEXT),
        Example(
            "The provider does not take the number.",
            _GIVEN,
            [_COMMAND, NodeFailure("sms-refused", "the provider answered 400")],
            _FAILED,
        ),
        Example(
            "Nobody has given this simulation a provider.",
            _GIVEN,
            [_COMMAND, NodeFailure("not-configured", "write [sms] in cordboard.toml")],
            ERROR,
        ),
    )
