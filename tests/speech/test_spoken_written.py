from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.spoken import phrase, words
from speech.spoken.written import has_words, read_out


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Press # or *.", "Press pound or star."),
        ("You owe $1,204.50.", "You owe one thousand two hundred four dollars and fifty cents."),
        ("You owe ¥12.50 by 2026-11-23.",
         "You owe twelve yuan and fifty fen by November twenty-third, twenty twenty-six."),
        ("It is HK$5 or USD 7.", "It is five Hong Kong dollars or seven dollars."),
        ("Open 9:00-18:30.", "Open nine a.m. to six thirty p.m."),
        ("We open at 09:00. Come in.", "We open at nine a.m. Come in."),
        ("At 9:30 AM we open.", "At 9:30 AM we open."),
        ("Call 400-123-4567 now", "Call four zero zero, one two three, four five six seven now"),
        ("+86 138 0000 0001",
         "plus eight six, one three eight, zero zero zero zero, zero zero zero one"),
        ("12,345 items at 1.5", "12345 items at 1.5"),
        ("R&D  and \n more", "R and D and more"),
        ("2026-02-30 is no day", "two zero two six, zero two, three zero is no day"),
        ("Press 1.", "Press 1."),
        ("25:00 and 1:2:3", "25:00 and 1:2:3"),
        ("a12345678 stays", "a12345678 stays"),
    ],
)  # fmt: skip
def test_english(written: str, said: str) -> None:
    assert read_out(written, "en-US") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("请按1查询余额，按#键返回，按*键重听。", "请按一查询余额，按井号键返回，按星号键重听。"),
        ("您欠费12.50元。", "您欠费十二元五角。"),
        ("¥1,234.50", "一千两百三十四元五角"),
        ("2026年11月23日", "二〇二六年十一月二十三日"),
        ("2026-11-23", "二〇二六年十一月二十三日"),
        ("营业时间9:00-18:00", "营业时间上午九点至晚上六点"),
        ("拨打12345或400-123-4567", "拨打幺二三四五或四零零，幺二三，四五六七"),
        ("有2个来电，第2次", "有两个来电，第二次"),
        ("占50%，共12,345户", "占百分之五十，共一万两千三百四十五户"),
        ("温度-5度，1.5倍", "温度负五度，一点五倍"),
    ],
)
def test_chinese(written: str, said: str) -> None:
    assert read_out(written, "zh-CN") == said


def test_other_languages_are_only_put_in_order() -> None:
    assert read_out("Appuyez  sur\n# pour $5 e\u0301te\u0301", "fr") == "Appuyez sur # pour $5 été"


@given(st.text(max_size=60), st.sampled_from(["en", "zh-CN", "fr"]))
def test_any_text_can_be_read_out_and_its_words_stay(text: str, language: str) -> None:
    said = read_out(text, language)
    assert has_words(said) or not has_words(text)
    assert said == said.strip()


def test_words_are_letters_and_digits() -> None:
    assert has_words("7")
    assert has_words("好")
    assert not has_words("... — !")


@pytest.mark.parametrize(
    ("kind", "value", "currency", "text"),
    [
        ("number", "1205.50", "", "1205.5"), ("number", -3, "", "-3"),
        ("money", "12.5", "EUR", "12.50 EUR"), ("money", "-0.5", "", "-0.50"),
        ("digits", "138 00", "", "1 3 8 0 0"), ("spell", "ab", "", "A B"),
        ("ordinal", 3, "", "3"), ("date", date(2026, 11, 23), "", "2026-11-23"),
        ("time", time(9, 5), "", "09:05"), ("duration", timedelta(minutes=125), "", "2 h 5 min"),
        ("duration", timedelta(seconds=-1.5), "", "-1.5 s"), ("duration", timedelta(0), "", "0 s"),
        ("duration", timedelta(days=1, seconds=5), "", "1 d 5 s"),
    ],
)  # fmt: skip
def test_a_language_we_do_not_speak_gets_digits(
    kind: str, value: object, currency: str, text: str
) -> None:
    assert phrase(words(kind, value, "fr-FR", currency), "fr-FR") == text
