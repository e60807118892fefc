from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from expr_kit import failure, value
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.sound import (
    AudioFile,
    Recording,
    Silence,
    Sound,
    Spoken,
    Utterance,
    transcript,
)
from flow_runtime.core.types import (
    NUMBER,
    PROMPT,
    RECORDING,
    SOUND,
    TEXT,
    Type,
)

D = Decimal
VALUES: dict[str, Any] = {
    "name": "Li", "owed": D("12.5"), "n": D(3), "none_yet": None, "raw": 7, "text": "12",
    "day": date(2026, 11, 24), "clock": time(9, 5), "gap": timedelta(minutes=2, seconds=5),
    "at": datetime(2026, 11, 24, 1, 5, tzinfo=UTC), "flag": True, "items": (D(1),),
    "message": Recording("/r/1.wav", 2.0), "greeting": Utterance(("Hi",), "en", "hi"),
}  # fmt: skip
BOOK, _ = PromptBook.build(
    {
        "en": {
            "owe": "You owe {owed:money}, {name}.",
            "plain": "Press 1.",
            "broken": "You owe {missing:money}.",
            "format": "{n:mony}",
            "nested": '{t"plain"} Really.',
            "recorded": "Recorded {name}.",
            "blank": " ",
        },
        "zh-CN": {"owe": "您欠费{owed:money}，{day:date}。"},
    },
    {
        "en": {"recorded": "/p/recorded.wav", "music": "/p/music.wav"},
        "zh-CN": {"plain": "/p/1.wav"},
    },
    currency="CNY",
)


def heard(text: str, **more: Any) -> Sound:
    sound: Sound = value(text, VALUES, expected=SOUND, prompts=BOOK, **more)
    return sound


@pytest.mark.parametrize(
    ("slot", "english", "chinese"),
    [
        ("{owed:money}", "12.50", "12.50"),
        ("{-owed:money}", "-12.50", "-12.50"),
        ("{text:money}", "12.00", "12.00"),
        ("{raw:money}", "7.00", "7.00"),
        ('{"13800000001":digits}', "13800000001", "13800000001"),
        ("{n:digits}", "3", "3"),
        ("{raw:number}", "7", "7"),
        ("{n + 1.50:number}", "4.5", "4.5"),
        ("{1:ordinal}", "1st", "第1"),
        ("{2:ordinal}", "2nd", "第2"),
        ("{13:ordinal}", "13th", "第13"),
        ("{23:ordinal}", "23rd", "第23"),
        ("{11:ordinal}", "11th", "第11"),
        ("{day:date}", "24 November 2026", "2026年11月24日"),
        ("{at:date}", "24 November 2026", "2026年11月24日"),
        ("{at:time}", "09:05", "09:05"),
        ("{clock:time}", "09:05", "09:05"),
        ("{gap:duration}", "2 minutes 5 seconds", "2分钟5秒"),
        ("{-gap:duration}", "minus 2 minutes 5 seconds", "负2分钟5秒"),
        ("{0s:duration}", "0 seconds", "0秒"),
        ("{500ms:duration}", "0.5 seconds", "0.5秒"),
        ("{1500ms:duration}", "1.5 seconds", "1.5秒"),
        ("{61s:duration}", "1 minute 1 second", "1分钟1秒"),
        ("{1m + 5ms:duration}", "1 minute 0.005 seconds", "1分钟0.005秒"),
        ("{name:spell}", "L i", "L i"),
        ("{n:spell}", "3", "3"),
        ("{name}", "Li", "Li"),
        ("{raw}", "7", "7"),
        ("{flag}", "true", "true"),
        ("{owed}", "12.5", "12.5"),
        ("{day}", "2026-11-24", "2026-11-24"),
        ("{at}", "2026-11-24 09:05", "2026-11-24 09:05"),
    ],
)
def test_what_a_text_shows(slot: str, english: str, chinese: str) -> None:
    assert value(f'"<{slot}>"', VALUES, expected=TEXT) == f"<{english}>"
    assert value(f'"<{slot}>"', VALUES, language="zh-CN") == f"<{chinese}>"


def test_amounts_are_rounded_to_the_coins_of_the_currency() -> None:
    yen, _ = PromptBook.build({}, currency="JPY")
    dinar, _ = PromptBook.build({}, currency="KWD")
    assert value('"{1234.5:money}"', prompts=yen) == "1235"
    assert value('"{2.345:money}"') == "2.35"
    assert value('"{2.345:money}"', prompts=dinar) == "2.345"


def test_slots_are_spoken_by_their_kind() -> None:
    (said,) = heard('"Hi {name}, you owe {owed:money} since {at:date}; {n}."')
    assert said == Utterance(
        (
            "Hi Li, you owe ",
            Spoken("money", D("12.50"), "12.50", "CNY"),
            " since ",
            Spoken("date", date(2026, 11, 24), "24 November 2026"),
            "; ",
            Spoken("number", D(3), "3"),
            ".",
        ),
        "en",
    )
    (moment,) = heard('"{at}"')
    assert [part.kind for part in moment.parts if isinstance(part, Spoken)] == ["date", "time"]
    assert moment.text == "24 November 2026 09:05"


def test_what_may_be_heard() -> None:
    assert heard('"Hi"') == (Utterance(("Hi",), "en"),)
    assert heard('""') == ()
    assert heard("name") == (Utterance(("Li",), "en"),)
    assert heard("message") == (VALUES["message"],)
    assert heard("greeting") == (VALUES["greeting"],)
    assert heard("n") == (Utterance((Spoken("number", D(3), "3"),), "en"),)
    assert heard("silence(1s)") == (Silence(1),)
    assert heard('file("x.wav")', files=lambda name: f"/x/{name}") == (AudioFile("/x/x.wav"),)
    assert transcript(heard('["a", ["b", message], silence(1s), t"plain"]')) == (
        "a b (recording) Press 1."
    )


def test_branches_and_defaults_are_spoken_too() -> None:
    (said,) = heard('if n > 2 then "{owed:money}" else message')
    assert isinstance(said, Utterance)
    assert isinstance(said.parts[0], Spoken)
    assert heard('none_yet ?? "{owed:money}"') == (said,)
    assert heard('message ?? "x"') == (VALUES["message"],)


def test_prompts() -> None:
    (said,) = heard('t"owe"')
    assert said == Utterance(
        ("You owe ", Spoken("money", D("12.50"), "12.50", "CNY"), ", Li."), "en", "owe"
    )
    (chinese,) = heard('t"owe"', language="zh-CN")
    assert chinese.text == "您欠费12.50，2026年11月24日。"
    assert isinstance(chinese, Utterance)
    assert (chinese.language, chinese.key) == ("zh-CN", "owe")
    assert heard('t"plain"') == (Utterance(("Press 1.",), "en", "plain"),)
    assert heard('t"plain"', language="zh-CN") == (AudioFile("/p/1.wav", "", "plain"),)
    assert heard('t"recorded"') == (AudioFile("/p/recorded.wav", "", "recorded"),)
    assert heard('t"music"', language="zh-CN") == (AudioFile("/p/music.wav", "", "music"),)
    assert heard('t"blank"') == ()
    (regional,) = heard('t"plain"', language="en-GB")
    assert isinstance(regional, Utterance)
    assert regional.language == "en-GB"


def test_a_prompt_is_compiled_once_per_language_until_the_book_changes() -> None:
    from expr_kit import frame
    from flow_runtime.core.expr.compile import compile_expression
    from flow_runtime.core.expr.tree import PromptKey

    speak = compile_expression(PromptKey("plain"), PROMPT)
    at = frame(VALUES, prompts=BOOK)
    assert speak(at) is speak(at)
    at.language = "zh-CN"
    assert speak(at) == AudioFile("/p/1.wav", "", "plain")
    at.prompts, _ = PromptBook.build({"zh-CN": {"plain": "请按一。"}})
    assert speak(at).text == "请按一。"


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ('t"plane"', "unknown-prompt", 'did you mean "plain"?'),
        ('t"broken"', "unset-variable", 'prompt "broken" (en): there is no value called "missing"'),
        ('t"format"', "unknown-format", "mony"),
        ('t"nested"', "bad-prompt", "another prompt"),
        ('"{n:mony}"', "unknown-format", "mony"),
        ('"{none_yet}"', "type-error", "none"),
        ('"{none_yet:money}"', "type-error", "a number is needed"),
        ('"{items}"', "type-error", "a list"),
        ('"{name:money}"', "type-error", "Li"),
        ('"{name:digits}"', "bad-value", ":spell"),
        ('"{1.5:ordinal}"', "bad-value", "whole number"),
        ('"{-1:ordinal}"', "bad-value", "whole number"),
        ('"{10000000000 * 100000000000000:money}"', "bad-value", "money"),
        ("none_yet", "type-error", "none"),
        ("flag == none and items", "type-error", "boolean"),
    ],
)
def test_failures(text: str, name: str, says: str) -> None:
    found = failure(text, {**VALUES, "flag": None}, expected=SOUND, prompts=BOOK)
    assert found.name == name
    assert says in found.text
    assert found.place is not None


def test_written_texts_fail_the_same_way() -> None:
    assert failure('"{none_yet}"', VALUES).name == "type-error"
    assert failure('"{n:mony}"', VALUES).name == "unknown-format"


def test_a_text_is_a_prompt_where_one_is_wanted() -> None:
    said = value('"Hi {n}"', VALUES, expected=PROMPT)
    assert said == Utterance(("Hi ", Spoken("number", D(3), "3")), "en")
    questions = Type("list", item=SOUND)
    assert value('["a", t"plain"]', VALUES, expected=questions, prompts=BOOK) == (
        (Utterance(("a",), "en"),),
        (Utterance(("Press 1.",), "en", "plain"),),
    )
    env = TypeEnv({"message": RECORDING, "n": NUMBER})
    assert heard("message", env=env) == (VALUES["message"],)
    fields = Type("record", fields={"a": PROMPT, "b": Type("text", optional=True)})
    assert value('{a: "x", b: none, c: 1}', expected=fields) == {
        "a": Utterance(("x",), "en"), "b": None, "c": D(1)
    }  # fmt: skip


def test_every_format_says_what_it_is_for() -> None:
    for chosen in FORMATS.values():
        assert chosen.help.endswith(".")
        assert chosen.accepts
