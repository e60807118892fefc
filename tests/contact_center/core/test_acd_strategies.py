"""The fourteen strategies by their names, through the engine: whose telephone rings."""

import json
from typing import Any

import pytest

from acd_kit import Centre, check
from contact_center.core import events as ev
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.state import restore, snapshot
from contact_center.core.strategy.choose import Spec, load
from contact_center.core.strategy.names import NAMED
from contact_center.core.strategy.plan_data import PlanData
from routing_kit import FLOW

AGENTS = [
    AgentSetup("a", {"help": 30}, {"tax": 90}),
    AgentSetup("b", {"help": 60}, {"tax": 60}),
    AgentSetup("c", {"help": 90}, {"tax": 30}),
]
FACTS: dict[str, Any] = {
    "queue": {"name": "help"},
    "customer": {"owner": "c"},
    "contact": {"last_agent": "b", "last_agent_ago": 60.0},
}
TOTALS = {  # talk, wrap-up, idle, login, answered; "a" has been ready longest
    "a": (300.0, 900.0, 500.0, 2000.0, 9),
    "b": (100.0, 900.0, 100.0, 4000.0, 7),
    "c": (200.0, 100.0, 900.0, 9000.0, 5),
}
EXPECTED = {
    "longest idle": "a",
    "highest idle ratio": "a",
    "least talk": "b",
    "lowest talk ratio": "c",
    "fewest answered": "c",
    "highest skill": "c",
    "lowest sufficient skill": "a",
    "round robin": "b",
    "even load": "c",
    "owner": "c",
    "last agent": "b",
    "ring all": "abc",
    "linear": "b",
}


def centre() -> Centre:
    made = Centre(AGENTS, [QueueSetup("help", ("b", "c", "a"))])
    for agent in made.engine.agents.values():
        made.engine.matcher.drop(agent)
        agent.talk, agent.wrap, agent.idle, agent.login, agent.answered = TOTALS[agent.name]
        made.engine.matcher.add(agent)
    return made


def rung(spec: Spec) -> str:
    made = centre()
    made.enter("c1", plan=load(spec, FLOW).bind(FACTS))
    check(made.engine, made.now)
    return "".join(made.rung())


@pytest.mark.parametrize("name", EXPECTED)
def test_whose_telephone_rings(name):
    assert rung(name) == EXPECTED[name]


def test_at_random_is_the_same_each_time_and_not_always_the_same_agent():
    chosen = set()
    for number in range(12):
        made = centre()
        made.enter(f"c{number}", plan=load("random", FLOW).bind(FACTS))
        [name] = made.rung()
        chosen.add(name)
        again = centre()
        again.enter(f"c{number}", plan=load("random", FLOW).bind(FACTS))
        assert again.rung() == [name]
    assert chosen == {"a", "b", "c"}
    assert set(NAMED) == {*EXPECTED, "random"}


def test_a_named_skill_and_a_level_that_is_enough():
    assert rung({"name": "highest skill", "skill": "tax"}) == "a"
    assert rung({"name": "lowest sufficient skill", "skill": "tax", "enough": 50}) == "b"


def test_a_strategy_written_as_text():
    text = "require skill.tax >= 50; order by skill.tax asc"
    assert rung(text) == "b"


def test_plans_of_real_strategies_survive_a_restart():
    made = Centre(AGENTS)
    for agent in "abc":
        made.feed(ev.NotReady(agent))
    text = "prefer skill.tax >= 80 for 20s then any; last_agent within 7d wait 15s"
    made.enter("c1", plan=load(text, FLOW).bind(FACTS))
    made.enter("c2", plan=load("highest skill", FLOW).bind(FACTS))
    plans = PlanData(FLOW)
    data = json.loads(json.dumps(snapshot(made.engine, plans)))
    made.engine = restore(data, PlanData(FLOW))
    check(made.engine, made.now)
    made.wait(16.0)
    made.feed(ev.Ready("b"))  # its 15 s are over, and it is no expert
    assert made.agent("b").offer.contact.name == "c2"
    made.wait(4.0)
    made.feed(ev.Ready("c"))
    assert made.agent("c").offer.contact.name == "c1"
