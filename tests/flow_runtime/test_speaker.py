from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.sound import AudioFile, Recording, Silence, Spoken, Utterance
from flow_runtime.fixed_prompts import fixed_in_book, without_repeats
from flow_runtime.speaker import Fixed, Speaker
from speech.library import SoundProblem, Speech
from speech_kit import until
from telephony.line import Clip


def owed(amount: str, language: str = "en") -> Utterance:
    value = Spoken("money", Decimal(amount), amount, "CNY")
    if language == "en":
        return Utterance(("You owe ", value, ". Goodbye."), language)
    return Utterance(("您欠费", value, "。"), language)


@pytest.fixture
async def speech(tmp_path: Path) -> AsyncIterator[Speech]:
    speech = Speech(tmp_path / "cache", engine="espeak")
    yield speech
    await speech.close()


@pytest.fixture
def speaker(speech: Speech) -> Speaker:
    return Speaker(speech)


async def test_every_kind_of_sound_becomes_clips(speaker: Speaker, tmp_path: Path) -> None:
    jingle, message = str(tmp_path / "jingle.wav"), str(tmp_path / "message.wav")
    soundfile.write(jingle, np.zeros(4000), 8000)
    soundfile.write(message, np.zeros(16000), 16000)
    clips = await speaker.clips(
        (
            Utterance(("Welcome.",), "en", "welcome"),
            Silence(0.5),
            AudioFile(jingle, "(jingle)"),
            Recording(message, 1.0),
            Utterance(("...",), "en"),
        )
    )
    assert [c.text for c in clips] == ["Welcome.", "", "(jingle)", "(recording)", "..."]
    assert [c.stem is None for c in clips] == [False, True, False, False, True]
    assert [c.seconds for c in clips[1:4]] == [0.5, 0.5, 1.0]
    for clip in clips:
        for law in ("ulaw", "alaw") if clip.stem else ():
            assert Path(f"{clip.stem}.{law}").stat().st_size == clip.seconds * 8000  # noqa: ASYNC240


async def test_a_value_is_spoken_within_its_sentence(speaker: Speaker) -> None:
    (short,) = await speaker.clips((owed("12.00"),))
    (long,) = await speaker.clips((owed("1234567.89"),))
    assert short.text == "You owe 12.00. Goodbye."
    assert long.seconds > short.seconds + 1.5


async def test_what_is_at_hand_needs_no_wait(speaker: Speaker) -> None:
    sound = (owed("12.00"), Utterance(("Goodbye.",), "en"), Silence(1))
    clips = await speaker.clips(sound)
    again = speaker.clips(sound)
    with pytest.raises(StopIteration) as done:
        again.send(None)  # type: ignore[attr-defined]
    assert done.value.value == clips


async def test_the_voice_of_the_node_speaks(speaker: Speaker) -> None:
    sound = (Utterance(("Welcome to City Gas.",), "en"),)
    (usual,) = await speaker.clips(sound)
    (other,) = await speaker.clips(sound, "gmw/en-us@100")
    assert other.stem != usual.stem
    assert other.seconds > usual.seconds * 1.3


@pytest.mark.parametrize(
    ("item", "voice", "name"),
    [
        (AudioFile("/nowhere/a.wav"), None, "sound-file-missing"),
        (Recording(__file__, 1.0), None, "sound-file-unreadable"),
        (Utterance(("hello",), "en"), "gmw/xx", "tts-failed"),
        (Utterance((Spoken("date", "soon", "soon"),), "en"), None, "type-error"),
    ],
)
async def test_failures_have_the_names_that_flows_know(
    speaker: Speaker, item: AudioFile, voice: str | None, name: str
) -> None:
    with pytest.raises(NodeFailure) as failure:
        await speaker.clips((item,), voice)
    assert failure.value.name == name


async def test_under_load_values_are_joined_from_parts(speech: Speech, speaker: Speaker) -> None:
    book, problems = PromptBook.build(
        {"en": {"owed": "You owe {x:money}. Goodbye."}}, currency="CNY", languages=("en",)
    )
    assert problems == []
    mine = without_repeats(f for f in fixed_in_book(book) if f.origin == "owed")
    assert await speaker.prefetch(mine) == []  # parts are made, but not for memory
    stems = {(await speaker.render(fixed)).stem for fixed in mine}
    assert len(stems) == len(mine)
    long = "Quite a long text, so that the voice is busy for a while. " * 20
    others = [asyncio.create_task(speech.clip(f"{n}. {long}", "en")) for n in range(8)]
    await until(lambda: speech.waiting >= 4)
    clips = await speaker.clips((owed("42.05"),))
    assert speech.waiting >= 4  # it did not wait for them
    assert len(clips) == 7  # You owe | forty-two | yuan | and | five | fen | Goodbye
    assert [c.text for c in clips] == ["You owe 42.05. Goodbye.", *[""] * 6]
    assert {c.stem for c in clips} <= stems
    (whole,) = await speaker.clips((owed("42.05", "zh-CN"),))  # no parts of this language
    assert whole.seconds > 1
    await asyncio.gather(*others)
    (idle,) = await speaker.clips((owed("42.05"),))
    assert idle.seconds > 1.5


async def test_prefetch_goes_on_after_a_failure(
    speaker: Speaker, caplog: pytest.LogCaptureFixture
) -> None:
    stems = await speaker.prefetch(
        [
            Fixed("jingle", AudioFile("/nowhere/a.wav")),
            Fixed("dots", Utterance(("...",), "en")),
            Fixed("bye", Utterance(("Goodbye.",), "en")),
        ]
    )
    assert len(stems) == 1
    assert "prompt jingle: the sound file /nowhere/a.wav is not there" in caplog.text


async def test_what_fails_in_many_parts_is_told_once(
    speaker: Speaker, caplog: pytest.LogCaptureFixture
) -> None:
    long = ["a " * 3000, "b " * 3000]
    parts = [Fixed("tale", Utterance((text,), "en"), part=True) for text in long]
    assert await speaker.prefetch(parts) == []
    assert caplog.text.count("prompt tale:") == 1


async def test_prefetch_ends_when_the_cache_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    broken = Speech(tmp_path / "file")
    with pytest.raises(SoundProblem, match="cannot be written"):
        await Speaker(broken).prefetch([Fixed("bye", Utterance(("Goodbye.",), "en"))])
    await broken.close()


async def test_tones_are_clips_and_a_cache_that_fails_only_silences_them(
    speaker: Speaker, tmp_path: Path
) -> None:
    (ring,), (beep,) = speaker.ringback(), speaker.beep()
    assert ring.stem is not None
    assert beep.stem is not None
    assert (ring.seconds, beep.seconds) == (6.0, 0.25)
    (tmp_path / "file").write_text("")
    broken = Speech(tmp_path / "file")
    assert Speaker(broken).ringback() == (Clip(None, 6.0, "(ring-back tone)"),)
    await broken.close()
