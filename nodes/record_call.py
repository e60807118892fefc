"""record_call: record both sides of the call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flow_runtime.core.card import chosen
from flow_runtime.core.commands import NodeFailure, RecordAction
from flow_runtime.core.commands import RecordCall as Recording
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param

_ACTIONS = ("start", "stop", "pause", "resume")


class RecordCall(Node):
    """Record what both sides say and hear, from here on, beside whatever the flow does.

    The recording ends with `stop`, or with the call; `start` after that begins another file. While
    it pauses it holds silence, so that the times in it are those of the call. It also falls silent
    by itself while a secret is keyed in. An action that changes nothing, such as to start twice,
    does no harm.
    """

    type, title, group, icon = "record_call", "Record call", "Call", "record_call"
    speaks = True
    recording = "action"

    action: str = param(help="What to do with the recording.", choices=_ACTIONS)

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Only one way on."""
        return (Port(NEXT, "It is done."),)

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``start``."""
        return chosen(draft, "action")

    async def run(self) -> PortValue:
        """Do it."""
        await Recording(cast(RecordAction, self.action))
        return NEXT

    examples = (
        Example("From now on both sides are recorded.", {"action": "start"},
                [Recording("start"), None], NEXT),
        Example("What follows is not for the file.", {"action": "pause"},
                [Recording("pause"), None], NEXT),
        Example("It goes on.", {"action": "resume"}, [Recording("resume"), None], NEXT),
        Example("It is enough.", {"action": "stop"}, [Recording("stop"), None], NEXT),
        Example(
            "The line cannot record both sides.",
            {"action": "start"},
            [
                Recording("start"),
                NodeFailure("unsupported", "the pyvoip line cannot record both sides"),
            ],
            ERROR,
        ),
    )  # fmt: skip
