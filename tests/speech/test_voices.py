from __future__ import annotations

import subprocess

import pytest

from speech import readings
from speech.voices import ESPEAK, Voice, base, choose, espeak_names


@pytest.mark.parametrize(
    ("language", "voices", "wanted", "voice"),
    [
        ("en", {}, None, Voice("gmw/en-us", 165)),
        ("en-GB", {}, None, Voice("gmw/en-us", 165)),
        ("zh-CN", {}, None, Voice("sit/cmn", 230)),
        ("zh_TW", {}, None, Voice("sit/cmn", 230)),
        ("fr-FR", {}, None, Voice("fr-fr", 170)),
        ("en-GB", {"en-GB": "gmw/en", "en": "gmw/en-us"}, None, Voice("gmw/en", 165)),
        ("en-GB", {"en": "gmw/en-us+f3@150"}, None, Voice("gmw/en-us+f3", 150)),
        ("en", {"en": "gmw/en-us"}, "roa/fr", Voice("roa/fr", 165)),
        ("en", {"en": "gmw/en-us@0"}, None, Voice("gmw/en-us", 165)),
    ],
)
def test_the_voice_of_a_language(
    language: str, voices: dict[str, str], wanted: str | None, voice: Voice
) -> None:
    assert choose(language, {**ESPEAK, **voices}, wanted) == voice


def test_the_base_of_a_language() -> None:
    assert [base(tag) for tag in ("zh-CN", "zh_CN", "EN")] == ["zh", "zh", "en"]


@pytest.mark.parametrize(
    ("voice", "names"),
    [
        ("sit/cmn", ("sit/cmn-latn-pinyin", "sit/cmn")),
        ("zh", ("sit/cmn-latn-pinyin", "zh")),
        ("cmn+f2", ("sit/cmn-latn-pinyin+f2", "cmn+f2")),
        ("sit/cmn-latn-pinyin", ("sit/cmn-latn-pinyin",)),
        ("gmw/en-us", ("gmw/en-us",)),
        ("sit/yue", ("sit/yue",)),
    ],
)
def test_mandarin_is_spoken_by_the_voice_that_knows_pinyin(
    voice: str, names: tuple[str, ...]
) -> None:
    assert espeak_names(voice) == names


@pytest.mark.parametrize(
    ("text", "voice", "written"),
    [
        ("请到银行还款", "sit/cmn-latn-pinyin", "请到银hang2huan2款"),
        ("3 A 7", "gmw/en-us", "3 eigh 7"),
        ("press A", "en-us", "press eigh"),
        ("A meter reader comes.", "gmw/en-us", "A meter reader comes."),
        ("银行 A 7", "roa/fr", "银行 A 7"),
    ],
)
def test_words_are_written_as_espeak_reads_them(text: str, voice: str, written: str) -> None:
    assert readings.adapt(text, voice) == written


def phonemes(text: str) -> list[str]:
    """What espeak-ng makes of each line of *text*."""
    command = ["espeak-ng", "-q", "-x", "-v", "sit/cmn-latn-pinyin", "--stdin"]
    said = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return said.stdout.split("\n")


def test_every_adapted_word_is_read_otherwise_and_as_mandarin() -> None:
    words = list(readings._MANDARIN)
    before = phonemes("。\n".join(words))
    after = phonemes("。\n".join(readings.adapt(word, "cmn") for word in words))
    assert len(before) == len(after)
    assert [w for w, b, a in zip(words, before, after, strict=False) if a == b] == []
    assert not any("(en)" in line for line in after)
