"""caller_kind: go by the kind of telephone that the caller has."""

from collections.abc import Sequence

from flow_runtime.core.card import shown
from flow_runtime.core.commands import ReadFact
from flow_runtime.core.node import Draft, Example, Node, Port, param


class CallerKind(Node):
    """Go one way for callers with a mobile telephone and another for all others.

    Callers who hide their number leave by `hidden`, or, when that is not connected, by `other`.
    """

    type, title, group, icon = "caller_kind", "Kind of caller", "Logic", "caller_kind"

    mobile: str = param(help="What the numbers of mobile telephones begin with.", default="1")

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """The kinds."""
        return (
            Port("mobile", "The caller has a mobile telephone."),
            Port("other", "The caller has another one."),
            Port("hidden", "Nobody knows.", required=False, stands_for="other"),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``mobile: 1...``, for the card on the canvas."""
        return f"mobile: {shown(draft, 'mobile', quoted=False)}..."

    async def run(self) -> str:
        """Look at the number."""
        number = await ReadFact("caller")
        if not number:
            return "hidden"
        return "mobile" if number.startswith(self.mobile) else "other"

    examples = (
        Example("A mobile telephone.", {}, [ReadFact("caller"), "13800000001"], "mobile"),
        Example("An ordinary one.", {"mobile": "1"}, [ReadFact("caller"), "021555"], "other"),
        Example("Nobody knows.", {}, [ReadFact("caller"), ""], "hidden"),
    )
