"""subflow: run another flow as a part of this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flow_runtime.core.card import shown
from flow_runtime.core.commands import CallFlow, NodeFailure
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Node, Outputs, Port, param
from flow_runtime.core.phrase import phrase

_GIVEN = {
    "flow": "parts/identify.flow",
    "inputs": {"tries": 2},
    "outputs": {"account": "number"},
}
_COMMAND = CallFlow("parts/identify.flow", {"tries": 2}, {"account": "number"})


class Subflow(Node):
    """Run another flow, and come back with its outcome.

    The other flow gets `inputs`, has variables of its own, and ends with an `end` node, whose
    outcome is the port by which the call goes on here. `outputs` puts its results into variables.
    What fails in it and is not handled there leaves by `error`. A caller who hangs up in it ends
    both: its `on_hangup` runs first, then that of this flow. Flows may call flows that call
    flows, up to 20 deep.
    """

    type, title, group, icon = "subflow", "Sub-flow", "Logic", "subflow"

    flow: str = param(
        help="The other flow's file, as seen from this one's.", literal=True, names="sub-flow"
    )
    inputs: Mapping[str, Any] | None = param(
        help="Values for its inputs, by name; those with a default may be left out.", default=None
    )
    outputs: Outputs | None = param(
        help="Which variables get which of its outputs, for example  {account: number}.",
        default=None,
        literal=True,
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """The outcomes of the other flow; while it cannot be read, those that are drawn."""
        if draft.called is None:
            return tuple(Port(port) for port in draft.drawn if port != ERROR)
        return tuple(
            Port(name, phrase('It ended with "{name}".', name=name), sets=("outputs",))
            for name in draft.called.outcomes
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``parts/identify.flow``."""
        return shown(draft, "flow", quoted=False)

    async def run(self) -> PortValue:
        """Call, and go by the outcome."""
        return await CallFlow(self.flow, self.inputs or {}, self.outputs or {})

    examples = (
        Example("The caller was identified.", _GIVEN, [_COMMAND, "known"], "known",
                drawn=("known", "unknown")),
        Example("The caller was not.", _GIVEN, [_COMMAND, "unknown"], "unknown",
                drawn=("known", "unknown")),
        Example(
            "The other flow failed, and had no way to handle it.",
            _GIVEN,
            [_COMMAND, NodeFailure("database-timeout", "billing did not answer within 2 s")],
            ERROR,
            drawn=("known", "unknown"),
        ),
    )  # fmt: skip
