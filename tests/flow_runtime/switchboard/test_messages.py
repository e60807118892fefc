"""Messages of voicemail boxes: left by callers, heard by agents when their turn comes."""

from __future__ import annotations

import asyncio
import errno
import gc
from pathlib import Path

import pytest

from contact_center.core import events as ev
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_bench import World, play
from queue_kit import Centre, run
from telephony.line import MediaFailed
from telephony.simulated import FarEnd
from telephony.simulated.call import SimulatedCall

LEAVE = """
flow hotline "Hotline"
schema 1
start -> message
node message: voicemail
  box = "repairs"
%s
  left -> thanks
  too_short -> sorry
node thanks: say
  text = "Thank you"
  next -> bye
node sorry: say
  text = "That was no message"
  next -> bye
node bye: hangup
"""
CALLER = "13800000001"
AWAY = AgentSettings("1001", queues={"repairs": 50})


def leaving(*lines: str) -> str:
    """A flow that takes a message; *lines* are more of its node."""
    return LEAVE % "\n".join(f"  {line}" for line in lines)


async def beeped(far: FarEnd) -> None:
    """Wait for the tone after which a caller speaks."""
    tone = asyncio.Event()
    far.on_sound = lambda text: tone.set() if text == "(beep)" else None
    await tone.wait()
    await asyncio.sleep(1)


async def leave(centre: Centre, seconds: float = 8.0, caller: str = CALLER) -> FarEnd:
    """Somebody leaves a message, and stops to speak."""
    far = centre.call(caller)
    await far.answered.wait()
    await beeped(far)
    if seconds:
        far.speak(seconds, "My boiler is cold")
    await far.over.wait()
    return far


def recordings(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*.wav")]


def be_ready(centre: Centre) -> None:
    for event in (ev.SignIn("1001"), ev.Ready("1001")):
        assert centre.board.tell(event) is None


def test_a_message_is_heard_by_an_agent(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        far = await leave(centre)
        assert "Please leave a message after the tone" in far.transcript
        assert "Thank you" in far.transcript
        (event,) = centre.world.events("message")
        assert event["box"] == "repairs" and recordings(tmp_path) == [event["path"]]
        phone = await centre.rings("1001")
        assert phone.shown.caller_id == CALLER
        phone.answer()
        await asyncio.sleep(60)
        assert phone.transcript.startswith(
            "A message from 1 3 8 0 0 0 0 0 0 0 1. Left on 23 November 2026 at 10:00. (recording)"
        )
        assert phone.over.is_set() and phone.ended_by == "us", "an agent who presses nothing"
        assert phone.transcript.count("To hear it again") == 2
        assert centre.state("1001") == "ready" and not centre.journal.engine.contacts

    run(leaving(), scenario, folder=tmp_path)


def test_what_keys_of_the_agent_do(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        await leave(centre)
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        phone.press("1")  # at once the message, not who has left it
        await asyncio.sleep(2)
        assert phone.transcript.count("(recording)") == 0
        phone.press("1")  # from its beginning
        await asyncio.sleep(20)
        phone.press("5")  # means nothing
        await asyncio.sleep(5)
        assert not phone.over.is_set()
        phone.press("1")
        await asyncio.sleep(1)
        phone.press("#")
        await asyncio.sleep(0.5)
        assert phone.over.is_set() and centre.state("1001") == "ready"
        played = [heard.seconds for heard in phone.heard if heard.text == "(recording)"]
        assert len(played) == 3 and played[1] > max(played[0], played[2])

    run(leaving(), scenario, folder=tmp_path)


def test_an_agent_who_hangs_up_is_done_with_it(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        await leave(centre)
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(3)
        phone.hang_up()
        await asyncio.sleep(0.5)
        assert centre.state("1001") == "ready" and not centre.journal.engine.contacts

    run(leaving(), scenario, folder=tmp_path)


def test_in_chinese(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        await leave(centre, caller="")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(60)
        assert phone.transcript.startswith("未知号码的留言。 留言时间2026年11月23日10:00。")
        assert "重听请按1" in phone.transcript

    run(leaving(), scenario, folder=tmp_path, languages=("zh-CN", "en"))


def test_who_hangs_up_at_the_end_has_left_a_message_too(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        far = centre.call()
        await beeped(far)
        far.speak(30, "My boiler is cold")
        await asyncio.sleep(5)
        far.hang_up()
        await centre.world.ended()
        assert centre.figures()["waiting"] == 0, "nobody is on the line"
        (contact,) = centre.journal.engine.contacts.values()
        assert contact.kind == "voicemail"
        be_ready(centre)
        (await centre.rings("1001")).answer()
        await asyncio.sleep(60)

    run(leaving(), scenario, agents=(AWAY,), folder=tmp_path)


def test_nothing_said_is_no_message(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        far = await leave(centre, seconds=0)
        assert "That was no message" in far.transcript
        assert not centre.journal.engine.contacts and centre.idle("1001")

    run(leaving(), scenario, folder=tmp_path)


def test_a_message_that_wants_no_reply_rings_nobody(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        far = await leave(centre)
        assert "Thank you" in far.transcript
        await asyncio.sleep(60)
        assert centre.idle("1001") and not centre.journal.engine.contacts
        assert len(recordings(tmp_path)) == 1

    run(leaving("want_reply = false"), scenario, folder=tmp_path)


def test_a_box_that_is_none_is_told_before_anybody_speaks(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        far = centre.call()
        await far.over.wait()
        (error,) = centre.world.events("error")
        assert error["name"] == "unknown-box"
        assert error["text"] == 'there is no voicemail box "repair" (did you mean "repairs"?)'
        assert not any(heard.text == "(beep)" for heard in far.heard)
        await centre.world.ended()

    run(leaving().replace('"repairs"', '"re" + "pair"'), scenario, folder=tmp_path)


def test_without_a_contact_centre_there_are_no_boxes() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await far.over.wait()
        (error,) = world.events("error")
        assert error["name"] == "not-configured"

    play(leaving(), scenario)


def test_a_full_disk_leaves_by_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = leaving("error -> full").replace(
        "node bye:", 'node full: say\n  text = "No room"\n  next -> bye\nnode bye:'
    )

    async def fails(self: SimulatedCall, path: str, **options: object) -> None:
        raise MediaFailed("disk-full", f"{path}: {errno.ENOSPC}")

    monkeypatch.setattr(SimulatedCall, "record", fails)

    async def scenario(centre: Centre) -> None:
        far = centre.call()
        await far.over.wait()
        assert far.transcript.endswith("No room") and not centre.journal.engine.contacts
        (error,) = centre.world.events("error")
        assert error["name"] == "disk-full"

    run(text, scenario, folder=tmp_path)


def test_several_messages_are_heard_in_their_order(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        for caller in ("101", "102", "103"):
            await leave(centre, caller=caller)
        assert len(centre.journal.engine.contacts) == 3
        be_ready(centre)
        heard = []
        for _ in range(3):
            phone = await centre.rings("1001")
            heard.append(phone.shown.caller_id)
            phone.answer()
            await asyncio.sleep(1)
            phone.press("#")
        await asyncio.sleep(1)
        assert heard == ["101", "102", "103"] and not centre.journal.engine.contacts

    run(leaving(), scenario, agents=(AWAY,), folder=tmp_path)


def test_the_next_agent_hears_what_the_first_did_not_answer(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        await leave(centre)
        first = await centre.rings("1001")
        first.decline("no_answer", 480)
        second = await centre.rings("1002")
        second.answer()
        await asyncio.sleep(60)
        assert "(recording)" in second.transcript and not centre.journal.engine.contacts

    queue = QueueSettings("repairs", "linear order", agents=("1001", "1002"))
    run(leaving(), scenario, agents=("1001", "1002"), queue=queue, folder=tmp_path)


def test_an_agent_who_is_lost_while_the_message_is_on_hold_leaves_nothing(tmp_path: Path) -> None:
    async def scenario(centre: Centre) -> None:
        await leave(centre)
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        phone.hold()
        held = centre.board._conversations._hold_keys._held
        assert phone.call in held
        phone.fail()
        del phone
        centre.world.line.dialled.clear()
        await asyncio.sleep(10)
        gc.collect()
        assert not held and not centre.journal.engine.contacts

    run(leaving(), scenario, folder=tmp_path)
