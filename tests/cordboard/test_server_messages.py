"""Messages and callbacks of a server, with the store behind them: a restart keeps them."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta
from pathlib import Path

from sqlalchemy import select

from contact_center.core import events as ev
from contact_center.store.statements import table_of
from contact_center.store.tables import Callback, Voicemail
from contact_center.store.tables import Contact as ContactRow
from cordboard.centre.centre import Centre
from cordboard.config import parse_config
from flow_bench import ScriptedData
from flow_runtime.clock import WallClock
from flow_runtime.core.queue_commands import BookCallback, LeaveMessage
from flow_runtime.core.sound import Recording
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from flow_runtime.tracing import Tracer
from telephony.simulated import Callee, SimulatedLine

SITE = """
[queues.repairs]
[voicemail.box]
queue = "repairs"
[agents.1001]
password = "x"
contact = "1001"
queues = {repairs = 50}
"""
SECOND = timedelta(seconds=1)
LEAVE = LeaveMessage("box", 60 * SECOND, 5 * SECOND, SECOND)


class Server:
    """The contact centre of a server that has just been started in *folder*."""

    def __init__(self, folder: Path) -> None:
        clock = WallClock(UTC)
        self.line = SimulatedLine(clock.now)
        self.line.callees["1001"] = Callee(outcome=None)
        self.line.callees["5551234"] = Callee(outcome=None)
        self.centre = Centre(parse_config(SITE, folder), self.line, clock, UTC, {})
        self.services = Services(self.line, TextSpeaker(), ScriptedData(), clock, folder)

    async def start(self) -> Server:
        """Take calls."""
        await self.centre.start(self.services)
        await self.line.start(lambda call: None)
        self.centre.open()
        return self

    async def stop(self) -> None:
        """End all calls."""
        await self.line.stop()
        await self.centre.stop()

    def session(self) -> Session:
        """A caller in a flow."""
        call = self.line.call("5551234", "100").call
        tracer = Tracer(call.facts.id, self.services.clock, None)
        session = Session(call, self.services, tracer, KeyBuffer(tracer), {}, {})
        session.recorded["message"] = 1
        return session

    def be_ready(self) -> None:
        """The agent comes."""
        for event in (ev.SignIn("1001"), ev.Ready("1001")):
            assert self.centre.switchboard.tell(event) is None

    async def rings(self, number: str) -> None:
        """Wait until the telephone rings, and answer it."""
        async with asyncio.timeout(30):
            (await self.line.callees[number].rings.get()).answer()


async def test_a_message_is_heard_after_a_restart(tmp_path: Path) -> None:
    first = await Server(tmp_path).start()
    recording = Recording(str(tmp_path / "2026-11-23" / "m.wav"), 7.5)
    await first.centre.switchboard.keep(first.session(), LEAVE, recording)
    await first.stop()

    second = await Server(tmp_path).start()
    second.be_ready()
    await second.rings("1001")
    phone = second.line.dialled[-1]
    assert phone.shown.caller_id == "5551234"
    words: asyncio.Queue[str] = asyncio.Queue()
    phone.on_sound = words.put_nowait
    async with asyncio.timeout(30):
        assert "5 5 5 1 2 3 4" in await words.get()
        phone.press("1")
        assert await words.get() == "(recording)"
        phone.press("#")
        await phone.over.wait()
    await second.centre.acd.flushed()
    with second.centre.store.database.reading.begin() as connection:
        (row,) = connection.execute(select(table_of(Voicemail)))
    assert (row.box, row.number, row.recording, row.seconds) == (
        "box", "5551234", "2026-11-23/m.wav", 7.5,
    )  # fmt: skip
    assert row.heard_by == "1001" and row.ended is not None
    with second.centre.store.database.reading.begin() as connection:
        calls = select(table_of(ContactRow)).where(ContactRow.number == "5551234")
        assert [call.kind for call in connection.execute(calls)] == ["voicemail"]
    await second.stop()

    third = await Server(tmp_path).start()
    assert third.centre.status()["agents"]["1001"]["state"] == "ready"
    assert not third.centre.acd.engine.contacts, "nobody hears it again"
    await third.stop()


async def test_a_message_that_wants_no_reply_is_in_the_tables(tmp_path: Path) -> None:
    server = await Server(tmp_path).start()
    kept = LeaveMessage("box", 60 * SECOND, 5 * SECOND, SECOND, want_reply=False)
    await server.centre.switchboard.keep(
        server.session(), kept, Recording(str(tmp_path / "m.wav"), 7.5)
    )
    with server.centre.store.database.reading.begin() as connection:
        (row,) = connection.execute(select(table_of(Voicemail)))
        (contact,) = connection.execute(
            select(table_of(ContactRow)).where(ContactRow.kind == "voicemail")
        )
    assert row.recording == "m.wav" and row.contact == contact.id
    assert (contact.cause, contact.number) == ("kept", "5551234")
    assert not server.centre.acd.engine.contacts
    await server.stop()


async def test_a_callback_is_made_after_a_restart(tmp_path: Path) -> None:
    first = await Server(tmp_path).start()
    booking = await first.centre.switchboard.book(
        first.session(), BookCallback("repairs", "5551234")
    )
    assert booking.booked
    with first.centre.store.database.reading.begin() as connection:
        (row,) = connection.execute(select(table_of(Callback)))
    assert (row.number, row.queue, row.state) == ("5551234", "repairs", "pending")
    await first.stop()

    second = await Server(tmp_path).start()
    second.be_ready()
    await second.rings("5551234")
    await second.rings("1001")
    await second.stop()
