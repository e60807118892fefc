from __future__ import annotations

from flow_runtime.core.expr.tree import Text
from flow_runtime.core.prompts import APOLOGY, GOODBYE, NO_PROMPTS, PromptBook, base_language


def book(**more: object) -> PromptBook:
    made, problems = PromptBook.build(
        {
            "en": {"hi": "Hello {name}.", "only": "English only."},
            "zh-CN": {"hi": "你好，{name}。", GOODBYE: "再会。"},
        },
        {"zh-CN": {"music": "/p/zh-CN/music.wav", "hi": "/p/zh-CN/hi.wav"}},
        currency="CNY",
    )
    assert problems == []
    return made


def test_the_nearest_language_speaks() -> None:
    found = {
        tag: (prompt.language if (prompt := book().find("hi", tag)) else None)
        for tag in ("en", "en-GB", "zh-CN", "zh", "zh-TW", "fr")
    }
    assert found == {
        "en": "en", "en-GB": "en", "zh-CN": "zh-CN", "zh": "zh-CN", "zh-TW": "zh-CN", "fr": "en"
    }  # fmt: skip
    only = book().find("only", "zh-CN")
    assert only is not None
    assert only.language == "en"
    assert book().find("missing", "en") is None


def test_a_recording_goes_before_its_text() -> None:
    spoken = book().find("hi", "zh-CN")
    assert spoken is not None
    assert (spoken.recording, spoken.text is not None) == ("/p/zh-CN/hi.wav", True)
    recorded = book().find("music", "zh-CN")
    assert recorded is not None
    assert (recorded.recording, recorded.text) == ("/p/zh-CN/music.wav", None)


def test_built_in_prompts_speak_english_and_chinese_and_may_be_replaced() -> None:
    english = NO_PROMPTS.find(APOLOGY, "fr")
    chinese = NO_PROMPTS.find(APOLOGY, "zh-CN")
    assert english is not None
    assert chinese is not None
    assert (english.language, chinese.language) == ("en", "zh")
    replaced = book().find(GOODBYE, "zh-CN")
    assert replaced is not None
    assert replaced.text == Text(("再会。",))


def test_languages_and_keys() -> None:
    assert book().languages == ("en", "zh-CN")
    assert book().keys("zh") >= {"hi", "music", APOLOGY, GOODBYE}
    assert "only" not in book().keys("zh-CN")
    ordered, _ = PromptBook.build({"en": {}, "zh": {}}, languages=("zh", "en"))
    assert ordered.languages == ("zh", "en")
    assert base_language("zh_CN") == "zh"


def test_a_text_that_does_not_parse_is_reported_and_left_out() -> None:
    made, (problem,) = PromptBook.build({"en": {"bad": "You owe {owed", "good": "Fine."}})
    assert made.find("bad", "en") is None
    assert made.find("good", "en") is not None
    assert problem.subject == "bad"
    assert problem.severity == "error"
    assert problem.text.startswith('prompt "bad" (en), line 1, column ')
