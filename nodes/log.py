"""log: write a line to the server's log."""

from __future__ import annotations

from flow_runtime.core.card import shown
from flow_runtime.core.commands import Note
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, param


class Log(Node):
    """Write a text to the server's log. The call's id is added; the caller hears nothing."""

    type, title, group, icon = "log", "Log", "Logic", "log"

    text: str = param(help="The line to write.", told="the server's log")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """The text in quotes."""
        return shown(draft, "text")

    async def run(self) -> PortValue:
        """Write it."""
        await Note(self.text)
        return NEXT

    examples = (
        Example(
            "A line for those who read the log.",
            {"text": "ended after 3 tries"},
            [Note("ended after 3 tries"), None],
            NEXT,
        ),
    )
