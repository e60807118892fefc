"""Killed at every event boundary: snapshot, replay and the rules of restart."""

import json

from acd_kit import LONGEST_IDLE, RING_ALL, Centre, Plans, check, plan
from contact_center.core import events as ev
from contact_center.core.actions import HangUp
from contact_center.core.engine import Engine
from contact_center.core.estimate import estimate
from contact_center.core.model import AgentSetup, QueueSetup, Wishes
from contact_center.core.ranks import Ranks
from contact_center.core.state import replay, restore, snapshot
from contact_center.core.strategy.plan import Person, Reserve, Term


def a_morning() -> Centre:
    """A bit of everything, as a log."""
    made = Centre(
        ["a", "b", AgentSetup("c", {"help": 20}, reserve=frozenset({"help"}))],
        [QueueSetup("help", ("b", "a", "c"), wrap_up=5.0), QueueSetup("sales", rescue="none")],
    )
    made.enter("c1", number="100", wishes=Wishes(announce="both", announce_every=4.0))
    made.answer("a")
    made.enter("c2", number="101", plan=RING_ALL)
    made.enter("c3", number="102", plan=plan(Term("ring", False), reserve=Reserve(100.0, 50.0)))
    made.wait(3.0)
    made.feed(ev.Reject("b"))
    made.enter("c4", "sales", number="103", plan=plan(persons=(Person("a", 30.0, "owner"),)))
    made.wait(2.5)
    made.enter("c5")
    made.feed(ev.Consult("a", "x", to_agent="b"))
    made.wait(3.0)
    made.feed(ev.EndConsult("a", "return"))
    made.feed(ev.Park("a"))
    made.enter("c6", number="104")
    made.feed(ev.AskCallback("c6"))
    made.feed(ev.BookCallback("c6", "help", "104", LONGEST_IDLE))
    made.feed(ev.Voicemail("m1", "help", LONGEST_IDLE))
    made.answer("a")
    made.wait(6.0)
    made.feed(ev.HungUp("c6"))
    made.hang_up("a")
    made.wait(6.0)
    made.feed(ev.Call("b", "y", to_number="555"))
    made.feed(ev.SignOut("c"))
    made.feed(ev.DayBegan("2026-11-28"))
    made.wait(30.0)
    return made


def test_a_restored_engine_goes_on_exactly_as_the_other():
    log = a_morning().log
    plans = Plans()
    engine = Engine()
    for cut, (event, now) in enumerate(log):
        engine.handle(event, now)
        data = snapshot(engine, plans)
        again = restore(json.loads(json.dumps(data)), plans)
        assert snapshot(again, plans) == json.loads(json.dumps(data))
        check(again, now)
        if cut % 5 == 0:
            rest = log[cut + 1 :]
            original = replay(restore(data, plans), [])
            for later, at in rest:
                assert original.handle(later, at) == again.handle(later, at)
            assert snapshot(original, plans) == snapshot(again, plans)


def test_replay_of_the_log_gives_the_same_state():
    made = a_morning()
    plans = Plans()
    assert snapshot(replay(Engine(), made.log), plans) == snapshot(made.engine, plans)


def test_killed_at_every_event_boundary_each_contact_is_ended_once_or_kept():
    made = a_morning()
    engine, facts = Engine(), []
    plans = Plans()
    for event, now in made.log:
        facts += [a for a in engine.handle(event, now) if hasattr(a, "what")]
        before = {c.name: (c.kind, c.state) for c in engine.contacts.values()}
        sessions = {a.name for a in engine.agents.values() if a.state != "signed out"}
        ring = engine.queues["help"].last_offered if "help" in engine.queues else ""
        again = restore(snapshot(engine, plans), plans)
        actions = again.handle(ev.Restarted(), now + 30.0)
        check(again, now + 30.0)
        ended = [a.contact for a in actions if getattr(a, "what", "") == "ended"]
        assert len(ended) == len(set(ended))
        kept = set(again.contacts)
        for name, (kind, _) in before.items():
            assert (name in ended) != (name in kept), name
            assert (name in kept) == (kind in ("callback", "voicemail")), name
        assert {a.name for a in again.agents.values() if a.state != "signed out"} >= sessions - {
            a.name for a in engine.agents.values() if a.pending == "signed out"
        }
        if ring:
            assert again.queues["help"].last_offered
        for contact in again.contacts.values():
            entry = contact.entry
            if contact.name.endswith("/callback") and contact.name not in before:
                was = engine.contacts[contact.name.removesuffix("/callback")].entry
                assert (entry.place, contact.number) == (was.place, was.contact.number)


def test_rescue_is_for_waiting_callers_with_a_number_where_the_queue_says_so():
    made = Centre([], [QueueSetup("help"), QueueSetup("sales", rescue="none")])
    made.feed(ev.Arrived("in flow", "99"))
    made.enter("rescued", number="100")
    made.enter("anonymous")
    made.enter("not here", "sales", number="101")
    made.enter("booking", number="102")
    made.feed(ev.AskCallback("booking"))
    done = made.feed(ev.Restarted())
    assert set(made.engine.contacts) == {"rescued/callback", "booking/callback"}
    assert set(made.ended().values()) == {"system"} and len(made.ended()) == 5
    assert len([a for a in done if isinstance(a, HangUp)]) == 5


def test_a_callback_being_dialled_is_due_again_and_not_counted_as_an_attempt():
    made = Centre(["a"])
    made.feed(ev.BookCallback("web", "help", "100", LONGEST_IDLE))
    assert made.engine.contacts["web/callback"].entry.attempts == 1
    made.feed(ev.NotReady("a"))
    made.feed(ev.Restarted())
    entry = made.engine.contacts["web/callback"].entry
    assert (entry.attempts, entry.state) == (0, "waiting")
    check(made.engine, made.now)


def test_a_message_that_was_listened_to_is_work_again():
    made = Centre(["a"])
    made.feed(ev.Voicemail("m1", "help", LONGEST_IDLE))
    made.answer("a")
    made.feed(ev.Restarted())
    assert made.engine.contacts["m1"].state == "waiting" and made.state("a") == "clearing"
    made.wait(5.0)
    assert made.rung() == ["a"]
    check(made.engine, made.now)


# --- figures --------------------------------------------------------------------------------------


def test_ranks_count_like_a_sorted_list():
    ranks, plain = Ranks(), []
    for number in range(4000):
        item = (float(number * 7919 % 1009), number)
        ranks.add(item)
        plain.append(item)
    plain.sort()
    for item in plain[::37]:
        ranks.remove(item)
    plain = [item for n, item in enumerate(plain) if n % 37]
    assert len(ranks) == len(plain)
    assert [ranks.before(item) for item in plain[::101]] == list(range(0, len(plain), 101))
    for item in plain:
        ranks.remove(item)
    assert len(ranks) == 0 and ranks.before((5.0, 5)) == 0


def test_the_estimate_learns_what_an_answer_costs():
    """Two agents, a call every 50 s: an answer costs 100 agent-seconds, not the configured 60."""
    made = Centre(["a", "b"], [QueueSetup("help", handling=60.0)])
    queue = made.engine.queues["help"]
    assert estimate(queue, 0, 2) == 0.0
    assert made.engine.info("help", made.now) == (0, 0.0, 2, 0.0)
    for number in range(100):
        made.enter(f"c{number}")
    made.answer("a")
    made.wait(10.0)
    made.answer("b")
    for turn in range(60):
        made.wait(50.0)
        name = "ab"[turn % 2]
        made.hang_up(name)
        made.answer(name)
    assert 95.0 < queue.effort < 105.0
    wait = estimate(queue, 0)
    assert wait is not None and 47.0 < wait < 53.0
    info = made.engine.info("help", made.now)
    assert (info.waiting, info.agents_ready) == (38, 0)
    assert info.wait_estimate == estimate(queue, 38) and info.longest == made.now - 1002.0


def test_nobody_at_work_no_estimate():
    made = Centre(["a"])
    made.feed(ev.NotReady("a"))
    made.enter("c1")
    assert made.engine.info("help", made.now).wait_estimate is None
