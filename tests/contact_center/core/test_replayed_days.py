"""Days replayed through strategies: what is drawn, who is there, and the figures of both sides."""

from math import inf
from random import Random

import pytest

from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.simulation.calls import Duty
from contact_center.core.simulation.compare import (
    ALL,
    Estimate,
    Site,
    differences,
    estimated,
    replayed,
)
from contact_center.core.simulation.recorded import (
    CannotReplay,
    Invented,
    Recorded,
    RecordedCall,
    Share,
)
from contact_center.core.strategy.choose import load
from queue_theory import agrees, erlang_c
from routing_kit import FLOW

IDLE = load("longest idle", FLOW)


def site(*agents: AgentSetup, **more) -> Site:
    more.setdefault("ringing", 0.0)
    return Site(agents, [QueueSetup("help", misses=0)], levels={"help": 20.0}, **more)


def two() -> list[AgentSetup]:
    return [AgentSetup("a", {"help": 90}), AgentSetup("b", {"help": 20})]


def run(site_: Site, callers, strategy=IDLE, seed: int = 0):
    return replayed(site_, callers, {"help": strategy}, Random(seed).random)


def figure(run_, name: str, queue: str = ALL) -> float | None:
    return run_.queues[queue][name]


# --- what is drawn --------------------------------------------------------------------------------


def test_a_day_of_which_everything_is_known_is_always_the_same() -> None:
    day = Recorded([RecordedCall(0.0, "help", 60.0), RecordedCall(5.0, "help", 30.0)])
    assert day.certain and day.patience == {"help": inf}
    assert day.draw(Random(1).random) == day.draw(Random(2).random)


def test_who_gave_up_does_so_again_and_who_was_answered_would_have_waited_longer() -> None:
    """Patience is exponential: the mean of what is left of it does not depend on the wait."""
    calls = [RecordedCall(float(n), "help", 60.0, waited=30.0) for n in range(3000)]
    calls += [RecordedCall(9000.0, "help", None, 50.0, "abandoned") for _ in range(1000)]
    day = Recorded(calls)
    assert not day.certain
    mean = (3000 * 30.0 + 1000 * 50.0) / 1000
    assert day.patience["help"] == mean
    drawn = day.draw(Random(3).random)
    assert all(call.patience == 50.0 for call in drawn[3000:])
    agrees([call.patience - 30.0 for call in drawn[:3000]], mean)


def test_the_handling_of_those_who_gave_up_is_one_of_those_that_were_recorded() -> None:
    calls = [RecordedCall(float(n), "help", 10.0 * (n % 3 + 1)) for n in range(30)]
    calls += [RecordedCall(100.0, "help", None, 5.0, "abandoned") for _ in range(600)]
    drawn = Recorded(calls).draw(Random(4).random)[30:]
    assert {call.service for call in drawn} == {10.0, 20.0, 30.0}
    with pytest.raises(CannotReplay, match=r"call 1: no call of queue help has a handling time"):
        Recorded([RecordedCall(0.0, "help", None, 5.0, "abandoned")])


def test_invented_callers_come_as_often_as_each_interval_says() -> None:
    share = Share("call.language", {"zh-CN": 3, "en": 1})
    day = Invented((0, 6000, 1500), 1800.0, 60.0, {"help": 1.0}, shares=(share,))
    calls = day.draw(Random(5).random)
    assert all(call.at >= 1800.0 for call in calls)
    second = sum(call.at < 3600.0 for call in calls)
    assert abs(second - 6000) < 5 * 6000**0.5 and abs(len(calls) - second - 1500) < 5 * 1500**0.5
    chinese = sum(call.facts["call"]["language"] == "zh-CN" for call in calls)
    assert chinese / len(calls) == pytest.approx(0.75, abs=0.03)
    agrees([call.service for call in calls], 60.0)


# --- who is there ---------------------------------------------------------------------------------


def test_agents_are_there_while_they_are_on_duty() -> None:
    duties = [
        Duty(100.0, "a", "ready"), Duty(150.0, "a", "not ready"), Duty(300.0, "a", "ready"),
        Duty(310.0, "a", "signed out"), Duty(500.0, "a", "ready"),
    ]  # fmt: skip
    calls = [RecordedCall(at, "help", 60.0) for at in (10.0, 160.0, 320.0)]
    made = run(site(AgentSetup("a", {"help": 50}), duties=duties), Recorded(calls))
    waits = (90.0, 140.0, 180.0)  # until 100, until 300, until 500 though the call ended before
    assert figure(made, "asa") == pytest.approx(sum(waits) / 3)
    assert figure(made, "longest_wait") == max(waits)


def test_who_waits_when_nobody_comes_to_work_any_more_gave_up() -> None:
    duties = [Duty(0.0, "a", "ready"), Duty(50.0, "a", "signed out")]
    calls = [RecordedCall(at, "help", 60.0) for at in (10.0, 60.0)]
    made = run(site(AgentSetup("a", {"help": 50}), duties=duties), Recorded(calls))
    assert figure(made, "answered") == 1 and figure(made, "abandon_rate") == 0.5


def test_the_longest_wait_leads_callers_out() -> None:
    calls = [RecordedCall(float(n), "help", 100.0) for n in range(3)]
    made = run(site(AgentSetup("a", {"help": 50}), longest={"help": 30.0}), Recorded(calls))
    assert figure(made, "answered") == 1 and figure(made, "overflowed") == 2
    assert figure(made, "service_level_offered") == 1.0  # they are no part of it, by definition


# --- strategies -----------------------------------------------------------------------------------


def test_an_invented_day_agrees_with_erlang_c() -> None:
    day = Invented([2000], 2000 * 20.0, 30.0, {"help": 1.0})  # 1.5 erlangs for two
    waits = [figure(run(site(*two()), day, seed=seed), "asa") for seed in range(40)]
    agrees(waits, erlang_c(2, 1.5) * 30.0 / 0.5)


def test_a_strategy_by_skill_gives_one_agent_more_and_is_less_fair() -> None:
    day = Invented([150], 3600.0, 12.0, {"help": 1.0})
    skilled = load("highest skill", FLOW)
    ours = [run(site(*two()), day, skilled, seed) for seed in range(8)]
    theirs = [run(site(*two()), day, IDLE, seed) for seed in range(8)]
    fairness = differences([r.queues[ALL] for r in ours], [r.queues[ALL] for r in theirs],
                           "fairness")  # fmt: skip
    assert fairness is not None and fairness.certain and fairness.mean < -0.05
    calls = differences([r.queues[ALL] for r in ours], [r.queues[ALL] for r in theirs], "queued")
    assert calls == Estimate(0.0, 0.0) and not calls.certain, "both sides have the same callers"
    assert all(run_.agents["a"]["answered"] > run_.agents["b"]["answered"] for run_ in ours)


def test_a_strategy_sees_the_callers_facts_and_the_agent_of_last_time() -> None:
    strategy = load("last_agent within 1h wait 30s; order by skill.help desc", FLOW)
    calls = [
        RecordedCall(0.0, "help", 10.0, caller="1"),  # a has the higher level
        RecordedCall(1.0, "help", 50.0, caller="2"),  # so b
        RecordedCall(100.0, "help", 10.0, caller="2"),  # b again, though a is free
    ]
    made = run(site(*two()), Recorded(calls), strategy)
    assert made.agents["b"]["answered"] == 2
    made = run(site(*two()), Recorded(calls), load("require skill.help >= contact.least", FLOW))
    assert figure(made, "answered") == 0, "nobody knows contact.least, so nobody fits"
    known = [RecordedCall(0.0, "help", 10.0, facts={"contact": {"least": 50}})]
    made = run(site(*two()), Recorded(known), load("require skill.help >= contact.least", FLOW))
    assert made.agents["a"]["answered"] == 1


def test_percentiles_are_those_of_the_answered() -> None:
    calls = [RecordedCall(0.0, "help", 10.0) for _ in range(100)]
    made = run(site(AgentSetup("a", {"help": 50})), Recorded(calls))
    names = ("wait_p50", "wait_p90", "wait_p99", "longest_wait")
    assert [figure(made, name) for name in names] == [490.0, 890.0, 980.0, 990.0]
    assert figure(made, "service_level_offered") == 0.03
    assert figure(made, "occupancy") == 1.0


def test_an_estimate_is_students() -> None:
    """Five values: t = 2.776; computed by hand."""
    found = estimated([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found is not None and found.mean == 3.0
    assert found.margin == pytest.approx(2.776 * 1.5811388 / 5**0.5)
    assert estimated([None, None]) is None and estimated([7.0, None]) == Estimate(7.0, None)
    assert not Estimate(7.0, None).certain and Estimate(-2.0, 1.9).certain
