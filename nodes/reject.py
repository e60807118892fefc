"""reject: refuse a call before it is answered."""

from __future__ import annotations

from flow_runtime.core.card import shown
from flow_runtime.core.commands import RejectCall
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, param
from flow_runtime.core.phrase import phrase

_WORDS = {
    403: phrase("forbidden"),
    404: phrase("not found"),
    480: phrase("unavailable"),
    486: phrase("busy"),
    503: phrase("overloaded"),
    600: phrase("busy everywhere"),
    603: phrase("declined"),
}


class Reject(Node):
    """Refuse the call without answering it: the caller pays nothing and hears, say, busy.

    A call that is already answered is ended.
    """

    type, title, group, icon = "reject", "Reject", "Call", "reject"
    ends = True

    code: int = param(
        help="The SIP status the caller's side is given: 486 busy, 480 unavailable, 603 declined.",
        default=486,
        low=400,
        high=699,
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``486 busy``."""
        word = _WORDS.get(draft.constants.get("code", 0), "")
        return shown(draft, "code") + (" " + word if word else "")

    async def run(self) -> PortValue:
        """Refuse."""
        await RejectCall(self.code)

    examples = (
        Example("The caller hears the busy tone.", {}, [RejectCall(486)], None),
        Example("The caller is declined.", {"code": 603}, [RejectCall(603)], None),
    )
