"""jump_flow: go on in another flow for good."""

from __future__ import annotations

from flow_runtime.core.card import shown
from flow_runtime.core.commands import JumpFlow as Jump
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, param


class JumpFlow(Node):
    """Go on in another flow and do not come back.

    The other flow begins with variables of its own; only the attributes of the contact travel
    with the call. Its `on_error` and `on_hangup` replace those of this flow. In a sub-flow, the
    flows that called it are left as well.
    """

    type, title, group, icon = "jump_flow", "Jump to flow", "Logic", "jump_flow"
    ends = True

    flow: str = param(
        help="The other flow's file, as seen from this one's.", literal=True, names="flow"
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``→ night.flow``."""
        return f"→ {shown(draft, 'flow', quoted=False)}"

    async def run(self) -> PortValue:
        """Jump."""
        await Jump(self.flow)

    examples = (
        Example("Another flow at night.", {"flow": "night.flow"}, [Jump("night.flow")], None),
    )
