"""The agent's state table, row by row as the specification has it; and everything it refuses."""

import re
from pathlib import Path

import pytest

import contact_center.core
from acd_kit import LONGEST_IDLE, Centre, Plans, check, plan
from contact_center.core import events as ev
from contact_center.core.actions import (
    Bridge,
    CancelRing,
    Confirmed,
    HangUp,
    HangUpAgent,
    Leave,
    Music,
    Refused,
    Ring,
    StopSound,
)
from contact_center.core.agents import AGENT_TABLE
from contact_center.core.model import (
    CLEARING,
    NOT_READY,
    OFFERED,
    READY,
    RINGING,
    SIGNED_OUT,
    TALKING,
    WRAP_UP,
    AgentSetup,
    QueueSetup,
)
from contact_center.core.refusals import TEXTS
from contact_center.core.state import snapshot
from contact_center.core.strategy.plan import Person

A_LATER_SINCE = 2000.0


def centre(state: str, **queue) -> Centre:
    """One agent "a" in *state*; in a call with c1, or offered it."""
    made = Centre(["a"], [QueueSetup("help", **queue)], commit=state != OFFERED, ready=False)
    if state != SIGNED_OUT:
        made.feed(ev.SignIn("a"))
    if state not in (SIGNED_OUT, NOT_READY):
        made.feed(ev.Ready("a"))
        made.until(A_LATER_SINCE)
    if state in (OFFERED, RINGING, TALKING, WRAP_UP, CLEARING):
        made.enter("c1", number="100")
    if state in (TALKING, WRAP_UP):
        made.answer("a")
    if state == WRAP_UP:
        made.feed(ev.HungUp("c1"))
    if state == CLEARING:
        made.feed(ev.Reject("a"))
    assert made.state("a") == state
    made.facts.clear()
    return made


def after(made: Centre, event: ev.Event) -> tuple[str, list]:
    """The state that *event* leads to, and what is to be done."""
    done = made.feed(event)
    check(made.engine, made.now)
    return made.state("a"), done


def what(made: Centre) -> list[str]:
    return [fact.what for fact in made.facts]


# --- sessions -------------------------------------------------------------------------------------


def test_signed_out_sign_in_not_ready():
    made = centre(SIGNED_OUT)
    epoch = made.epoch("a")
    assert after(made, ev.SignIn("a")) == (NOT_READY, [Confirmed("signed in", "a")])
    assert made.epoch("a") == epoch + 1


def test_sign_in_is_confirmed_only_when_it_is_durable():
    made = Centre(["a"], commit=False, ready=False)
    assert made.feed(ev.SignIn("a")) == []
    assert made.feed(ev.Committed(made.facts[-1].ticket)) == [Confirmed("signed in", "a")]
    assert made.feed(ev.Committed(made.facts[-1].ticket)) == []  # a batch retried


def test_not_ready_ready_ready():
    made = centre(NOT_READY)
    made.enter("c1")
    made.wait(7.0)
    state, done = after(made, ev.Ready("a"))
    assert (state, made.agent("a").since) == (RINGING, made.now)
    assert done == [Ring("a", "c1", made.epoch("a"), "queue")]


def test_ready_not_ready_and_another_reason():
    made = centre(READY)
    assert after(made, ev.NotReady("a", "lunch")) == (NOT_READY, [])
    assert after(made, ev.NotReady("a", "training")) == (NOT_READY, [])
    assert made.agent("a").reason == "training"
    made.enter("c1")
    assert made.state("a") == NOT_READY


@pytest.mark.parametrize("state", [NOT_READY, READY])
def test_at_rest_sign_out_signed_out(state):
    made = centre(state)
    assert after(made, ev.SignOut("a")) == (SIGNED_OUT, [])


# --- offers ---------------------------------------------------------------------------------------


def test_ready_matched_offered_committed_ringing():
    made = centre(READY)
    made.commit = False
    epoch = made.epoch("a")
    assert after(made, ev.Enter("c1", "help", LONGEST_IDLE)) == (OFFERED, [Music("c1", "help")])
    assert made.epoch("a") == epoch + 1
    [offered] = [fact for fact in made.facts if fact.what == "offered"]
    assert offered.ticket and offered.epoch == epoch + 1 and offered.data.strategy
    ring = Ring("a", "c1", epoch + 1, "queue")
    assert after(made, ev.Committed(offered.ticket)) == (RINGING, [ring])


def test_offered_caller_leaves_ready_keeping_since():
    made = centre(OFFERED)
    since = made.agent("a").since
    assert after(made, ev.HungUp("c1")) == (READY, [])
    assert made.agent("a").since == since < made.now
    for ticket in list(made.engine.awaited):
        assert made.feed(ev.Committed(ticket)) in ([], [Confirmed("signed in", "a")])
    assert made.state("a") == READY  # a commit that comes late rings nobody


def test_ringing_200_talking():
    made = centre(RINGING)
    made.wait(4.0)
    assert after(made, ev.Answered("a", made.epoch("a"))) == (
        TALKING,
        [StopSound("c1"), Bridge("c1", "a")],
    )
    [answered] = made.facts
    assert (answered.what, answered.ticket, answered.data) == ("answered", 0, 4.0)


@pytest.mark.parametrize("state", [NOT_READY, READY, RINGING, TALKING, WRAP_UP, CLEARING])
def test_any_stale_200_is_ended(state):
    made = centre(state, wrap_up=30.0)
    before = snapshot(made.engine, Plans())
    assert after(made, ev.Answered("a", 0)) == (state, [HangUpAgent("a", 0)])
    assert snapshot(made.engine, Plans()) == before


def test_a_200_that_is_repeated_changes_nothing():
    made = centre(TALKING)
    assert after(made, ev.Answered("a", made.epoch("a"))) == (TALKING, [])


def test_ringing_time_out_clearing():
    made = centre(RINGING, ring=12.0)
    assert made.wait(11.9) == []
    done = made.wait(0.2)
    assert (made.state("a"), done) == (CLEARING, [CancelRing("a", made.epoch("a"))])
    assert made.agent("a").misses == 1
    assert made.engine.contacts["c1"].entry.excluded == {"a": A_LATER_SINCE + 12.0 + 60.0}
    assert what(made) == ["missed"]


@pytest.mark.parametrize("status", [408, 480, 404, 503])
def test_ringing_408_480_clearing_and_home_for_the_answer_is_final(status):
    made = centre(RINGING)
    assert after(made, ev.Failed("a", made.epoch("a"), status)) == (READY, [])
    assert made.agent("a").misses == 1 and made.agent("a").since == A_LATER_SINCE - 999.0


def test_ringing_reject_clearing():
    made = centre(RINGING)
    made.wait(3.0)
    done = [CancelRing("a", made.epoch("a"))]
    assert after(made, ev.Reject("a")) == (CLEARING, done)
    agent = made.agent("a")
    assert (agent.since, agent.misses) == (made.now, 0)
    assert agent.name in made.engine.contacts["c1"].entry.excluded
    assert after(made, ev.Failed("a", agent.epoch, 487)) == (READY, [])
    assert agent.since == made.now


def test_reject_and_busy_in_one_action():
    made = centre(RINGING)
    after(made, ev.Reject("a", busy=True, reason="lunch"))
    assert after(made, ev.Failed("a", made.epoch("a"), 487)) == (NOT_READY, [])
    assert made.agent("a").reason == "lunch"


def test_ringing_603_clearing():
    made = centre(RINGING)
    made.wait(3.0)
    assert after(made, ev.Failed("a", made.epoch("a"), 603)) == (READY, [])
    assert (made.agent("a").since, made.agent("a").misses) == (made.now, 0)


def test_ringing_486_pauses_the_agent():
    """Twenty contacts wait for one busy phone: it rings once in ten seconds."""
    made = centre(RINGING)
    for number in range(2, 21):
        made.enter(f"c{number}")
    rings = [after(made, ev.Failed("a", made.epoch("a"), 486))]
    assert rings == [(READY, [])]
    assert made.wait(9.9) == []
    [ring] = made.wait(0.2)
    assert isinstance(ring, Ring) and ring.contact == "c2"


def test_ringing_caller_leaves_clearing_keeping_since():
    made = centre(RINGING)
    since = made.agent("a").since
    done = [CancelRing("a", made.epoch("a"))]
    assert after(made, ev.HungUp("c1")) == (CLEARING, done)
    assert after(made, ev.Failed("a", made.epoch("a"), 487)) == (READY, [])
    assert made.agent("a").since == since


def test_ringing_phone_unregistered_clearing():
    made = centre(RINGING)
    done = [CancelRing("a", made.epoch("a"))]
    assert after(made, ev.PhoneLost("a")) == (CLEARING, done)
    made.wait(5.0)
    assert (made.state("a"), made.agent("a").misses) == (READY, 0)
    assert made.rung() == []  # nobody can reach it
    state, [ring] = after(made, ev.PhoneFound("a"))
    assert state == RINGING and ring.contact == "c1"


def test_clearing_final_answer_home():
    made = centre(CLEARING)
    made.enter("c2")
    state, [ring] = after(made, ev.Failed("a", made.epoch("a"), 487))
    assert state == RINGING and ring.contact == "c2"


def test_clearing_5_s_home():
    made = centre(CLEARING)
    made.wait(4.9)
    assert made.state("a") == CLEARING
    made.wait(0.2)
    assert made.state("a") == READY


def test_not_ready_after_k_misses():
    made = centre(READY, misses=2, exclude=0.5)
    made.enter("c1")
    made.feed(ev.Failed("a", made.epoch("a"), 480))
    assert made.state("a") == READY
    made.wait(1.0)
    made.feed(ev.Failed("a", made.epoch("a"), 480))
    assert (made.state("a"), made.agent("a").reason) == (NOT_READY, "missed calls")


def test_an_answer_forgives_misses():
    made = centre(READY, misses=2, exclude=0.5)
    made.enter("c1")
    made.feed(ev.Failed("a", made.epoch("a"), 480))
    made.wait(1.0)
    made.answer("a")
    assert made.agent("a").misses == 0


# --- talking --------------------------------------------------------------------------------------


def test_talking_agent_ends_after_agent():
    made = centre(TALKING)
    made.wait(30.0)
    assert after(made, ev.LegEnded("a", made.epoch("a"))) == (READY, [Leave("c1", "after_agent")])
    assert made.agent("a").since == made.now
    assert made.engine.contacts["c1"].state == "in flow"


def test_talking_other_side_ends_wrap_up_or_home():
    made = centre(TALKING)
    assert after(made, ev.HungUp("c1")) == (READY, [HangUpAgent("a", made.epoch("a"))])
    made = centre(TALKING, wrap_up=30.0)
    state, done = after(made, ev.HungUp("c1"))
    assert state == WRAP_UP and done == [HangUpAgent("a", made.agent("a").leg_epoch)]


def test_talking_park_ready():
    made = centre(TALKING)
    assert after(made, ev.Park("a")) == (READY, [Music("c1"), HangUpAgent("a", made.epoch("a"))])
    assert [contact.name for contact in made.agent("a").held] == ["c1"]


def test_talking_park_pending_state():
    made = centre(TALKING)
    made.feed(ev.NotReady("a", "lunch"))
    state, _ = after(made, ev.Park("a"))
    assert state == NOT_READY


@pytest.mark.parametrize("state", [NOT_READY, READY])
def test_retrieve_talking_with_auto_answer(state):
    made = centre(TALKING)
    made.feed(ev.Park("a"))
    if state == NOT_READY:
        made.feed(ev.NotReady("a"))
    talking, [ring] = after(made, ev.Retrieve("a", "c1"))
    assert talking == TALKING and made.agent("a").held == []
    assert ring == Ring("a", "c1", made.epoch("a"), "retrieve", True)
    assert made.answer("a") == [StopSound("c1"), Bridge("c1", "a")]
    made.hang_up("a")
    assert made.state("a") == state  # home was remembered


def test_retrieve_while_talking_swaps():
    made = centre(TALKING)
    made.feed(ev.Park("a"))
    made.talk("c2", "a")
    state, done = after(made, ev.Retrieve("a", "c1"))
    assert state == TALKING
    assert done[1:] == [Music("c2"), StopSound("c1"), Bridge("c1", "a")]
    assert [contact.name for contact in made.agent("a").held] == ["c2"]


@pytest.mark.parametrize("state", [NOT_READY, READY])
def test_pick_rings_and_home_is_remembered(state):
    made = centre(NOT_READY)
    made.enter("c1")
    if state == READY:
        made = Centre(["a", "b"])
        made.feed(ev.NotReady("b"))
        made.feed(ev.NotReady("a"))
        made.enter("c1", plan=plan(persons=(Person("b", 900.0, "owner"),)))
        made.feed(ev.Ready("a"))
    epoch = made.epoch("a")
    ringing, [ring] = after(made, ev.Pick("a", "c1"))
    assert (ringing, made.epoch("a")) == (RINGING, epoch + 1)
    assert ring == Ring("a", "c1", epoch + 1, "pick", True)
    made.answer("a")
    made.hang_up("a")
    assert made.state("a") == state


def test_transfer_done_wrap_up_or_home():
    made = centre(TALKING)
    made.feed(ev.SetQueue(QueueSetup("sales")))
    state, done = after(made, ev.Transfer("a", to_queue="sales", plan=LONGEST_IDLE))
    assert state == READY and made.engine.contacts["c1"].state == "waiting"
    assert done == [Music("c1", "sales"), HangUpAgent("a", made.epoch("a"))]


def test_wrap_up_timer_and_done_home():
    for early in (False, True):
        made = centre(WRAP_UP, wrap_up=30.0)
        if early:
            assert after(made, ev.Done("a")) == (READY, [])
        else:
            made.wait(29.9)
            assert made.state("a") == WRAP_UP
            made.wait(0.2)
            assert made.state("a") == READY
        assert made.agent("a").since == made.now or not early


def test_wrap_up_ready_is_done():
    made = centre(WRAP_UP, wrap_up=30.0)
    assert after(made, ev.Ready("a")) == (READY, [])


# --- pending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "then"), [("NotReady", NOT_READY), ("SignOut", SIGNED_OUT)])
def test_not_ready_pressed_during_a_call_applies_when_it_ends(event, then):
    made = centre(TALKING)
    assert after(made, getattr(ev, event)("a")) == (TALKING, [])
    made.feed(ev.HungUp("c1"))
    assert made.state("a") == then


@pytest.mark.parametrize(("event", "then"), [("NotReady", NOT_READY), ("SignOut", SIGNED_OUT)])
def test_pressed_while_ringing_it_clears_without_penalty(event, then):
    made = centre(RINGING)
    done = [CancelRing("a", made.epoch("a"))]
    assert after(made, getattr(ev, event)("a")) == (CLEARING, done)
    assert made.agent("a").misses == 0
    assert made.engine.contacts["c1"].entry.excluded is None
    made.feed(ev.Failed("a", made.epoch("a"), 487))
    assert made.state("a") == then


@pytest.mark.parametrize(("event", "then"), [("NotReady", NOT_READY), ("SignOut", SIGNED_OUT)])
def test_pressed_while_offered_no_phone_rings(event, then):
    made = centre(OFFERED)
    assert after(made, getattr(ev, event)("a")) == (OFFERED, [])
    for ticket in list(made.engine.awaited):
        assert not any(isinstance(a, Ring) for a in made.feed(ev.Committed(ticket)))
    assert made.state("a") == then
    assert made.engine.contacts["c1"].state == "waiting"


def test_ready_takes_it_back():
    made = centre(TALKING)
    made.feed(ev.NotReady("a"))
    assert after(made, ev.Ready("a")) == (TALKING, [])
    made.feed(ev.HungUp("c1"))
    assert made.state("a") == READY


@pytest.mark.parametrize(("event", "then"), [("NotReady", NOT_READY), ("SignOut", SIGNED_OUT)])
def test_pressed_in_wrap_up_it_applies_at_its_end(event, then):
    made = centre(WRAP_UP, wrap_up=30.0)
    assert after(made, getattr(ev, event)("a")) == (WRAP_UP, [])
    made.wait(30.0)
    assert made.state("a") == then


# --- forced ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "forced", "then"),
    [
        (NOT_READY, "ready", READY),
        (READY, "not ready", NOT_READY),
        (READY, "signed out", SIGNED_OUT),
        (TALKING, "not ready", TALKING),
        (RINGING, "not ready", CLEARING),
    ],
)
def test_forced_as_the_agents_own_event_with_audit(state, forced, then):
    made = centre(state)
    assert after(made, ev.Force("a", forced, "boss", "coaching"))[0] == then
    audit = [fact for fact in made.facts if fact.what == "audit"]
    assert [fact.data for fact in audit] == [(forced, "boss", "coaching", False)]


def test_forced_not_ready_lasts_until_the_agent_cancels_it_unless_locked():
    made = centre(READY)
    made.feed(ev.Force("a", "not ready", "boss"))
    assert after(made, ev.Ready("a"))[0] == READY
    made.feed(ev.Force("a", "not ready", "boss", locked=True))
    [refused] = made.feed(ev.Ready("a"))
    assert refused.reason == "locked"
    made.feed(ev.Force("a", "ready", "boss"))
    assert made.state("a") == READY and not made.agent("a").locked


def test_sign_out_is_refused_while_something_is_held_and_forced_it_goes_back_to_its_place():
    made = centre(TALKING)
    place = made.engine.contacts["c1"].entry.place
    made.feed(ev.Park("a"))
    made.wait(50.0)
    [refused] = made.feed(ev.SignOut("a"))
    assert refused.reason == "holding" and made.state("a") == READY
    state, _ = after(made, ev.Force("a", "signed out", "boss"))
    contact = made.engine.contacts["c1"]
    assert (state, contact.state, contact.holder) == (SIGNED_OUT, "waiting", None)
    assert contact.entry.place == place


# --- restart --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [OFFERED, RINGING])
def test_offered_ringing_restart_ready(state):
    made = centre(state)
    since, place = made.agent("a").since, made.engine.contacts["c1"].entry.place
    made.now += 60.0
    state, done = after(made, ev.Restarted())
    assert state == READY and made.agent("a").since == since
    assert made.ended()["c1"] == "system" and HangUp("c1") in done
    assert made.engine.contacts["c1/callback"].entry.place == place


def test_talking_restart_clearing():
    made = centre(TALKING)
    state, done = after(made, ev.Restarted())
    assert state == CLEARING and HangUpAgent("a", made.epoch("a")) in done
    assert made.ended() == {"c1": "system"}
    made.wait(5.0)
    assert made.state("a") == READY


# --- what is refused ------------------------------------------------------------------------------

BUTTONS = {
    "sign in": ev.SignIn("a"),
    "sign out": ev.SignOut("a"),
    "ready": ev.Ready("a"),
    "not ready": ev.NotReady("a"),
    "reject": ev.Reject("a"),
    "park": ev.Park("a"),
    "wrap-up over": ev.Done("a"),
    "called out": ev.Call("a", "x", to_number="555", phone_up=True),
    "called": ev.Call("a", "x", to_number="555"),
    "transfer done": ev.Transfer("a", to_number="555"),
    "consult": ev.Consult("a", "x", to_number="555"),
}


@pytest.mark.parametrize(
    "state", [SIGNED_OUT, NOT_READY, READY, OFFERED, RINGING, TALKING, WRAP_UP, CLEARING]
)
@pytest.mark.parametrize("button", BUTTONS)
def test_a_pair_that_is_not_listed_is_refused_and_changes_nothing(state, button):
    made = centre(state, wrap_up=30.0)
    plans = Plans()
    before = snapshot(made.engine, plans)
    done = made.feed(BUTTONS[button])
    refusals = [action for action in done if isinstance(action, Refused)]
    if (state, button) in AGENT_TABLE:
        assert not refusals
    else:
        assert [refusal.reason for refusal in refusals] == ["not now"]
        assert state in refusals[0].text
        assert snapshot(made.engine, plans) == before


def test_every_row_leads_somewhere_that_is_known():
    names = {SIGNED_OUT, NOT_READY, READY, OFFERED, RINGING, TALKING, WRAP_UP, CLEARING}
    for (state, _), (then, effects) in AGENT_TABLE.items():
        assert state in names
        assert then in names | {"same", "home", "wrap-up or home"}
        assert effects or then == TALKING


def test_a_button_of_an_earlier_epoch_is_refused():
    made = centre(RINGING)
    [refused] = made.feed(ev.Reject("a", epoch=made.epoch("a") - 1))
    assert refused.reason == "stale" and made.state("a") == RINGING
    assert made.feed(ev.Reject("a", epoch=made.epoch("a")))


def test_unknown_names_are_refused():
    made = centre(READY)
    for event, reason in (
        (ev.SignIn("z"), "unknown agent"),
        (ev.Enter("c9", "nowhere", LONGEST_IDLE), "unknown queue"),
        (ev.Pick("a", "c9"), "unknown contact"),
        (ev.RemoveAgent("a"), "signed in"),
    ):
        [refused] = made.feed(event)
        assert refused.reason == reason


def test_persistent_legs_are_alerted_and_stay_up():
    made = Centre([AgentSetup("a", {"help": 50}, persistent_leg=True)])
    made.talk("c1", "a")
    epoch = made.agent("a").leg_epoch
    made.feed(ev.HungUp("c1"))
    assert made.agent("a").leg == "up"
    done = made.enter("c2")
    assert isinstance(done[-1], Ring)
    made.answer("a")
    assert made.agent("a").leg_epoch == epoch
    assert not any(isinstance(x, HangUpAgent) for x in made.feed(ev.Park("a")))
    assert made.feed(ev.Retrieve("a", "c2")) == [StopSound("c2"), Bridge("c2", "a")]
    made.hang_up("a")
    assert (made.agent("a").leg, made.state("a")) == ("none", READY)


def test_a_persistent_leg_ends_with_the_session():
    made = Centre([AgentSetup("a", {"help": 50}, persistent_leg=True)])
    made.talk("c1", "a")
    epoch = made.agent("a").leg_epoch
    made.feed(ev.HungUp("c1"))
    assert made.feed(ev.SignOut("a")) == [HangUpAgent("a", epoch)]
    assert made.agent("a").leg == "none"


def test_every_refusal_has_its_words_in_both_languages_and_is_used():
    sources = Path(contact_center.core.__file__).parent.glob("*.py")
    used = set()
    for source in sources:
        used |= set(re.findall(r'Refusal\(\s*"([^"]+)"', source.read_text(encoding="utf-8")))
    assert used == set(TEXTS)
    for english, chinese in TEXTS.values():
        assert english and re.search(r"[\u4e00-\u9fff]", chinese)
