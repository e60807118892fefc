"""What a line gives out of its answered legs, so that they can be hung up after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from telephony.line import CallFacts


class DialogKeeper(Protocol):
    """Keeps it. The methods return at once."""

    def keep(self, facts: CallFacts, cseq: int, data: Mapping[str, Any]) -> None:
        """A leg is answered, or its *data*, which goes into JSON, has changed.

        *cseq* is the number of our last request in it.
        """

    def drop(self, leg: str) -> None:
        """The leg with this id is over."""


class Dialogs(Protocol):
    """A line's answered legs, and those of the server before it."""

    keeper: DialogKeeper | None
    """Who is told of each leg that is answered from now on."""

    def hang_up(self, leg: str, cseq: int, data: Mapping[str, Any]) -> None:
        """Hang a leg up that a keeper was told of before a crash; *cseq* is the BYE's number.

        For a started line; the keeper is told when the far end has answered, or is silent.
        """
