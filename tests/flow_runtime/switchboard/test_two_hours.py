"""Two hours of a busy centre in virtual time: nobody gets stuck, and nothing piles up."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from random import Random

import pytest

from acd_kit import check
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_runtime.switchboard.desk import Refused, Target
from queue_kit import Centre, run
from telephony.simulated import FarEnd

FLOW = """
flow hotline "Hotline"
schema 1
start -> wait
node wait: queue
  queue = "repairs"
  greeting = "Welcome"
  music = "music"
  max_wait = 8m
  announce_every = 60s
  callback_key = "1"
  keys = {"*": "message"}
  after_agent -> bye
  timeout -> bye
  full -> bye
  closed -> bye
  callback -> wait
  message -> bye
node bye: say
  text = "Goodbye"
  -> end
node end: hangup
"""
AGENTS = tuple(str(1000 + n) for n in range(50))
AT_ONCE = 200
OURS = ("contact_center.", "flow_runtime.", "telephony.", "nodes.")


class Day:
    """Callers and agents who do as they like; *random* is all their will."""

    def __init__(self, centre: Centre, seed: int) -> None:
        self.centre, self.random = centre, Random(seed)
        self.talked = 0
        self.tasks = [asyncio.create_task(self._agent(name)) for name in AGENTS]
        self.tasks += [asyncio.create_task(self._line()) for _ in range(AT_ONCE)]

    async def _line(self) -> None:
        """One caller after the other; each leaves at some time, whatever happens."""
        await asyncio.sleep(self.random.uniform(0, 60))
        while True:
            far = self.centre.call(str(self.random.randrange(500)))
            try:
                async with asyncio.timeout(self.random.expovariate(1 / 300)):
                    await self._wait(far)
            except TimeoutError:
                far.hang_up()
            await asyncio.sleep(self.random.uniform(0, 4))

    async def _wait(self, far: FarEnd) -> None:
        while not far.over.is_set():
            try:
                async with asyncio.timeout(self.random.uniform(5, 120)):
                    await far.over.wait()
            except TimeoutError:
                far.press(self.random.choice("1*95"))

    async def _agent(self, name: str) -> None:
        while True:
            far = await self.centre.rings(name)
            await asyncio.sleep(self.random.uniform(0.5, 6))
            match self.random.randrange(40):
                case 0:
                    far.decline("busy", 0)
                case 1:
                    far.decline("no_answer", 480)
                case 2:
                    pass  # it rings until the ring is over
                case 3:
                    self.centre.world.line.plug(name, on=False)
                    await asyncio.sleep(self.random.uniform(0, 30))
                    self.centre.world.line.plug(name, on=True)
                case _:
                    far.answer()
                    await self._talk(name, far)

    async def _talk(self, name: str, far: FarEnd) -> None:
        self.talked += 1
        try:
            async with asyncio.timeout(self.random.expovariate(1 / 90)):
                await far.over.wait()
        except TimeoutError:
            self._press(name)
            await asyncio.sleep(self.random.uniform(0, 20))
            far.hang_up()

    def _press(self, name: str) -> None:
        """A button; what does not go just now is refused, and the day goes on."""
        desk, held = self.centre.board.desk, self.centre.journal.engine.agents[name].held
        try:
            match self.random.randrange(12):
                case 0:
                    desk.park(name)
                case 1:
                    desk.transfer(name, Target.parse(self.random.choice(AGENTS)))
                case 2:
                    desk.consult(name, Target.parse(self.random.choice(AGENTS)))
                case 3:
                    desk.transfer(name, Target.parse("queue:repairs"))
                case 4 if held:
                    desk.retrieve(name, held[0].name)
                case 5:
                    desk.not_ready(name, "pause")
                    asyncio.get_running_loop().call_later(60.0, self._back, name)
        except Refused:
            pass

    def _back(self, name: str) -> None:
        try:
            self.centre.board.desk.ready(name)
        except Refused:
            pass

    async def go_on(self, seconds: float) -> None:
        """Watch; what the test's own world remembers of calls that are over is thrown away."""
        world, engine = self.centre.world, self.centre.journal.engine
        for _ in range(int(seconds / 60)):
            await asyncio.sleep(60)
            check(engine, world.loop.now().timestamp())
            assert not world.events("error")
            world.trace.clear()
            world.served[:] = [task for task in world.served if not task.done()]
            world.line.dialled[:] = [far for far in world.line.dialled if not far.over.is_set()]
            for task in self.tasks:
                assert not task.done(), task.exception()

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.wait(self.tasks)


def alive() -> Counter[str]:
    """How many objects there are, by the names of their types if they are ours."""
    gc.collect()
    found: Counter[str] = Counter()
    for one in gc.get_objects():
        module = type(one).__module__
        ours = isinstance(module, str) and module.startswith(OURS)
        found[type(one).__qualname__ if ours else "others"] += 1
    return found


@pytest.mark.parametrize("seed", [1])
def test_two_hours(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(centre: Centre) -> None:
        engine, line = centre.journal.engine, centre.world.line
        day = Day(centre, seed)
        await day.go_on(2400)
        before = alive()
        await day.go_on(4800)
        after = alive()
        grown = {name: (before[name], count) for name, count in after.items()
                 if count > 1.2 * before[name] + 50}  # fmt: skip
        assert not grown, "more and more: before, after"
        assert after.total() < 1.05 * before.total()
        assert day.talked > 3000
        await day.stop()
        for leg in [*line.dialled, *(call.far for call in line._calls)]:
            leg.hang_up()
        await asyncio.sleep(300)
        for contact in sorted(engine.contacts):
            centre.board.desk.disconnect(contact, by="chief")
        await asyncio.sleep(30)
        assert not engine.contacts
        assert {agent.state for agent in engine.agents.values()} <= {"ready", "not ready"}
        for name in AGENTS:
            if engine.agents[name].state == "not ready":
                centre.board.desk.ready(name)
        await asyncio.sleep(15)  # a telephone that was busy is left alone for so long
        assert all(agent.free for agent in engine.agents.values()), "an agent is stuck"

    settings = [AgentSettings(n, queues={"repairs": 50}, ready=True) for n in AGENTS]
    queue = QueueSettings("repairs", misses=0, wrap_up=5.0)
    run(FLOW, scenario, agents=settings, queue=queue)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
