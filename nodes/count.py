"""count: count up, and branch when a limit is passed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from flow_runtime.core.card import shown
from flow_runtime.core.commands import CountUp
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, Variable, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.types import NUMBER

_UNDER, _OVER = "under", "over"


class Count(Node):
    """Count how often the call comes here, say to try something three times at most.

    Each visit adds 1 to the variable. Up to the limit the call leaves by `under`, after that by
    `over`: with `limit = 3` the fourth visit is the first that goes over. A variable that has no
    value yet counts as 0; `set` it to 0 to begin anew.
    """

    type, title, group, icon = "count", "Count", "Logic", "count"
    instant = True

    variable: Variable = param(help="The variable that counts.", makes=NUMBER)
    limit: Decimal = param(help="The highest count that still goes by `under`.")

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Within the limit or not."""
        return (
            Port(_UNDER, "The count is not above the limit.", sets=("variable",)),
            Port(_OVER, "It is.", sets=("variable",)),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``tries up to 3``."""
        return phrase(
            "{variable} up to {limit}",
            variable=shown(draft, "variable"),
            limit=shown(draft, "limit"),
        )

    async def run(self) -> PortValue:
        """Add 1, and compare."""
        return _UNDER if await CountUp(self.variable) <= self.limit else _OVER

    examples = (
        Example(
            "The third of three visits.",
            {"variable": "tries", "limit": Decimal(3)},
            [CountUp("tries"), Decimal(3)],
            _UNDER,
        ),
        Example(
            "One more is too many.",
            {"variable": "tries", "limit": Decimal(3)},
            [CountUp("tries"), Decimal(4)],
            _OVER,
        ),
    )
