"""The live rule table at work: whoever is sent to a queue may be led elsewhere by a rule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from contact_center.core.rules import Call, Decision, Rule, decide
from flow_runtime.clock import Clock
from flow_runtime.core.queue_commands import EnterQueue
from flow_runtime.perform.session import Session

log = logging.getLogger("queues")


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A version of the table, and from when on (seconds since the epoch) it holds."""

    version: int
    activates: float
    rules: Sequence[Rule]


class RuleBook:
    """Knows all versions of the table, the newest first, and asks the one in force.

    *told* is given each decision with its contact and the table's version.
    """

    def __init__(self, clock: Clock, queues: Collection[str], agents: Collection[str]) -> None:
        self._clock, self.queues, self.agents = clock, queues, agents
        self.tables: Sequence[RuleTable] = ()
        self.told: Callable[[str, Decision, int], None] = lambda contact, decision, version: None

    def route(self, session: Session, command: EnterQueue) -> EnterQueue:
        """The command as the table has it. A rule for a person: that agent is waited for first."""
        now = self._clock.now()
        table = next((t for t in self.tables if t.activates <= now.timestamp()), None)
        if table is None:
            return command
        facts, contact = session.call.facts, session.contact
        level = contact.get("level")
        call = Call(
            facts.caller, facts.called, now, contact,
            level if isinstance(level, str) else None, command.queue,
        )  # fmt: skip
        decision = decide(table.rules, call)
        if decision is None:
            return command
        target = decision.target
        if target.name not in (self.queues if target.kind == "queue" else self.agents):
            log.warning(
                "%s: rule %s leads to the %s %s, which is gone; change the rule",
                facts.id, decision.rule, target.kind, target.name,
            )  # fmt: skip
            return command
        self.told(facts.id, decision, table.version)
        session.tracer.event("rule", rule=decision.rule, target=target.name, why=decision.why)
        priority = command.priority if decision.priority is None else float(decision.priority)
        if target.kind == "queue":
            return replace(command, queue=target.name, priority=priority)
        return replace(command, preferred=target.name, priority=priority)
