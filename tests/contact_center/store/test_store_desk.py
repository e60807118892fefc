"""What the API asks of the store: accounts, the outbox, looking things up, forgetting."""

import pytest
from argon2 import PasswordHasher

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.store import reading
from contact_center.store.audit import audited
from contact_center.store.outbox import (
    Backlog,
    Delivery,
    backlog,
    delivered,
    due,
    failed,
    given_up_without,
    next_due,
    post,
)
from contact_center.store.passwords import Accounts, PasswordError, accounts, remove_account
from contact_center.store.retention import Retention, old_rows
from contact_center.store.tables import (
    Account,
    Audit,
    Contact,
    Entry,
    Fact,
    Input,
    Offer,
    Outbox,
    Session,
)
from store_kit import Centre, running

DAY = 86_400.0

# --- accounts -------------------------------------------------------------------------------------


async def test_passwords_are_argon2_hashes(url: str) -> None:
    async with running(url) as made:
        known = Accounts(made.store.database.reading, made.store.dialect, {})
        await made.acd.write([known.set_password("boss", "supervisor", "long enough", made.now)])
        (row,) = made.rows(Account)
        assert row.password_hash.startswith("$argon2id$") and "enough" not in row.password_hash
        login = known.login("boss", "long enough", made.now)
        assert login is not None and (login.name, login.role) == ("boss", "supervisor")
        assert login.renewed is None
        assert known.login("boss", "long enouph", made.now) is None
        assert known.login("nobody", "nobody", made.now) is None
        assert known.login("nobody", "long enough", made.now) is None
        await made.acd.write([known.set_password("boss", "admin", "another one", made.now)])
        assert known.login("boss", "long enough", made.now) is None
        with made.store.database.reading.begin() as connection:
            assert accounts(connection) == {"boss": "admin"}
        await made.acd.write([remove_account("boss")])
        assert known.login("boss", "another one", made.now) is None


async def test_a_hash_of_weaker_parameters_is_renewed_at_the_next_login(url: str) -> None:
    async with running(url) as made:
        known = Accounts(made.store.database.reading, made.store.dialect, {})
        weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("long enough")
        op, values = known.set_password("boss", "supervisor", "long enough", made.now)
        await made.acd.write([(op, {**values, "password_hash": weak})])
        login = known.login("boss", "long enough", made.now)
        assert login is not None and login.renewed is not None
        await made.acd.write([login.renewed])
        again = known.login("boss", "long enough", made.now)
        assert again is not None and again.renewed is None


async def test_passwords_of_the_file_are_not_stored_and_win(url: str) -> None:
    async with running(url) as made:
        before = Accounts(made.store.database.reading, made.store.dialect, {})
        await made.acd.write([before.set_password("1001", "agent", "an older one", made.now)])
        known = Accounts(made.store.database.reading, made.store.dialect, {"1001": "in the file"})
        login = known.login("1001", "in the file", made.now)
        assert login is not None and login.role == "agent"
        assert known.login("1001", "an older one", made.now) is None
        with pytest.raises(PasswordError, match=r"set in cordboard.toml \(\[agents.1001\]\)"):
            known.set_password("1001", "agent", "long enough", made.now)
        with pytest.raises(PasswordError, match="at least 8 characters"):
            known.set_password("1002", "agent", "short", made.now)


# --- webhooks -------------------------------------------------------------------------------------


def waiting(made: Centre) -> list[Delivery]:
    with made.store.database.reading.begin() as connection:
        return due(connection, made.now)


async def test_a_message_is_written_with_its_event_and_tried_until_it_is_delivered(
    url: str,
) -> None:
    async with running(url) as made:
        await made.staff("a")
        made.feed(ev.Arrived("c1"), [post("crm", "e1", "{}", made.now)])
        await made.acd.write([post("other", "e1", "[]", made.now)])
        first, second = waiting(made)
        assert (first.hook, first.event, first.body, second.hook) == ("crm", "e1", "{}", "other")
        await made.acd.write([delivered(second, made.now), failed(first, "503", made.now)])
        assert waiting(made) == []
        with made.store.database.reading.begin() as connection:
            assert next_due(connection) == made.now + 5.0
        made.now += 5.0
        (again,) = waiting(made)
        assert (again.event, again.attempts) == ("e1", 1)
        await made.acd.write([delivered(again, made.now)])
        with made.store.database.reading.begin() as connection:
            assert next_due(connection) is None
        assert [(row.attempts, row.last_error) for row in made.rows(Outbox)] == [
            (2, "503"),
            (1, ""),
        ]


async def test_each_webhook_is_looked_at_by_itself(url: str) -> None:
    async with running(url) as made:
        await made.acd.write(
            [
                post(hook, f"e{n}", "{}", made.now + n)
                for n, hook in enumerate(("crm", "old", "crm"))
            ]
        )
        made.now += 1.0
        database = made.store.database.reading
        with database.begin() as connection:
            assert [one.event for one in due(connection, made.now, hook="crm")] == ["e0"]
            assert next_due(connection, "crm") == made.now - 1.0
            assert next_due(connection, "nobody") is None
            (first,) = due(connection, made.now, hook="crm")
        await made.acd.write([failed(first, "503", made.now), given_up_without(["crm"], made.now)])
        with database.begin() as connection:
            assert backlog(connection, "crm") == Backlog(2, 0, made.now - 1.0, "503")
            assert backlog(connection, "old").given_up == 1
            assert backlog(connection, "nobody") == Backlog(0, 0, None, "")


async def test_what_the_api_does_is_in_the_audit_log_too(url: str) -> None:
    async with running(url) as made:
        await made.acd.write([audited("boss", "log in", "boss", ["10.0.0.1"], made.now)])
        with made.store.database.reading.begin() as connection:
            (row,) = reading.audit(connection, made.now, made.now + 1)
        assert (row["by"], row["action"], row["data"]) == ("boss", "log in", ["10.0.0.1"])


async def test_a_receiver_that_stays_away_is_given_up_after_three_days(url: str) -> None:
    async with running(url) as made:
        await made.acd.write([post("crm", "e1", "{}", made.now)])
        start, waits = made.now, []
        while messages := waiting(made):
            await made.acd.write([failed(messages[0], "refused", made.now)])
            (row,) = made.rows(Outbox)
            waits.append(row.due - made.now)
            made.now = row.due
        assert waits[:4] == [5.0, 10.0, 20.0, 40.0] and max(waits) == 3600.0
        assert made.rows(Outbox)[0].given_up is not None
        assert 2.9 * DAY < made.now - start < 3.1 * DAY


# --- looking things up ----------------------------------------------------------------------------


async def a_morning(made: Centre) -> None:
    await made.staff("a", "b")
    made.feed(ev.Enter("c1", "help", LONGEST_IDLE, number="100"))
    await made.settled()
    made.feed(ev.Failed("a", made.acd.engine.agents["a"].epoch, 408))
    await made.settled()
    made.answer("b")
    made.now += 30.0
    made.hang_up("b")
    made.feed(ev.HungUp("c1"))
    made.now += 10.0
    made.feed(ev.Enter("c2", "help", LONGEST_IDLE, number="100"))
    made.feed(ev.HungUp("c2"))
    made.feed(ev.Enter("c3", "help", LONGEST_IDLE, number="200"))
    made.feed(ev.AskCallback("c3"))
    made.feed(ev.BookCallback("c3", "help", "200", LONGEST_IDLE, at=made.now + 600.0))
    await made.settled()


async def test_contacts_are_found_and_told_whole(url: str) -> None:
    async with running(url) as made:
        await a_morning(made)
        with made.store.database.reading.begin() as connection:
            found = reading.contacts(connection, reading.Wanted())
            assert [c["id"] for c in found] == ["c3/callback", "c3", "c2", "c1"]
            page = reading.contacts(connection, reading.Wanted(), 2, (found[1]["began"], "c3"))
            assert [c["id"] for c in page] == ["c2", "c1"]
            by = {
                "number": ("100", ["c2", "c1"]), "agent": ("b", ["c1"]),
                "kind": ("callback", ["c3/callback"]), "cause": ("abandoned", ["c2"]),
                "queue": ("nowhere", []), "since": (made.now, ["c3/callback", "c3", "c2"]),
                "until": (made.now, ["c1"]),
            }  # fmt: skip
            for name, (value, expected) in by.items():
                wanted = reading.Wanted(**{name: value})
                assert [c["id"] for c in reading.contacts(connection, wanted)] == expected, name
            whole = reading.history(connection, "c1")
            assert whole is not None
            assert [entry["outcome"] for entry in whole.entries] == ["answered"]
            told = [(o["agent"], o["outcome"], o["why"]["chose"]) for o in whole.offers]
            assert told == [("a", "missed", "agent"), ("b", "answered", "agent")]
            assert [fact["what"] for fact in whole.facts] == [
                "queued", "offered", "missed", "offered", "answered", "after agent", "ended",
            ]  # fmt: skip
            booked = reading.history(connection, "c3/callback")
            assert booked is not None and booked.callback is not None
            assert booked.callback["number"] == "200"
            assert reading.history(connection, "nobody") is None


async def test_open_work_and_logs(url: str) -> None:
    async with running(url) as made:
        await a_morning(made)
        made.feed(ev.Force("a", "not ready", "boss", "meeting"))
        await made.settled()
        with made.store.database.reading.begin() as connection:
            (callback,) = reading.open_callbacks(connection, "help")
            assert callback["contact"] == "c3/callback"
            assert reading.open_callbacks(connection, "sales") == []
            log = reading.calls_of(connection, "a", 0.0)
            calls = [(call["number"], call["outcome"]) for call in log]
            assert calls == [("200", "withdrawn"), ("100", "withdrawn"), ("100", "missed")]
            assert reading.last_agent(connection, "100", made.now) == ("b", 40.0)
            assert reading.last_agent(connection, "200", made.now) is None
            signed_in = reading.sessions(connection, made.now, made.now + 1.0)
            assert [(row["agent"], row["state"]) for row in signed_in] == [
                ("a", "not ready"), ("b", "ready"),
            ]  # fmt: skip
            (forced,) = reading.audit(connection, 0.0, made.now + 1.0)
            assert (forced["by"], forced["data"]) == ("boss", ["meeting", False])
            everything = reading.facts_after(connection, 0)
            rest = reading.facts_after(connection, 5, 3)
            assert [fact["seq"] for fact in rest] == [6, 7, 8]
            assert everything[-1]["seq"] == made.acd.position.seq


# --- forgetting -----------------------------------------------------------------------------------


async def forget(made: Centre, keep: Retention) -> None:
    while True:
        with made.store.database.reading.begin() as connection:
            ops = list(old_rows(connection, keep, made.now))
        if not ops:
            return
        await made.acd.write(ops)


async def test_what_is_old_goes_and_what_goes_on_stays(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact_center.store.retention.AT_ONCE", 3)
    async with running(url) as made:
        await a_morning(made)
        made.feed(ev.Force("a", "not ready", "boss"))
        made.feed(ev.SignOut("b"))
        await made.acd.write(
            [post("crm", "open", "{}", made.now), post("crm", "x", "{}", made.now)]
        )
        await made.acd.write([delivered(waiting(made)[1], made.now)])
        await forget(made, Retention())
        assert len(made.rows(Contact)) == 4
        last = made.acd.position.seq
        made.now += 401 * DAY
        await forget(made, Retention())
        # c3 was never hung up, and its callback is still to be made
        assert {row.id for row in made.rows(Contact)} == {"c3", "c3/callback"}
        assert {row.contact for row in made.rows(Entry)} == {"c3"}
        assert {row.contact for row in made.rows(Offer)} <= {"c3"}
        assert [row.seq for row in made.rows(Fact)] == [last], "numbering goes on from the last one"
        assert [row.agent for row in made.rows(Session)] == ["a"]
        assert [row.event for row in made.rows(Outbox)] == ["open"]
        assert len(made.rows(Audit)) == 1
        before = made.count("select count(*) from inputs")
        assert before > 0
        made.feed(ev.HungUp("c3"))
        await made.settled()
        assert len(made.rows(Input)) > before - 1
    async with running(url) as again:
        assert again.acd.position.seq > last
        assert "c3/callback" in again.acd.engine.contacts
