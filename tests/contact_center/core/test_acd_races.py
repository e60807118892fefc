"""The race table and the queue node's table, row by row."""

import pytest

from acd_kit import LONGEST_IDLE, Centre, Needs, Plans, check, plan
from contact_center.core import events as ev
from contact_center.core.actions import (
    Bridge,
    CancelRing,
    Confirmed,
    Dial,
    HangUpAgent,
    Leave,
    Music,
    PlayMessage,
    Refused,
    Ring,
    Say,
    StopSound,
)
from contact_center.core.model import READY, TALKING, QueueSetup, Wishes
from contact_center.core.state import restore, snapshot
from contact_center.core.strategy.plan import Ring as Step
from contact_center.core.strategy.plan import Term


def ringing(**wishes) -> Centre:
    made = Centre(["a"])
    made.enter("c1", wishes=Wishes(**wishes), number="100")
    assert made.rung() == ["a"]
    return made


# --- the race table -------------------------------------------------------------------------------


def test_two_calls_one_agent():
    """Whatever the store does meanwhile, an agent holds one offer, and one epoch."""
    made = Centre(["a"], commit=False)
    made.enter("c1")
    made.enter("c2")
    agent = made.agent("a")
    assert agent.offer is not None and agent.offer.contact.name == "c1"
    assert made.engine.contacts["c2"].rings == []
    [refused] = made.feed(ev.Pick("a", "c2"))
    assert refused.reason == "not now"
    assert agent.offer.contact.name == "c1"


@pytest.mark.parametrize("by", ["idle", "position"])
def test_who_has_not_answered_is_not_asked_again_while_others_are_free(by):
    made = Centre(["a", "b", "c", "d"])
    made.enter("c1", plan=plan(Term(by, most_first=by == "idle")))
    rung = []
    for _ in range(3):
        rung += made.rung()
        made.feed(ev.Failed(rung[-1], made.epoch(rung[-1]), 480))
        made.wait(1.0)
    assert sorted(rung) == sorted(set(rung)), "each once"
    assert made.rung() == [({"a", "b", "c", "d"} - set(rung)).pop()]


def test_no_answer_keeps_the_callers_place_and_excludes_the_agent():
    made = Centre(["a", "b"], [QueueSetup("help", exclude=30.0)])
    made.feed(ev.NotReady("b"))
    made.enter("c1")
    made.enter("c2")
    place = made.engine.contacts["c1"].entry.place
    made.feed(ev.Failed("a", made.epoch("a"), 480))
    assert made.engine.contacts["c1"].entry.place == place
    assert made.agent("a").offer.contact.name == "c2"  # c1 is not offered to a again for 30 s
    made.feed(ev.Ready("b"))
    assert made.agent("b").offer.contact.name == "c1"
    made.feed(ev.HungUp("c2"))
    made.feed(ev.Failed("a", made.epoch("a"), 487))
    made.feed(ev.Failed("b", made.epoch("b"), 480))
    assert made.rung() == []  # both are excluded now
    made.wait(30.0)
    assert made.rung() == ["a"]


def test_reject_goes_to_another_at_once():
    made = Centre(["a", "b"])
    made.enter("c1")
    done = made.feed(ev.Reject("a"))
    assert [a.agent for a in done if isinstance(a, Ring)] == ["b"]
    assert [a.agent for a in done if isinstance(a, CancelRing)] == ["a"]


def test_caller_leaves_while_ringing_and_the_200_crosses():
    """CANCEL; ACK, BYE; ready only when the phone is clear, with the old idle rank."""
    made = ringing()
    since, epoch = made.agent("a").since, made.epoch("a")
    assert made.feed(ev.HungUp("c1")) == [CancelRing("a", epoch)]
    made.enter("c2")
    assert made.feed(ev.Answered("a", epoch)) == [HangUpAgent("a", epoch)]
    assert made.state("a") == "clearing"
    done = made.feed(ev.LegEnded("a", epoch))
    assert done == [Ring("a", "c2", epoch + 1, "queue")]
    assert made.agent("a").since == since


def test_two_phones_answer_one_ring_all_at_the_same_moment():
    made = Centre(["a", "b"])
    made.enter("c1", plan=plan(everybody=True))
    first = made.answer("a")
    assert Bridge("c1", "a") in first
    assert made.answer("b") == [HangUpAgent("b", made.epoch("b"))]
    assert made.state("b") == "clearing" and made.agent("b").misses == 0


def test_ring_all_when_one_declines_the_others_ring_on():
    made = Centre(["a", "b"])
    made.enter("c1", plan=plan(everybody=True))
    made.feed(ev.Failed("a", made.epoch("a"), 603))
    assert made.rung() == ["b"] and made.state("a") == READY
    made.feed(ev.Failed("b", made.epoch("b"), 480))
    assert made.engine.contacts["c1"].state == "waiting"
    check(made.engine, made.now)


@pytest.mark.parametrize("faster", ["matcher", "other agent"])
def test_pick_compares_and_sets_the_contact(faster):
    made = Centre(["a", "b", "c"])
    for name in "abc":
        made.feed(ev.NotReady(name))
    made.enter("c1")
    if faster == "matcher":
        made.feed(ev.Ready("c"))
    else:
        made.feed(ev.Pick("b", "c1"))
    [refused] = made.feed(ev.Pick("a", "c1"))
    assert refused.reason == "taken" and "faster" in refused.text


def test_a_pick_that_is_not_answered_gives_the_contact_back():
    made = Centre(["a"])
    made.feed(ev.NotReady("a"))
    made.enter("c1")
    made.feed(ev.Pick("a", "c1"))
    made.feed(ev.Failed("a", made.epoch("a"), 480))
    assert made.engine.contacts["c1"].state == "waiting"
    assert (made.state("a"), made.agent("a").misses) == ("not ready", 0)


def test_pick_is_for_ones_own_queues():
    made = Centre([], ["help", "sales"])
    made.feed(ev.SetAgent(ev.AgentSetup("a", {"help": 50})))
    made.feed(ev.SignIn("a"))
    made.enter("c1", "sales")
    [refused] = made.feed(ev.Pick("a", "c1"))
    assert refused.reason == "not your queue"


def test_take_over_releases_the_agent_when_the_supervisor_answers():
    made = Centre(["a", "boss"])
    made.feed(ev.NotReady("boss"))
    made.talk("c1", "a")
    [ring] = made.feed(ev.TakeOver("boss", "c1"))
    assert (ring.agent, ring.kind) == ("boss", "take-over") and made.state("a") == TALKING
    [refused] = made.feed(ev.TakeOver("boss", "c1"))
    assert isinstance(refused, Refused)
    done = made.answer("boss")
    assert Bridge("c1", "boss") in done and HangUpAgent("a", made.epoch("a")) in done
    assert made.state("a") == READY
    made.hang_up("boss")
    assert made.state("boss") == "not ready"


def test_take_over_when_the_call_ends_before_the_supervisor_answers():
    made = Centre(["a", "boss"])
    made.feed(ev.NotReady("boss"))
    made.talk("c1", "a")
    made.feed(ev.TakeOver("boss", "c1"))
    assert CancelRing("boss", made.epoch("boss")) in made.feed(ev.HungUp("c1"))
    assert made.answer("boss") == [HangUpAgent("boss", made.epoch("boss"))]


@pytest.mark.parametrize("answers", [True, False])
def test_take_over_when_the_agent_hangs_up_before_the_supervisor_answers(answers):
    made = Centre(["a", "boss"])
    made.feed(ev.NotReady("boss"))
    made.talk("c1", "a")
    made.feed(ev.TakeOver("boss", "c1"))
    assert made.hang_up("a") == [Music("c1")]
    check(made.engine, made.now)
    if answers:
        assert made.answer("boss") == [StopSound("c1"), Bridge("c1", "boss")]
    else:
        done = made.feed(ev.Failed("boss", made.epoch("boss"), 480))
        assert done == [Leave("c1", "after_agent")]


def test_what_is_being_taken_over_cannot_be_parked_or_transferred():
    made = Centre(["a", "boss"])
    made.feed(ev.NotReady("boss"))
    made.talk("c1", "a")
    made.feed(ev.TakeOver("boss", "c1"))
    for event in (ev.Park("a"), ev.Transfer("a", to_queue="help", plan=LONGEST_IDLE)):
        [refused] = made.feed(event)
        assert refused.reason == "taken"
    made.feed(ev.NotReady("boss"))
    assert made.feed(ev.Park("a"))


def test_strategy_published_while_waiting():
    """An entry keeps its plan; the next one has the new one."""
    made = Centre(["a", "b"])
    for name in "ab":
        made.feed(ev.NotReady(name))
    made.enter("old", plan=plan(Term("position", False)))
    made.enter("new", plan=plan(Term("position", True)))
    entries = [made.engine.contacts[name].entry for name in ("old", "new")]
    assert [e.plan.order[0].most_first for e in entries] == [False, True]


# --- the queue node -------------------------------------------------------------------------------


def test_closed_then_full_are_looked_at_first():
    made = Centre([], [QueueSetup("help", max_waiting=1)])
    made.enter("c1")
    assert made.enter("c2") == [Leave("c2", "full")]
    made.feed(ev.QueueHours("help", False))
    assert made.enter("c3") == [Leave("c3", "closed")]
    assert made.engine.contacts["c1"].state == "waiting"  # closing leaves entries as they are


def test_offers_start_during_the_greeting():
    made = Centre(["a"])
    done = made.enter("c1")
    assert done == [Music("c1", "help"), Ring("a", "c1", made.epoch("a"), "queue")]


def test_agent_answers_sound_is_cut_and_the_agent_announced_before_the_bridge():
    made = ringing(announce_agent=True)
    assert made.answer("a") == [StopSound("c1"), Say("c1", agent="a"), Bridge("c1", "a")]


def test_announcement_due_while_ringing_is_left_out():
    made = ringing(announce="both", announce_every=10.0)
    assert made.wait(15.0) == []
    made.feed(ev.NotReady("a"))
    assert [type(a) for a in made.wait(5.0)] == [Say]


def test_figures_announced_never_grow():
    made = Centre(["a"], [QueueSetup("help", handling=60.0, age_rate=1.0)])
    made.talk("c0", "a")
    made.enter("c1")
    made.wait(1.0)
    made.enter("c2", wishes=Wishes(announce="both", announce_every=30.0))
    [said] = made.wait(30.0)
    assert (said.position, said.wait) == (2, 120.0)
    for number in range(3):  # others are put before
        made.enter(f"vip{number}", priority=500.0)
    [said] = made.wait(30.0)
    assert (said.position, said.wait) == (2, 120.0)
    for name in ("vip0", "vip1", "vip2", "c1"):
        made.feed(ev.HungUp(name))
    [said] = made.wait(30.0)
    assert (said.position, said.wait) == (1, 60.0)
    check(made.engine, made.now)


@pytest.mark.parametrize(
    ("announce", "said"),
    [("position", Say("c1", 1, None)), ("wait", Say("c1", None, 180.0)), ("off", None)],
)
def test_what_is_announced(announce, said):
    made = Centre(["a"])
    made.talk("c0", "a")
    made.enter("c1", wishes=Wishes(announce=announce, announce_every=30.0))
    assert made.wait(30.0) == ([] if said is None else [said])


def test_leaving_key_cancels_the_ring():
    made = ringing()
    assert made.feed(ev.LeaveByKey("c1", "voicemail")) == [
        StopSound("c1"),
        Leave("c1", "voicemail"),
        CancelRing("a", made.epoch("a")),
    ]
    check(made.engine, made.now)


def test_key_against_200_the_first_wins():
    made = ringing()
    made.answer("a")
    [refused] = made.feed(ev.LeaveByKey("c1", "voicemail"))
    assert refused.reason == "not waiting" and made.state("a") == TALKING
    made = ringing()
    made.feed(ev.LeaveByKey("c1", "voicemail"))
    assert made.answer("a") == [HangUpAgent("a", made.epoch("a"))]


def test_max_wait():
    made = Centre([])
    made.enter("c1", wishes=Wishes(max_wait=60.0))
    assert made.wait(59.9) == []
    assert made.wait(0.2) == [StopSound("c1"), Leave("c1", "timeout")]
    assert made.engine.queues["help"].overflowed == 1


@pytest.mark.parametrize("answers", [True, False])
def test_max_wait_while_ringing_that_ring_ends_first(answers):
    made = ringing(max_wait=10.0)
    assert made.wait(15.0) == []
    if answers:
        assert Bridge("c1", "a") in made.answer("a")
    else:
        assert Leave("c1", "timeout") in made.feed(ev.Failed("a", made.epoch("a"), 480))


def test_caller_hangs_up_is_abandoned():
    made = ringing()
    made.feed(ev.HungUp("c1"))
    assert made.ended() == {"c1": "abandoned"}
    assert made.engine.queues["help"].abandoned == 1
    assert made.feed(ev.HungUp("c1")) == []  # BYE that crosses


def test_reentering_the_same_queue_in_one_call_keeps_the_place():
    made = Centre([], ["help", "sales"])
    made.enter("c1")
    place = made.now
    made.wait(20.0)
    made.feed(ev.LeaveByKey("c1", "menu"))
    made.enter("c1", "sales")
    assert made.engine.contacts["c1"].entry.place == made.now
    made.feed(ev.LeaveByKey("c1", "menu"))
    made.enter("c1")
    entry = made.engine.contacts["c1"].entry
    assert (entry.place, entry.entered) == (place, made.now)
    [refused] = made.enter("c1")
    assert refused.reason == "already waiting"


# --- callbacks ------------------------------------------------------------------------------------


def booked(**more) -> Centre:
    made = Centre(["a"])
    made.feed(ev.NotReady("a"))
    made.enter("c1", number="100")
    made.wait(30.0)
    assert made.feed(ev.AskCallback("c1")) == [StopSound("c1"), Leave("c1", "callback")]
    made.wait(10.0)
    done = made.feed(ev.BookCallback("c1", "help", "100", LONGEST_IDLE, **more))
    assert done == [Confirmed("booked", "c1/callback")]
    return made


def test_callback_key_suspends_and_keeps_the_place():
    made = booked()
    entry = made.engine.contacts["c1/callback"].entry
    assert entry.place == made.now - 40.0
    made.feed(ev.HungUp("c1"))
    assert made.ended() == {"c1": "hung up"}


def test_hang_up_before_it_is_booked_is_abandoned():
    made = Centre([])
    made.enter("c1")
    made.feed(ev.AskCallback("c1"))
    made.feed(ev.HungUp("c1"))
    assert made.ended() == {"c1": "abandoned"}
    assert made.engine.queues["help"].abandoned == 1


def test_the_customer_is_rung_first_then_offered_at_the_old_place():
    made = booked()
    made.enter("c2")
    assert not any(isinstance(a, Dial) for a in made.feed(ev.Ready("a")))  # still on the line
    made.feed(ev.HungUp("c2"))
    made.feed(ev.Failed("a", made.epoch("a"), 487))
    assert made.feed(ev.HungUp("c1")) == [Dial("c1/callback", "100")]
    made.enter("c3")  # the agent is not kept for the callback
    made.answer("a")
    made.feed(ev.CustomerAnswered("c1/callback"))
    made.enter("c4")
    made.hang_up("a")
    assert made.agent("a").offer.contact.name == "c1/callback"
    made.answer("a")
    made.hang_up("a")
    assert made.ended()["c1/callback"] == "agent ended"


def test_a_callback_for_later_waits_until_then():
    made = booked(at=2000.0, keep_place=False)
    made.feed(ev.HungUp("c1"))
    made.feed(ev.Ready("a"))
    assert made.until(1999.0) == []
    assert made.until(2000.0) == [Dial("c1/callback", "100")]
    assert made.engine.contacts["c1/callback"].entry.place == 2000.0


def test_a_callback_is_tried_as_often_as_the_queue_says():
    made = Centre(["a"], [QueueSetup("help", callback_attempts=2, callback_retry=300.0)])
    made.feed(ev.BookCallback("web", "help", "100", LONGEST_IDLE))
    made.feed(ev.CustomerFailed("web/callback", 486))
    assert made.wait(299.0) == []
    assert made.wait(1.0) == [Dial("web/callback", "100")]
    made.feed(ev.CustomerFailed("web/callback", 486))
    assert made.ended() == {"web/callback": "not reached"}
    check(made.engine, made.now)


def due(made: Centre, *names: str, **more) -> list[str]:
    """Book callbacks whose turn it is; whose customers are rung."""
    done = []
    for name in names:
        done += made.feed(ev.BookCallback(name, "help", name, more.get("plan", LONGEST_IDLE)))
    return dialled(done)


def dialled(done) -> list[str]:
    return [action.number for action in done if isinstance(action, Dial)]


def test_no_more_customers_are_rung_than_agents_are_free():
    made = Centre(["a", "b"])
    for agent in ("a", "b"):
        made.feed(ev.NotReady(agent))
    assert due(made, "1", "2", "3", "4") == []
    assert made.engine.queues["help"].line == 4
    assert dialled(made.feed(ev.Ready("a"))) == ["1"]
    assert dialled(made.feed(ev.Ready("b"))) == ["2"]
    made.enter("c1")  # an agent is not kept for a callback, and who waits has an agent at once
    [one] = made.rung()
    other = "b" if one == "a" else "a"
    assert dialled(made.feed(ev.CustomerFailed("1/callback", 486))) == [], "one is free, one rung"
    made.feed(ev.CustomerAnswered("2/callback"))
    assert made.agent(other).offer.contact.name == "2/callback"
    made.answer(other)
    made.answer(one)
    check(made.engine, made.now)
    assert dialled(made.hang_up(one)) == ["3"]
    made.feed(ev.CustomerAnswered("3/callback"))
    made.answer(one)
    assert dialled(made.hang_up(other)) == ["4"]
    check(made.engine, made.now)


def test_customers_who_wait_count_like_those_who_are_rung():
    made = Centre(["a", "b"])
    made.feed(ev.NotReady("b"))
    assert due(made, "1", "2", "3") == ["1"]
    made.enter("c1")
    made.answer("a")
    made.feed(ev.CustomerAnswered("1/callback"))  # nobody is free: this customer waits
    made.feed(ev.Ready("b"))
    assert made.agent("b").offer.contact.name == "1/callback"
    made.answer("b")
    assert dialled(made.hang_up("a")) == ["2"]


def test_a_customer_for_whom_an_agent_rings_counts_no_more():
    made = Centre(["a", "b"])
    made.feed(ev.NotReady("b"))
    assert due(made, "1", "2", "3") == ["1"]
    made.feed(ev.CustomerAnswered("1/callback"))
    assert made.rung() == ["a"]
    assert dialled(made.feed(ev.Ready("b"))) == ["2"]
    made.feed(ev.Failed("a", made.epoch("a"), 480))  # the first customer waits again, and has b
    assert made.agent("b").offer.contact.name == "1/callback"
    check(made.engine, made.now)


def test_a_callback_that_nobody_free_can_take_holds_no_other_up():
    made = Centre(["a"])
    hard = plan(rings=(Step(0.0, Needs("chess", 50)),))
    assert due(made, "1", plan=hard) == []
    assert due(made, "2") == ["2"]
    made.feed(ev.CustomerFailed("2/callback", 486))
    assert due(made, "3") == ["3"]
    check(made.engine, made.now)


def test_callbacks_that_were_held_back_are_in_a_snapshot():
    made = Centre(["a"])
    assert due(made, "1", "2", "3") == ["1"]
    plans = Plans()
    again = restore(snapshot(made.engine, plans), plans)
    done = again.handle(ev.CustomerFailed("1/callback", 486), made.now)
    done += again.handle(ev.Committed(again.ticket), made.now)
    assert dialled(done) == ["2"]


def test_a_callback_that_was_held_back_can_be_taken_off():
    made = Centre(["a"])
    assert due(made, "1", "2", "3") == ["1"]
    made.feed(ev.Disconnect("2/callback", "boss"))
    assert dialled(made.feed(ev.CustomerFailed("1/callback", 486))) == ["3"]
    check(made.engine, made.now)


def test_a_supervisor_can_take_a_callback_off():
    made = booked()
    made.feed(ev.Disconnect("c1/callback", "boss"))
    assert made.ended() == {"c1/callback": "supervisor"}
    check(made.engine, made.now)


# --- messages -------------------------------------------------------------------------------------


def test_a_message_is_work_that_is_played_to_an_agent():
    made = Centre(["a"])
    made.feed(ev.QueueHours("help", False))
    [ring] = made.feed(ev.Voicemail("m1", "help", LONGEST_IDLE))
    assert ring.contact == "m1"
    assert made.answer("a") == [PlayMessage("m1", "a")]
    made.hang_up("a")
    assert made.ended() == {"m1": "ended"} and made.state("a") == READY


def test_messages_do_not_fill_the_queue_for_callers():
    made = Centre([], [QueueSetup("help", max_waiting=1)])
    made.feed(ev.Voicemail("m1", "help", LONGEST_IDLE))
    made.feed(ev.Voicemail("m2", "help", LONGEST_IDLE))
    assert made.enter("c1") == [Music("c1", "help")]
    assert made.engine.info("help", made.now).waiting == 1
