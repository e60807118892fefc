"""The strategies of queues for which cordboard.toml names none: published, and then in force."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Engine as Database

from contact_center.core.strategy.advice import find_spec_problems, skill_kinds
from contact_center.core.strategy.problems import Problem
from contact_center.core.strategy.strategy import StrategyError
from contact_center.store import strategies
from contact_center.store.durable import DurableEngine
from contact_center.store.settings import AgentSettings
from cordboard.strategies.expressions import FlowExpressions

log = logging.getLogger("queues")

_LOOK_AGAIN: Final = 3600.0
"""Seconds after which the clock is looked at again at the latest: it may have been set."""
_RETRY: Final = 5.0


class StrategyVersions:
    """Brings each version into force when its time comes. *use* lets a queue have a text.

    *texts* are the strategies that those queues have now.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        agents: Mapping[str, AgentSettings],
        reading: Database,
        acd: DurableEngine,
        use: Callable[[str, str], None],
        now: Callable[[], float],
    ) -> None:
        self._reading, self._acd, self._use, self._now = reading, acd, use, now
        self._texts = dict(texts)
        self._agents = agents
        self._expressions = FlowExpressions()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Let every queue have the version that is in force now."""
        for queue in self._texts:
            await self._look(queue)

    def stop(self) -> None:
        """Bring none into force any more."""
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()

    def open_for(self, queue: str) -> bool:
        """Whether versions may be published: the file names no strategy."""
        return queue in self._texts

    def text(self, queue: str) -> str:
        """What is in force; "" where no versions may be published."""
        return self._texts.get(queue, "")

    def add(self, queue: str, text: str) -> None:
        """A queue that was made, or has another strategy: *text* has just been published."""
        self._texts[queue] = text

    def drop(self, queue: str) -> None:
        """The queue is no more."""
        self._texts.pop(queue, None)
        if queue in self._timers:
            self._timers.pop(queue).cancel()

    def problems(self, text: str) -> Sequence[Problem]:
        """What is wrong with a text, and what is doubtful."""
        return find_spec_problems(text, self._expressions, skill_kinds(self._agents.values()))

    async def publish(self, queue: str, text: str, activates: float, by: str) -> None:
        """The queue's next version, from *activates* on; durable when it returns."""
        now = self._now()
        await self._acd.write([strategies.publish(queue, text, max(activates, now), now, by)])
        await self._look(queue)

    async def _look(self, queue: str) -> None:
        """Use what is in force, and come back when something else will be."""
        now = self._now()
        try:
            text, change = await asyncio.to_thread(self._in_force, queue, now)
        except Exception as error:
            log.warning("the strategy of %s cannot be looked up, tried again: %s", queue, error)
            self._later(queue, _RETRY)
            return
        if queue not in self._texts:
            return  # removed meanwhile
        if text and text != self._texts[queue]:
            try:
                self._use(queue, text)
            except StrategyError as error:
                log.error("queue %s keeps its strategy: the new one is wrong: %s", queue, error)
            else:
                self._texts[queue] = text
                log.info("queue %s has another strategy now: %s", queue, text)
        if change is not None:
            self._later(queue, min(max(change - now, 0.0), _LOOK_AGAIN))

    def _in_force(self, queue: str, now: float) -> tuple[str, float | None]:
        with self._reading.begin() as connection:
            known = strategies.in_force(connection, queue, now)
            change = strategies.next_change(connection, queue, now)
        return (known.text if known is not None else ""), change

    def _later(self, queue: str, seconds: float) -> None:
        if queue in self._timers:
            self._timers[queue].cancel()
        loop = asyncio.get_running_loop()
        self._timers[queue] = loop.call_later(seconds, self._begin, queue)

    def _begin(self, queue: str) -> None:
        task = asyncio.get_running_loop().create_task(self._look(queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
