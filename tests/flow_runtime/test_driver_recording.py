"""The driver when it records: names, lengths, full disks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from flow_bench import World, play
from line_bench.bench import file_seconds

MESSAGE = """
flow message "Message"
schema 1
var tape: recording?
start -> take
node take: record
  prompt = "Leave a message"
  max_length = 10s
  silence = 2s
  into = tape
  -> again
  too_short -> bye
node again: say
  text = ["You said", tape]
  -> once_more
node once_more: menu
  prompt = "Once more"
  attempts = 1
  1 -> take
  failed -> bye
  error -> bye
node bye: hangup
"""


def test_a_message_is_recorded_played_back_and_named_by_day_call_and_node(
    tmp_path: Path,
) -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(2)
        far.speak(3)
        await asyncio.sleep(13)
        far.press("1")
        await asyncio.sleep(2)
        far.speak(20)
        await world.ended()
        names = [f"sim1-take{n}.wav" for n in ("", "-2")]
        # 1 s of prompt, a beep, 0.75 s of waiting, 3 s of speech, 2 s of silence
        first, second = (tmp_path / "2026-11-23" / name for name in names)
        assert file_seconds(first) == pytest.approx(5.75, abs=0.05)
        assert file_seconds(second) == pytest.approx(10)
        assert [e["by"] for e in world.events("record")] == ["silence", "full"]
        back = [h for h in far.heard if h.text == "(recording)"]
        assert [h.seconds for h in back] == pytest.approx([5.75, 10.0], abs=0.05)

    play(MESSAGE, scenario, folder=tmp_path)


def test_silence_is_too_short(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        world.call()
        await world.ended()
        assert world.left_by["take"] == "too_short"
        assert world.events("record")[0]["spoke"] is False

    play(MESSAGE, scenario, folder=tmp_path)


def test_an_end_key_ends_the_message_and_nothing_else(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(2)
        far.speak(30)
        await asyncio.sleep(3)
        far.press("#")
        await world.ended()
        assert world.events("record")[0]["by"] == "key"
        assert world.left_by["once_more"] == "failed", "the key was not typed ahead"

    play(MESSAGE, scenario, folder=tmp_path)


@pytest.mark.parametrize("port", ["bye", "again"])
def test_a_full_disk_is_a_named_error_and_disturbs_nobody(port: str, tmp_path: Path) -> None:
    flow = MESSAGE.replace("  too_short -> bye", f"  too_short -> bye\n  error -> {port}", 1)
    day = tmp_path / "2026-11-23"
    day.mkdir()
    (day / "sim1-take.wav").symlink_to("/dev/full")

    async def scenario(world: World) -> None:
        one, two = world.call(), world.call()
        await asyncio.sleep(2)
        one.speak(3)
        two.speak(3)
        await asyncio.wait(world.served)
        errors = world.events("error")
        assert (errors[0]["call"], errors[0]["name"]) == ("sim1", "disk-full")
        assert {e["call"] for e in errors} == {"sim1"}
        assert file_seconds(day / "sim2-take.wav") == pytest.approx(5.75, abs=0.05)

    play(flow, scenario, folder=tmp_path)


def test_a_folder_that_cannot_be_made_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def scenario(world: World) -> None:
        world.call()
        ended = await world.ended()
        assert ended.failure is not None and ended.failure.name == "file-failed"

    play(MESSAGE, scenario, folder=tmp_path / "file" / "recordings")
