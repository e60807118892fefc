"""Queues and agents of a server: the switchboard and its store, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from contact_center.core.strategy.plan_data import PlanData
from contact_center.store.errors import StoreError
from contact_center.store.store import Store
from cordboard.config import ConfigError
from cordboard.strategies import FlowExpressions
from flow_runtime.switchboard.switchboard import Switchboard

if TYPE_CHECKING:
    from cordboard.config import Config
    from flow_runtime.clock import Clock
    from flow_runtime.core.surroundings import OpeningHours
    from flow_runtime.services import Services
    from telephony.line import Line


class Centre:
    """What `[queues]` and `[agents]` of the configuration come to."""

    def __init__(
        self,
        config: Config,
        line: Line,
        clock: Clock,
        zone: tzinfo,
        calendars: Mapping[str, OpeningHours],
    ) -> None:
        expressions = FlowExpressions(zone)
        self.switchboard = Switchboard(config.centre, line, clock, expressions, calendars)
        self._store = Store(config.database, PlanData(expressions), config.centre)

    async def start(self, services: Services) -> None:
        """Go on where the last server ended; `ConfigError` when the database cannot be had."""
        try:
            await asyncio.to_thread(self._store.open)
        except StoreError as error:
            raise ConfigError(f"[database] {error}") from None
        acd, actions = self._store.start(self.switchboard.committed)
        await acd.flushed()  # a crash before finds everything as it was
        self.switchboard.begin(acd, services, actions)

    def open(self) -> None:
        """Telephones may ring: the line has been started."""
        self.switchboard.open()

    async def stop(self) -> None:
        """Leave telephones, write what waits."""
        await self.switchboard.stop()
        await self._store.close()

    def status(self) -> dict[str, Any]:
        """Queues, agents, and how far the database is."""
        return {**self.switchboard.status(), "database": str(self._store.status())}
