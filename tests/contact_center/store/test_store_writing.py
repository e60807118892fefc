"""What happens is written: events, facts and the tables people read, in one transaction."""

import json
from collections.abc import Sequence

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.core.actions import Confirmed, Ring
from contact_center.core.events import Committed
from contact_center.store.durable import Published
from contact_center.store.tables import (
    Audit,
    Callback,
    Contact,
    Entry,
    Fact,
    Input,
    Offer,
    Session,
)
from store_kit import running


async def test_a_call_from_arrival_to_end(url: str) -> None:
    async with running(url) as made:
        await made.staff("a", wrap_up=5.0)
        made.feed(ev.Arrived("c1", "100"))
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE, 3.0))
        assert not [a for a in made.done if isinstance(a, Ring)], "rings before it is durable"
        await made.settled()
        assert [a.agent for a in made.done if isinstance(a, Ring)] == ["a"]
        (offer,) = made.rows(Offer)
        assert (offer.contact, offer.agent, offer.queue, offer.outcome) == ("c1", "a", "help", "")
        assert json.loads(offer.why)["strategy"] == "longest idle"
        made.now += 4.0
        made.answer("a")
        made.now += 60.0
        made.hang_up("a")
        made.feed(ev.HungUp("c1"))
        await made.settled()
        (contact,) = made.rows(Contact)
        assert (contact.kind, contact.number, contact.agent) == ("call", "100", "a")
        assert (contact.state, contact.cause, contact.queue) == ("ended", "hung up", "help")
        assert contact.ended - contact.answered == 60.0
        (entry,) = made.rows(Entry)
        assert (entry.outcome, entry.left - entry.entered, entry.priority) == ("answered", 4.0, 3.0)
        (offer,) = made.rows(Offer)
        assert (offer.outcome, offer.ended - offer.at) == ("answered", 4.0)
        (session,) = made.rows(Session)
        assert (session.agent, session.state, session.ended) == ("a", "wrap-up", None)


async def test_facts_are_numbered_without_gaps_and_have_ids_of_their_own(url: str) -> None:
    async with running(url) as made:
        await made.staff("a", "b")
        for number in range(20):
            made.feed(ev.Enter(f"c{number}", "help", LONGEST_IDLE))
        await made.settled()
        facts = made.rows(Fact)
        assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
        assert len({fact.id for fact in facts}) == len(facts)
        inputs = made.rows(Input)
        assert len({row.id for row in inputs}) == len(inputs)
        first = inputs[0].seq  # earlier ones are in a snapshot
        assert [row.seq for row in inputs] == list(range(first, inputs[-1].seq + 1))
        since = {fact.input for fact in facts if fact.input >= first}
        assert since <= {row.seq for row in inputs}


async def test_who_watches_gets_the_facts_after_the_view_and_none_twice(url: str) -> None:
    async with running(url) as made:
        await made.staff("a")
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE))
        view = made.acd.position
        seen: list[Published] = []

        def watch(facts: Sequence[Published]) -> None:
            seen.extend(fact for fact in facts if fact.seq > view.seq)

        stop = made.acd.watch(watch)
        made.feed(ev.HungUp("c1"))
        await made.settled()
        assert [one.seq for one in seen] == list(range(view.seq + 1, made.acd.position.seq + 1))
        assert {one.fact.what for one in seen} >= {"ended", "withdrawn"}
        stop()
        before = len(seen)
        made.feed(ev.Arrived("c2"))
        await made.settled()
        assert len(seen) == before


async def test_a_booking_is_confirmed_when_it_is_durable(url: str) -> None:
    async with running(url) as made:
        await made.staff()
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE, number="100"))
        entered = made.now
        made.now += 30.0
        made.feed(ev.AskCallback("c1"))
        made.feed(ev.BookCallback("c1", "help", "100", LONGEST_IDLE))
        assert not [a for a in made.done if isinstance(a, Confirmed) and a.what == "booked"]
        await made.settled()
        assert [a.name for a in made.done if isinstance(a, Confirmed) and a.what == "booked"] == [
            "c1/callback"
        ]
        (callback,) = made.rows(Callback)
        assert (callback.number, callback.place, callback.state) == ("100", entered, "pending")
        (entry,) = made.rows(Entry)
        assert entry.outcome == "called back"
        made.feed(ev.HungUp("c1"))
        made.feed(ev.SetAgent(_agent("a")))
        made.feed(ev.SignIn("a"))
        made.feed(ev.Ready("a"))
        await made.settled()
        (callback,) = made.rows(Callback)
        assert (callback.state, callback.attempts) == ("dialling", 1)
        made.feed(ev.CustomerFailed("c1/callback", 486))
        await made.settled()
        (callback,) = made.rows(Callback)
        assert (callback.state, callback.last_status) == ("ended", 486)


async def test_who_asks_for_a_callback_and_waits_again_has_two_stays(url: str) -> None:
    async with running(url) as made:
        await made.staff()
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE))
        made.feed(ev.AskCallback("c1"))
        made.now += 5.0
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE))
        await made.settled()
        first, second = made.rows(Entry)
        assert (first.outcome, first.left, second.outcome) == ("left", made.now, "")
        assert first.suspended == first.entered == second.place


async def test_an_offer_that_nobody_answered_is_in_the_log_of_the_agent(url: str) -> None:
    async with running(url) as made:
        await made.staff("a")
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE))
        await made.settled()
        made.feed(ev.Failed("a", made.acd.engine.agents["a"].epoch, 408))
        await made.settled()
        (offer,) = made.rows(Offer)
        assert (offer.outcome, offer.reason) == ("missed", "408")


async def test_what_a_supervisor_does_is_in_the_audit_log(url: str) -> None:
    async with running(url) as made:
        await made.staff("a")
        made.feed(ev.Force("a", "not ready", "boss", "meeting", locked=True))
        made.feed(ev.Enter("c1", "help", LONGEST_IDLE))
        made.feed(ev.Disconnect("c1", "boss"))
        await made.settled()
        log = [(row.by, row.action, row.target) for row in made.rows(Audit)]
        assert log == [("boss", "not ready", "a"), ("boss", "disconnect", "c1")]


async def test_a_refused_event_changes_no_table(url: str) -> None:
    async with running(url) as made:
        await made.staff("a")
        made.feed(ev.Enter("c1", "nowhere", LONGEST_IDLE))
        made.feed(ev.Call("a", "x", to_agent="nobody"))
        await made.settled()
        assert made.rows(Contact) == []


async def test_whatever_a_telephone_sends_can_be_written(url: str) -> None:
    async with running(url) as made:
        await made.staff()
        made.feed(ev.Enter("c\0\ud800", "help", LONGEST_IDLE, number="1\0二\udfff"))
        await made.settled()
        (contact,) = made.rows(Contact)
        assert (contact.id, contact.number) == ("c\ufffd?", "1\ufffd二?")
        assert made.store.status().behind is False


async def test_an_event_that_is_no_data_raises_and_changes_nothing(url: str) -> None:
    async with running(url) as made:
        await made.staff("a")
        before = made.state()
        try:
            made.feed(ev.Committed(object()))  # type: ignore[arg-type]
        except TypeError:
            pass
        else:
            raise AssertionError("taken")
        made.feed(Committed(0))
        assert made.state() == before


def _agent(name: str):
    from contact_center.core.model import AgentSetup

    return AgentSetup(name, {"help": 50})
