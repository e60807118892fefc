"""set: give variables new values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from flow_runtime.core.card import assignments_text
from flow_runtime.core.commands import Assign
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Assignment, Draft, Example, Finding, Node
from flow_runtime.core.phrase import phrase


class Set(Node):
    """Give variables new values, line by line: a later line sees what an earlier one set.

    The name is a declared variable, or `contact.` and an attribute that shall travel with the
    call, say to the agent's screen.
    """

    type, title, group, icon = "set", "Set", "Logic", "set"
    free_lines = instant = True

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """Without a line the node does nothing."""
        if not draft.written:
            text = phrase("sets nothing: write a line such as  tries = tries + 1")
            yield Finding("nothing-set", text, severity="warning")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``tries = tries + 1``, and how many lines follow."""
        return assignments_text(draft)

    async def run(self) -> PortValue:
        """Compute and set, in turn."""
        for line in self.assignments:
            await Assign(line.target, line.value())
        return NEXT

    examples = (
        Example(
            "Lines are carried out in turn.",
            {
                "assignments": (
                    Assignment("tries", lambda: Decimal(2)),
                    Assignment("contact.level", lambda: "gold"),
                )
            },
            [Assign("tries", Decimal(2)), None, Assign("contact.level", "gold"), None],
            NEXT,
        ),
    )
