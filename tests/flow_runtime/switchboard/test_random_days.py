"""Whatever callers and agents do, nobody is forgotten: callers, agents, legs, tones and tasks."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Literal

import pytest

from acd_kit import check
from contact_center.core.model import Contact
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_runtime.switchboard.desk import Refused, Target
from queue_kit import Centre, run
from telephony.simulated import Callee, FarEnd, SimulatedCall

FLOW = """
flow hotline "Hotline"
schema 1
start -> wait
node wait: queue
  queue = "repairs"
  music = "la la la"
  greeting = "Welcome to the line"
  max_wait = 90s
  announce_every = 10s
  announce_agent = true
  callback_key = "1"
  keys = {"*": "message"}
  after_agent -> more
  timeout -> bye
  full -> bye
  closed -> bye
  callback -> wait
  message -> bye
node more: menu
  prompt = "Press 1 to wait again"
  1 -> wait
  failed -> bye
node bye: say
  text = "Goodbye"
  -> end
node end: hangup
"""
AGENTS = ("1001", "1002", "1003")


async def act(centre: Centre, random: Random, callers: list[FarEnd]) -> None:
    """One thing that a caller or an agent does."""
    line = centre.world.line
    phones = [far for far in line.dialled if not far.over.is_set()]
    here = [far for far in callers if not far.over.is_set()]
    match random.randrange(10):
        case 0 | 1:
            callers.append(centre.call(str(len(callers))))
        case 2 if here:
            random.choice(here).hang_up()
        case 3 | 4 if here:
            random.choice(here).press(random.choice("1*95"))
        case 5 | 6 | 7 if phones:
            far = random.choice(phones)
            if far.ringing:
                far.answer()
            elif random.random() < 0.3:
                far.hang_up()
        case 8 if any(far.ringing for far in phones):
            far = random.choice([far for far in phones if far.ringing])
            far.decline(*random.choice([("busy", 0), ("busy", 603), ("no_answer", 480)]))
        case 9:
            line.plug(random.choice(AGENTS), on=random.random() < 0.7)
    await asyncio.sleep(random.choice([0.0, 0.0, 0.01, 0.5, 2.0, 7.0, 30.0]))


NUMBERS = ("90001", "90002")


def press(centre: Centre, random: Random) -> None:
    """A button of an agent, or of a supervisor; most are refused at most times."""
    desk, engine = centre.board.desk, centre.journal.engine
    agent, contacts = random.choice(AGENTS), sorted(engine.contacts)
    contact = random.choice(contacts) if contacts else "none"
    held = [one.name for one in engine.agents[agent].held]
    to = Target.parse(random.choice([*AGENTS, *NUMBERS, "queue:repairs"]))
    how: Literal["transfer", "conference", "return"]
    try:
        match random.randrange(16):
            case 0 | 1 | 2:
                desk.park(agent)
            case 3 | 4 | 5:
                desk.retrieve(agent, random.choice(held) if held else contact)
            case 6:
                desk.pick(agent, contact)
            case 7 | 8:
                desk.call(agent, to)
            case 9:
                desk.transfer(agent, to)
            case 10 | 11:
                desk.consult(agent, to)
            case 12 | 13:
                how = random.choice(["transfer", "conference", "conference", "return"])
                desk.end_consult(agent, how)
            case 14:
                desk.take_over(agent, contact)
            case _:
                if random.random() < 0.5:
                    desk.hang_up(agent)
                else:
                    desk.disconnect(contact, by="chief")
    except Refused:
        pass


def in_conversation(centre: Centre, contact: Contact) -> list[FarEnd]:
    """Who talks in *contact*, as the engine says; a customer when who answers was announced."""
    board = centre.board
    away = [one for one in contact.agents if one.consult not in (None, contact)]
    legs = [
        board._phones.leg(one.name) for one in contact.agents if one.leg == "up" and one not in away
    ]
    for number in contact.others:
        party = board._dialled.find(contact.name, number)
        legs.append(party.leg if party is not None else None)
    visit = board._callers.visit(contact.name)
    if contact.state == "talking" and visit is not None and not visit._sounding:
        legs.append(visit.session.call)
    return [leg.far for leg in legs if isinstance(leg, SimulatedCall)]


def check_sound(centre: Centre) -> None:
    """Who hears whom is what the engine says: nobody else, and nobody is left out."""
    expected: dict[FarEnd, set[FarEnd]] = {}
    for contact in centre.journal.engine.contacts.values():
        fars = in_conversation(centre, contact)
        for far in fars:
            expected[far] = {other for other in fars if other is not far}
    for call in centre.world.line._calls:
        heard = {other.far for other in call.hearing.heard_by(call)}
        assert heard == expected.get(call.far, set()), call.far.number
        assert not (heard and call._music), f"{call.far.number} hears music besides"
    for contact in centre.journal.engine.contacts.values():
        visit = centre.board._callers.visit(contact.name)
        if contact.state == "held" and isinstance(
            call := visit and visit.session.call, SimulatedCall
        ):
            assert call._music, f"{call.far.number} is parked in silence"


@pytest.mark.parametrize("seed", range(10))
def test_a_day_with_busy_hands(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(centre: Centre) -> None:
        random, callers = Random(seed), list[FarEnd]()
        engine = centre.journal.engine
        for number in NUMBERS:
            centre.world.line.callees[number] = Callee(outcome=None)
        for _ in range(400):
            press(centre, random)
            await act(centre, random, callers)
            check(engine, centre.world.loop.now().timestamp())
            await asyncio.sleep(5.013)  # until who answers has been announced
            check_sound(centre)
        for far in callers:
            far.hang_up()
        await asyncio.sleep(60)
        for contact in sorted(engine.contacts):
            centre.board.desk.disconnect(contact, by="chief")
        await asyncio.sleep(60)
        assert not engine.contacts
        assert {agent.state for agent in engine.agents.values()} <= {"ready", "not ready"}
        for agent in AGENTS:
            centre.board.desk.sign_out(agent)
        await asyncio.sleep(1)
        assert all(far.over.is_set() for far in centre.world.line.dialled), "a leg is left"
        assert not centre.world.events("error")

    queue = QueueSettings("repairs", misses=0, wrap_up=5.0)
    settings = [
        AgentSettings(
            name, queues={"repairs": 50}, ready=True, may_dial=("9*",), max_held=2,
            persistent_leg=name == AGENTS[0],
        )
        for name in AGENTS
    ]  # fmt: skip
    run(FLOW, scenario, agents=settings, queue=queue)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("strategy", ["longest idle", "ring all"])
@pytest.mark.parametrize("seed", range(8))
def test_a_random_day(seed: int, strategy: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(centre: Centre) -> None:
        random, callers = Random(seed), list[FarEnd]()
        engine = centre.journal.engine
        for _ in range(400):
            await act(centre, random, callers)
            check(engine, centre.world.loop.now().timestamp())
        for far in callers:
            far.hang_up()
        await asyncio.sleep(20)
        assert not engine.contacts
        assert {agent.state for agent in engine.agents.values()} <= {"ready", "not ready"}
        assert all(far.over.is_set() for far in centre.world.line.dialled), "a leg is left"
        figures = centre.figures()
        assert figures["waiting"] == 0 and figures["answered"] > 5
        assert not centre.world.events("error")
        ends = [served.result().by for served in centre.world.served]
        assert len(ends) == len(callers) and set(ends) == {"hangup"}

    queue = QueueSettings("repairs", strategy=strategy, misses=0, wrap_up=5.0)
    run(FLOW, scenario, agents=AGENTS, queue=queue)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
