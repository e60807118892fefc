"""A random day: tables, log and replay agree with the engine, whatever has happened."""

import random

import pytest

from acd_kit import LONGEST_IDLE, RING_ALL, plan
from contact_center.core import events as ev
from contact_center.core.model import BOOKED, CALLBACK_PENDING, DIALLING, Wishes
from contact_center.core.state import snapshot
from contact_center.core.strategy.plan import Person, Term
from contact_center.store.messages import message
from contact_center.store.recovery import load
from contact_center.store.tables import Callback, Contact, Entry, Fact, Offer, Session, Voicemail
from store_kit import PLANS, Centre, running

PLANS_OF_CALLERS = (
    LONGEST_IDLE,
    RING_ALL,
    plan(Term("ring", False)),
    plan(persons=(Person("b", 5.0, "owner"),)),
)


class Day:
    """Callers, telephones and buttons, by chance."""

    def __init__(self, made: Centre, seed: int) -> None:
        self.made, self.chance, self.count = made, random.Random(seed), 0
        self.doing = [
            self.enters, self.enters, self.answers, self.answers, self.agent_ends, self.caller_ends,
            self.buttons, self.buttons, self.books, self.speaks, self.dialled, self.calls,
        ]  # fmt: skip

    def step(self) -> None:
        self.made.now += self.chance.expovariate(0.3)
        self.chance.choice(self.doing)()

    def agent(self) -> str:
        return self.chance.choice("abcd")

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def somebody(self) -> str:
        return self.chance.choice([*self.made.acd.engine.contacts, "nobody"])

    def enters(self) -> None:
        wishes = Wishes(max_wait=self.chance.choice((None, 20.0)))
        number = self.chance.choice(("", "100", "200"))
        how = self.chance.choice(PLANS_OF_CALLERS)
        self.made.feed(ev.Enter(self.name("c"), "help", how, 0.0, wishes, number))

    def answers(self) -> None:
        ringing = [n for n, a in self.made.acd.engine.agents.items() if a.state == "ringing"]
        if ringing:
            name = self.chance.choice(ringing)
            if self.chance.random() < 0.7:
                self.made.answer(name)
            else:
                epoch = self.made.acd.engine.agents[name].epoch
                self.made.feed(ev.Failed(name, epoch, self.chance.choice((408, 486, 603))))

    def agent_ends(self) -> None:
        self.made.hang_up(self.agent())

    def caller_ends(self) -> None:
        self.made.feed(ev.HungUp(self.somebody()))

    def buttons(self) -> None:
        name = self.agent()
        self.made.feed(
            self.chance.choice((
                ev.Ready(name), ev.Ready(name), ev.NotReady(name, "tea"), ev.Park(name),
                ev.SignOut(name), ev.SignIn(name), ev.Reject(name), ev.Done(name),
                ev.Retrieve(name, self.somebody()), ev.Pick(name, self.somebody()),
                ev.Transfer(name, to_queue="help", plan=LONGEST_IDLE),
                ev.Transfer(name, to_agent=self.agent()),
                ev.Consult(name, self.name("x"), to_agent=self.agent()),
                ev.EndConsult(name, "conference"), ev.EndConsult(name, "transfer"),
                ev.TakeOver(name, self.somebody()), ev.Force(name, "ready", "boss"),
                ev.Disconnect(self.somebody(), "boss"), ev.LeaveByKey(self.somebody(), "key"),
            ))
        )  # fmt: skip

    def books(self) -> None:
        contact = self.somebody()
        self.made.feed(ev.AskCallback(contact))
        if self.chance.random() < 0.7:
            self.made.feed(ev.BookCallback(contact, "help", "300", LONGEST_IDLE))

    def speaks(self) -> None:
        name = self.name("m")
        told = message(name, "box", "100", f"{name}.wav", 3.0, self.made.now)
        self.made.feed(ev.Voicemail(name, "help", LONGEST_IDLE), [told])

    def dialled(self) -> None:
        for name, contact in list(self.made.acd.engine.contacts.items()):
            if contact.target is not None:
                kind = ev.CustomerAnswered if self.chance.random() < 0.6 else None
                self.made.feed(kind(name) if kind else ev.CustomerFailed(name, 404))

    def calls(self) -> None:
        other = {"to_number": "555"} if self.chance.random() < 0.5 else {"to_agent": self.agent()}
        self.made.feed(ev.Call(self.agent(), self.name("o"), **other))


def tables_agree(made: Centre) -> None:
    engine = made.acd.engine
    rows = {row.id: row for row in made.rows(Contact)}
    assert {name for name, row in rows.items() if row.ended is None} == set(engine.contacts)
    waiting = {n for n, c in engine.contacts.items() if c.entry is not None and c.entry.live}
    booked = {row.contact for row in made.rows(Callback)}
    open_entries = [row.contact for row in made.rows(Entry, outcome="")]
    assert len(open_entries) == len(set(open_entries)) and set(open_entries) <= waiting
    assert set(open_entries) - booked == waiting - booked  # a callback has none until it is queued
    offers = {(row.contact, row.agent, row.epoch) for row in made.rows(Offer, outcome="")}
    ringing = [a.offer for a in engine.agents.values() if a.offer is not None]
    assert offers == {(o.contact.name, o.agent.name, o.epoch) for o in ringing}
    sessions = {row.agent: row for row in made.rows(Session) if row.ended is None}
    assert set(sessions) == {n for n, a in engine.agents.items() if a.state != "signed out"}
    for name, row in sessions.items():
        state = engine.agents[name].state
        if state != "clearing":
            assert row.state == state.replace("offered", "ringing"), name
    for row in made.rows(Callback):
        contact = engine.contacts.get(row.contact)
        if contact is None:
            assert row.state == "ended"
        elif contact.state == CALLBACK_PENDING:
            assert contact.entry is not None
            assert row.state == {DIALLING: "dialling", BOOKED: "pending"}[contact.entry.state]
            assert row.attempts == contact.entry.attempts
        assert contact is None or row.ended is None
    for row in made.rows(Voicemail):
        assert (row.ended is None) == (row.contact in engine.contacts)


def log_agrees(made: Centre) -> None:
    with made.store.database.reading.begin() as connection:
        found = load(connection, PLANS)
    assert found.strangers == 0
    assert snapshot(found.engine, PLANS) == made.state()
    over = [fact.contact for fact in made.rows(Fact) if fact.what == "ended"]
    ended = [name for name in over if not name.startswith("nobody/")]  # an id that is used again
    assert len(ended) == len(set(ended))
    assert (found.mark.fact, found.mark.seq > 0) == (made.acd.position.seq, True)


@pytest.mark.parametrize("seed", range(5))
async def test_a_random_day(seed: int, url: str) -> None:
    async with running(url) as made:
        await made.staff("a", "b", "c", "d", wrap_up=2.0, misses=2, callback_attempts=2)
        day = Day(made, seed)
        for _ in range(6):
            for _ in range(40):
                day.step()
                if day.chance.random() < 0.3:
                    await made.settled()
            await made.settled()
            tables_agree(made)
        log_agrees(made)
    async with running(url) as again:
        await again.settled()
        tables_agree(again)
        log_agrees(again)
