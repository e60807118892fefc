"""What flows, and whoever looks at the server, may read of queues and agents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contact_center.core.engine import Engine
from contact_center.core.model import DIRECT

Now = Callable[[], float]


class QueueView:
    """The queues by name, as `facts.QUEUE` describes them."""

    def __init__(self, engine: Engine, now: Now) -> None:
        self._engine, self._now = engine, now

    def get(self, name: str, /) -> Mapping[str, Any] | None:
        """The figures of this moment; None when there is no such queue."""
        if name == DIRECT or name not in self._engine.queues:
            return None
        info = self._engine.info(name, self._now())
        wait = info.wait_estimate
        if wait is None:  # nobody works: what one agent would need
            queue = self._engine.queues[name]
            wait = (queue.line + 1) * queue.effort
        return {
            "waiting": Decimal(info.waiting),
            "wait_estimate": timedelta(seconds=round(wait)),
            "agents_ready": Decimal(info.agents_ready),
            "longest": timedelta(seconds=round(info.longest)),
        }


class AgentView:
    """The agents by name, as `facts.AGENT` describes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, name: str, /) -> Mapping[str, Any] | None:
        """The agent's state; None when there is no such agent."""
        agent = self._engine.agents.get(name)
        return None if agent is None else {"state": agent.state}


def told(engine: Engine, now: float) -> dict[str, Any]:
    """Queues and agents in plain figures, for ``cordboard status``; durations are seconds."""
    queues: dict[str, Any] = {}
    for name, queue in engine.queues.items():
        if name == DIRECT:
            continue
        info = engine.info(name, now)
        queues[name] = {
            "waiting": info.waiting,
            "longest": round(info.longest),
            "agents_ready": info.agents_ready,
            "answered": queue.answered,
            "abandoned": queue.abandoned,
            "open": queue.open,
        }
    agents = {
        agent.name: {"state": agent.state, "reason": agent.reason, "reachable": agent.reachable}
        for agent in engine.agents.values()
    }
    return {"queues": queues, "agents": agents}
