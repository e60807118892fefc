"""queue_info: ask how things stand in a queue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flow_runtime.core.card import shown
from flow_runtime.core.commands import Assign
from flow_runtime.core.expr.facts import QUEUE, record_of
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, Variable, param
from flow_runtime.core.queue_commands import AskQueue

_FIGURES = {
    "waiting": Decimal(3),
    "wait_estimate": timedelta(seconds=140),
    "agents_ready": Decimal(0),
    "longest": timedelta(seconds=95),
}


class QueueInfo(Node):
    """Ask how many wait in a queue, how long a new caller would wait, and who is free.

    The variable gets a record: `waiting`, `wait_estimate`, `agents_ready` and `longest`, all of
    this moment. While nobody works there `wait_estimate` is what one agent would need.
    """

    type, title, group, icon = "queue_info", "Queue figures", "Agents", "queue_info"

    queue: str = param(help="The queue's name in the configuration.", names="queue")
    into: Variable = param(help="The variable that gets the figures.", makes=record_of(QUEUE))

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``repairs → figures``."""
        return f"{shown(draft, 'queue', quoted=False)} → {shown(draft, 'into')}"

    async def run(self) -> PortValue:
        """Ask."""
        await Assign(self.into, await AskQueue(self.queue))
        return NEXT

    examples = (
        Example(
            "Three wait, and nobody is free.",
            {"queue": "repairs", "into": "figures"},
            [AskQueue("repairs"), _FIGURES, Assign("figures", _FIGURES), None],
            NEXT,
        ),
    )
