from __future__ import annotations

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from speech.engine import NoSuchVoice, TtsFailed
from speech.library import JOINT
from speech.shape import LEVEL, level
from speech_kit import Make, asked, pcm, size, until


@pytest.mark.parametrize("engine", ["pyttsx3", "espeak"])
@pytest.mark.parametrize(
    ("text", "language", "low", "high"),
    [
        ("Welcome to City Gas.", "en", 1.0, 2.5),
        ("您好，欢迎致电城市燃气。", "zh-CN", 1.5, 4.0),
        ("Bonjour, vous avez 5 messages.", "fr", 1.0, 3.5),
    ],
)
async def test_a_text_becomes_sound_at_the_right_level(
    make: Make, engine: str, text: str, language: str, low: float, high: float
) -> None:
    rendered = await make(engine).clip(text, language)
    sound = pcm(rendered)
    assert low < rendered.seconds < high
    assert len(sound) / 8000 == rendered.seconds
    assert size(rendered, "alaw") == len(sound)
    assert level(sound) == pytest.approx(LEVEL, abs=1)
    assert np.abs(sound[:40]).max() < 100
    assert np.abs(sound[-800:]).max() < 100
    assert np.abs(sound).max() < 32000


async def test_mandarin_is_spoken_in_mandarin(make: Make) -> None:
    """The voice sit/cmn of espeak-ng 1.51 says "hao two" for each character: twice as long."""
    speech = make()
    chinese = await speech.clip("城市燃气公司", "zh-CN")
    english = await speech.clip("cheng two, shi four, ran two, chee four, gong one, sir one", "en")
    assert chinese.seconds < 0.35 * 6 + 0.2
    assert english.seconds > 1.5 * chinese.seconds


async def test_voices_and_rates_are_heard(make: Make) -> None:
    speech = make(voices={"en": "gmw/en@120"})
    slow = await speech.clip("Welcome to City Gas.", "en-GB")
    quick = await speech.clip("Welcome to City Gas.", "en-GB", "gmw/en-us@300")
    assert slow.seconds > 1.5 * quick.seconds
    assert slow.stem != quick.stem


async def test_a_voice_that_does_not_exist_is_named(make: Make) -> None:
    for engine in ("pyttsx3", "espeak"):
        with pytest.raises(NoSuchVoice, match="'gmw/xx'.*espeak-ng --voices"):
            await make(engine).clip("nuqneH", "tlh", "gmw/xx")


async def test_a_part_has_a_shorter_end_than_a_sentence(make: Make) -> None:
    speech = make()
    sentence = await speech.clip("twelve", "en")
    part = await speech.clip("twelve", "en", pause=JOINT)
    assert 0.1 < sentence.seconds - part.seconds < 0.25


async def test_nothing_to_say_is_silence(make: Make) -> None:
    assert (await make().clip(" ... ", "en")).stem is None


async def test_a_novel_is_refused(make: Make) -> None:
    with pytest.raises(TtsFailed, match="5999 characters is too long"):
        await make().clip("abcde " * 1000, "en")


async def test_what_was_spoken_is_not_spoken_again(make: Make, tmp_path: Path) -> None:
    first = await make("Good").clip("hello there", "en", keep=True)
    second = make("Good")
    assert second.known("hello there", "en") is None
    assert await second.clip("hello there", "en") == first
    assert second.known("hello there", "en") == first
    assert await second.clip("hello  there", "en") == first  # the same when read out
    assert asked(tmp_path) == 1


async def test_a_text_that_becomes_fixed_moves_to_the_kept_ones(make: Make, tmp_path: Path) -> None:
    speech = make("Good")
    once = await speech.clip("hello there", "en")
    kept = await speech.clip("hello there", "en", keep=True)
    assert (Path(str(once.stem)).parent.name, Path(str(kept.stem)).parent.name) == (
        "recent",
        "kept",
    )
    assert await speech.clip("hello there", "en") == kept
    assert asked(tmp_path) == 1


async def test_a_sound_that_another_process_removed_is_made_anew(
    make: Make, tmp_path: Path
) -> None:
    now = 0.0
    speech = make("Good", clock=lambda: now)
    first = await speech.clip("hello there", "en")
    os.unlink(f"{first.stem}.ulaw")
    assert speech.known("hello there", "en") == first  # looked at a moment ago
    now = 120.0
    assert speech.known("hello there", "en") is None
    assert await speech.clip("hello there", "en") == first
    assert size(first, "ulaw") == first.seconds * 8000
    now = 240.0
    assert speech.known("hello there", "en") == first
    assert asked(tmp_path) == 2


async def test_many_who_want_the_same_text_have_it_rendered_once(
    make: Make, tmp_path: Path
) -> None:
    speech = make("Slow")
    wanted = [asyncio.create_task(speech.clip("hello there", "en")) for _ in range(20)]
    await until(lambda: speech.waiting > 0)
    wanted.pop(0).cancel()  # whoever asked first hangs up
    assert len(set(await asyncio.gather(*wanted))) == 1
    assert asked(tmp_path) == 1
    assert speech.waiting == 0


async def test_the_loop_runs_while_a_text_is_rendered(make: Make) -> None:
    speech, turns = make("Slow"), 0
    task = asyncio.create_task(speech.clip("hello there", "en"))
    while not task.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10
