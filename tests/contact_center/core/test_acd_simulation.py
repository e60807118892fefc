"""The engine in virtual time against queueing theory; and what each kind of fault would do to it.

Seeds are fixed, so each run is the same; intervals are those of 99.9 %.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from random import Random

import pytest

from acd_kit import LONGEST_IDLE, check
from contact_center.core import home, model
from contact_center.core.engine import Engine
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.simulation.calls import SimulatedCall, poisson
from contact_center.core.simulation.day import Day, Outcome
from queue_theory import agrees, cobham, erlang_a, erlang_c, wait_beyond

AGENTS = 6
SERVICE = 90.0


def agents(count: int = AGENTS) -> list[AgentSetup]:
    return [AgentSetup(f"a{n}", {"help": 50}) for n in range(count)]


def run(calls: Iterable[SimulatedCall], age_rate: float = 1.0, watch=None) -> Outcome:
    """A day of one queue, with what every call owes us: an end."""
    outcome = Day(agents(), [QueueSetup("help", age_rate=age_rate)], watch=watch).run(calls)
    for served in outcome.calls:
        assert served.answered is not None or served.left is not None, f"{served.name} never ended"
    return outcome


# --- what the theory says -------------------------------------------------------------------------


def check_erlang_c(watch=None, calls: int = 30_000) -> None:
    """First come, first served: not only the mean, which any order has, but the whole curve."""
    every = 20.0  # 4.5 erlangs for six agents
    outcome = run(poisson(Random(11).random, calls, "help", LONGEST_IDLE, every=every,
                          service=SERVICE), watch=watch)  # fmt: skip
    waits = [served.wait for served in outcome.calls][500:]
    load = SERVICE / every
    agrees(waits, erlang_c(AGENTS, load) * SERVICE / (AGENTS - load))
    for seconds in (0.0, 15.0, 60.0):
        beyond = [float(wait > seconds) for wait in waits]
        agrees(beyond, wait_beyond(AGENTS, every, SERVICE, seconds))
    assert outcome.fairness() > 0.999


def check_erlang_a() -> None:
    """Callers whose patience is exponential: how many give up, and how long all wait."""
    every, patience = 14.0, 75.0  # more work than six agents can do
    calls = poisson(Random(2).random, 20_000, "help", LONGEST_IDLE, every=every, service=SERVICE,
                    patience=patience)  # fmt: skip
    outcome = run(calls)
    abandoned, wait = erlang_a(AGENTS, every, SERVICE, patience)
    agrees([float(served.left is not None) for served in outcome.calls], abandoned)
    agrees([served.wait for served in outcome.calls], wait)


def check_priorities() -> None:
    """Two classes of strict priority, without pre-emption."""
    every = (50.0, 34.0)
    chance = Random(3).random
    classes = [
        poisson(chance, 20_000, "help", LONGEST_IDLE, every=gap, service=SERVICE, priority=priority)
        for gap, priority in zip(every, (10.0, 0.0), strict=True)
    ]
    calls = sorted((call for some in classes for call in some), key=lambda call: call.at)
    both = min(max(c.at for c in calls if c.priority == p) for p in (10.0, 0.0))
    outcome = run([call for call in calls if call.at <= both], age_rate=0.0)
    waits = cobham(AGENTS, every, SERVICE)
    for priority, expected in zip((10.0, 0.0), waits, strict=True):
        agrees([s.wait for s in outcome.calls[500:] if s.call.priority == priority], expected)


def check_invariants(calls: int = 1500) -> None:
    """Nobody is missed, at any moment of a day."""
    chance = Random(4).random
    some = poisson(chance, calls, "help", LONGEST_IDLE, every=16.0, service=SERVICE, patience=120.0)
    run(some, watch=check)


def test_erlang_c():
    check_erlang_c()


def test_each_call_waits_as_long_as_the_recursion_says():
    """J. Kiefer, J. Wolfowitz (1955): first come, first served, call by call."""
    calls = list(poisson(Random(8).random, 5000, "help", LONGEST_IDLE, every=19.0, service=SERVICE))
    free_from, starts = [0.0] * AGENTS, []
    for call in calls:
        starts.append(max(heappop(free_from), call.at))
        heappush(free_from, starts[-1] + call.service)
    assert [served.answered for served in run(calls).calls] == starts


def test_erlang_a():
    check_erlang_a()


def test_priorities_without_preemption():
    check_priorities()


def test_invariants_hold_through_a_day():
    check_invariants()


def test_ageing_lets_nobody_starve():
    """With ageing, a caller without priority is overtaken only by those within its seconds."""
    chance = Random(5).random
    vip = poisson(chance, 4000, "help", LONGEST_IDLE, every=17.0, service=SERVICE, priority=60.0)
    plain = poisson(chance, 400, "help", LONGEST_IDLE, every=170.0, service=SERVICE)
    calls = sorted([*vip, *plain], key=lambda call: call.at)
    outcome = run(calls, age_rate=1.0)
    for served in outcome.calls:
        if served.call.priority == 0.0:
            overtaken = [
                other
                for other in outcome.calls
                if other.call.at > served.call.at + 60.0
                and other.answered is not None
                and served.answered is not None
                and other.answered < served.answered
            ]
            assert not overtaken


def test_the_same_seed_makes_the_same_day():
    days = [
        run(poisson(Random(6).random, 500, "help", LONGEST_IDLE, every=20.0, service=SERVICE))
        for _ in range(2)
    ]
    assert [s.answered for s in days[0].calls] == [s.answered for s in days[1].calls]
    assert days[0].occupancy == days[1].occupancy


# --- faults that these checks must see ------------------------------------------------------------


def every_nth(n: int, function, instead=lambda *args, **more: None):
    """*function*, but *instead* of it each n-th time."""
    count = 0

    def faulty(*args, **more):
        nonlocal count
        count += 1
        return (instead if count % n == 0 else function)(*args, **more)

    return faulty


def test_last_come_first_served_is_caught(monkeypatch):
    """The mean wait is the same in any order: only the curve tells."""
    monkeypatch.setattr(model, "score_of", lambda place, priority, age_rate: -place)
    with pytest.raises(AssertionError, match="theory says"):
        check_erlang_c()


def test_ignored_priority_is_caught(monkeypatch):
    monkeypatch.setattr(model, "score_of", lambda place, priority, age_rate: place)
    with pytest.raises(AssertionError, match="theory says"):
        check_priorities()


def test_an_agent_that_leaks_is_caught(monkeypatch):
    """One in two hundred calls leaves its agent behind."""
    monkeypatch.setattr(home, "go_home", every_nth(200, home.go_home))
    with pytest.raises(AssertionError):
        check_invariants()
    monkeypatch.setattr(home, "go_home", every_nth(200, home.go_home))
    with pytest.raises(AssertionError, match="never ended"):
        check_erlang_c(calls=3000)


def test_lost_wakeups_are_caught(monkeypatch):
    """One in two hundred agents who become free does not look for the next contact."""
    seek = home.seek
    faulty = every_nth(200, seek, lambda acd, agent, now: acd.matcher.add(agent))
    monkeypatch.setattr(home, "seek", faulty)
    with pytest.raises(AssertionError, match="is free while"):
        check_invariants()


def test_an_engine_may_be_given(monkeypatch):
    """A day goes on in an engine that has been restored."""
    engine = Engine()
    day = Day(agents(1), [QueueSetup("help")], engine=engine)
    outcome = day.run([SimulatedCall(1.0, "help", LONGEST_IDLE, 30.0, ringing=4.0)])
    assert outcome.mean_wait() == 4.0
    assert outcome.within(3.0) == 0.0 and outcome.within(4.0) == 1.0
    assert outcome.abandoned() == 0.0
    assert engine.agents["a0"].answered == 1
