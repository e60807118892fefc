"""Queues and agents of a server: the switchboard and its store, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from contact_center.core.strategy.plan_data import PlanData
from contact_center.core.strategy.strategy import StrategyError
from contact_center.store.durable import DurableEngine
from contact_center.store.errors import StoreError
from contact_center.store.passwords import Accounts
from contact_center.store.retention import AUDIT_DAYS, DAY, Retention
from contact_center.store.settings import AgentSettings, QueueSettings
from contact_center.store.store import Store
from cordboard.centre.leftovers import Leftovers
from cordboard.centre.live_rules import LiveRules
from cordboard.centre.message_shelf import shelf, waiting_messages
from cordboard.centre.strategy_versions import StrategyVersions
from cordboard.centre.webhooks import Webhooks
from cordboard.config import ConfigError
from cordboard.strategies.expressions import FlowExpressions
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
from flow_runtime.switchboard.agent_calls import AgentCalls, Flow
from flow_runtime.switchboard.switchboard import Switchboard

if TYPE_CHECKING:
    from cordboard.config import Config
    from flow_runtime.clock import Clock
    from flow_runtime.core.surroundings import OpeningHours
    from flow_runtime.services import Services
    from telephony.line import Call, Line

log = logging.getLogger("queues")


class Centre:
    """What `[queues]` and `[agents]` of the configuration come to.

    *lost* is told when another server has taken the database over: this one has to end.
    """

    def __init__(
        self,
        config: Config,
        line: Line,
        clock: Clock,
        zone: tzinfo,
        calendars: Mapping[str, OpeningHours],
        prompts: PromptBook = NO_PROMPTS,
        lost: Callable[[str], None] = log.critical,
    ) -> None:
        expressions = FlowExpressions(zone)
        self.switchboard = Switchboard(config.centre, line, clock, expressions, calendars)
        self._line, self._declared, self._clock = line, config.centre, clock
        self._prompts, self._codes = prompts, config.feature_codes
        self.store = Store(config.database, PlanData(expressions), config.centre, lost=lost)
        days = config.keep / DAY
        self._keep = Retention(contacts=days, events=days, audit=max(days, AUDIT_DAYS))
        self._forgetting: asyncio.Task[None] | None = None
        self._webhooks = Webhooks(config.webhooks, self.store.database.reading)
        self.acd: DurableEngine
        self._leftovers: Leftovers
        self._agent_calls: AgentCalls
        self.strategies: StrategyVersions
        self.rules: LiveRules

    async def start(self, services: Services) -> None:
        """Go on where the last server ended; `ConfigError` when the database cannot be had."""
        try:
            recovered = await asyncio.to_thread(self.store.open)
            messages = await asyncio.to_thread(waiting_messages, self.store)
        except StoreError as error:
            raise ConfigError(f"[database] {error}") from None
        self._webhooks.know(recovered.engine, self.store.boot)
        board = self.switchboard
        self._know()
        acd, actions = self.store.start(self.switchboard.committed, self._webhooks.beside())
        self.acd = acd
        await acd.flushed()  # a crash before finds everything as it was
        self._webhooks.start(acd)
        self._leftovers = Leftovers(
            acd,
            self.store.dialect,
            self.switchboard.known_agents,
            recovered.dialogs,
            self.switchboard,
        )
        if self._line.dialogs is not None:
            self._line.dialogs.keeper = self._leftovers
        self.switchboard.begin(
            acd, services, actions, prompts=self._prompts, shelf=shelf(acd, messages)
        )
        self._agent_calls = AgentCalls(
            acd.engine,
            self.switchboard.known_agents,
            self.switchboard.desk,
            self.switchboard.supervision,
            self._codes,
            services,
            self._prompts,
            self._is_password,
        )
        self.switchboard.pressed = self._agent_calls.pressed
        self.strategies = StrategyVersions(
            {name: board.known_queues[name].strategy for name in self._undecided()},
            board.known_agents,
            self.store.database.reading,
            acd,
            self.switchboard.use_strategy,
            self.now,
        )
        await self.strategies.start()
        self.rules = LiveRules(self.store.database.reading, acd, board.rules, self.now)
        await self.rules.start()

    def foresee(self) -> None:
        """Know the queues and agents of the database by their names, which flows may use.

        Blocks, and belongs before `start`, which knows their settings.
        """
        queues, agents = self.store.names_made()
        for name in set(queues) - self.switchboard.known_queues.keys():
            self.switchboard.know_queue(QueueSettings(name))
        for name in set(agents) - self.switchboard.known_agents.keys():
            self.switchboard.know_agent(AgentSettings(name))

    def _know(self) -> None:
        """Queues and agents that the API has made before."""
        found = self.store.directory
        for name, queue in found.queues.items():
            if name in found.file_queues:
                continue
            try:
                self.switchboard.know_queue(queue)
            except StrategyError as error:
                log.error("queue %s has the longest idle agent: its strategy: %s", name, error)
                self.switchboard.know_queue(replace(queue, strategy=QueueSettings("").strategy))
        for name, agent in found.agents.items():
            if name not in found.file_agents:
                self.switchboard.know_agent(agent)

    def _undecided(self) -> Iterator[str]:
        """The queues whose strategies are published: the file says nothing of them."""
        yield from self._declared.undecided
        yield from self.store.directory.queues.keys() - self.store.directory.file_queues

    def open(self) -> None:
        """Telephones may ring, and those of before are hung up: the line has been started."""
        if self._line.dialogs is not None:
            self._leftovers.hang_up(self._line.dialogs)
        self.switchboard.open()
        self._forgetting = asyncio.get_running_loop().create_task(self._forget_daily())

    def takes(self, call: Call, flow: Flow) -> bool:
        """Serve a call from an agent's telephone; see `AgentCalls.takes`."""
        return self._agent_calls.takes(call, flow)

    async def _is_password(self, agent: str, typed: str) -> bool:
        """Whether *typed* is the password of *agent*."""
        reading, dialect = self.store.database.reading, self.store.dialect
        accounts = Accounts(reading, dialect, self._declared.passwords)
        return await asyncio.to_thread(accounts.login, agent, typed, self.now()) is not None

    async def stop(self) -> None:
        """Leave telephones, write what waits."""
        await self._agent_calls.stop()
        if self._forgetting is not None:
            self._forgetting.cancel()
        await self.switchboard.stop()
        self.strategies.stop()
        await self._webhooks.stop()
        await self.store.close()

    def now(self) -> float:
        """Seconds since the epoch, by the server's clock."""
        return self._clock.now().timestamp()

    async def _forget_daily(self) -> None:
        while True:
            try:
                if await self.store.forget(self._keep):
                    log.info("contacts and events that are too old were deleted")
            except StoreError as error:
                log.warning("what is too old could not be deleted, tried again tomorrow: %s", error)
            await asyncio.sleep(DAY)

    def status(self) -> dict[str, Any]:
        """Queues, agents, and how far the database is."""
        return {**self.switchboard.status(), "database": str(self.store.status())}
