"""What the API knows of the contact centre, put together: its rows, its day, its accounts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from contact_center.core.actions import Action
from contact_center.core.events import Event
from contact_center.store.batch import Work
from contact_center.store.passwords import Accounts
from contact_center.store.settings import AgentSettings, Declared
from contact_center.store.statements import Op
from cordboard.centre.live_directory import LiveDirectory
from cordboard.config.settings import Account
from desk.api.centre import Centre, SettingsOf
from desk.api.feed import Feed
from desk.api.today import Today
from desk.core.floor import Floor
from desk.core.roles import Who

if TYPE_CHECKING:
    from cordboard.centre.centre import Centre as Queues
    from cordboard.config import Config

log = logging.getLogger("api")


class SiteAccounts:
    """The accounts of cordboard.toml and, where there is a store, of the database.

    An agent has the agent's name and password. One with ``supervisor = true`` is a supervisor.
    """

    def __init__(self, declared: Declared, accounts: Mapping[str, Account]) -> None:
        self._agents: Mapping[str, AgentSettings] = {}
        self._accounts = accounts
        self._passwords = {
            **declared.passwords,
            **{name: account.password for name, account in accounts.items()},
        }
        self._roles = {name: account.role for name, account in accounts.items()}
        self._write: Callable[[Op], None] = lambda op: None
        self._clock: Callable[[], float] = lambda: 0.0
        self.known = Accounts(None, "", self._passwords, self._roles)

    def open(self, queues: Queues, clock: Callable[[], float]) -> None:
        """Ask the database too; on the event loop."""
        store, loop, acd = queues.store, asyncio.get_running_loop(), queues.acd
        reading, dialect = store.database.reading, store.dialect
        self.known = Accounts(reading, dialect, self._passwords, self._roles)
        self._clock = clock
        self._agents = queues.switchboard.known_agents

        def write(op: Op) -> None:
            loop.call_soon_threadsafe(acd.write, [op])

        self._write = write

    def login(self, name: str, password: str) -> Who | None:
        """See `desk.api.access.Accounts`."""
        login = self.known.login(name, password, self._clock())
        if login is None:
            return None
        if login.renewed is not None:
            self._write(login.renewed)
        if login.role != "agent":
            account = self._accounts.get(name)
            return Who(name, login.role, account.agent if account is not None else "")
        agent = self._agents.get(name)
        if agent is None:
            return None  # removed from cordboard.toml, with a password left in the database
        return Who(name, "supervisor" if agent.supervisor else "agent", name)


def open_centre(queues: Queues, config: Config, zone: tzinfo, accounts: Accounts) -> Centre:
    """The contact centre as the API sees it, from now on; it has been started."""
    acd, board = queues.acd, queues.switchboard
    names = SettingsOf(board.known_queues, board.known_agents)
    feed: Feed

    def touched(changed: Any) -> None:
        feed.floor.touch(changed)
        feed.soon()

    today = Today(zone, touched)
    clock = queues.now
    floor = Floor(acd.engine, names, lambda queue: today.of(queue, clock()), clock())
    feed = Feed(floor, clock)

    def beside(work: Work) -> Sequence[Op]:
        today.take((fact, work.at) for fact in work.facts)
        feed.note(work.facts)
        return ()

    def observed(event: Event, actions: Sequence[Action], now: float) -> None:
        feed.note((event, *actions))

    acd.beside.append(beside)
    board.observe(observed)
    return Centre(
        acd=acd,
        desk=board.desk,
        supervision=board.supervision,
        feed=feed,
        names=names,
        today=today,
        strategies=queues.strategies,
        rules=queues.rules,
        roster=LiveDirectory(queues, config.centre, config.calendars, accounts),
        database=queues.store.database.reading,
        dialect=queues.store.dialect,
        recordings=config.recordings,
    )


async def read_today(centre: Centre) -> None:
    """Count what the log has of today; figures are of all the day when that is done."""
    last = centre.acd.position.seq
    await centre.acd.flushed()
    now = centre.now()
    try:
        counted, tracker = await centre.read(lambda c: centre.today.read_log(c, last, now))
    except Exception:
        log.exception("the day's figures begin now: the log cannot be read")
        return centre.today.begin()
    centre.today.go_on(counted, tracker)
