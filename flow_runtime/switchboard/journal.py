"""Where events go before anything comes of them: the store, or the memory of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from contact_center.core.actions import Action, Persist
from contact_center.core.engine import Engine
from contact_center.core.events import Event

Committed = Callable[[Sequence[int]], None]
"""Told the tickets of what is durable now; never while an event is being handled."""


class Journal(Protocol):
    """Hands events to the engine and has them written, as `contact_center.store.durable` does."""

    @property
    def engine(self) -> Engine:
        """The engine, to be read only."""

    def handle(self, event: Event, now: float, ops: Sequence[Any] = ()) -> list[Action]:
        """Take one event; gives what is to be done. What `Persist` asks for is done here.

        *ops* are statements of the database that go into the same transaction.
        """


class MemoryJournal:
    """Keeps nothing beyond the process: whatever is to be written counts as durable at once."""

    def __init__(self, committed: Committed) -> None:
        self.engine = Engine()
        self._committed = committed

    def handle(self, event: Event, now: float, ops: Sequence[Any] = ()) -> list[Action]:
        """See `Journal.handle`."""
        actions = self.engine.handle(event, now)
        tickets = [fact.ticket for fact in actions if type(fact) is Persist and fact.ticket]
        if tickets:
            asyncio.get_running_loop().call_soon(self._committed, tickets)
        return [action for action in actions if type(action) is not Persist]
