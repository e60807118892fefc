"""end: end a sub-flow."""

from __future__ import annotations

from collections.abc import Iterator

from flow_runtime.core.card import shown
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, param
from flow_runtime.core.phrase import phrase


class End(Node):
    """End a sub-flow and go back to the flow that called it.

    The outcome is the port by which the call leaves the `subflow` node there; a sub-flow may have
    several `end` nodes. A flow that callers reach by a number ends with `hangup` instead.
    """

    type, title, group, icon = "end", "End", "Logic", "end"
    ends = returns = instant = True

    outcome: str = param(
        help="The port of the `subflow` node by which the call goes on.",
        default=NEXT,
        literal=True,
    )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """An outcome is a port: it has a name, and not one that every node has."""
        outcome = draft.constants.get("outcome")
        if outcome == ERROR:
            text = phrase(
                'outcome cannot be "error", which is the port for what fails: say what happened'
            )
            yield Finding("bad-outcome", text, "outcome")
        elif outcome == "":
            yield Finding(
                "bad-outcome", phrase("outcome is empty: give the port a name"), "outcome"
            )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``→ next``."""
        return f"→ {shown(draft, 'outcome', quoted=False)}"

    async def run(self) -> PortValue:
        """Go back."""
        return self.outcome

    examples = (
        Example("The sub-flow has done its work.", {}, [], NEXT),
        Example("The caller could not be identified.", {"outcome": "unknown"}, [], "unknown"),
    )
