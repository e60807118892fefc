"""Whatever callers and agents do, nobody is forgotten: callers, agents, legs and tasks."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from acd_kit import check
from contact_center.store.settings import QueueSettings
from queue_kit import Centre, run
from telephony.simulated import FarEnd

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
