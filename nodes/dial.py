"""dial: connect the caller to another telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import Dial as DialNumber
from flow_runtime.core.commands import DialResult
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param
from flow_runtime.core.phrase import phrase


class Dial(Node):
    """Call another number and connect the caller with whoever answers.

    The flow goes on when the other side has hung up, or could not be had. Only destinations
    that the configuration allows (`dial_allow`) are called; all others leave by `failed`.
    """

    type, title, group, icon = "dial", "Dial", "Call", "dial"
    waits = speaks = True

    to: str = param(
        help="The number to call, as the routes of the configuration know it.", told="trace"
    )
    caller_id: str | None = param(
        help="The number the called side sees. Left out: that of the caller.", default=None
    )
    timeout: timedelta = param(
        help="How long it may ring.",
        default=timedelta(seconds=30),
        low=timedelta(seconds=1),
        high=timedelta(minutes=10),
        unit="s",
    )
    record: bool = param(help="Whether both sides of the talk are recorded.", default=False)

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """How the dialled call went."""
        return (
            Port("answered_ended", "They talked, and the other side has hung up."),
            Port("busy", "The number is engaged, or the call was declined."),
            Port("no_answer", "Nobody answered in time."),
            Port("failed", "The number cannot be reached or may not be called."),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``dial 0800-911 · 30 s``."""
        return joined(
            phrase("dial {to}", to=shown(draft, "to", quoted=False)), shown(draft, "timeout")
        )

    async def run(self) -> PortValue:
        """Dial and talk."""
        result = await DialNumber(self.to, self.caller_id, self.timeout, self.record)
        return result.outcome

    examples = (
        Example(
            "The operator answers; when she hangs up the flow goes on.",
            {"to": "1001"},
            [
                DialNumber("1001"),
                DialResult("answered_ended", "200 OK", timedelta(seconds=95)),
            ],
            "answered_ended",
        ),
        Example(
            "The line is engaged.",
            {"to": "1001"},
            [DialNumber("1001"), DialResult("busy", "486 Busy Here")],
            "busy",
        ),
        Example(
            "Nobody comes to the telephone within ten seconds.",
            {"to": "1001", "timeout": timedelta(seconds=10)},
            [
                DialNumber("1001", timeout=timedelta(seconds=10)),
                DialResult("no_answer", "no answer within 10 s"),
            ],
            "no_answer",
        ),
        Example(
            "The number is not on the list of allowed destinations.",
            {"to": "0900123456", "caller_id": "4000", "record": True},
            [
                DialNumber("0900123456", "4000", record=True),
                DialResult("failed", "0900123456 is not in dial_allow"),
            ],
            "failed",
        ),
    )
