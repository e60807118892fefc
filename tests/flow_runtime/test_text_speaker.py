from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import pytest

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.sound import AudioFile, Recording, Silence, Sound, Spoken, Utterance
from flow_runtime.text_speaker import TextSpeaker, speaking_time


def clips(sound: Sound) -> list[tuple[str, float]]:
    return [(c.text, c.seconds) for c in asyncio.run(_clips(sound))]


async def _clips(sound: Sound) -> list[object]:
    return list(await TextSpeaker().clips(sound))


def test_each_item_becomes_a_clip_with_its_transcript_and_length(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"\0\0" * 24000)
    sound: Sound = (
        Utterance(("You owe ", Spoken("money", 12, "12.50", "CNY")), "en"),
        Silence(0.3),
        AudioFile(str(path), "a jingle"),
        Recording("/any.wav", 7.5),
    )
    assert clips(sound) == [
        ("You owe 12.50", speaking_time("You owe 12.50")),
        ("", 0.3),
        ("a jingle", 1.5),
        ("(recording)", 7.5),
    ]


def test_speaking_takes_about_as_long_as_it_takes() -> None:
    assert speaking_time("  ") == 0
    assert speaking_time("Yes") == pytest.approx(0.4)
    assert 2 < speaking_time("For your balance, press 1, please.") < 3
    assert 2 < speaking_time("您好，欢迎致电燃气公司") < 3


@pytest.mark.parametrize("kind", ["missing", "unreadable"])
def test_a_file_that_cannot_be_read_is_a_named_error(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    if kind == "unreadable":
        path.write_text("this is no sound")
    with pytest.raises(NodeFailure) as failure:
        clips((AudioFile(str(path)),))
    assert failure.value.name == f"sound-file-{kind}" and str(path) in failure.value.text


def test_tones_have_names() -> None:
    assert [c.text for c in TextSpeaker().ringback()] == ["(ring-back tone)"]
    assert [c.text for c in TextSpeaker().beep()] == ["(beep)"]
