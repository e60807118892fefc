"""split: send a share of the callers each way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from flow_runtime.core.commands import ReadFact
from flow_runtime.core.expr.tree import RecordOf
from flow_runtime.core.expr.values import plain_number
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase

_WHOLE: Final = 100
_BYTES: Final = 8
_GIVEN = {"shares": {"old": Decimal(90), "new": Decimal(10)}}


class Split(Node):
    """Send a share of the callers each way, to try a new announcement on every tenth, say.

    The same caller always takes the same way at this node, as long as its name and its shares
    stay; another `split` tosses its own coin. Callers who hide their number are split call by
    call. The shares are percents and make 100 together.
    """

    type, title, group, icon = "split", "Split", "Logic", "split"
    instant = True

    shares: Mapping[str, Any] = param(
        help="The percents by port, for example  {old: 90, new: 10}.", literal=True
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """One for each share."""
        shares = draft.constants.get("shares") or {}
        return tuple(Port(name, phrase("{share} of the callers.", share=_percent(share)))
                     for name, share in shares.items() if name != ERROR)  # fmt: skip

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """Shares have to be percents, and 100 in all."""
        shares = draft.constants.get("shares")
        if shares is None:
            return
        for name, share in shares.items():
            if name == ERROR:
                yield Finding(
                    "bad-shares",
                    phrase("no share can be called {error}: rename it", error=ERROR),
                    "shares",
                )
            if not isinstance(share, Decimal) or share < 0:
                text = phrase("the share of {name} must be a number of percents", name=name)
                yield Finding("bad-shares", text, "shares")
                return
        total = sum(shares.values())
        if total != _WHOLE:
            text = phrase(
                "the shares make {total}, but they must make 100 % together", total=_percent(total)
            )
            yield Finding("bad-shares", text, "shares")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``old 90 % · new 10 %``."""
        shares = draft.constants.get("shares") or {}
        written = draft.written.get("shares")
        if not shares and isinstance(written, RecordOf):
            return " · ".join(pair.key for pair in written.pairs)
        return " · ".join(f"{name} {_percent(share)}" for name, share in shares.items())

    async def run(self) -> PortValue:
        """Look where the caller falls among the shares."""
        who = await ReadFact("caller") or await ReadFact("id")
        point, upper = place(self.name, who), Decimal(0)
        for name, share in self.shares.items():
            upper += share
            if point < upper:
                return name
        return [*self.shares][-1]  # shares of less than 100, in a flow nobody checked

    examples = (
        Example("Most callers hear what they know.", _GIVEN,
                [ReadFact("caller"), "13800000001"], "old"),
        Example("One in ten hears the new announcement.", _GIVEN,
                [ReadFact("caller"), "13800000016"], "new"),
        Example("A caller who hides the number.", _GIVEN,
                [ReadFact("caller"), "", ReadFact("id"), "c7"], "old"),
    )  # fmt: skip


def place(node: str, who: str) -> Decimal:
    """Where *who* falls between 0 and 100 at the node *node*: always the same, evenly spread."""
    digest = blake2b(f"{node}\0{who}".encode(), digest_size=_BYTES).digest()
    return Decimal(int.from_bytes(digest)) * _WHOLE / Decimal(256**_BYTES)


def _percent(share: Any) -> str:
    return f"{plain_number(share)} %" if isinstance(share, Decimal) else f"{share} %"
