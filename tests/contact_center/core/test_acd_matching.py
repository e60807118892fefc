"""The matcher against brute force; orders, ties, rings, reserve agents, persons, exclusions."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from acd_kit import (
    ANYBODY,
    DAY,
    LONGEST_IDLE,
    RING_ALL,
    Centre,
    Needs,
    brute_agent,
    brute_entry,
    check,
    plan,
    waiting,
)
from contact_center.core import events as ev
from contact_center.core import matching
from contact_center.core.actions import CancelRing, Ring
from contact_center.core.model import READY, AgentSetup, Contact, Entry, QueueSetup
from contact_center.core.offers import ELSEWHERE
from contact_center.core.ordering import tie_hash
from contact_center.core.strategy.plan import By, Person, Reserve, Term
from contact_center.core.strategy.plan import Ring as Step
from contact_center.core.why import Why, told

TERMS: list[By] = [
    "idle", "idle_ratio", "talk", "talk_ratio", "answered", "load", "skill", "ring", "position",
    "random",
]  # fmt: skip


# --- the differential matcher ---------------------------------------------------------------------


@st.composite
def rosters(draw):
    levels = st.integers(1, 4)
    agents = []
    for number in range(draw(st.integers(1, 7))):
        queues = draw(st.dictionaries(st.sampled_from(["help", "sales"]), levels, min_size=1))
        skills = draw(st.dictionaries(st.sampled_from(["english", "tax"]), levels))
        agents.append(AgentSetup(f"a{number}", queues, skills))
    listed = draw(st.permutations([a.name for a in agents]))
    return agents, tuple(listed[: draw(st.integers(0, len(listed)))])


terms = st.builds(
    Term, st.sampled_from(TERMS), st.booleans(), st.sampled_from([None, "english", "help"])
)
wants = st.one_of(
    st.none(), st.builds(Needs, st.sampled_from(["english", "tax"]), st.integers(1, 4))
)
plans = st.builds(
    lambda order, wanted: plan(*order, rings=(Step(0.0, wanted),)),
    st.lists(terms, min_size=1, max_size=3),
    wants,
)


@settings(max_examples=80, phases=[Phase.generate], deadline=None, derandomize=True)
@given(
    rosters(),
    st.lists(
        st.tuples(plans, st.sampled_from(["help", "sales"]), st.integers(0, 3)),
        min_size=1,
        max_size=12,
    ),
    st.data(),
)
def test_every_choice_is_the_one_that_brute_force_makes(roster, callers, data):
    setups, listed = roster
    queues = [QueueSetup("help", listed), QueueSetup("sales", listed, age_rate=0.0)]
    centre = Centre(setups, queues)
    engine = centre.engine
    people = list(engine.agents.values())
    for agent in people:  # totals of half a day, still as the index has them
        if agent.free:
            engine.matcher.drop(agent)
        agent.talk, agent.wrap, agent.answered = (data.draw(st.integers(0, 3)) for _ in range(3))
        agent.login, agent.idle = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 2))
        agent.since = data.draw(st.integers(0, 2))
        engine.matcher.add(agent)
    for number, (wish, queue, priority) in enumerate(callers):
        name = f"c{number}"
        before = [a for a in people if a.free]
        asking = Contact(name, "", "call", True)
        entry = Entry(asking, engine.queues[queue], wish, priority, centre.now, centre.now, 1)
        expected = brute_agent(engine, entry, before, DAY, centre.now)
        centre.enter(name, queue, plan=wish, priority=float(priority))
        rung = [a for a in people if a.offer is not None and a.offer.contact.name == name]
        assert [a.name for a in rung] == ([expected.name] if expected else [])
        if expected is not None:
            centre.answer(expected.name)
        centre.now += data.draw(st.sampled_from([0.0, 1.0]))
        check(engine, centre.now)
        if data.draw(st.booleans()):
            _somebody_hangs_up(centre, people, data)


def _somebody_hangs_up(centre, people, data):
    busy = [a for a in people if a.state == "talking"]
    if not busy:
        return
    agent = data.draw(st.sampled_from(busy))
    line = waiting(centre.engine)
    agent_would_be = agent.state
    agent.state = READY
    expected = brute_entry(centre.engine, agent, line, centre.now)
    agent.state = agent_would_be
    centre.hang_up(agent.name)
    got = agent.offer.contact.name if agent.offer is not None else None
    assert got == (expected.contact.name if expected else None)
    if got is not None:
        centre.answer(agent.name)
    check(centre.engine, centre.now)


# --- orders ---------------------------------------------------------------------------------------


def test_two_idle_agents_change_places_in_a_ratio():
    """Talk over login: 10 of 100 s is more than 40 of 1000 s now, and less later."""
    term = Term("talk_ratio", False)
    for waited, expected in ((0.0, "b"), (1000.0, "a")):
        centre = Centre(["a", "b"])
        centre.engine.agents["a"].talk, centre.engine.agents["a"].login = 10.0, 100.0
        centre.engine.agents["b"].talk, centre.engine.agents["b"].login = 40.0, 1000.0
        centre.wait(waited)
        centre.enter("c1", plan=plan(term))
        assert centre.rung() == [expected]


def test_no_login_is_an_infinite_idle_ratio_and_no_talk_ratio():
    centre = Centre(["a"])
    centre.feed(ev.DayBegan("tomorrow"))
    centre.enter("c1", plan=plan(Term("idle_ratio", True), Term("talk_ratio", False)))
    why = next(f.data for f in centre.facts if f.what == "offered")
    assert why.candidates == (("a", (float("inf"), 0.0)),)


def test_a_skill_is_the_named_one_else_the_level_in_the_queue():
    agents = [
        AgentSetup("a", {"help": 90}, {"tax": 10}),
        AgentSetup("b", {"help": 10}, {"tax": 90}),
    ]
    for term, expected in (
        (Term("skill", True), "a"),
        (Term("skill", False), "b"),
        (Term("skill", True, "tax"), "b"),
        (Term("skill", True, "help"), "a"),
    ):
        centre = Centre(agents)
        centre.enter("c1", plan=plan(term))
        assert centre.rung() == [expected]


def test_round_robin_follows_the_list_from_the_one_offered_last():
    centre = Centre(["a", "b", "c"], [QueueSetup("help", ("c", "a", "b"))])
    ring = plan(Term("ring", False))
    order = []
    for number in range(7):
        centre.enter(f"c{number}", plan=ring)
        [name] = centre.rung()
        order.append(name)
        centre.answer(name)
        centre.hang_up(name)
    assert "".join(order) == "cabcabc"


def test_round_robin_passes_over_the_busy_and_advances_on_offer():
    centre = Centre(["a", "b", "c"], [QueueSetup("help", ("a", "b", "c"))])
    ring = plan(Term("ring", False))
    centre.feed(ev.NotReady("b"))
    centre.enter("c1", plan=ring)
    assert centre.rung() == ["a"]
    centre.feed(ev.Failed("a", centre.epoch("a"), 480))  # not answered: the ring has moved on
    assert centre.rung() == ["c"]


def test_linear_order_takes_the_first_of_the_list():
    centre = Centre(["a", "b", "c"], [QueueSetup("help", ("c", "b"))])
    linear = plan(Term("position", False))
    for expected in "cba":
        centre.enter(f"for {expected}", plan=linear)
        assert centre.rung() == [expected]
        centre.answer(expected)


def test_ties_break_by_the_hash_of_contact_agent_and_day():
    names = [f"a{n}" for n in range(9)]
    chosen = set()
    for contact in ("c1", "c2", "c3", "c4", "c5"):
        centre = Centre(names)
        centre.enter(contact, plan=plan(Term("answered", False)))
        assert centre.rung() == [min(names, key=lambda name: tie_hash(contact, name, DAY))]
        chosen.add(centre.rung()[0])
    assert len(chosen) > 1
    assert tie_hash("c1", "a1", DAY) == 1458667551037294444  # the same on every machine


# --- choosing the contact -------------------------------------------------------------------------


def test_priority_counts_as_seconds_waited():
    centre = Centre(["a"], [QueueSetup("help", age_rate=2.0)], ready=False)
    centre.feed(ev.SignIn("a"))
    centre.enter("plain")
    centre.wait(9.0)
    centre.enter("vip", priority=20.0)  # ten seconds' worth
    centre.wait(2.0)
    centre.enter("late vip", priority=20.0)
    for expected in ("vip", "plain", "late vip"):
        centre.feed(ev.Ready("a"))
        assert centre.agent("a").offer.contact.name == expected
        centre.answer("a")
        centre.feed(ev.NotReady("a"))
        centre.hang_up("a")


def test_priority_is_strict_without_ageing():
    centre = Centre(["a"], [QueueSetup("help", age_rate=0.0)], ready=False)
    centre.feed(ev.SignIn("a"))
    centre.enter("plain")
    centre.wait(500_000.0)
    for name, priority in (("one", 1.0), ("two", 2.0), ("two too", 2.0)):
        centre.enter(name, priority=priority)
        centre.wait(0.01)
    order = []
    centre.feed(ev.Ready("a"))
    for _ in range(4):
        order.append(centre.agent("a").offer.contact.name)
        centre.answer("a")
        centre.hang_up("a")
    assert order == ["two", "two too", "one", "plain"]


# --- persons --------------------------------------------------------------------------------------

OWNED = plan(persons=(Person("b", 15.0, "owner"), Person("c", 10.0, "last agent")))


def busy_centre(**more):
    centre = Centre(["a", "b", "c"], **more)
    for name in ("c", "b"):
        centre.feed(ev.NotReady(name))
    return centre


def test_the_owner_is_waited_for_then_the_last_agent_then_anybody():
    centre = busy_centre()
    centre.enter("c1", plan=OWNED)
    assert centre.rung() == []
    centre.wait(14.9)
    assert centre.rung() == []
    centre.wait(0.2)
    centre.feed(ev.Ready("b"))  # too late
    assert centre.rung() == []
    centre.wait(10.0)
    assert centre.rung() == ["a"]


def test_the_owner_gets_the_contact_when_free_in_time():
    centre = busy_centre()
    centre.enter("c1", plan=OWNED)
    centre.wait(10.0)
    centre.feed(ev.Ready("b"))
    assert centre.rung() == ["b"]
    why = next(f.data for f in centre.facts if f.what == "offered")
    assert why.step == "owner" and why.chose == "contact"


def test_nobody_waits_for_one_who_is_signed_out():
    centre = busy_centre()
    centre.feed(ev.SignOut("b"))
    centre.enter("c1", plan=OWNED)
    centre.feed(ev.SignOut("c"))
    assert centre.rung() == ["a"]


def test_an_owner_who_declines_is_not_waited_for_any_more():
    centre = Centre(["a", "b"])
    centre.enter("c1", plan=plan(persons=(Person("b", 60.0, "owner"),)))
    assert centre.rung() == ["b"]
    centre.feed(ev.Reject("b"))
    assert centre.rung() == ["a"]


def test_the_agent_node_waits_for_one_agent_and_says_unavailable():
    centre = busy_centre()
    centre.feed(ev.EnterAgent("c1", "b", 15.0))
    done = centre.wait(15.0)
    assert [a.port for a in done if hasattr(a, "port")] == ["unavailable"]
    centre.feed(ev.EnterAgent("c2", "nobody", 15.0))
    assert centre.engine.contacts["c2"].state == "in flow"


# --- widening -------------------------------------------------------------------------------------


def test_requirements_relax_from_the_moment_of_entering():
    agents = [AgentSetup("a", {"help": 50}, {"tax": 20}), AgentSetup("b", {"help": 50})]
    steps = (Step(0.0, Needs("tax", 60)), Step(20.0, Needs("tax", 10)), Step(50.0, None))
    centre = Centre(agents)
    centre.enter("c1", plan=plan(rings=steps))
    centre.wait(19.9)
    assert centre.rung() == []
    centre.wait(0.2)
    assert centre.rung() == ["a"]
    centre.feed(ev.Failed("a", centre.epoch("a"), 480))
    centre.wait(29.0)
    assert centre.rung() == []
    centre.wait(1.0)
    assert centre.rung() == ["b"]


# --- reserve agents -------------------------------------------------------------------------------


def test_reserve_agents_join_at_a_peak_and_go_with_hysteresis():
    agents = ["a", AgentSetup("r", {"help": 50}, reserve=frozenset({"help"}))]
    centre = Centre(agents, [QueueSetup("help", handling=60.0)])
    peak = plan(reserve=Reserve(150.0, 80.0))
    centre.enter("c1", plan=peak)
    centre.answer("a")
    centre.enter("c2", plan=peak)  # a newcomer would wait (1 + 1) x 60 s
    assert centre.rung() == []
    centre.enter("c3", plan=peak)  # 180 s: reserve agents are called in
    assert centre.rung() == ["r"]
    centre.answer("r")
    centre.hang_up("r")  # 120 s: below the upper bound, not below the lower one
    assert centre.agent("r").offer.contact.name == "c3"
    centre.answer("r")
    centre.hang_up("r")
    centre.enter("c4", plan=peak)
    assert centre.rung() == []
    check(centre.engine, centre.now)


def test_without_a_rule_reserve_agents_are_not_asked():
    centre = Centre([AgentSetup("r", {"help": 50}, reserve=frozenset({"help"}))])
    centre.enter("c1")
    assert centre.rung() == []


# --- ring all -------------------------------------------------------------------------------------


def test_ring_all_rings_all_and_the_first_answer_wins():
    centre = Centre(["a", "b", "c"])
    done = centre.enter("c1", plan=RING_ALL)
    assert sorted(a.agent for a in done if isinstance(a, Ring)) == ["a", "b", "c"]
    idle = {name: centre.agent(name).since for name in "ac"}
    done = centre.answer("b")
    cancelled = [a for a in done if isinstance(a, CancelRing)]
    assert {a.agent: a.reason for a in cancelled} == dict.fromkeys("ac", ELSEWHERE)
    for name in "ac":
        centre.feed(ev.Failed(name, centre.epoch(name), 487))
        agent = centre.agent(name)
        assert (agent.state, agent.since, agent.misses) == (READY, idle[name], 0)


def test_ring_all_rings_those_too_who_become_ready_meanwhile():
    centre = Centre(["a", "b"])
    centre.feed(ev.NotReady("b"))
    centre.enter("c1", plan=RING_ALL)
    assert centre.rung() == ["a"]
    centre.feed(ev.Ready("b"))
    assert centre.rung() == ["a", "b"]
    check(centre.engine, centre.now)


# --- why ------------------------------------------------------------------------------------------


def test_why_this_agent_names_the_candidates_with_their_figures():
    centre = Centre(["a", "b", "c", "d"])
    centre.wait(10.0)
    centre.enter("c1")
    why = next(f.data for f in centre.facts if f.what == "offered")
    assert why.eligible == 4 and why.chose == "agent" and why.terms == ("idle",)
    assert why.candidates == (("a", (14.0,)), ("b", (13.0,)), ("c", (12.0,)))
    assert told(why).startswith("first of 4 free agents: a idle=14, b idle=13, c idle=12 (longest")


@pytest.mark.parametrize("chose", ["pick", "take-over", "transfer", "contact"])
def test_every_kind_of_decision_can_be_told(chose):
    assert told(Why(chose, "longest idle", "any agent of the queue"))


def test_classes_that_nobody_waits_in_are_forgotten(monkeypatch):
    monkeypatch.setattr(matching, "_MOST_CLASSES", 4)
    centre = Centre(["a"])
    centre.feed(ev.NotReady("a"))
    for number in range(20):
        centre.enter(f"c{number}", plan=plan(rings=(Step(0.0, Needs("tax", number)),)))
        centre.feed(ev.HungUp(f"c{number}"))
    assert len(centre.engine.matcher.classes) <= 4
    centre.enter("last", plan=LONGEST_IDLE)
    centre.feed(ev.Ready("a"))
    assert centre.rung() == ["a"]
    assert ANYBODY[0].wanted is None
