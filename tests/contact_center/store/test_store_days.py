"""A day out of the database, as it is replayed."""

from contact_center.core import events as ev
from contact_center.core.simulation.calls import Duty
from contact_center.core.simulation.recorded import RecordedCall
from contact_center.core.strategy.choose import load
from contact_center.store.days import stored_day
from routing_kit import FLOW
from store_kit import START, running

PLAN = load("longest idle", FLOW).bind({})


async def test_callers_and_agents_of_a_day(url: str) -> None:
    async with running(url) as made:
        await made.staff("a", wrap_up=5.0)  # from START on; a second later
        made.feed(ev.Enter("c1", "help", PLAN, priority=3.0, number="0571"))
        await made.settled()
        made.now += 4.0
        made.answer("a")
        made.feed(ev.Enter("c2", "help", PLAN, number="0572"))
        made.now += 60.0
        made.hang_up("a")
        made.feed(ev.HungUp("c1"))
        made.feed(ev.HungUp("c2"))
        made.now += 5.0
        made.feed(ev.Wake())
        made.feed(ev.NotReady("a", "lunch"))
        made.now += 100.0
        made.feed(ev.SignOut("a"))
        made.now += 100.0
        made.feed(ev.Enter("c3", "help", PLAN))  # the next day
        await made.settled()
        end = made.now - 50.0
        with made.store.database.reading.begin() as connection:
            day = stored_day(connection, START, end)
            none = stored_day(connection, START - 500.0, START)
    assert day.calls == (
        RecordedCall(1.0, "help", 65.0, 4.0, "answered", priority=3.0, caller="0571"),
        RecordedCall(5.0, "help", None, 60.0, "abandoned", caller="0572"),
    )
    assert day.duties == (
        Duty(0.0, "a", "ready"), Duty(70.0, "a", "not ready"), Duty(170.0, "a", "signed out"),
    )  # fmt: skip
    assert none.calls == () == none.duties
