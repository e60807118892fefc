"""wait: let time pass."""

from __future__ import annotations

from datetime import timedelta

from flow_runtime.core.card import shown
from flow_runtime.core.commands import Pause
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, param


class Wait(Node):
    """Do nothing for a while. The caller hears silence; keys pressed meanwhile are kept."""

    type, title, group, icon = "wait", "Wait", "Call", "wait"
    waits = True

    time: timedelta = param(
        help="How long to wait.", low=timedelta(0), high=timedelta(days=1), unit="s"
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``2 s``."""
        return shown(draft, "time")

    async def run(self) -> PortValue:
        """Wait."""
        await Pause(self.time)
        return NEXT

    examples = (
        Example(
            "Two seconds pass.",
            {"time": timedelta(seconds=2)},
            [Pause(timedelta(seconds=2)), None],
            NEXT,
        ),
    )
