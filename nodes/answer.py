"""answer: take the call."""

from __future__ import annotations

from datetime import timedelta

from flow_runtime.core.card import duration_words
from flow_runtime.core.commands import Answer as AnswerCall
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, param
from flow_runtime.core.phrase import phrase


class Answer(Node):
    """Answer the call, after letting it ring for a while if you like.

    A flow that speaks or listens first answers by itself, so this node is only needed to let
    the caller hear the ringing tone. An answered call stays answered: a second visit does nothing.
    """

    type, title, group, icon = "answer", "Answer", "Call", "answer"

    ring: timedelta = param(
        help="How long it rings before the call is answered.",
        default=timedelta(0),
        low=timedelta(0),
        high=timedelta(minutes=3),
        unit="s",
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``after 2 s``, ``at once``."""
        ring = draft.constants.get("ring")
        if ring is None:
            return ""
        return phrase("after {ring}", ring=duration_words(ring)) if ring else phrase("at once")

    async def run(self) -> PortValue:
        """Answer."""
        await AnswerCall(self.ring)
        return NEXT

    examples = (
        Example("The call is answered at once.", {}, [AnswerCall(), None], NEXT),
        Example(
            "It rings for four seconds first.",
            {"ring": timedelta(seconds=4)},
            [AnswerCall(timedelta(seconds=4)), None],
            NEXT,
        ),
    )
