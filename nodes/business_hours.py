"""business_hours: branch on the clock."""

from __future__ import annotations

from collections.abc import Sequence

from flow_runtime.core.card import shown
from flow_runtime.core.commands import CalendarState
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param
from flow_runtime.core.phrase import phrase

_GIVEN = {"calendar": "office"}
_COMMAND = CalendarState("office")


class BusinessHours(Node):
    """Go one way while you are open and another while you are closed.

    The calendar is part of the configuration: its time zone, weekly hours, holidays, make-up
    days and days with special hours.
    """

    type, title, group, icon = "business_hours", "Business hours", "Logic", "business_hours"
    instant = True

    calendar: str = param(help="The calendar's name in the configuration.", names="calendar")

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """What the calendar can say."""
        return (
            Port("open", "It is within the opening hours."),
            Port("closed", "It is not."),
            Port(
                "holiday",
                "It is a holiday. Not connected: as `closed`.",
                required=False,
                stands_for="closed",
            ),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``Calendar "office"``."""
        return phrase("Calendar {calendar}", calendar=shown(draft, "calendar"))

    async def run(self) -> PortValue:
        """Ask the calendar."""
        return await CalendarState(self.calendar)

    examples = (
        Example("Ten on a Monday.", _GIVEN, [_COMMAND, "open"], "open"),
        Example("At night.", _GIVEN, [_COMMAND, "closed"], "closed"),
        Example("On New Year's Day.", _GIVEN, [_COMMAND, "holiday"], "holiday"),
    )
