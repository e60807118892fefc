"""Customers who are called back when their turn comes."""

from __future__ import annotations

import asyncio

import pytest

from contact_center.core import events as ev
from contact_center.core.strategy.plan import Plan, Ring, Term
from contact_center.store.settings import AgentSettings, QueueSettings
from queue_kit import Centre, flow, run
from telephony.simulated import Callee

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
        await asyncio.sleep(2)
        phone.answer()
        await asyncio.sleep(1)
        customer.speak(2, "You called me back")
        await asyncio.sleep(3)
        assert "You called me back" in phone.transcript
        assert customer.heard[0].text == "(ring-back tone)"
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
