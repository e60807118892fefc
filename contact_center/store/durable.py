"""The engine with its store: what it is told and what it decides is written, in one order.

`Ring`, a booking's confirmation and the like follow a commit: the shell is given the tickets of
each commit and feeds them back as `Committed`. Nothing else waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from contact_center.core import events as ev
from contact_center.core.actions import Action, Persist, Refused
from contact_center.core.engine import Engine
from contact_center.core.state import Plans, snapshot
from contact_center.store.batch import Work
from contact_center.store.codec import encode
from contact_center.store.statements import Op

log = logging.getLogger("store")

RESTARTED: Final = "restarted"
"""A fact that the store adds to the engine's: the server was killed. Data: the last moment known
before."""
BEHIND: Final = "database behind"
BEHIND_TEXTS: Final = (
    "the database does not keep up, so nothing new is begun until it does; `cordboard status` says"
    " since when",
    "数据库暂时跟不上，恢复前不再接受新的业务；`cordboard status` 会显示从何时开始",
)
"""Why new work is refused, in English and Chinese."""
SNAPSHOT_EVERY: Final = 50_000
"""Events after which the state is written whole, so that recovery has less to replay (measured:
1.6 s of processor time)."""
MANY: Final = 2000
"""Contacts with which that holds the event loop up for too long (measured: 0.02 ms for each), so
that it is done four times less often."""
_NEW_WORK: Final = (ev.Arrived, ev.Call, ev.SignIn)


@dataclass(frozen=True, slots=True)
class Published:
    """One durable fact, as programs that watch are told it; *seq* numbers them without gaps."""

    seq: int
    at: float
    fact: Persist


Beside: TypeAlias = Callable[[Work], Sequence[Op]]
"""Shown everything that is to be written, in its order; gives what is written along with it."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the log stands. With another *boot* the numbers may have been used before."""

    boot: str
    seq: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The last numbers used, and the last moment known."""

    seq: int = 0
    fact: int = 0
    at: float = 0.0


class DurableEngine:
    """Takes events as the engine does, and has all of it written; lives on one event loop.

    *committed* is called with the tickets of each commit: the shell answers with
    ``handle(Committed(ticket), now)`` and does what that gives. *beside* is asked about each event
    before it is handed in.
    """

    def __init__(
        self,
        engine: Engine,
        plans: Plans,
        boot: str,
        mark: Mark,
        put: Callable[[Work], None],
        full: Callable[[], bool],
        committed: Callable[[Sequence[int]], None],
        beside: Sequence[Beside] = (),
    ) -> None:
        self.engine = engine
        self._plans, self._boot = plans, boot
        self._seq, self._fact, self._at = mark.seq, mark.fact, mark.at
        self._put, self._full, self._tickets = put, full, committed
        self._since_snapshot = 0
        self.beside: list[Beside] = list(beside)
        self._watchers: list[Callable[[Sequence[Published]], None]] = []

    # --- events -------------------------------------------------------------------------------

    def handle(self, event: ev.Event, now: float, ops: Sequence[Op] = ()) -> list[Action]:
        """Take one event; gives what the shell is to do. *ops* go into the same transaction.

        An event that cannot be written as JSON raises before anything has changed. While the
        database is so far behind that too much waits, events that begin something are refused;
        what is going on goes on, and ends.
        """
        if self._full() and self._begins_something(event):
            return [Refused(event, BEHIND, *BEHIND_TEXTS)]
        written = encode(event, self._plans)
        now = self._at = max(now, self._at)
        actions = self.engine.handle(event, now)
        facts = [action for action in actions if type(action) is Persist]
        refused = any(type(action) is Refused and action.event is event for action in actions)
        self._record(Work(now, event, written, facts=facts, refused=refused, ops=ops))
        if self._snapshot_is_due(event):
            self.write_snapshot()
        return [action for action in actions if type(action) is not Persist]

    def restart(self, now: float, lost: Sequence[str], ops: Sequence[Op]) -> list[Action]:
        """The server was killed, or stopped, and is back: `Restarted`, and a fact that says so.

        *lost* contacts, which the engine does not know though they never ended, end with the rest.
        """
        event = ev.Restarted()
        before = self._at
        now = self._at = max(now, before)
        actions = self.engine.handle(event, now)
        facts = [Persist(RESTARTED, data=before or now)]
        facts += [action for action in actions if type(action) is Persist]
        facts += [Persist("ended", name, data="system") for name in lost]
        self._record(Work(now, event, encode(event, self._plans), facts=facts, ops=ops))
        self.write_snapshot()
        return [action for action in actions if type(action) is not Persist]

    def _begins_something(self, event: ev.Event) -> bool:
        if isinstance(event, ev.Enter | ev.EnterAgent):
            return event.contact not in self.engine.contacts
        return isinstance(event, _NEW_WORK)

    def _snapshot_is_due(self, event: ev.Event) -> bool:
        if len(self.engine.contacts) > MANY:
            return self._since_snapshot >= 4 * SNAPSHOT_EVERY
        return self._since_snapshot >= SNAPSHOT_EVERY or type(event) is ev.DayBegan

    def _record(self, work: Work) -> None:
        self._seq += 1
        work.seq, work.first_fact = self._seq, self._fact + 1
        self._fact += len(work.facts)
        self._since_snapshot += 1
        for beside in self.beside:
            try:
                work.ops = (*work.ops, *beside(work))
            except Exception:  # the engine has moved on: its event is written in any case
                log.exception("what goes with event %d could not be made", work.seq)
        self._put(work)

    # --- beside events ------------------------------------------------------------------------

    def write(self, ops: Sequence[Op]) -> asyncio.Future[None]:
        """Have *ops* written, after all that was handed in before; done when they are durable."""
        done = asyncio.get_running_loop().create_future()

        def resolve() -> None:
            if not done.done():
                done.set_result(None)

        self._put(Work(self._at, ops=ops, done=resolve))
        return done

    def note(self, ops: Sequence[Op]) -> None:
        """As `write`, for what nobody waits for."""
        self._put(Work(self._at, ops=ops))

    async def flushed(self) -> None:
        """Wait until all that was handed in so far is durable."""
        await self.write(())

    def write_snapshot(self) -> None:
        """Have the whole state written: recovery then begins with it."""
        self._since_snapshot = 0
        state = snapshot(self.engine, self._plans)
        self._put(Work(self._at, seq=self._seq, snapshot=state))

    # --- commits ------------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """The number of the newest fact, which the engine's state has in it."""
        return Position(self._boot, self._fact)

    def watch(self, watcher: Callable[[Sequence[Published]], None]) -> Callable[[], None]:
        """Call *watcher* with the facts of each commit; gives what ends that.

        A view taken from the engine at `position` goes on with the facts numbered after it.
        """
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def committed(self, works: Sequence[Work]) -> None:
        """The writer's report, brought to the event loop."""
        for work in works:
            if work.done is not None:
                work.done()
        tickets = [fact.ticket for work in works for fact in work.facts if fact.ticket]
        if tickets:
            self._tickets(tickets)
        if self._watchers:
            facts = [
                Published(number, work.at, fact)
                for work in works
                for number, fact in enumerate(work.facts, work.first_fact)
            ]
            for watcher in self._watchers[:]:
                watcher(facts)
