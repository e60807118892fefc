"""Statistics counted from the log agree with the engine's own counters and clocks."""

import random
from collections import Counter
from datetime import UTC

import pytest

from acd_kit import LONGEST_IDLE, RING_ALL, Centre, plan
from contact_center.core import events as ev
from contact_center.core.actions import Persist
from contact_center.core.base import account
from contact_center.core.model import QueueSetup
from contact_center.core.statistics.intervals import Calendar
from contact_center.core.statistics.records import Handled, Left, Missed, Queued, Span
from contact_center.core.strategy.plan import Term
from contact_center.store.reading import intervals
from contact_center.store.statistics import records
from store_kit import START, running


class Logged(Centre):
    """A centre whose facts have their times."""

    def __init__(self, *arguments, **more) -> None:
        self.log_of_facts: list[tuple[Persist, float]] = []
        self._seen = 0
        super().__init__(*arguments, **more)

    def feed(self, event):
        seen = len(self.facts)
        done = super().feed(event)
        if len(self.facts) > seen and len(self.log_of_facts) < len(self.facts):
            fresh = self.facts[len(self.log_of_facts) :]
            self.log_of_facts += [(fact, self.now) for fact in fresh]
        return done

    def records(self):
        return list(records(self.log_of_facts, self.now))


def of(found, kind):
    return [one for one in found if isinstance(one, kind)]


def test_one_call():
    made = Logged(["a"], [QueueSetup("help", wrap_up=5.0)])
    start = made.now
    made.wait(10.0)
    made.enter("c1")
    made.wait(4.0)
    made.answer("a")
    made.wait(60.0)
    made.hang_up("a")
    made.feed(ev.HungUp("c1"))
    made.wait(8.0)
    found = made.records()
    assert of(found, Queued) == [Queued("c1", "help", start + 10)]
    assert of(found, Left) == [Left("c1", "help", start + 10, 4.0, "answered")]
    assert of(found, Handled) == [Handled("c1", "help", "a", start + 79, 60.0, 0.0, 5.0)]
    spans = [(span.state, span.end - span.start) for span in of(found, Span)]
    # the first second passes while the centre is made
    assert spans == [
        ("ready", 11.0),
        ("ring", 4.0),
        ("talk", 60.0),
        ("wrap-up", 5.0),
        ("ready", 3.0),
    ]


def test_who_is_offered_the_next_call_at_once_has_handled_the_one_before():
    """No state is recorded between the two calls: the offer says that the first is over."""
    made = Logged(["a"])
    made.enter("c1")
    made.answer("a")
    made.enter("c2")
    made.wait(60.0)
    made.hang_up("a")
    made.answer("a")
    made.wait(30.0)
    made.hang_up("a")
    handled = [(h.contact, h.talk) for h in of(made.records(), Handled)]
    assert handled == [("c1", 60.0), ("c2", 30.0)]


def test_what_an_agent_missed_and_what_another_answered_first():
    made = Logged(["a", "b"], [QueueSetup("help", misses=0)])
    made.enter("c1", plan=RING_ALL)
    made.feed(ev.Failed("a", made.epoch("a"), 486))
    made.answer("b")
    made.enter("c2")
    made.wait(11.0)
    made.feed(ev.Reject("a"))
    found = [(missed.agent, missed.contact) for missed in of(made.records(), Missed)]
    assert found == [("a", "c1"), ("a", "c2")]


def test_a_parked_customer_is_handled_once_and_the_music_is_no_talk():
    made = Logged(["a"])
    made.talk("c1", "a")
    made.wait(30.0)
    made.feed(ev.Park("a"))
    made.wait(100.0)
    made.feed(ev.Retrieve("a", "c1"))
    made.answer("a")
    made.wait(20.0)
    made.feed(ev.HungUp("c1"))
    made.wait(6.0)
    (handled,) = of(made.records(), Handled)
    assert (handled.contact, handled.talk, handled.hold) == ("c1", 50.0, 0.0)


def test_the_hold_key_of_the_phone_is_hold_time():
    made = Logged(["a"], [QueueSetup("help", wrap_up=5.0)])
    made.talk("c1", "a")
    epoch = made.agent("a").leg_epoch
    for seconds, on in ((10.0, True), (4.0, False), (20.0, True)):
        made.wait(seconds)
        made.feed(ev.HoldKey("a", epoch, on))
    made.feed(ev.HoldKey("a", epoch - 1, False))  # of a leg that is no more
    made.wait(3.0)
    made.feed(ev.HungUp("c1"))
    made.wait(6.0)
    found = made.records()
    (handled,) = of(found, Handled)
    assert (handled.talk, handled.hold, handled.wrap_up) == (30.0, 7.0, 5.0)
    spans = [(s.state, s.end - s.start) for s in of(found, Span)]
    held = [("talk", 10.0), ("hold", 4.0), ("talk", 20.0), ("hold", 3.0), ("wrap-up", 5.0)]
    assert spans[-6:] == [*held, ("ready", 1.0)]


def test_who_gets_a_customer_by_transfer_works_for_the_queue_too():
    made = Logged(["a", "b"])
    made.talk("c1", "a")
    made.wait(10.0)
    made.feed(ev.Transfer("a", to_agent="b"))
    made.answer("b")
    made.wait(7.0)
    made.hang_up("b")
    found = of(made.records(), Handled)
    assert [(h.agent, h.queue, h.talk) for h in found] == [("a", "help", 10.0), ("b", "help", 7.0)]


def test_internal_calls_are_no_queues():
    made = Logged(["a", "b"])
    made.feed(ev.Call("a", "x", to_agent="b"))
    made.answer("a")
    made.answer("b")
    made.wait(5.0)
    made.hang_up("a")
    made.wait(6.0)
    found = made.records()
    assert of(found, Handled) == []
    assert (
        sum(s.end - s.start for s in of(found, Span) if s.agent == "b" and s.state == "talk") == 5.0
    )


def test_a_callback_leaves_the_queue_as_called_back():
    made = Logged([])
    made.enter("c1", number="100")
    made.wait(9.0)
    made.feed(ev.AskCallback("c1"))
    made.feed(ev.BookCallback("c1", "help", "100", LONGEST_IDLE))
    made.feed(ev.HungUp("c1"))
    assert [left.outcome for left in of(made.records(), Left)] == ["called back"]


def test_who_books_none_after_all_is_queued_once():
    made = Logged([])
    made.enter("c1", number="100")
    made.wait(9.0)
    made.feed(ev.AskCallback("c1"))
    made.enter("c1")
    made.feed(ev.BookCallback("c1", "help", "100", LONGEST_IDLE))
    made.wait(1.0)
    made.feed(ev.HungUp("c1"))
    found = made.records()
    assert len(of(found, Queued)) == 1
    assert [(left.waited, left.outcome) for left in of(found, Left)] == [(10.0, "abandoned")]


def test_who_books_a_callback_and_stays_in_the_queue_has_not_left_it():
    made = Logged([])
    made.enter("c1", number="100")
    made.feed(ev.BookCallback("c1", "help", "100", LONGEST_IDLE))
    made.wait(9.0)
    made.feed(ev.HungUp("c1"))
    assert [left.outcome for left in of(made.records(), Left)] == ["abandoned"]


def test_a_crash_leaves_callbacks_and_the_rest_is_abandoned():
    made = Logged([], [QueueSetup("help"), QueueSetup("sales", rescue="none")])
    made.enter("c1", number="100")
    made.enter("c2")
    made.enter("c3", "sales", number="102")
    made.wait(5.0)
    made.feed(ev.Restarted())
    left = {one.contact: one.outcome for one in of(made.records(), Left)}
    assert left == {"c1": "called back", "c2": "abandoned", "c3": "abandoned"}


@pytest.mark.parametrize("seed", range(6))
def test_a_random_day_agrees_with_the_engine(seed: int):
    chance = random.Random(seed)
    made = Logged(
        ["a", "b", "c", "d"],
        [QueueSetup("help", wrap_up=3.0, misses=0), QueueSetup("sales", misses=2)],
    )
    began = made.now
    callers = 0
    for _ in range(400):
        agent = chance.choice("abcd")
        waiting = [n for n, c in made.engine.contacts.items() if c.entry and c.entry.live]
        match chance.randrange(9):
            case 0 | 1:
                callers += 1
                order = chance.choice((LONGEST_IDLE, plan(Term("ring", False))))
                made.enter(f"c{callers}", chance.choice(("help", "sales")), plan=order)
            case 2 | 3 if made.state(agent) == "ringing":
                made.answer(agent)
            case 4 if made.state(agent) == "talking":
                made.hang_up(agent)
            case 5 if waiting:
                made.feed(ev.HungUp(chance.choice(waiting)))
            case 6:
                made.feed(chance.choice((ev.Ready, ev.Ready, ev.NotReady, ev.Park))(agent))
            case 7 if made.agent(agent).held:
                made.feed(ev.Retrieve(agent, made.agent(agent).held[0].name))
            case 8 if waiting:
                made.feed(ev.LeaveByKey(chance.choice(waiting), "key"))
        made.wait(chance.expovariate(0.2))
    found = made.records()
    left = Counter((one.queue, one.outcome) for one in of(found, Left))
    for name in ("help", "sales"):
        queue = made.engine.queues[name]
        assert left[name, "answered"] == queue.answered > 0
        assert left[name, "abandoned"] == queue.abandoned
        assert left[name, "overflowed"] == queue.overflowed
        queued = sum(one.queue == name for one in of(found, Queued))
        assert queued == queue.queued
    spent: Counter[tuple[str, str]] = Counter()
    for span in of(found, Span):
        assert began - 4.0 <= span.start < span.end <= made.now
        spent[span.agent, span.state] += span.end - span.start
    for name in "abcd":
        agent = made.agent(name)
        account(agent, made.now)
        assert spent[name, "ready"] == pytest.approx(agent.idle), name
        assert spent[name, "wrap-up"] == pytest.approx(agent.wrap), name
        clearing = spent[name, "talk"] - agent.talk  # see the last rule of `store.statistics`
        assert clearing == pytest.approx(agent.ring - spent[name, "ring"]), name
        assert clearing / 5.0 == pytest.approx(round(clearing / 5.0)) and clearing <= 15.0
        total = sum(seconds for (who, _), seconds in spent.items() if who == name)
        assert total == pytest.approx(agent.login)


async def test_intervals_are_counted_from_the_database(url: str) -> None:
    async with running(url) as made:
        made.now = START - START % 3600 + 3500.0  # a hundred seconds before the hour
        await made.staff("a")
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE))
        made.feed(ev.Enter("c2", "help", LONGEST_IDLE))
        await made.settled()
        made.now += 15.0
        made.answer("a")
        made.now += 170.0
        made.hang_up("a")
        made.feed(ev.HungUp("c2"))
        await made.settled()
        hour = Calendar("hour", UTC)
        first = hour.start(made.now) - 3600.0
        with made.store.database.reading.begin() as connection:
            both = intervals(connection, hour, first, made.now + 100.0)
            late = intervals(connection, hour, first + 3600.0, made.now + 100.0)
        help_ = both.tallies[first].queues["help"]
        assert (help_.queued, help_.answered, help_.abandoned, help_.answered_wait) == (2, 1, 1, 15)
        second = both.tallies[first + 3600.0]
        assert second.queues["help"].talk == 170.0
        assert second.agents["a"].states["talk"] == pytest.approx(made.now - first - 3600.0)
        assert late.tallies == {first + 3600.0: second}
