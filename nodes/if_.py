"""if: go one way or the other."""

from __future__ import annotations

from collections.abc import Sequence

from flow_runtime.core.card import shown
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param


class If(Node):
    """Go one way when a condition holds, and another when it does not."""

    type, title, group, icon = "if", "If", "Logic", "if"
    instant = True

    when: bool = param(help="The condition, for example  account.owed > 0.")

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """The two ways."""
        return (
            Port("true", "The condition holds.", narrows=("when", "true")),
            Port("false", "It does not hold.", narrows=("when", "false")),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """The condition as written."""
        return shown(draft, "when")

    async def run(self) -> PortValue:
        """Choose."""
        return "true" if self.when else "false"

    examples = (
        Example("The condition holds.", {"when": True}, [], "true"),
        Example("The condition does not hold.", {"when": False}, [], "false"),
    )
