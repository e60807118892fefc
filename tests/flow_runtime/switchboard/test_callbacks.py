"""Customers who are called back when their turn comes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from contact_center.core import events as ev
from contact_center.core.strategy.plan import Plan, Ring, Term
from contact_center.store.settings import AgentSettings, QueueSettings
from queue_kit import Centre, flow, run
from telephony.simulated import Callee, SimulatedLine

NUMBER = "13800000009"
PLAN = Plan("test", (Ring(0.0, None),), (Term("idle", True),))


def book(centre: Centre) -> Callee:
    """A callback is booked for nobody on the line; the customer's telephone."""
    customer = centre.world.line.callees[NUMBER] = Callee(outcome=None)
    assert centre.board.tell(ev.BookCallback("c7", "repairs", NUMBER, PLAN)) is None
    return customer


def test_the_customer_is_rung_then_an_agent_and_both_talk() -> None:
    async def scenario(centre: Centre) -> None:
        customer = await book(centre).rings.get()
        assert centre.idle("1001"), "no agent is kept for somebody who may not answer"
        await asyncio.sleep(2)
        customer.answer()
        phone = await centre.rings("1001")
        await asyncio.sleep(10)
        phone.answer()
        await asyncio.sleep(1)
        customer.speak(2, "You called me back")
        await asyncio.sleep(3)
        assert "You called me back" in phone.transcript
        greeting, ringing, *_ = [heard.text for heard in customer.heard]
        assert greeting.startswith("This is the call back you have asked for.")
        assert ringing == "(ring-back tone)"
        phone.hang_up()
        await customer.over.wait()
        assert customer.ended_by == "us" and centre.state("1001") == "ready"

    run(flow(), scenario)


def test_a_customer_who_hangs_up_frees_the_agent() -> None:
    async def scenario(centre: Centre) -> None:
        customer = await book(centre).rings.get()
        customer.answer()
        phone = await centre.rings("1001")
        await asyncio.sleep(1)
        customer.hang_up()
        await asyncio.sleep(0.1)
        assert not phone.ringing and centre.state("1001") == "ready"
        assert centre.figures()["waiting"] == 0

    run(flow(), scenario)


@pytest.mark.parametrize("outcome", ["busy", "no_answer"])
def test_a_customer_who_is_not_reached_is_given_up(outcome: str) -> None:
    async def scenario(centre: Centre) -> None:
        customer = await book(centre).rings.get()
        await asyncio.sleep(2)
        if outcome == "busy":
            customer.decline("busy")
        await asyncio.sleep(60)
        assert not centre.journal.engine.contacts
        assert centre.idle("1001") and len(centre.world.line.dialled) == 1

    run(flow(), scenario)


def test_nobody_is_called_back_while_no_agent_is_free() -> None:
    async def scenario(centre: Centre) -> None:
        customer = book(centre)
        await asyncio.sleep(600)
        assert customer.rings.empty()

    agent = AgentSettings("1001", queues={"repairs": 50})
    run(flow(), scenario, agents=(agent,), queue=QueueSettings("repairs"))


# --- booked by the node ---------------------------------------------------------------------------

BOOKING = """
flow hotline "Hotline"
schema 1
start -> wait
node wait: queue
  queue = "repairs"
  callback_key = "1"
  announce = "off"
  after_agent -> bye
  timeout -> bye
  full -> bye
  closed -> bye
  callback -> ask
node ask: say
  text = "We will call you back"
  next -> book
node book: callback
  queue = "repairs"
%s
  next -> booked
  refused -> sorry
node booked: say
  text = "That is booked"
  next -> bye
node sorry: say
  text = "That is not possible"
  next -> bye
node bye: hangup
"""
AWAY = AgentSettings("1001", queues={"repairs": 50})
FIRST, SECOND = "13800000001", "13800000002"


def booking(*lines: str) -> str:
    """A flow that books a callback; *lines* are more of its node."""
    return BOOKING % "\n".join(f"  {line}" for line in lines)


def be_ready(centre: Centre) -> None:
    for event in (ev.SignIn("1001"), ev.Ready("1001")):
        assert centre.board.tell(event) is None


async def book_and_leave(centre: Centre, caller: str = FIRST) -> None:
    """Somebody waits, asks for a callback, and hears what comes of it."""
    centre.world.line.callees[caller] = Callee(outcome=None)
    far = await centre.call_and_press("1", caller)
    await far.over.wait()


def test_who_is_called_back_comes_before_those_who_came_later() -> None:
    async def scenario(centre: Centre) -> None:
        await book_and_leave(centre)
        second, third = centre.call(SECOND), centre.call("13800000003")
        await asyncio.sleep(60)
        be_ready(centre)
        customer = await centre.rings(FIRST)
        phone = await centre.rings("1001")
        assert phone.shown.caller_id == SECOND, "nobody has to wait for an absent customer"
        phone.answer()
        customer.answer()
        await asyncio.sleep(5)
        second.hang_up()
        phone = await centre.rings("1001")
        assert phone.shown.caller_id == FIRST, "at the old place, and it is the customer's number"
        phone.answer()
        await asyncio.sleep(5)
        customer.hang_up()
        third.hang_up()
        await asyncio.sleep(1)

    run(booking(), scenario, agents=(AWAY,))


@pytest.mark.parametrize("keeps", [True, False])
def test_whose_turn_it_is(keeps: bool) -> None:
    """One agent, two callbacks: the one who waited first, unless the place is given up."""

    async def scenario(centre: Centre) -> None:
        for caller in (FIRST, SECOND):
            centre.world.line.callees[caller] = Callee(outcome=None)
        early = centre.call(FIRST)
        await asyncio.sleep(60)
        await book_and_leave(centre, SECOND)
        early.press("1")
        await early.over.wait()
        be_ready(centre)
        for _ in range(2):  # one agent is free: one customer at a time is rung
            await asyncio.sleep(1)
            centre.world.line.dialled[-1].decline("busy")
        order = [far.number for far in centre.world.line.dialled]
        assert order == ([FIRST, SECOND] if keeps else [SECOND, FIRST])

    run(booking(f"keep_place = {str(keeps).lower()}"), scenario, agents=(AWAY,))


def test_nothing_is_said_before_the_booking_is_durable() -> None:
    async def scenario(centre: Centre) -> None:
        far = await centre.call_and_press("1")
        await asyncio.sleep(60)
        assert "That is booked" not in far.transcript and not far.over.is_set()
        assert centre.journal.engine.contacts
        centre.board.committed(centre.late)
        await far.over.wait()
        assert "That is booked" in far.transcript
        (event,) = centre.world.events("callback")
        assert (event["queue"], event["number"], event["refused"]) == ("repairs", FIRST, "")

    run(booking(), scenario, agents=(AWAY,), slow=True)


def test_who_hangs_up_while_it_is_written_is_called_back() -> None:
    async def scenario(centre: Centre) -> None:
        customer = centre.world.line.callees[FIRST] = Callee(outcome=None)
        far = await centre.call_and_press("1")
        await asyncio.sleep(60)
        far.hang_up()
        await centre.world.ended()
        assert centre.figures()["abandoned"] == 0
        be_ready(centre)
        for _ in range(3):
            tickets, centre.late[:] = list(centre.late), []
            centre.board.committed(tickets)
            await asyncio.sleep(0.1)
        customer.rings.get_nowait().decline("busy")
        await asyncio.sleep(1)

    run(booking(), scenario, agents=(AWAY,), slow=True)


def test_who_hangs_up_before_has_abandoned_the_queue() -> None:
    async def scenario(centre: Centre) -> None:
        far = await centre.call_and_press("1")
        await asyncio.sleep(0.5)
        assert "ask" in centre.world.visited and "book" not in centre.world.visited
        far.hang_up()
        await centre.world.ended()
        assert centre.figures()["abandoned"] == 1 and not centre.journal.engine.contacts

    run(booking(), scenario, agents=(AWAY,))


def test_nobody_is_rung_while_the_call_that_booked_goes_on() -> None:
    text = (
        booking().replace('"repairs"\n\n', '"repairs"\n').replace("start -> wait", "start -> book")
    )

    async def scenario(centre: Centre) -> None:
        customer = centre.world.line.callees[FIRST] = Callee(outcome=None)
        far = centre.call()
        await far.answered.wait()
        assert "book" in centre.world.left_by, "it did not wait in a queue before"
        assert customer.rings.empty()
        await far.over.wait()
        (await customer.rings.get()).decline("busy")
        await asyncio.sleep(1)

    run(text, scenario)


def test_not_before_its_time() -> None:
    at = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)

    async def scenario(centre: Centre) -> None:
        await book_and_leave(centre)
        customer = await centre.rings(FIRST) if centre.world.line.dialled else None
        assert customer is None
        async with asyncio.timeout(6 * 3600):
            rung = await centre.world.line.callees[FIRST].rings.get()
        now = centre.world.loop.now()
        assert timedelta(0) <= now - at < timedelta(seconds=1)
        rung.decline("busy")
        await asyncio.sleep(1)

    run(booking('at = datetime("2026-11-23 14:30")'), scenario)


REFUSALS = [
    ("", QueueSettings("repairs"), "there is no number to call back"),
    ("13900000000", QueueSettings("repairs"), "13900000000 is barred on the simulated line"),
    (
        FIRST,
        QueueSettings("repairs", callback_attempts=0),
        'queue "repairs" has no callbacks: its callback_attempts is 0',
    ),
]


@pytest.mark.parametrize(("caller", "queue", "reason"), REFUSALS)
def test_what_is_refused(caller: str, queue: QueueSettings, reason: str) -> None:
    async def scenario(centre: Centre) -> None:
        centre.world.line.barred.add("13900000000")
        await book_and_leave(centre, caller)
        assert centre.world.left_by["book"] == "refused"
        (event,) = centre.world.events("callback")
        assert event["refused"] == reason
        assert not centre.journal.engine.contacts

    run(booking(), scenario, agents=(AWAY,), queue=queue)


def test_a_queue_that_is_none_is_refused_with_a_hint() -> None:
    text = booking().replace('callback\n  queue = "repairs"', 'callback\n  queue = "rep" + "airz"')

    async def scenario(centre: Centre) -> None:
        await book_and_leave(centre)
        assert centre.world.left_by["book"] == "refused"
        (event,) = centre.world.events("callback")
        assert event["refused"] == 'there is no queue "repairz" (did you mean "repairs"?)'

    run(text, scenario, agents=(AWAY,))


def test_how_often_and_with_which_number() -> None:
    queue = QueueSettings("repairs", callback_attempts=3, callback_retry=120, caller_id="4000")

    async def scenario(centre: Centre) -> None:
        await book_and_leave(centre)
        times = []
        for outcome in ("busy", "failed", "busy"):
            rung = await centre.rings(FIRST)
            assert rung.shown.caller_id == "4000"
            times.append(centre.world.time)
            rung.decline(outcome)  # type: ignore[arg-type]
        await asyncio.sleep(600)
        assert [later - time for time, later in zip(times, times[1:], strict=False)] == [
            pytest.approx(120, abs=0.1)
        ] * 2
        assert len(centre.world.line.dialled) == 3 and not centre.journal.engine.contacts

    run(booking(), scenario, queue=queue)


def test_priority_and_skills_of_the_queue_node_hold_for_the_callback() -> None:
    text = booking().replace('  callback_key = "1"', '  callback_key = "1"\n  priority = 500')
    text = text.replace('  announce = "off"', '  announce = "off"\n  skills = {english: 60}')
    able = AgentSettings("1002", queues={"repairs": 50}, skills={"english": 80})
    unable = AgentSettings("1001", queues={"repairs": 50}, skills={"english": 20}, ready=True)

    async def scenario(centre: Centre) -> None:
        await book_and_leave(centre)
        await asyncio.sleep(60)
        assert not centre.world.line.dialled, "nobody who is here speaks English"
        (contact,) = centre.journal.engine.contacts.values()
        assert contact.entry is not None and contact.entry.priority == 500
        for event in (ev.SignIn("1002"), ev.Ready("1002")):
            assert centre.board.tell(event) is None
        (await centre.rings(FIRST)).answer()
        phone = await centre.rings("1002")
        phone.answer()
        await asyncio.sleep(1)
        phone.hang_up()
        await asyncio.sleep(1)

    run(text, scenario, agents=(able, unable))


def test_a_line_that_cannot_dial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimulatedLine, "can", SimulatedLine.can - {"dial"})

    async def scenario(centre: Centre) -> None:
        await book_and_leave(centre)
        (error,) = centre.world.events("error")
        assert error["name"] == "unsupported" and "callbacks" in error["text"]

    run(booking(), scenario, agents=(AWAY,))
