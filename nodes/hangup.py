"""hangup: end the call."""

from __future__ import annotations

from flow_runtime.core.card import shown
from flow_runtime.core.commands import HangUp as EndCall
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, param
from flow_runtime.core.phrase import phrase


class Hangup(Node):
    """End the call. A call that was not answered yet is refused.

    `on_hangup` is for callers who leave by themselves: it does not run after this node.
    """

    type, title, group, icon = "hangup", "Hang up", "Call", "hangup"
    ends = True

    reason: str = param(
        help="A word for the trace and the statistics: why the flow ended the call.",
        default="normal",
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``reason "normal"``."""
        return phrase("reason {reason}", reason=shown(draft, "reason"))

    async def run(self) -> PortValue:
        """Hang up."""
        await EndCall(self.reason)

    examples = (
        Example("The flow ends the call.", {}, [EndCall("normal")], None),
        Example(
            "The reason tells such calls apart later.",
            {"reason": "nuisance"},
            [EndCall("nuisance")],
            None,
        ),
    )
