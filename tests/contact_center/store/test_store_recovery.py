"""What a server that starts again knows: state, dialogs, and what it makes of damage."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.core.actions import HangUpAgent
from contact_center.core.model import Wishes
from contact_center.core.strategy.strategy import compile_strategy
from contact_center.store.codec import KINDS, decode, encode
from contact_center.store.errors import StoreError
from contact_center.store.messages import message
from contact_center.store.reading import open_voicemails
from contact_center.store.recovery import StoredDialog, drop_dialog, keep_dialog
from contact_center.store.tables import Contact, Dialog, Fact, Input, Offer, Snapshot, Voicemail
from cordboard.strategies.expressions import FlowExpressions
from store_kit import PLANS, Centre, running

RICH = compile_strategy(
    "require skill.language == call.language; prefer skill.billing >= 60 for 20s then any;"
    " last_agent within 7d wait 15s; reserve when wait_estimate > 90s until < 40s",
    FlowExpressions(),
).bind(
    {
        "call": {"language": "zh-CN"},
        "contact": {"last_agent": "a", "last_agent_ago": 60},
        "customer": None,
        "queue": {"name": "help"},
    }
)


async def crash(made: Centre) -> None:
    """As after a kill: what was handed in is written, and nothing else happens."""
    await made.settled()
    made.store._writer.close()
    made.store._held.close()
    made.store.database.close()


async def test_a_clean_stop_and_a_start_find_the_same_state(url: str) -> None:
    async with running(url) as made:
        await made.staff("a", "b", "c")
        made.feed(ev.NotReady("b", "lunch"))
        made.feed(ev.SignOut("c"))
        made.feed(ev.BookCallback("web", "help", "100", RICH, 5.0, at=made.now + 900.0))
        made.now += 50.0
        await made.settled()
        before = made.state()
    async with running(url) as again:
        assert again.recovered.replayed == 0, "the last snapshot has it all"
        after = again.state()
        for part in ("queues", "agents", "contacts", "day"):
            assert after[part] == before[part], part


async def test_what_came_after_the_snapshot_is_replayed(url: str) -> None:
    made = Centre(url)
    await made.start()
    await made.staff("a")
    made.feed(ev.Enter("c2", "help", LONGEST_IDLE, number="200"))
    made.feed(ev.Enter("c1", "help", RICH, 2.0, Wishes(10.0, "both"), number="100"))
    await made.settled()
    made.answer("a")
    before = made.state()
    await crash(made)
    async with running(url) as again:
        assert again.recovered.replayed > 5 and again.recovered.strangers == 0
        assert again.acd.engine.contacts["c1/callback"].entry.plan == RICH
        assert again.acd.engine.queues["help"].queued == before["queues"]["help"]["queued"]
        assert again.state()["agents"]["a"]["answered"] == 1


async def test_answered_legs_get_a_bye_with_a_number_that_was_not_used(url: str) -> None:
    made = Centre(url)
    await made.start()
    await made.staff("a")
    made.feed(ev.Enter("c1", "help", LONGEST_IDLE, number="100"))
    await made.settled()
    made.answer("a")
    agent = StoredDialog("leg a", "c1", 7, {"call_id": "x@y", "routes": ["<sip:r;lr>"]}, "a", 2)
    kept = [keep_dialog(StoredDialog("leg c1", "c1", 41), made.store.dialect)]
    kept += [keep_dialog(agent, made.store.dialect), keep_dialog(agent, made.store.dialect)]
    kept += [keep_dialog(StoredDialog("gone", "c0", 1), made.store.dialect), drop_dialog("gone")]
    await made.acd.write(kept)
    await crash(made)
    for start in (1, 2, 3):  # a peer that did not answer the BYE of the first start
        again = Centre(url)
        await again.start()
        found = {dialog.leg: dialog for dialog in again.recovered.dialogs}
        assert {leg: d.cseq for leg, d in found.items()} == {
            "leg a": 7 + 1000 * start, "leg c1": 41 + 1000 * start,
        }  # fmt: skip
        assert found["leg a"].data == agent.data and found["leg a"].agent == "a"
        stopped = [action for action in again.done if isinstance(action, HangUpAgent)]
        assert len(stopped) == (1 if start == 1 else 0)
        if start == 3:
            await again.acd.write([drop_dialog("leg a"), drop_dialog("leg c1")])
            assert again.rows(Dialog) == []
        await crash(again)


async def test_a_message_that_was_being_listened_to_is_work_again(url: str) -> None:
    made = Centre(url)
    await made.start()
    await made.staff("a")
    told = message("m1", "repairs", "100", "m1.wav", 12.5, made.now)
    made.feed(ev.Voicemail("m1", "help", LONGEST_IDLE), [told])
    await made.settled()
    made.answer("a")
    await crash(made)
    async with running(url) as again:
        with again.store.database.reading.begin() as connection:
            (still,) = open_voicemails(connection, "help")
        assert (still["recording"], still["seconds"], still["heard_by"]) == ("m1.wav", 12.5, "a")
        again.now += 6.0
        again.feed(ev.Wake())
        await again.settled()
        again.answer("a")
        again.hang_up("a")
        await again.settled()
        (done,) = again.rows(Voicemail)
        assert done.ended == again.now
        outcomes = [offer.outcome for offer in again.rows(Offer)]
        assert outcomes == ["answered", "answered"]


# --- damage ---------------------------------------------------------------------------------------


async def damaged(url: str, *statements: str) -> None:
    """A centre with two snapshots and some events after each, and then something happens to it."""
    made = Centre(url)
    await made.start()
    await made.staff("a", "b")
    made.feed(ev.Enter("c1", "help", LONGEST_IDLE, number="100"))
    made.feed(ev.BookCallback("web", "help", "200", LONGEST_IDLE, at=made.now + 5000.0))
    await crash(made)
    with made.store.database.writing.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    made.store.database.close()


async def test_a_snapshot_that_cannot_be_read_costs_only_time(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    newest = "(select max(seq) from snapshots)"
    zeros = "zeroblob(9)" if url.startswith("sqlite") else "'\\x00'::bytea"
    await damaged(url, f"update snapshots set data = {zeros} where seq = {newest}")
    async with running(url) as again:
        assert set(again.acd.engine.contacts) == {"c1/callback", "web/callback"}
        assert "cannot be read; an older one is taken" in caplog.text


async def test_events_that_are_missing_are_told_and_nothing_is_guessed(url: str) -> None:
    await damaged(url, "delete from inputs where seq = (select max(seq) - 2 from inputs)")
    again = Centre(url)
    with pytest.raises(StoreError, match=r"has lost the events from \d+ to \d+.*restore a backup"):
        await again.start()
    again.store.database.close()


async def test_an_event_of_a_newer_version_is_told(url: str) -> None:
    await damaged(
        url, "update inputs set kind = 'Teleport' where seq = (select max(seq) from inputs)"
    )
    again = Centre(url)
    with pytest.raises(StoreError, match='has an event "Teleport".*update Cordboard'):
        await again.start()
    again.store.database.close()


async def test_a_contact_that_replay_does_not_know_is_ended(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As after an update whose engine decides otherwise."""
    caplog.set_level(logging.WARNING)
    await damaged(
        url,
        """update inputs set kind = 'Arrived', data = '{"contact":"other"}' where seq =
           (select seq from inputs where data like '%"c1"%' and kind = 'Enter')""",
    )
    async with running(url) as again:
        assert again.recovered.strangers > 0
        assert "are made otherwise by this version" in caplog.text
        rows = {row.id: row for row in again.rows(Contact)}
        assert (rows["c1"].state, rows["c1"].cause) == ("ended", "system")
        assert rows["web/callback"].ended is None
        ended = [fact.contact for fact in again.rows(Fact) if fact.what == "ended"]
        assert sorted(ended) == ["c1", "other"]


async def test_snapshots_bound_what_is_replayed_and_kept(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact_center.store.durable.SNAPSHOT_EVERY", 20)
    made = Centre(url)
    await made.start()
    await made.staff("a")
    for number in range(60):
        made.feed(ev.Arrived(f"c{number}"))
    await crash(made)
    assert len(made.rows(Snapshot)) == 2
    assert len(made.rows(Input)) <= 60
    made.store.database.close()
    async with running(url) as again:
        assert again.recovered.replayed <= 20
        assert len([f for f in again.rows(Fact) if f.what == "ended"]) == 60


# --- events as JSON -------------------------------------------------------------------------------


def filled(kind: type[Any]) -> ev.Event:
    """An event with something in every field."""
    from dataclasses import fields

    from contact_center.core.model import AgentSetup, QueueSetup

    values: dict[str, Any] = {
        "plan": RICH,
        "wishes": Wishes(30.0, "wait", 10.0, True, "late"),
        "setup": AgentSetup("a", {"q": 5}, {"zh": 9, "l": "x"}, frozenset({"q"}), 2, True)
        if kind is ev.SetAgent
        else QueueSetup("q", ("a", "b"), 3, 1.0, 2.0, 3.0, 4, 0.0, "none", 9.0, 2, 8.0),
        "epoch": 3, "ticket": 9, "status": 486, "priority": 2.5, "at": 17.0, "wait": 4.5,
        "reachable": False, "busy": True, "locked": True, "phone_up": True, "open": False,
        "on": True, "keep_place": False, "how": "conference", "state": "not ready",
    }  # fmt: skip
    made: ev.Event = kind(**{f.name: values.get(f.name, f"an {f.name}") for f in fields(kind)})
    return made


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_event_comes_back_equal(kind: type[Any]) -> None:
    event = filled(kind)
    name, data = encode(event, PLANS)
    assert decode(name, data, PLANS) == event
    assert name == kind.__name__ and data.isascii()


def test_fields_with_their_default_are_left_out_and_come_back() -> None:
    name, data = encode(ev.Enter("c1", "help", LONGEST_IDLE), PLANS)
    assert "wishes" not in data and "priority" not in data
    assert decode(name, data, PLANS) == ev.Enter("c1", "help", LONGEST_IDLE)


def test_the_file_of_a_database_is_not_made_by_asking(tmp_path: Path) -> None:
    from contact_center.store.database import Database

    Database(f"sqlite:///{tmp_path / 'x.db'}").close()
    assert not (tmp_path / "x.db").exists()
