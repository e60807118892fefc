"""Whatever happens, in any order: what must hold does, and the log leads to the same state."""

import json
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acd_kit import LONGEST_IDLE, RING_ALL, Centre, Needs, Plans, check, plan
from contact_center.core import events as ev
from contact_center.core.actions import Refused
from contact_center.core.engine import Engine
from contact_center.core.model import (
    AT_REST,
    READY,
    RINGING,
    SIGNED_OUT,
    TALKING,
    AgentSetup,
    QueueSetup,
    Wishes,
)
from contact_center.core.state import replay, restore, snapshot
from contact_center.core.strategy.plan import Person, Reserve, Ring, Term

AGENTS = [
    AgentSetup("a", {"help": 80, "sales": 20}, {"english": 90}, max_held=2),
    AgentSetup("b", {"help": 80, "sales": 20}, {"english": 90}),
    AgentSetup("c", {"help": 30}, {"english": 10}, persistent_leg=True),
    AgentSetup("d", {"help": 50, "sales": 50}, {}, frozenset({"help"})),
]
QUEUES = [
    QueueSetup("help", ("b", "a"), exclude=30.0, callback_attempts=2, callback_retry=40.0),
    QueueSetup("sales", wrap_up=10.0, age_rate=0.0, max_waiting=3, misses=2),
]
PLANS = [
    LONGEST_IDLE,
    RING_ALL,
    plan(Term("skill", False), Term("talk_ratio", False)),
    plan(Term("ring", False)),
    plan(
        Term("idle_ratio", True), persons=(Person("a", 8.0, "owner"), Person("d", 5.0, "preferred"))
    ),
    plan(
        rings=(Ring(0.0, Needs("english", 50)), Ring(12.0, Needs("english", 5)), Ring(25.0, None))
    ),
    plan(Term("answered", False), reserve=Reserve(90.0, 40.0)),
]

names = st.sampled_from([a.name for a in AGENTS])
queues = st.sampled_from([q.name for q in QUEUES])
plans = st.integers(0, len(PLANS) - 1)
picks = st.integers(0, 7)
many = st.integers(0, 99)
priorities = st.sampled_from([0.0, 0.0, 10.0, 25.0])
numbers = st.sampled_from(["", "100", "200"])


class AnyOrder(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.centre = Centre(AGENTS, QUEUES, commit=False, ready=False)
        self.plans = Plans()
        self.count = 0
        for agent in AGENTS[:3]:
            self.feed(ev.SignIn(agent.name))
            self.feed(ev.Ready(agent.name))

    # --- what happens -----------------------------------------------------------------------------

    def feed(self, event):
        before = self.state() if type(event) is not ev.Committed else None
        actions = self.centre.feed(event)
        if any(isinstance(a, Refused) for a in actions):
            assert len(actions) == 1
            assert self.state() == before, f"{event} was refused and changed something"
        return actions

    def state(self):
        return snapshot(self.centre.engine, self.plans)

    def contact(self, pick):
        known = list(self.centre.engine.contacts)
        return known[pick % len(known)] if known else self.new()

    def new(self):
        self.count += 1
        return f"c{self.count}"

    @rule(seconds=st.sampled_from([0.0, 0.5, 3.0, 5.0, 12.0, 20.0, 61.0]))
    def time_passes(self, seconds):
        self.centre.wait(seconds)

    @rule(late=st.booleans())
    def the_store_commits(self, late):
        tickets = list(self.centre.engine.awaited)
        for ticket in tickets[:1] if late else tickets:
            self.feed(ev.Committed(ticket))

    @rule(queue=queues, plan=plans, priority=priorities, number=numbers, wish=st.integers(0, 3))
    def a_caller_enters(self, queue, plan, priority, number, wish):
        wishes = Wishes(
            max_wait=15.0 if wish == 1 else None,
            announce="both" if wish == 2 else "off",
            announce_every=7.0,
            announce_agent=wish == 3,
        )
        self.feed(ev.Enter(self.new(), queue, PLANS[plan], priority, wishes, number))

    @rule(agent=picks, which=many, commit=st.booleans())
    def an_agent_does_what_it_can(self, agent, which, commit):
        """One of the things that are possible now, so that calls get somewhere."""
        if commit:
            self.the_store_commits(False)
        self.feed(self.one_of(self.possible(AGENTS[agent % len(AGENTS)].name), which))

    @rule(pick=picks, which=many)
    def a_contact_does_what_it_can(self, pick, which):
        name = self.contact(pick)
        self.feed(self.one_of(self.possible_for(name), which))

    @rule(agent=names, other=names, pick=picks, which=many, yes=st.booleans())
    def anything(self, agent, other, pick, which, yes):
        """Also what makes no sense at all now."""
        self.feed(self.one_of(self.buttons(agent, other, self.contact(pick), yes), which))

    @rule(
        queue=queues, plan=plans, pick=picks, at=st.sampled_from([None, 30.0]), keep=st.booleans()
    )
    def a_callback(self, queue, plan, pick, at, keep):
        contact = self.contact(pick)
        self.feed(ev.AskCallback(contact))
        due = None if at is None else self.centre.now + at
        self.feed(ev.BookCallback(contact, queue, "300", PLANS[plan], at=due, keep_place=keep))

    @rule(queue=queues, plan=plans, which=st.integers(0, 5), agent=names)
    def the_rest_of_the_world(self, queue, plan, which, agent):
        setup = next(a for a in AGENTS if a.name == agent)
        rest = [
            ev.Voicemail(self.new(), queue, PLANS[plan]),
            ev.EnterAgent(self.new(), agent, 9.0),
            ev.QueueHours(queue, plan % 3 > 0),
            ev.DayBegan(f"2026-12-{plan + 1:02}"),
            ev.SetAgent(AgentSetup(agent, {"help": 10 + plan}, setup.skills)),
            ev.SetAgent(setup),
        ]
        self.feed(rest[which])

    @rule(really=st.integers(0, 9))
    def the_server_is_killed(self, really):
        if really:
            return
        data = json.loads(json.dumps(self.state()))
        self.centre.engine = restore(data, self.plans)
        assert self.state() == data
        self.centre.feed(ev.Restarted())
        for agent in self.centre.engine.agents.values():
            if agent.offer is not None:
                assert agent.offer.contact.kind == "voicemail"
            assert agent.state not in (RINGING, TALKING)
        for contact in self.centre.engine.contacts.values():
            assert contact.kind in ("callback", "voicemail")

    # --- what there is to do ----------------------------------------------------------------------

    def one_of(self, things, which):
        return things[which % len(things)]

    def possible(self, name):
        """What this agent, or its phone, can do in its state."""
        agent = self.centre.agent(name)
        others = [a.name for a in self.centre.engine.agents.values() if a.state in AT_REST]
        other = next((o for o in others if o != name), name)
        match agent.state:
            case "signed out":
                return [ev.SignIn(name)]
            case "offered":
                return [ev.NotReady(name), ev.SignOut(name), ev.PhoneLost(name)]
            case "ringing":
                answer = ev.Answered(name, agent.epoch)
                failed = [ev.Failed(name, agent.epoch, s) for s in (408, 486, 603)]
                return [answer] * 5 + failed + [ev.Reject(name), ev.NotReady(name)]
            case "clearing":
                late = ev.Answered(name, agent.epoch)
                return [ev.Failed(name, agent.epoch, 487), ev.LegEnded(name, agent.epoch), late]
            case "wrap-up":
                return [ev.Done(name), ev.Ready(name), ev.NotReady(name)]
            case "talking":
                return self.possible_in_a_call(agent, other)
        able = [ev.Ready(name), ev.PhoneFound(name)] if agent.state == "not ready" else []
        able += [ev.Retrieve(name, contact.name) for contact in agent.held] * 2
        waiting = [c.name for c in self.centre.engine.contacts.values() if c.state == "waiting"]
        able += [ev.Pick(name, contact) for contact in waiting[:1]]
        able.append(ev.Call(name, self.new(), to_agent=other, phone_up=len(waiting) % 2 == 0))
        return [*able, ev.Call(name, self.new(), to_number="555")]

    def possible_in_a_call(self, agent, other):
        name = agent.name
        if agent.leg == "ringing":
            return [ev.Answered(name, agent.epoch), ev.Failed(name, agent.epoch, 486)]
        able = [ev.LegEnded(name, agent.leg_epoch), ev.Park(name), ev.NotReady(name)]
        able += [ev.Retrieve(name, contact.name) for contact in agent.held]
        if agent.consult is not None:
            return [ev.EndConsult(name, how) for how in ("transfer", "conference", "return")] + able
        able += [ev.Consult(name, self.new(), to_agent=other)] * 2
        able += [ev.Consult(name, self.new(), to_number="555"), ev.Transfer(name, to_number="5")]
        able += [ev.Transfer(name, to_agent=other), ev.TakeOver(other, agent.contact.name)]
        return [*able, ev.Transfer(name, to_queue="help", plan=LONGEST_IDLE)]

    def possible_for(self, name):
        """What this contact's customer, or whoever was dialled for it, can do."""
        contact = self.centre.engine.contacts.get(name)
        if contact is None:
            return [ev.HungUp(name)]
        if contact.target is not None:
            return [ev.CustomerAnswered(name)] * 3 + [ev.CustomerFailed(name, 486)]
        able = [ev.OtherLeft(name, number) for number in contact.others]
        if contact.state == "in flow":
            able += [ev.Enter(name, "help", LONGEST_IDLE), ev.Enter(name, "sales", RING_ALL)]
        if contact.state in ("waiting", "offered"):
            able += [ev.LeaveByKey(name, "other"), ev.AskCallback(name)]
        return [*able, ev.HungUp(name)]

    def buttons(self, agent, other, contact, yes):
        """Every event, as likely as not to be refused."""
        epoch = self.centre.epoch(agent)
        to = {"to_number": "555"} if yes else {"to_agent": other}
        return [
            *(make(agent) for make in (ev.SignIn, ev.SignOut, ev.Ready, ev.NotReady)),
            *(make(agent) for make in (ev.Done, ev.Park, ev.PhoneFound, ev.PhoneLost)),
            *(make(agent, contact) for make in (ev.Retrieve, ev.Pick, ev.TakeOver)),
            *(ev.Force(agent, to, "boss", "", yes) for to in ("ready", "not ready", "signed out")),
            ev.Reject(agent, yes, "lunch"),
            ev.Call(agent, self.new(), phone_up=yes, **to),
            ev.Transfer(agent, **to),
            ev.Consult(agent, self.new(), **to),
            ev.EndConsult(agent, "transfer" if yes else "conference"),
            ev.Answered(agent, epoch - yes),
            ev.Failed(agent, epoch, 480),
            ev.LegEnded(agent, self.centre.agent(agent).leg_epoch),
            ev.Disconnect(contact, "boss"),
            ev.CustomerAnswered(contact) if yes else ev.CustomerFailed(contact, 404),
            ev.LeaveByKey(contact, "other"),
            ev.HungUp(contact),
        ]

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def all_is_well(self):
        check(self.centre.engine, self.centre.now)
        self.centre.check_sound()
        self.centre.ended()

    def teardown(self):
        same = replay(Engine(), self.centre.log)
        assert snapshot(same, self.plans) == self.state()
        self.everybody_goes()

    def everybody_goes(self):
        """However it stands, all calls end and all agents come to rest."""
        centre = self.centre
        for ticket in list(centre.engine.awaited):
            centre.feed(ev.Committed(ticket))
        for name in list(centre.engine.contacts):
            if name in centre.engine.contacts:
                centre.feed(ev.Disconnect(name, "boss"))
                check(centre.engine, centre.now)
        centre.wait(60.0)
        for agent in centre.engine.agents.values():
            assert agent.state in (*AT_REST, SIGNED_OUT), f"{agent!r} is stuck"
            if agent.state == TALKING or agent.state == READY:
                assert agent.contact is None
        assert not centre.engine.contacts
        queued = {f.contact for f in centre.facts if f.what in ("queued", "booked")}
        assert queued <= set(centre.ended())


AnyOrder.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestAnyOrder = AnyOrder.TestCase


# --- long walks, where calls get far --------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_long_walk(seed):
    """The same machine with chosen weights: parks, consultations and take-overs need company."""
    chance = Random(seed)
    walk = AnyOrder()
    queue_of = [q.name for q in QUEUES]
    agent_of = [a.name for a in AGENTS]

    def pick(most=100):
        return chance.randrange(most)

    steps = [
        (15, lambda: walk.time_passes(chance.choice([0.0, 0.5, 3.0, 12.0, 20.0, 61.0]))),
        (8, lambda: walk.the_store_commits(pick(3) == 0)),
        (
            12 if seed % 2 else 2,
            lambda: walk.a_caller_enters(
                chance.choice(queue_of), pick(7), 10.0 * pick(2), chance.choice(["", "1"]), pick(4)
            ),
        ),
        (30, lambda: walk.an_agent_does_what_it_can(pick(), pick(), pick(4) > 0)),
        (10, lambda: walk.a_contact_does_what_it_can(pick(8), pick())),
        (
            6,
            lambda: walk.anything(
                chance.choice(agent_of), chance.choice(agent_of), pick(8), pick(), pick(2) == 0
            ),
        ),
        (2, lambda: walk.a_callback(chance.choice(queue_of), pick(7), pick(8), None, True)),
        (
            3,
            lambda: walk.the_rest_of_the_world(
                chance.choice(queue_of), pick(7), pick(6), chance.choice(agent_of)
            ),
        ),
        (1, lambda: walk.the_server_is_killed(pick(10))),
    ]
    weights = [weight for weight, _ in steps]
    for _ in range(220):
        chance.choices(steps, weights)[0][1]()
        walk.all_is_well()
    walk.teardown()
