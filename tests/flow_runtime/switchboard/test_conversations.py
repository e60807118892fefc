"""Conversations: parked, handed over, asked somebody else, in threes; each by what people hear."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from contact_center.store.settings import AgentSettings, QueueSettings
from flow_runtime.switchboard.desk import Refused, Target
from queue_kit import Centre, flow, run
from telephony.simulated import Callee, FarEnd

CUSTOMER = "13800000001"
NUMBER = "02112345678"
FLOW = flow('music = "la la la"', 'announce = "off"')


def agent(name: str, **more: object) -> AgentSettings:
    """An agent who is ready, and may dial the numbers of one town."""
    settings = {"queues": {"repairs": 50}, "ready": True, "may_dial": ("021*",), **more}
    return AgentSettings(name, **settings)  # type: ignore[arg-type]


LI, WANG, ZHAO = agent("li"), agent("wang", queues={}), agent("zhao", queues={})


async def moment() -> None:
    """Let happen what takes no time."""
    await asyncio.sleep(0.1)


async def talking(centre: Centre, to: str = "li") -> tuple[FarEnd, FarEnd]:
    """A customer who talks with an agent."""
    caller = centre.call(CUSTOMER)
    phone = await centre.rings(to)
    phone.answer()
    await moment()
    assert hears(caller, phone)
    return caller, phone


def hears(*far: FarEnd) -> bool:
    """Whether all of them, and nobody else, hear each other."""
    numbers = [one.number for one in far]
    return all(sorted(one.hears) == sorted(set(numbers) - {one.number}) for one in far)


def alone(far: FarEnd) -> bool:
    """Whether it hears nobody."""
    return not far.hears


def music_since(far: FarEnd, at: float) -> list[str]:
    """The music that was heard from a moment on; it is entered when it stops."""
    return [heard.text for heard in far.heard if heard.kind == "music" and heard.at >= at]


def number(centre: Centre, name: str = NUMBER) -> None:
    """A telephone outside that does what the test says."""
    centre.world.line.callees[name] = Callee(outcome=None)


async def left(centre: Centre) -> None:
    """The customer's flow has gone on."""
    await centre.world.ended()
    assert centre.world.left_by["wait"] == "after_agent"


def contact_of(centre: Centre, name: str) -> str:
    """The contact with which the agent is."""
    contact = centre.journal.engine.agents[name].contact
    assert contact is not None
    return contact.name


def parked(centre: Centre, name: str) -> list[str]:
    """The agent's list."""
    return [contact.name for contact in centre.journal.engine.agents[name].held]


# --- parking --------------------------------------------------------------------------------------


def test_a_parked_customer_hears_music_and_is_taken_back() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        contact, at = contact_of(centre, "li"), centre.world.time
        centre.board.desk.park("li")
        await asyncio.sleep(30)
        assert phone.ended_by == "us", "the agent's leg is released"
        assert centre.state("li") == "ready" and parked(centre, "li") == [contact]
        assert alone(caller)
        centre.board.desk.retrieve("li", contact)
        phone = await centre.rings("li")
        assert phone.shown.auto_answer and phone.shown.caller_id == CUSTOMER
        phone.answer()
        await moment()
        assert hears(caller, phone) and centre.state("li") == "talking"
        assert music_since(caller, at) == ["la la la"]
        phone.hang_up()
        await left(centre)
        assert parked(centre, "li") == []
        names = [e["event"] for e in centre.world.trace]
        story = ["bridged", "held", "offered", "leave"]
        assert [name for name in names if name in story][1:5] == [
            "bridged", "held", "offered", "bridged",
        ]  # fmt: skip

    run(FLOW, scenario, agents=[LI])


def test_without_music_a_tone_tells_that_the_call_stands() -> None:
    async def scenario(centre: Centre) -> None:
        caller, _ = await talking(centre)
        at = centre.world.time
        centre.board.desk.park("li")
        await asyncio.sleep(10)
        caller.hang_up()
        assert music_since(caller, at) == ["(beep)"]
        await centre.world.ended()
        assert parked(centre, "li") == []

    run(flow(), scenario, agents=[LI])


def test_keys_mean_nothing_while_parked() -> None:
    async def scenario(centre: Centre) -> None:
        caller, _ = await talking(centre)
        centre.board.desk.park("li")
        await moment()
        caller.press("0*")
        await moment()
        assert len(parked(centre, "li")) == 1
        caller.hang_up()

    run(flow('callback_key = "*"', "callback -> sorry"), scenario, agents=[LI])


def test_a_parked_customer_stays_when_the_phone_does_not_answer() -> None:
    async def scenario(centre: Centre) -> None:
        caller, _ = await talking(centre)
        contact = contact_of(centre, "li")
        centre.board.desk.park("li")
        at = centre.world.time
        await moment()
        centre.board.desk.retrieve("li", contact)
        (await centre.rings("li")).decline("no_answer", 480)
        await asyncio.sleep(10)
        assert parked(centre, "li") == [contact] and not caller.over.is_set()
        centre.board.desk.retrieve("li", contact)
        phone = await centre.rings("li")
        centre.board.desk.hang_up("li")
        await moment()
        assert phone.over.is_set() and parked(centre, "li") == [contact], "given up by the desk"
        caller.hang_up()
        heard = sum(one.seconds for one in caller.heard if one.kind == "music" and one.at >= at)
        assert heard == pytest.approx(centre.world.time - at), "music all the time"

    run(FLOW, scenario, agents=[LI])


def test_a_second_customer_cannot_be_parked_but_changed_places_with() -> None:
    async def scenario(centre: Centre) -> None:
        first, _ = await talking(centre)
        one = contact_of(centre, "li")
        centre.board.desk.park("li")
        second = centre.call("13800000002")
        phone = await centre.rings("li")
        phone.answer()
        await moment()
        other = contact_of(centre, "li")
        with pytest.raises(Refused, match="no more customers may be parked") as refusal:
            centre.board.desk.park("li")
        assert (refusal.value.reason, refusal.value.chinese) == (
            "hold is full", "保持的客户已达上限；请先接回一位",
        )  # fmt: skip
        centre.board.desk.retrieve("li", one)
        await moment()
        assert hears(first, phone) and alone(second)
        assert not phone.over.is_set() and centre.idle("li"), "the leg is up, and serves both"
        assert parked(centre, "li") == [other]
        for far in (first, second):
            far.hang_up()

    run(FLOW, scenario, agents=[LI])


def test_a_leg_that_stays_up_is_not_rung_again() -> None:
    async def scenario(centre: Centre) -> None:
        first, phone = await talking(centre)
        contact = contact_of(centre, "li")
        centre.board.desk.park("li")
        await moment()
        assert alone(phone) and alone(first) and not phone.over.is_set()
        second = centre.call("13800000002")
        await asyncio.sleep(1)
        assert hears(second, phone) and "(beep)" in phone.transcript
        second.hang_up()
        await moment()
        centre.board.desk.retrieve("li", contact)
        await moment()
        assert hears(first, phone) and centre.idle("li")
        first.hang_up()
        await moment()
        assert not phone.over.is_set() and centre.state("li") == "ready"
        centre.board.desk.sign_out("li")
        await moment()
        assert phone.ended_by == "us"

    run(FLOW, scenario, agents=[agent("li", persistent_leg=True)])


def test_a_leg_that_ends_while_the_next_customer_is_announced() -> None:
    async def scenario(centre: Centre) -> None:
        first, phone = await talking(centre)
        first.hang_up()
        await moment()
        second = centre.call("13800000002")
        await moment()
        phone.hang_up()
        await asyncio.sleep(1)
        assert centre.figures()["waiting"] == 1 and alone(second)
        phone = await centre.rings("li")
        phone.answer()
        await moment()
        assert hears(second, phone)
        second.hang_up()
        await moment()
        assert not phone.over.is_set(), "it stays up again"
        phone.hang_up()

    run(FLOW, scenario, agents=[agent("li", persistent_leg=True)])


# --- handing over ---------------------------------------------------------------------------------


def test_handed_over_to_an_agent() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        at = centre.world.time
        centre.board.desk.transfer("li", Target.parse("agent:wang"))
        other = await centre.rings("wang")
        assert other.shown.caller_id == CUSTOMER and not other.shown.auto_answer
        assert phone.over.is_set() and centre.state("li") == "ready"
        await asyncio.sleep(3)
        other.answer()
        await moment()
        assert hears(caller, other)
        assert music_since(caller, at) == ["la la la"]
        other.hang_up()
        await left(centre)
        assert caller.transcript.endswith("Goodbye from wang")

    run(FLOW, scenario, agents=[LI, WANG])


def test_handed_over_to_one_who_does_not_answer() -> None:
    async def scenario(centre: Centre) -> None:
        await talking(centre)
        centre.board.desk.transfer("li", Target.parse("wang"))
        await centre.rings("wang")
        await left(centre)
        assert centre.world.time > 20, "when it has rung long enough"

    run(FLOW, scenario, agents=[LI, WANG])


@pytest.mark.parametrize("ends", ["customer", "party"])
def test_handed_over_to_a_number(ends: str) -> None:
    async def scenario(centre: Centre) -> None:
        number(centre)
        caller, phone = await talking(centre)
        centre.board.desk.transfer("li", Target.parse(f"number:{NUMBER}"))
        party = await centre.rings(NUMBER)
        assert party.shown.caller_id == CUSTOMER
        assert phone.over.is_set()
        party.answer()
        await moment()
        assert hears(caller, party) and centre.state("li") == "ready"
        if ends == "party":
            party.hang_up()
            await left(centre)
        else:
            caller.hang_up()
            await moment()
            assert party.ended_by == "us"

    run(FLOW, scenario, agents=[LI])


@pytest.mark.parametrize("answer", ["refuses", "customer leaves"])
def test_a_number_that_is_not_reached(answer: str) -> None:
    async def scenario(centre: Centre) -> None:
        number(centre)
        caller, _ = await talking(centre)
        centre.board.desk.transfer("li", Target.parse(NUMBER))
        party = await centre.rings(NUMBER)
        if answer == "refuses":
            party.decline("busy")
            await left(centre)
        else:
            caller.hang_up()
            await moment()
            assert party.over.is_set() and not party.answered.is_set()

    run(FLOW, scenario, agents=[LI])


def test_handed_over_to_a_queue() -> None:
    async def scenario(centre: Centre) -> None:
        caller, _ = await talking(centre)
        centre.board.desk.not_ready("li", "lunch")
        centre.board.desk.transfer("li", Target.parse("repairs"))
        await asyncio.sleep(5)
        assert centre.figures()["waiting"] == 1 and alone(caller)
        assert centre.state("li") == "not ready"
        centre.board.desk.ready("li")
        phone = await centre.rings("li")
        phone.answer()
        await moment()
        assert hears(caller, phone)
        phone.hang_up()
        await left(centre)

    run(FLOW, scenario, agents=[LI])


def test_a_full_queue_takes_nobody() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        second = centre.call("13800000002")
        await moment()
        with pytest.raises(Refused, match="the queue takes nobody more"):
            centre.board.desk.transfer("li", Target.parse("queue:repairs"))
        assert hears(caller, phone), "nothing has changed"
        for far in (caller, second):
            far.hang_up()

    run(FLOW, scenario, agents=[LI], queue=QueueSettings("repairs", max_waiting=1))


# --- asking somebody else -------------------------------------------------------------------------


async def asking(centre: Centre) -> tuple[FarEnd, FarEnd, FarEnd]:
    """Customer, agent, and the other agent who is asked and has answered."""
    caller, phone = await talking(centre)
    centre.board.desk.consult("li", Target.parse("wang"))
    other = await centre.rings("wang")
    assert (other.shown.caller_id, other.shown.caller_name) == ("li", "Li Na")
    await asyncio.sleep(5)
    assert alone(caller) and alone(phone)
    other.answer()
    await moment()
    assert hears(phone, other) and alone(caller)
    assert music_since(phone, 0.0) == ["(ring-back tone)"]
    return caller, phone, other


CONSULTING = (agent("li", title="Li Na"), WANG)


def test_asked_and_back_to_the_customer() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone, other = await asking(centre)
        centre.board.desk.end_consult("li", "return")
        await moment()
        assert hears(caller, phone) and other.ended_by == "us"
        assert centre.state("wang") == "ready"
        assert music_since(caller, 0.05)[-1:] == ["la la la"], "while the other was asked"
        caller.hang_up()
        await moment()
        assert phone.over.is_set()

    run(FLOW, scenario, agents=CONSULTING)


def test_asked_and_handed_over() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone, other = await asking(centre)
        centre.board.desk.end_consult("li", "transfer")
        await moment()
        assert hears(caller, other) and phone.ended_by == "us"
        other.hang_up()
        await left(centre)

    run(FLOW, scenario, agents=CONSULTING)


@pytest.mark.parametrize("leaves", ["li", "wang", "customer"])
def test_three_talk_and_one_leaves(leaves: str) -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone, other = await asking(centre)
        centre.board.desk.end_consult("li", "conference")
        await moment()
        assert hears(caller, phone, other)
        caller.speak(1, "hello both")
        assert "hello both" in phone.transcript and "hello both" in other.transcript
        goes = {"li": phone, "wang": other, "customer": caller}[leaves]
        stay = [far for far in (caller, phone, other) if far is not goes]
        goes.hang_up()
        await moment()
        if leaves == "customer":
            assert phone.over.is_set() and other.over.is_set()
        else:
            assert hears(*stay)
            stay[1].hang_up()
            await left(centre)

    run(FLOW, scenario, agents=CONSULTING)


def test_the_customer_leaves_while_another_is_asked() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone, other = await asking(centre)
        caller.hang_up()
        await moment()
        assert hears(phone, other), "they go on"
        other.hang_up()
        await moment()
        assert phone.ended_by == "us" and centre.state("li") == "ready"

    run(FLOW, scenario, agents=CONSULTING)


def test_the_customer_leaves_while_the_one_to_be_asked_is_rung() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        centre.board.desk.consult("li", Target.parse("wang"))
        other = await centre.rings("wang")
        caller.hang_up()
        await moment()
        assert other.ringing, "the agent still wants to ask"
        other.answer()
        await moment()
        assert hears(phone, other)
        phone.hang_up()
        await moment()
        assert other.over.is_set()

    run(FLOW, scenario, agents=CONSULTING)


def test_the_agent_hangs_up_while_another_is_asked() -> None:
    async def scenario(centre: Centre) -> None:
        _, phone, other = await asking(centre)
        phone.hang_up()
        await left(centre)
        assert other.over.is_set()

    run(FLOW, scenario, agents=CONSULTING)


def test_the_one_to_be_asked_does_not_answer() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        centre.board.desk.consult("li", Target.parse("wang"))
        other = await centre.rings("wang")
        await asyncio.sleep(2)
        other.decline("busy", 486)
        await moment()
        assert hears(caller, phone)
        assert music_since(phone, 0.0) == ["(ring-back tone)"]
        caller.hang_up()

    run(FLOW, scenario, agents=CONSULTING)


@pytest.mark.parametrize("how", ["transfer", "conference", "return", "number hangs up"])
def test_a_number_is_asked(how: str) -> None:
    async def scenario(centre: Centre) -> None:
        number(centre)
        caller, phone = await talking(centre)
        centre.board.desk.consult("li", Target(number=NUMBER))
        party = await centre.rings(NUMBER)
        await asyncio.sleep(2)
        party.answer()
        await moment()
        assert hears(phone, party) and alone(caller)
        match how:
            case "transfer":
                centre.board.desk.end_consult("li", "transfer")
                await moment()
                assert hears(caller, party) and phone.over.is_set()
                party.hang_up()
                await left(centre)
            case "conference":
                centre.board.desk.end_consult("li", "conference")
                await moment()
                assert hears(caller, phone, party)
                party.hang_up()
                await moment()
                assert hears(caller, phone)
            case "return":
                centre.board.desk.end_consult("li", "return")
                await moment()
                assert hears(caller, phone) and party.ended_by == "us"
            case _:
                party.hang_up()
                await moment()
                assert hears(caller, phone)
        caller.hang_up()
        await moment()
        assert phone.over.is_set() and party.over.is_set()

    run(FLOW, scenario, agents=[LI])


def test_one_of_three_asks_a_fourth() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone, other = await asking(centre)
        centre.board.desk.end_consult("li", "conference")
        await moment()
        at = centre.world.time
        centre.board.desk.consult("li", Target.parse("zhao"))
        fourth = await centre.rings("zhao")
        fourth.answer()
        await moment()
        assert hears(caller, other) and hears(phone, fourth)
        assert music_since(caller, at) == [], "the customer is not alone"
        centre.board.desk.end_consult("li", "conference")
        await moment()
        assert hears(caller, phone, other, fourth)
        fourth.hang_up()
        await moment()
        assert hears(caller, phone, other)
        caller.hang_up()

    run(FLOW, scenario, agents=[*CONSULTING, ZHAO])


# --- calls of agents ------------------------------------------------------------------------------


def test_two_agents_talk() -> None:
    async def scenario(centre: Centre) -> None:
        centre.board.desk.not_ready("wang", "lunch")
        centre.board.desk.call("li", Target.parse("wang"))
        own = await centre.rings("li")
        assert own.shown.auto_answer, "the agent's own phone takes the call by itself"
        assert own.shown.caller_id == "wang"
        own.answer()
        phone = await centre.rings("wang")
        assert phone.shown.caller_id == "li" and not phone.shown.auto_answer
        await asyncio.sleep(4)
        phone.answer()
        await moment()
        assert hears(own, phone)
        assert music_since(own, 0.0) == ["(ring-back tone)"]
        phone.hang_up()
        await moment()
        assert own.ended_by == "us"
        assert (centre.state("li"), centre.state("wang")) == ("ready", "not ready")

    run(FLOW, scenario, agents=[LI, WANG])


def test_an_agent_gives_the_own_call_up() -> None:
    async def scenario(centre: Centre) -> None:
        centre.board.desk.call("li", Target.parse("wang"))
        own = await centre.rings("li")
        centre.board.desk.hang_up("li")
        await moment()
        assert own.over.is_set() and centre.state("li") == "ready"
        centre.board.desk.call("li", Target.parse("wang"))
        own = await centre.rings("li")
        own.answer()
        other = await centre.rings("wang")
        centre.board.desk.hang_up("li")
        await moment()
        assert own.over.is_set() and other.over.is_set()
        with pytest.raises(Refused, match="li is in no call"):
            centre.board.desk.hang_up("li")

    run(FLOW, scenario, agents=[LI, WANG])


def test_a_number_is_called_and_is_a_customer_then() -> None:
    async def scenario(centre: Centre) -> None:
        number(centre)
        contact = centre.board.desk.call("li", Target.parse(NUMBER))
        own = await centre.rings("li")
        assert own.shown.caller_id == NUMBER
        own.answer()
        customer = await centre.rings(NUMBER)
        assert customer.shown.caller_id == "4000"
        await asyncio.sleep(3)
        customer.answer()
        await moment()
        assert hears(own, customer)
        assert centre.journal.engine.contacts[contact].kind == "outbound"
        centre.board.desk.park("li")
        await asyncio.sleep(6)
        assert own.over.is_set() and alone(customer)
        centre.board.desk.retrieve("li", contact)
        own = await centre.rings("li")
        assert own.shown.caller_id == NUMBER
        own.answer()
        await moment()
        centre.board.desk.transfer("li", Target.parse("wang"))
        other = await centre.rings("wang")
        assert other.shown.caller_id == NUMBER
        other.answer()
        await moment()
        assert hears(customer, other)
        other.hang_up()
        await moment()
        assert customer.ended_by == "us", "no flow takes the customer back"
        assert contact not in centre.journal.engine.contacts

    run(FLOW, scenario, agents=[agent("li", caller_id="4000"), WANG])


@pytest.mark.parametrize("ends", ["busy", "customer", "agent while it rings"])
def test_how_a_call_to_a_number_ends(ends: str) -> None:
    async def scenario(centre: Centre) -> None:
        number(centre)
        contact = centre.board.desk.call("li", Target.parse(NUMBER))
        own = await centre.rings("li")
        own.answer()
        customer = await centre.rings(NUMBER)
        assert customer.shown.caller_id == "", "the trunk's own number"
        match ends:
            case "busy":
                customer.decline("busy")
            case "customer":
                customer.answer()
                await moment()
                customer.hang_up()
            case _:
                own.hang_up()
        await moment()
        assert own.over.is_set() and customer.over.is_set()
        assert contact not in centre.journal.engine.contacts
        assert centre.state("li") == "ready"

    run(FLOW, scenario, agents=[LI])


def test_a_call_dialled_on_the_phone_itself() -> None:
    async def scenario(centre: Centre) -> None:
        own = centre.world.line.call("li", "wang")
        centre.world.served.pop().cancel()  # no flow serves what agents dial
        await own.call.answer()
        centre.board.desk.call("li", Target.parse("wang"), phone_up=own.call)
        other = await centre.rings("wang")
        assert centre.idle("li") and centre.state("li") == "talking"
        other.answer()
        await moment()
        assert hears(own, other)
        with pytest.raises(Refused, match="present state"):
            centre.board.desk.call("li", Target.parse("zhao"), phone_up=own.call)
        assert hears(own, other), "nothing has changed"
        own.hang_up()
        await moment()
        assert other.ended_by == "us"

    run(FLOW, scenario, agents=[LI, WANG, ZHAO])


@pytest.mark.parametrize(
    ("to", "reason", "words"),
    [
        ("number:010123", "may not dial", "li may not dial 010123; add a pattern"),
        ("number:a b@c", "no number", "no number that can be dialled"),
        ("agent:wong", "no such agent", r'there is no agent "wong" \(did you mean "wang"\?\)'),
        ("queue:repair", "no such queue", r'no queue "repair" \(did you mean "repairs"\?\)'),
        ("repairs", "a queue", "a queue cannot be called"),
        ("li", "other side in a call", "the other agent is in a call"),
    ],
)
def test_who_may_not_be_called(to: str, reason: str, words: str) -> None:
    async def scenario(centre: Centre) -> None:
        with pytest.raises(Refused, match=words) as refusal:
            centre.board.desk.call("li", Target.parse(to))
        assert refusal.value.reason == reason and refusal.value.chinese
        assert centre.state("li") == "ready" and centre.idle("li")

    run(FLOW, scenario, agents=[LI, WANG])


# --- picking, taking over, ending -----------------------------------------------------------------


def test_a_waiting_caller_is_picked() -> None:
    async def scenario(centre: Centre) -> None:
        centre.board.desk.not_ready("wang", "lunch")
        await centre.board.desk.sign_in("zhao")
        first, phone = await talking(centre)
        second = centre.call("13800000002")
        await asyncio.sleep(2)
        waiting = next(
            name
            for name, contact in centre.journal.engine.contacts.items()
            if contact.state == "waiting"
        )
        centre.board.desk.pick("zhao", waiting)
        other = await centre.rings("zhao")
        assert other.shown.auto_answer
        with pytest.raises(Refused, match="somebody else was faster"):
            centre.board.desk.pick("wang", waiting)
        other.answer()
        await moment()
        assert hears(second, other) and hears(first, phone)
        for far in (first, second):
            far.hang_up()

    run(FLOW, scenario, agents=[LI, agent("wang"), agent("zhao", ready=False)])


def test_a_supervisor_takes_a_customer_over() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        centre.board.desk.take_over("zhao", contact_of(centre, "li"))
        boss = await centre.rings("zhao")
        assert hears(caller, phone), "until the supervisor answers"
        boss.answer()
        await moment()
        assert hears(caller, boss) and phone.ended_by == "us"
        assert centre.state("li") == "ready"
        boss.hang_up()
        await left(centre)

    run(FLOW, scenario, agents=[LI, ZHAO])


def test_a_supervisor_takes_a_caller_from_the_queue() -> None:
    async def scenario(centre: Centre) -> None:
        centre.board.desk.not_ready("li", "lunch")
        caller = centre.call(CUSTOMER)
        await asyncio.sleep(2)
        contact = next(iter(centre.journal.engine.contacts))
        with pytest.raises(Refused, match="does not serve the queue"):
            centre.board.desk.pick("zhao", contact)
        centre.board.desk.take_over("zhao", contact)
        boss = await centre.rings("zhao")
        boss.answer()
        await moment()
        assert hears(caller, boss)
        caller.hang_up()

    run(FLOW, scenario, agents=[LI, ZHAO])


@pytest.mark.parametrize("ends", ["customer leaves", "supervisor ends it"])
def test_a_customer_who_is_being_taken_back(ends: str) -> None:
    async def scenario(centre: Centre) -> None:
        caller, _ = await talking(centre)
        contact = contact_of(centre, "li")
        centre.board.desk.park("li")
        await moment()
        centre.board.desk.retrieve("li", contact)
        phone = await centre.rings("li")
        if ends == "customer leaves":
            caller.hang_up()
        else:
            centre.board.desk.disconnect(contact, by="chief")
        await moment()
        assert phone.over.is_set() and caller.over.is_set()
        await asyncio.sleep(6)
        assert centre.state("li") == "ready" and parked(centre, "li") == []

    run(FLOW, scenario, agents=[LI])


@pytest.mark.parametrize("when", ["talking", "parked", "waiting", "back in the flow", "asking"])
def test_a_supervisor_ends_a_contact(when: str) -> None:
    async def scenario(centre: Centre) -> None:
        fars: Sequence[FarEnd] = ()
        if when == "waiting":
            caller = centre.call()
            await centre.rings("li")
            await moment()
            contact = next(iter(centre.journal.engine.contacts))
        elif when == "asking":
            caller, *fars = await asking(centre)
            contact = contact_of(centre, "li")
        else:
            caller, phone = await talking(centre)
            contact = contact_of(centre, "li")
            if when == "parked":
                centre.board.desk.park("li")
            elif when == "back in the flow":
                phone.hang_up()
            await moment()
        centre.board.desk.disconnect(contact, by="chief")
        await moment()
        assert caller.ended_by == "us"
        assert contact not in centre.journal.engine.contacts
        if when == "asking":
            assert hears(*fars), "the two agents go on"
            fars[0].hang_up()
            await moment()
        assert centre.state("li") == "ready" and parked(centre, "li") == []
        with pytest.raises(Refused, match="has ended or never was"):
            centre.board.desk.disconnect(contact, by="chief")

    run(FLOW, scenario, agents=CONSULTING)


def test_what_was_observed() -> None:
    async def scenario(centre: Centre) -> None:
        seen: list[str] = []
        centre.board.observe(lambda event, actions, now: seen.append(type(event).__name__))
        with pytest.raises(Refused):
            centre.board.desk.park("li")
        centre.board.desk.not_ready("li", "lunch")
        assert seen == ["NotReady"], "what is refused has not happened"

    run(FLOW, scenario, agents=[LI])


# --- what is said before anything is done ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "target", "shown"),
    [
        ("agent:li", Target(agent="li"), "agent:li"),
        (" queue: repairs ", Target(queue="repairs"), "queue:repairs"),
        ("number:+86 571", Target(number="+86 571"), "number:+86 571"),
        ("li", Target(name="li"), "li"),
        ("sip:li", Target(name="sip:li"), "sip:li"),
    ],
)
def test_how_a_target_is_written(text: str, target: Target, shown: str) -> None:
    assert Target.parse(text) == target
    assert str(target) == shown


def test_what_bare_text_means() -> None:
    agents, queues = {"li", "both"}, {"repairs", "both"}
    assert Target(name="both").among(agents, queues) == Target(agent="both")
    assert Target(name="repairs").among(agents, queues) == Target(queue="repairs")
    assert Target(name="0571").among(agents, queues) == Target(number="0571")
    assert Target(number="li").among(agents, queues) == Target(number="li")


def test_sign_in_is_over_when_it_is_durable() -> None:
    async def scenario(centre: Centre) -> None:
        signing = asyncio.create_task(centre.board.desk.sign_in("wang"))
        await asyncio.sleep(5)
        assert centre.state("wang") == "not ready" and not signing.done()
        centre.board.committed(centre.late)
        await signing
        with pytest.raises(Refused, match="present state") as refusal:
            await centre.board.desk.sign_in("wang")
        assert "未就绪" in refusal.value.chinese
        with pytest.raises(Refused, match="there is no agent of this name"):
            await centre.board.desk.sign_in("nobody")
        centre.board.desk.sign_out("wang")

    run(FLOW, scenario, agents=[LI, agent("wang", ready=False)], slow=True)


def test_a_phone_that_is_not_registered_is_signed_in_with_but_not_rung() -> None:
    async def scenario(centre: Centre) -> None:
        centre.world.line.plug("wang", on=False)
        await centre.board.desk.sign_in("wang")
        with pytest.raises(Refused, match="the other agent is in a call or signed out"):
            centre.board.desk.call("li", Target.parse("wang"))
        centre.world.line.plug("wang", on=True)
        centre.board.desk.call("li", Target.parse("wang"))
        centre.board.desk.disconnect(next(iter(centre.journal.engine.contacts)), by="chief")
        await asyncio.sleep(10)
        assert centre.state("li") == "ready"

    run(FLOW, scenario, agents=[LI, agent("wang", ready=False)])
