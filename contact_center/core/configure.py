"""Configuration, the day, and reserve agents: what changes who is there at all."""

from __future__ import annotations

from contact_center.core import estimate
from contact_center.core.base import Acd, account
from contact_center.core.events import DayBegan, QueueHours, RemoveAgent, SetAgent, SetQueue
from contact_center.core.model import NOT_READY, SIGNED_OUT, Agent, Queue
from contact_center.core.offers import seek
from contact_center.core.refusals import Refusal
from contact_center.core.strategy.plan import Reserve


def set_agent(acd: Acd, event: SetAgent, now: float) -> None:
    """A new agent is signed out; a changed one keeps its state, and its call."""
    setup = event.setup
    agent = acd.agents.get(setup.name)
    if agent is None:
        acd.count += 1
        agent = acd.agents[setup.name] = Agent(setup, acd.count, now)
        acd.matcher.join(agent)
        return
    if agent.free:
        acd.matcher.drop(agent)
    at_work = agent.state not in (SIGNED_OUT, NOT_READY)
    if at_work:
        acd.staff(agent, -1)
    acd.matcher.part(agent)
    agent.setup = setup
    acd.matcher.join(agent)
    if at_work:
        acd.staff(agent, 1)
    seek(acd, agent, now)


def remove_agent(acd: Acd, event: RemoveAgent, now: float) -> None:
    """Only one who is signed out can go."""
    agent = acd.agent(event.agent)
    if agent.state != SIGNED_OUT:
        raise Refusal("signed in")
    acd.matcher.part(agent)
    del acd.agents[agent.name]


def set_queue(acd: Acd, event: SetQueue, now: float) -> None:
    """Contacts that wait keep their score; limits and times hold from the next event on."""
    setup = event.setup
    queue = acd.queues.get(setup.name)
    if queue is None:
        queue = acd.queues[setup.name] = Queue(setup)
        queue.staffed = sum(
            setup.name in agent.setup.queues and setup.name not in agent.setup.reserve
            for agent in acd.agents.values()
            if agent.state not in (SIGNED_OUT, NOT_READY)
        )
    queue.setup = setup
    queue.positions = {name: place for place, name in enumerate(setup.agents)}
    acd.matcher.forget_orders()


def queue_hours(acd: Acd, event: QueueHours, now: float) -> None:
    """Row "queue closes while waiting": entries stay."""
    acd.queue(event.queue).open = event.open


def day_began(acd: Acd, event: DayBegan, now: float) -> None:
    """The window of all totals begins anew."""
    acd.day = event.day
    for agent in acd.agents.values():
        free = agent.free
        if free:
            acd.matcher.drop(agent)
        account(agent, now)
        agent.idle = agent.talk = agent.wrap = agent.ring = agent.login = 0.0
        agent.answered = 0
        if free:
            acd.matcher.add(agent)


def weigh_reserves(acd: Acd, now: float) -> None:
    """Call reserve agents in, or let them go, with hysteresis: after every event."""
    for queue in acd.reserving:
        for rule, called in queue.reserves.items():
            wait = _newcomers_wait(acd, queue)
            if called and wait < rule.below:
                queue.reserves[rule] = False
                acd.matcher.call_reserve(queue.name, rule, False)
            elif not called and wait > rule.above:
                queue.reserves[rule] = True
                _call_in(acd, queue, rule, now)


def _newcomers_wait(acd: Acd, queue: Queue) -> float:
    wait = estimate.estimate(queue, queue.line, acd.matcher.free_in(queue.name))
    if wait is None:
        return float("inf") if queue.line else 0.0
    return wait


def _call_in(acd: Acd, queue: Queue, rule: Reserve, now: float) -> None:
    acd.matcher.call_reserve(queue.name, rule, True)
    for agent in acd.matcher.free_reserve(queue.name):
        acd.matcher.drop(agent)
        seek(acd, agent, now)
