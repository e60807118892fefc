"""Who fits whom: contacts in classes, agents in pools, and the choice on both sides.

A class holds the waiting contacts of one queue with one requirement, a pool the agents with equal
skills; which class fits which pool is worked out once. A decision looks at the first contact of
each class a pool serves, or at the first agents of the pools that are free (a bit in a mask).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from heapq import nsmallest
from math import inf
from typing import NamedTuple

from contact_center.core.model import Agent, Entry, Queue
from contact_center.core.ordering import Item, Key, Order
from contact_center.core.strategy.plan import Requirement, Reserve, Term
from contact_center.core.waiting import ClassKey, WaitingClass, turn
from contact_center.core.why import SHOWN

_MOST_ORDERS = 1024
_MOST_CLASSES = 1024
"""Empty classes are kept up to this many: to find out what fits costs a look at every pool."""


class Choice(NamedTuple):
    """The agent chosen, those who came next, and how many were free and fitted."""

    agents: list[Agent]
    eligible: int


class Pool:
    """Agents with equal queues, skills and reserve duties."""

    __slots__ = ("bit", "classes", "free", "key", "lists", "members", "setup")

    def __init__(self, key: object, agent: Agent, bit: int) -> None:
        self.key, self.setup, self.bit = key, agent.setup, bit
        self.members = 0
        self.free: dict[str, Agent] = {}
        self.classes: list[WaitingClass] = []
        """The classes whose contacts these agents may be offered: what a free one looks through."""
        self.lists: dict[Order, list[Item]] = {}
        """The free agents in each order that has been asked for."""

    def serve(self, cls: WaitingClass) -> None:
        """These agents may be offered contacts of *cls* from now on."""
        self.classes.append(cls)
        cls.mask |= 1 << self.bit

    def leave(self, cls: WaitingClass) -> None:
        """No longer."""
        self.classes.remove(cls)
        cls.mask &= ~(1 << self.bit)

    def ranked(self, order: Order) -> list[Item]:
        """The free agents, the first first."""
        found = self.lists.get(order)
        if found is None:
            found = self.lists[order] = sorted(order.item(agent) for agent in self.free.values())
        return found


class Matcher:
    """The index of waiting contacts and free agents."""

    def __init__(self) -> None:
        self.pools: dict[object, Pool] = {}
        self.classes: dict[ClassKey, WaitingClass] = {}
        self._by_bit: dict[int, Pool] = {}
        self._next_bit = 0
        self._spare_bits: list[int] = []
        self._free_mask = 0
        self._orders: dict[tuple[str, int], Order] = {}
        """By queue and identity of the terms: equal terms need not be hashed each time."""
        self._equal_orders: dict[tuple[str, tuple[Term, ...]], Order] = {}
        self._kept_terms: list[tuple[Term, ...]] = []
        """Those terms, kept alive so that no others have their identity."""

    # --- agents -------------------------------------------------------------------------------

    def join(self, agent: Agent) -> None:
        """Give a new or changed agent its pool; it must not be free."""
        setup = agent.setup
        key = (frozenset(setup.queues.items()), frozenset(setup.skills.items()), setup.reserve)
        pool = self.pools.get(key)
        if pool is None:
            pool = self.pools[key] = Pool(key, agent, self._new_bit())
            self._by_bit[pool.bit] = pool
            for cls in self.classes.values():
                self._fit(pool, cls)
        pool.members += 1
        agent.pool = pool

    def part(self, agent: Agent) -> None:
        """Take an agent out of its pool; a pool without members goes."""
        pool = agent.pool
        pool.members -= 1
        if pool.members:
            return
        del self.pools[pool.key], self._by_bit[pool.bit]
        self._spare_bits.append(pool.bit)
        for cls in self.classes.values():
            cls.mask &= ~(1 << pool.bit)
            cls.reserve_mask &= ~(1 << pool.bit)

    def add(self, agent: Agent) -> None:
        """The agent is free and nothing waits that it may be offered."""
        pool = agent.pool
        agent.free = True
        if not pool.free:
            self._free_mask |= 1 << pool.bit
        pool.free[agent.name] = agent
        for order, ranked in pool.lists.items():
            insort(ranked, order.item(agent))

    def drop(self, agent: Agent) -> None:
        """The agent is free no longer; what it is ordered by has not changed since `add`."""
        pool = agent.pool
        agent.free = False
        del pool.free[agent.name]
        if not pool.free:
            self._free_mask &= ~(1 << pool.bit)
        for order, ranked in pool.lists.items():
            del ranked[bisect_left(ranked, order.item(agent))]

    def free_in(self, queue: str) -> int:
        """How many ordinary agents of *queue* are free."""
        return sum(
            len(pool.free)
            for pool in self._pools_of(self._free_mask)
            if queue in pool.setup.queues and queue not in pool.setup.reserve
        )

    def free_reserve(self, queue: str) -> list[Agent]:
        """The free reserve agents of *queue*."""
        return [
            agent
            for pool in self.pools.values()
            if queue in pool.setup.reserve
            for agent in pool.free.values()
        ]

    def forget_orders(self) -> None:
        """Positions have changed: lists of free agents are made anew when they are asked for."""
        self._orders.clear()
        self._equal_orders.clear()
        self._kept_terms.clear()
        for pool in self.pools.values():
            pool.lists.clear()

    def _new_bit(self) -> int:
        if self._spare_bits:
            return self._spare_bits.pop()
        self._next_bit += 1
        return self._next_bit - 1

    # --- contacts -----------------------------------------------------------------------------

    def class_for(
        self, queue: str, wanted: Requirement | None, rule: Reserve | None, open_: bool
    ) -> WaitingClass:
        """The class of contacts of *queue* that want this; *open_*: reserve agents are called."""
        key = (queue, wanted, rule)
        cls = self.classes.get(key)
        if cls is None:
            if len(self.classes) >= _MOST_CLASSES:
                self._forget_empty()
            cls = self.classes[key] = WaitingClass(key)
            cls.open = open_
            for pool in self.pools.values():
                self._fit(pool, cls)
        return cls

    def own_class(self, agent: Agent) -> WaitingClass:
        """The class of contacts that wait for this agent alone."""
        if agent.own is None:
            agent.own = WaitingClass(("", None, None), agent)
        return agent.own

    def call_reserve(self, queue: str, rule: Reserve, open_: bool) -> None:
        """Let reserve agents take part in the classes of this rule, or no longer."""
        for cls in self.classes.values():
            if cls.key[0] == queue and cls.key[2] == rule and cls.open != open_:
                cls.open = open_
                for pool in self._pools_of(cls.reserve_mask):
                    if open_:
                        pool.serve(cls)
                    else:
                        pool.leave(cls)

    def _fit(self, pool: Pool, cls: WaitingClass) -> None:
        queue, wanted, _ = cls.key
        setup = pool.setup
        if queue not in setup.queues:
            return
        if wanted is not None and not wanted.fits({**setup.queues, **setup.skills}):
            return
        if queue in setup.reserve:
            cls.reserve_mask |= 1 << pool.bit
            if not cls.open:
                return
        pool.serve(cls)

    def _forget_empty(self) -> None:
        for key, cls in list(self.classes.items()):
            if not cls.count:
                del self.classes[key]
                for pool in self._pools_of(cls.mask):
                    pool.leave(cls)

    def _pools_of(self, mask: int) -> Iterator[Pool]:
        while mask:
            low = mask & -mask
            mask ^= low
            yield self._by_bit[low.bit_length() - 1]

    # --- decisions ----------------------------------------------------------------------------

    def best_entry(self, agent: Agent) -> Entry | None:
        """The first in turn of the contacts that this agent may be offered."""
        best = agent.own
        score = inf if best is None else best.score
        for cls in agent.pool.classes:
            first = cls.score
            if first < score:
                best, score = cls, first
            elif first == score < inf and best is not None and cls.first().seq < best.first().seq:
                best = cls
        if best is None or score == inf:
            return None
        entry = best.first()
        if entry.excluded and agent.name in entry.excluded:
            return self._best_not_excluding(agent)
        return entry

    def _best_not_excluding(self, agent: Agent) -> Entry | None:
        own = (agent.own,) if agent.own is not None else ()
        firsts = [cls.first_for(agent) for cls in (*agent.pool.classes, *own)]
        return min((e for e in firsts if e is not None), key=turn, default=None)

    def best_agent(self, entry: Entry, day: str, now: float) -> Choice | None:
        """The agent whom the plan prefers of those that are free and fit, and who came next."""
        cls = entry.cls
        assert cls is not None
        person = cls.person
        if person is not None:
            free = person.free and not (entry.excluded and person.name in entry.excluded)
            return Choice([person], 1) if free else None
        free_mask = self._free_mask
        if not free_mask or not (mask := cls.mask & free_mask):
            return None
        pools = list(self._pools_of(mask))
        order = self.order(entry)
        first = [item for pool in pools if (item := self._first(pool, order, entry)) is not None]
        if not first:
            return None
        best = min(first)
        tied = self._tied(pools, order, best[0], entry)
        if len(tied) > 1:
            name = entry.contact.name
            agents = nsmallest(SHOWN, tied, lambda agent: order.moving(agent, name, day, now))
        else:
            first += order.following(best, best[2].pool.ranked(order), entry.excluded or ())
            agents = [item[2] for item in nsmallest(SHOWN, first)]
        eligible = sum([len(pool.free) for pool in pools])
        return Choice(agents, eligible)

    def order(self, entry: Entry) -> Order:
        """The entry's order, one object for equal ones."""
        terms = entry.plan.order
        key = (entry.queue.name, id(terms))
        order = self._orders.get(key)
        return order if order is not None else self._new_order(key, terms, entry.queue)

    def _new_order(self, key: tuple[str, int], terms: tuple[Term, ...], queue: Queue) -> Order:
        """Equal terms share one order, and so one list in each pool."""
        if len(self._equal_orders) >= _MOST_ORDERS:
            self.forget_orders()
        elif len(self._orders) >= _MOST_ORDERS:
            self._orders.clear()
            self._kept_terms.clear()
        equal = (queue.name, terms)
        order = self._equal_orders.get(equal)
        if order is None:
            order = self._equal_orders[equal] = Order(terms, queue)
        self._kept_terms.append(terms)
        self._orders[key] = order
        return order

    def _first(self, pool: Pool, order: Order, entry: Entry) -> Item | None:
        """The first of the pool's free agents that the entry does not exclude."""
        ranked = pool.ranked(order)
        if order.ring or entry.excluded:
            excluded = entry.excluded or ()
            return next((i for i in order.turned(ranked) if i[2].name not in excluded), None)
        return ranked[0]

    def _tied(self, pools: list[Pool], order: Order, best: Key, entry: Entry) -> list[Agent]:
        """The agents that stand first together."""
        if order.ring:
            return []
        excluded = entry.excluded or ()
        tied = []
        for pool in pools:
            for key, _, agent in pool.ranked(order):
                if key > best:
                    break
                if agent.name not in excluded:
                    tied.append(agent)
        return tied
