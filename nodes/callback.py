"""callback: have a customer called back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import ReadFact
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import BookCallback, Booking
from flow_runtime.core.types import DATETIME

_REFUSED = "refused"
_AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


class Callback(Node):
    """Book a callback: when its turn comes the customer is rung first, then offered to agents.

    Behind the port `callback` of a `queue` node it keeps the caller's place in that queue, else it
    comes last. The flow goes on when the booking is safe: it stands even if the server is killed
    in that very moment. A caller who hangs up before has abandoned the queue. Nobody is called
    back while the call that has booked it still goes on.
    """

    type, title, group, icon = "callback", "Callback", "Agents", "callback"

    number: str | None = param(
        help="The number to call. Left out: that of the caller.", default=None, told="trace"
    )
    queue: str = param(help="The queue whose agents call back.", names="queue")
    at: Any = param(
        help="Not before this moment. Left out: as soon as it is its turn.",
        default=None,
        type=DATETIME,
    )
    keep_place: bool = param(help="Whether it gets the caller's place in the queue.", default=True)

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Booked, or not."""
        return (
            Port(NEXT, "It is booked."),
            Port(
                _REFUSED,
                "There is no number, it may not be dialled, or the queue has no callbacks.",
            ),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """A number that is written out has to be one."""
        if draft.constants.get("number") == "":
            text = phrase("number is empty: leave it out to call the caller back")
            yield Finding("bad-value", text, "number")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``repairs · moment``."""
        at = shown(draft, "at") if "at" in draft.written else ""
        return joined(shown(draft, "queue", quoted=False), at)

    async def run(self) -> PortValue:
        """Book it."""
        number = await ReadFact("caller") if self.number is None else self.number
        booking = await BookCallback(self.queue, number or "", self.at, self.keep_place)
        return NEXT if booking.booked else _REFUSED

    examples = (
        Example(
            "The caller is called back at the place in the queue.",
            {"queue": "repairs"},
            [ReadFact("caller"), "5551234", BookCallback("repairs", "5551234"), Booking(True)],
            NEXT,
        ),
        Example(
            "Another number, at half past three, behind all others.",
            {"queue": "repairs", "number": "5559999", "at": _AT, "keep_place": False},
            [BookCallback("repairs", "5559999", _AT, keep_place=False), Booking(True)],
            NEXT,
        ),
        Example(
            "A caller who hides the number cannot be called back.",
            {"queue": "repairs"},
            [
                ReadFact("caller"), "", BookCallback("repairs", ""),
                Booking(False, "there is no number to call"),
            ],
            _REFUSED,
        ),
    )  # fmt: skip
