"""Parking, transfer, consultation, conference, calls among agents; who is left with whom."""

import pytest

from acd_kit import LONGEST_IDLE, Centre, check
from contact_center.core import events as ev
from contact_center.core.actions import (
    Bridge,
    BridgeOther,
    CancelDial,
    CancelRing,
    Dial,
    HangUp,
    HangUpAgent,
    Leave,
    Music,
    Part,
    Ring,
    StopSound,
)
from contact_center.core.model import NOT_READY, READY, RINGING, TALKING, AgentSetup, QueueSetup


def talking(*others: str, **queue) -> Centre:
    """Agent "a" talks to c1; the others are signed in and not ready."""
    made = Centre(["a", *others], [QueueSetup("help", **queue), QueueSetup("sales")])
    for name in others:
        made.feed(ev.NotReady(name))
    made.talk("c1", "a")
    return made


def refused(made: Centre, event: ev.Event) -> str:
    [refusal] = made.feed(event)
    check(made.engine, made.now)
    return refusal.reason


def fine(made: Centre, event: ev.Event) -> list:
    done = made.feed(event)
    check(made.engine, made.now)
    made.check_sound()
    return done


# --- parking --------------------------------------------------------------------------------------


def test_max_held_refuses_another_park_but_not_a_swap():
    made = talking()
    made.feed(ev.Park("a"))
    made.talk("c2", "a")
    assert refused(made, ev.Park("a")) == "hold is full"
    made.feed(ev.Retrieve("a", "c1"))
    assert [c.name for c in made.agent("a").held] == ["c2"]
    assert refused(made, ev.Retrieve("a", "c9")) == "unknown contact"
    assert refused(made, ev.Retrieve("a", "c1")) == "not parked here"


def test_a_parked_customer_hangs_up():
    made = talking()
    made.feed(ev.Park("a"))
    assert fine(made, ev.HungUp("c1")) == []
    assert made.agent("a").held == [] and made.ended() == {"c1": "hung up"}


def test_a_phone_that_does_not_answer_leaves_the_customer_parked():
    made = talking()
    made.feed(ev.Park("a"))
    made.feed(ev.Retrieve("a", "c1"))
    assert fine(made, ev.Failed("a", made.epoch("a"), 486)) == [Music("c1")]
    assert made.state("a") == READY and [c.name for c in made.agent("a").held] == ["c1"]
    made.feed(ev.Retrieve("a", "c1"))
    assert CancelRing("a", made.epoch("a")) in made.wait(20.0)
    assert made.state("a") == "clearing"


def test_the_customer_leaves_while_the_phone_rings_to_take_the_call_back():
    made = talking()
    made.feed(ev.Park("a"))
    made.feed(ev.Retrieve("a", "c1"))
    assert fine(made, ev.HungUp("c1")) == [CancelRing("a", made.epoch("a"))]
    assert made.state("a") == "clearing"


def test_a_retrieve_that_is_not_durable_yet_rings_nobody():
    made = talking()
    made.feed(ev.Park("a"))
    made.commit = False
    assert made.feed(ev.Retrieve("a", "c1")) == []
    made.feed(ev.HungUp("c1"))
    assert made.feed(ev.Committed(made.engine.ticket)) == []
    assert made.state("a") == READY


def test_park_is_refused_when_sign_out_has_been_asked_for():
    made = talking()
    made.feed(ev.SignOut("a"))
    assert refused(made, ev.Park("a")) == "leaving"


def test_a_customer_who_is_being_taken_back_is_not_taken_over():
    made = talking("b")
    made.feed(ev.Park("a"))
    made.feed(ev.Retrieve("a", "c1"))
    assert refused(made, ev.TakeOver("b", "c1")) == "taken"
    fine(made, ev.Failed("a", made.epoch("a"), 480))
    assert [contact.name for contact in made.agent("a").held] == ["c1"]


# --- transfer -------------------------------------------------------------------------------------


def test_blind_transfer_to_an_agent_who_is_not_ready():
    made = talking("b")
    done = fine(made, ev.Transfer("a", to_agent="b"))
    assert Music("c1") in done and made.state("a") == READY
    [ring] = [a for a in done if isinstance(a, Ring)]
    assert (ring.agent, ring.kind) == ("b", "transfer")
    assert made.answer("b") == [StopSound("c1"), Bridge("c1", "b")]
    assert made.hang_up("b") == [Leave("c1", "after_agent")]
    assert made.state("b") == NOT_READY


def test_a_transfer_that_nobody_answers_goes_back_to_the_flow():
    made = talking("b")
    made.feed(ev.Transfer("a", to_agent="b"))
    assert Leave("c1", "after_agent") in fine(made, ev.Failed("b", made.epoch("b"), 480))
    assert made.agent("b").misses == 0


def test_the_customer_leaves_during_a_transfer():
    made = talking("b")
    made.feed(ev.Transfer("a", to_agent="b"))
    assert fine(made, ev.HungUp("c1")) == [CancelRing("b", made.epoch("b"))]


@pytest.mark.parametrize("answers", [True, False])
def test_blind_transfer_to_a_number(answers):
    made = talking()
    assert Dial("c1", "555") in fine(made, ev.Transfer("a", to_number="555"))
    assert made.state("a") == READY
    if answers:
        assert fine(made, ev.CustomerAnswered("c1")) == [StopSound("c1"), BridgeOther("c1", "555")]
        assert fine(made, ev.OtherLeft("c1", "555")) == [Leave("c1", "after_agent")]
    else:
        assert fine(made, ev.CustomerFailed("c1", 486)) == [Leave("c1", "after_agent")]


def test_blind_transfer_to_a_queue_and_back_keeps_the_first_place():
    made = talking("b")
    place = made.engine.contacts["c1"].entry.place
    made.wait(60.0)
    fine(made, ev.Transfer("a", to_queue="sales", plan=LONGEST_IDLE))
    assert made.engine.contacts["c1"].entry.queue.name == "sales"
    made.answer("a")
    made.feed(ev.NotReady("a"))
    fine(made, ev.Transfer("a", to_queue="help", plan=LONGEST_IDLE))
    assert made.engine.contacts["c1"].entry.place == place


def test_a_queue_that_is_closed_or_full_is_given_nobody():
    made = talking()
    made.feed(ev.QueueHours("sales", False))
    assert refused(made, ev.Transfer("a", to_queue="sales", plan=LONGEST_IDLE)) == "queue is closed"
    made.feed(ev.SetQueue(QueueSetup("sales", max_waiting=0)))
    made.feed(ev.QueueHours("sales", True))
    assert refused(made, ev.Transfer("a", to_queue="sales", plan=LONGEST_IDLE)) == "queue is full"
    assert made.agent("a").contact.name == "c1"


def test_whom_to_call_must_be_one_who_can_be_called():
    made = talking("b")
    for event, reason in (
        (ev.Transfer("a"), "whom"),
        (ev.Transfer("a", to_agent="b", to_number="5"), "whom"),
        (ev.Transfer("a", to_queue="sales"), "whom"),
        (ev.Transfer("a", to_agent="a"), "other side in a call"),
        (ev.Transfer("a", to_agent="z"), "unknown agent"),
        (ev.Transfer("a", to_queue="z", plan=LONGEST_IDLE), "unknown queue"),
    ):
        assert refused(made, event) == reason


# --- consultation, conference ---------------------------------------------------------------------


def consulting() -> Centre:
    made = talking("b")
    done = fine(made, ev.Consult("a", "x", to_agent="b"))
    ring = Ring("b", "x", made.epoch("b"), "consult")
    assert done == [Part("c1", "a"), Music("c1"), Bridge("x", "a"), ring]
    assert made.state("a") == TALKING
    return made


def test_consult_and_complete():
    made = consulting()
    assert refused(made, ev.EndConsult("a", "transfer")) == "no consultation"
    assert made.answer("b") == [StopSound("x"), Bridge("x", "b")]
    done = fine(made, ev.EndConsult("a", "transfer"))
    assert Bridge("c1", "b") in done and made.state("a") == READY
    assert made.agent("b").contact.name == "c1"
    assert made.hang_up("b") == [Leave("c1", "after_agent")]


@pytest.mark.parametrize("answered", [True, False])
def test_consult_and_return(answered):
    made = consulting()
    if answered:
        made.answer("b")
    done = fine(made, ev.EndConsult("a", "return"))
    assert done[-2:] == [StopSound("c1"), Bridge("c1", "a")]
    assert made.state("b") == (NOT_READY if answered else "clearing")
    assert made.state("a") == TALKING


def test_the_one_asked_does_not_answer_or_hangs_up():
    made = consulting()
    done = fine(made, ev.Failed("b", made.epoch("b"), 486))
    assert done == [StopSound("c1"), Bridge("c1", "a")]
    fine(made, ev.Consult("a", "y", to_agent="b"))
    made.wait(10.0)
    made.answer("b")
    assert Bridge("c1", "a") in made.hang_up("b")
    assert made.agent("a").consult is None


def test_the_customer_leaves_during_a_consultation():
    made = consulting()
    made.answer("b")
    assert fine(made, ev.HungUp("c1")) == []
    assert made.agent("a").contact.name == "x" and made.agent("a").consult is None
    assert made.hang_up("a") == [HangUpAgent("b", made.epoch("b"))]
    assert (made.state("a"), made.state("b")) == (READY, NOT_READY)


def test_the_agent_hangs_up_during_a_consultation():
    made = consulting()
    made.answer("b")
    done = made.hang_up("a")
    check(made.engine, made.now)
    assert Leave("c1", "after_agent") in done and HangUpAgent("b", made.epoch("b")) in done


def test_conference_of_three_goes_on_when_one_leaves():
    made = consulting()
    made.answer("b")
    done = fine(made, ev.EndConsult("a", "conference"))
    assert done[-2:] == [Bridge("c1", "b"), Bridge("c1", "a")]
    assert refused(made, ev.Park("a")) == "not now"
    fine(made, ev.Consult("b", "y", to_number="555"))
    fine(made, ev.CustomerAnswered("y"))
    fine(made, ev.EndConsult("b", "conference"))
    assert made.engine.contacts["c1"].others == ["555"]
    assert made.hang_up("a") == []
    assert fine(made, ev.OtherLeft("c1", "555")) == []
    assert made.hang_up("b") == [Leave("c1", "after_agent")]


def test_one_of_three_asks_somebody_while_the_others_talk():
    made = consulting()
    made.answer("b")
    made.feed(ev.EndConsult("a", "conference"))
    done = fine(made, ev.Consult("a", "y", to_number="555"))
    assert done[:2] == [Part("c1", "a"), Bridge("y", "a")], "no music: the customer is not alone"
    assert made.hang_up("b") == [Music("c1")], "but is now"
    fine(made, ev.CustomerAnswered("y"))
    done = fine(made, ev.EndConsult("a", "conference"))
    assert done == [
        Part("y", "a"), StopSound("c1"), BridgeOther("c1", "555", "y"), Bridge("c1", "a"),
    ]  # fmt: skip


def test_the_customer_leaves_a_conference_with_a_number():
    made = consulting()
    made.answer("b")
    made.feed(ev.EndConsult("a", "conference"))
    made.feed(ev.Consult("b", "y", to_number="555"))
    made.feed(ev.CustomerAnswered("y"))
    made.feed(ev.EndConsult("b", "conference"))
    done = fine(made, ev.HungUp("c1"))
    assert done[0] == CancelDial("c1", "555")
    assert {a.agent for a in done[1:]} == {"a", "b"}


def test_consult_with_a_number_that_fails():
    made = talking()
    fine(made, ev.Consult("a", "x", to_number="555"))
    assert fine(made, ev.CustomerFailed("x", 486)) == [StopSound("c1"), Bridge("c1", "a")]
    assert refused(made, ev.EndConsult("a", "return")) == "no consultation"


def test_one_consultation_at_a_time_and_only_with_a_customer():
    made = consulting()
    made.answer("b")
    assert refused(made, ev.Consult("a", "y", to_number="5")) == "consulting"
    assert refused(made, ev.Park("a")) == "consulting"
    assert refused(made, ev.Consult("b", "y", to_number="5")) == "not a customer"
    assert refused(made, ev.Transfer("b", to_number="5")) == "not a customer"


# --- internal and outbound ------------------------------------------------------------------------


def test_an_internal_call_needs_neither_side_in_a_call():
    made = Centre(["a", "b"])
    made.feed(ev.NotReady("a"))
    made.feed(ev.NotReady("b"))
    [ring] = fine(made, ev.Call("a", "x", to_agent="b"))
    assert ring == Ring("a", "x", made.epoch("a"), "originate", True)
    assert made.answer("a") == [Ring("b", "x", made.epoch("b"), "internal")]
    assert Bridge("x", "b") in made.answer("b")
    assert made.hang_up("b") == [HangUpAgent("a", made.epoch("a"))]
    assert (made.state("a"), made.state("b")) == (NOT_READY, NOT_READY)
    assert made.ended() == {"x": "ended"}
    made.feed(ev.Ready("b"))
    made.talk("c1", "b")
    assert refused(made, ev.Call("a", "y", to_agent="b")) == "other side in a call"


def test_dialled_on_the_phone_the_other_side_rings_at_once():
    made = Centre(["a", "b"])
    [ring] = fine(made, ev.Call("a", "x", to_agent="b", phone_up=True))
    assert (ring.agent, made.state("a"), made.state("b")) == ("b", TALKING, RINGING)
    done = fine(made, ev.Failed("b", made.epoch("b"), 486))
    assert done == [HangUpAgent("a", made.epoch("a"))]
    assert made.ended() == {"x": "not reached"}
    assert (made.state("a"), made.state("b")) == (READY, READY)


def test_the_other_agent_is_taken_while_ones_own_phone_rings():
    made = Centre(["a", "b"])
    made.feed(ev.Call("a", "x", to_agent="b"))
    made.enter("c1")
    assert made.answer("a") == [HangUpAgent("a", made.epoch("a"))]
    assert made.ended() == {"x": "not reached"}


@pytest.mark.parametrize("answers", [True, False])
def test_an_outbound_call(answers):
    made = Centre(["a"])
    made.feed(ev.Call("a", "x", to_number="555"))
    assert made.answer("a") == [Dial("x", "555")]
    if answers:
        assert fine(made, ev.CustomerAnswered("x")) == [Bridge("x", "a")]
        made.feed(ev.Park("a"))  # the number is a customer now
        made.feed(ev.Retrieve("a", "x"))
        made.answer("a")
        assert made.hang_up("a") == [HangUp("x")]
        assert made.ended() == {"x": "agent ended"}
    else:
        assert fine(made, ev.CustomerFailed("x", 404)) == [HangUpAgent("a", made.epoch("a"))]
    assert made.state("a") == READY


def test_the_agent_hangs_up_before_the_number_answers():
    made = Centre(["a"])
    made.feed(ev.Call("a", "x", to_number="555", phone_up=True))
    assert made.hang_up("a") == [CancelDial("x", "555")]
    assert made.ended() == {"x": "ended"}
    check(made.engine, made.now)


def test_ids_are_used_once():
    made = talking("b")
    assert refused(made, ev.Consult("a", "c1", to_agent="b")) == "in use"
    assert refused(made, ev.Arrived("c1")) == "in use"


def test_a_parked_outbound_customer_has_no_queue_to_go_back_to():
    made = Centre(["a"])
    made.feed(ev.Call("a", "x", to_number="555"))
    made.answer("a")
    made.feed(ev.CustomerAnswered("x"))
    made.feed(ev.Park("a"))
    assert fine(made, ev.Force("a", "signed out", "boss")) == [HangUp("x")]
    assert made.ended() == {"x": "agent ended"}


# --- supervisors, configuration -------------------------------------------------------------------


def test_disconnect_ends_the_contact_and_releases_the_agent():
    made = talking(wrap_up=5.0)
    done = fine(made, ev.Disconnect("c1", "boss"))
    assert done == [HangUp("c1"), HangUpAgent("a", made.agent("a").leg_epoch)]
    assert made.ended() == {"c1": "supervisor"} and made.state("a") == "wrap-up"
    assert any(f.what == "audit" for f in made.facts)


def test_an_agents_skills_change_while_contacts_wait():
    made = Centre([AgentSetup("a", {"sales": 50})], ["help", "sales"])
    made.enter("c1")
    assert made.rung() == []
    fine(made, ev.SetAgent(AgentSetup("a", {"help": 50})))
    assert made.rung() == ["a"]
    made.answer("a")
    fine(made, ev.SetAgent(AgentSetup("a", {"sales": 10})))
    made.feed(ev.SignOut("a"))
    made.hang_up("a")
    fine(made, ev.RemoveAgent("a"))
    assert made.engine.agents == {} and made.engine.matcher.pools == {}


def test_a_supervisor_ends_a_consultation_alone():
    made = consulting()
    made.answer("b")
    assert fine(made, ev.Disconnect("x", "boss")) == [
        HangUpAgent("b", made.epoch("b")),
        StopSound("c1"),
        Bridge("c1", "a"),
    ]
    assert made.agent("a").consult is None and made.agent("a").contact.name == "c1"


def test_an_outbound_customer_is_transferred_to_a_queue_and_waits_there_with_music():
    made = Centre(["a"])
    made.feed(ev.Call("a", "x", to_number="555"))
    made.answer("a")
    made.feed(ev.CustomerAnswered("x"))
    made.feed(ev.NotReady("a"))
    done = fine(made, ev.Transfer("a", to_queue="help", plan=LONGEST_IDLE))
    assert Music("x", "help") in done and made.engine.info("help", made.now).waiting == 1
    fine(made, ev.HungUp("x"))
    assert made.ended() == {"x": "abandoned"}


def test_a_queue_that_comes_later_counts_who_works_in_it():
    made = Centre([AgentSetup("a", {"new": 50})], ["help"])
    fine(made, ev.SetQueue(QueueSetup("new", ("a",))))
    assert made.engine.queues["new"].staffed == 1
    made.enter("c1", "new")
    assert made.rung() == ["a"]


def test_totals_begin_anew_at_midnight():
    made = Centre(["a", "b"])
    made.talk("c1", "a")
    made.wait(100.0)
    made.hang_up("a")
    agent = made.agent("a")
    assert (agent.talk, agent.answered) == (100.0, 1)
    fine(made, ev.DayBegan("2026-11-28"))
    assert (agent.talk, agent.login, agent.answered) == (0.0, 0.0, 0)
