"""What goes wrong beside a call must not stop the call, or stay behind when it is over."""

from __future__ import annotations

import asyncio
import gc
import warnings
from datetime import datetime, timedelta

import pytest

from agent_phone_kit import AgentPhones
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_runtime.switchboard.desk import Refused, Target
from queue_kit import Centre, flow, run
from telephony.simulated import Callee

NUMBER = "02112345678"


def test_an_observer_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(centre: Centre) -> None:
        seen: list[object] = []

        def failing(*_: object) -> None:
            raise RuntimeError("of the observer")

        centre.board.observe(failing)
        centre.board.observe(lambda event, actions, now: seen.append(event))
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        assert caller.hears == ["1001"] and seen
        phone.hang_up()
        await centre.world.ended()

    run(flow(), scenario)
    assert "of the observer" in caplog.text, "nobody has to guess"


def test_an_action_that_fails_leaves_no_other_undone(caplog: pytest.LogCaptureFixture) -> None:
    """Two telephones ring for one caller; the trace of the first offer cannot be written."""

    async def scenario(centre: Centre) -> None:
        write = centre.world.services.trace
        failed: list[object] = []

        def trace(record: dict[str, object]) -> None:
            if record["event"] == "offered" and not failed:
                failed.append(record)
                raise RuntimeError("of the trace")
            write(record)

        object.__setattr__(centre.world.services, "trace", trace)
        centre.call()
        phone = await centre.rings("1002")
        phone.answer()
        await asyncio.sleep(1)
        assert failed and centre.state("1002") == "talking"
        phone.hang_up()
        await centre.world.ended()

    run(flow('strategy = "ring all"'), scenario, agents=("1001", "1002"))
    assert "of the trace" in caplog.text


class SetBack:
    """A clock that somebody sets back."""

    def __init__(self, centre: Centre) -> None:
        self._loop, self.by = centre.world.loop, timedelta()

    def now(self) -> datetime:
        return self._loop.now() - self.by


def test_a_clock_that_is_set_back_stops_no_timer() -> None:
    async def scenario(centre: Centre) -> None:
        clock = centre.board._clock = SetBack(centre)
        centre.call()
        phone = await centre.rings("1001")
        clock.by = timedelta(hours=1)
        began = centre.world.time
        await phone.over.wait()
        assert centre.world.time - began == pytest.approx(20, abs=1), "it rings no longer"
        await centre.world.ended()
        assert centre.world.left_by["wait"] == "timeout"
        assert centre.world.time - began < 200

    run(flow("max_wait = 120s"), scenario, queue=QueueSettings("repairs", misses=1))


def test_who_is_refused_is_not_waited_for() -> None:
    async def scenario(centre: Centre) -> None:
        await asyncio.sleep(1)  # the first sign-in of all is confirmed
        for _ in range(3):
            with pytest.raises(Refused):
                await centre.board.desk.sign_in("1001")
        await asyncio.sleep(0)
        assert not centre.board.confirmations._waiting

    run(flow(), scenario)


def test_who_gives_up_waiting_is_forgotten_alone() -> None:
    async def scenario(centre: Centre) -> None:
        confirmations = centre.board.confirmations
        one, two = (confirmations.expect("booked", "c1/callback") for _ in range(2))
        one.cancel()
        await asyncio.sleep(0)
        confirmations.come("booked", "c1/callback")
        assert two.done() and not two.cancelled() and not confirmations._waiting

    run(flow(), scenario)


def test_words_for_a_leg_that_is_gone_are_put_away() -> None:
    async def scenario(centre: Centre) -> None:
        phones = await AgentPhones(centre).begin()
        far = phones.dial("1001", "*45")  # refused: who is ready already
        far.hang_up()
        far = phones.dial("1001", "*85")
        await asyncio.sleep(0)
        far.hang_up()
        await asyncio.sleep(1)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        run(flow(), scenario)
        gc.collect()
    assert not [one for one in said if "never awaited" in str(one.message)]


def test_a_supervisor_who_is_not_waited_for_is_rung_no_more() -> None:
    async def scenario(centre: Centre) -> None:
        begun = asyncio.create_task(centre.board.supervision.listen("boss", "1001", "monitor"))
        phone = await centre.rings("boss")
        phone.answer()
        begun.cancel()  # in the moment of the answer
        await phone.over.wait()
        assert not centre.board.supervision.status()

    boss = AgentSettings("boss", queues={}, supervisor=True)
    run(flow(), scenario, agents=("1001", boss))


def test_a_number_that_answers_when_the_customer_has_just_gone_is_hung_up() -> None:
    async def scenario(centre: Centre) -> None:
        centre.world.line.callees[NUMBER] = Callee(outcome=None)
        caller = centre.call()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(1)
        centre.board.desk.transfer("1001", Target(number=NUMBER))
        outside = await centre.rings(NUMBER)
        outside.answer()
        caller.hang_up()
        await outside.over.wait()
        assert not centre.journal.engine.contacts

    agent = AgentSettings("1001", queues={"repairs": 50}, ready=True, may_dial=("021*",))
    run(flow(), scenario, agents=(agent,))


@pytest.mark.parametrize("to", ["agent:1022", "queue:repair"])
def test_what_may_have_been_meant_is_said_in_chinese_too(to: str) -> None:
    async def scenario(centre: Centre) -> None:
        with pytest.raises(Refused) as refused:
            centre.board.desk.transfer("1001", Target.parse(to))
        assert "did you mean" in refused.value.text
        assert "是不是" in refused.value.chinese and "did you" not in refused.value.chinese

    run(flow(), scenario, agents=("1001", "1002"))
