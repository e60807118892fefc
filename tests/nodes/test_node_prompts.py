"""The words that nodes bring themselves, in the languages Cordboard speaks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from flow_runtime.core.frame import Frame
from flow_runtime.core.last_words import find_prompt
from flow_runtime.core.prompts import (
    AGENT_ANSWERS,
    ASK_PIN,
    BUILT_IN,
    CALLBACK_GREETING,
    CHOOSE_LANGUAGE,
    CONFERENCE_ALONE,
    CONFERENCE_OTHERS,
    CONFIRM_DIGITS,
    LEAVE_MESSAGE,
    MESSAGE_AT,
    MESSAGE_FROM,
    MESSAGE_KEYS,
    MESSAGE_LOST,
    MESSAGE_UNKNOWN,
    NEW_PIN,
    QUEUE_POSITION,
    QUEUE_WAIT,
    REPEAT_DIGITS,
    REPEAT_PIN,
    REVIEW_RECORDING,
    PromptBook,
    base_language,
)
from flow_runtime.core.sound import Spoken, Utterance

NOW = datetime(2026, 11, 24, tzinfo=UTC)
VALUES = {
    CONFIRM_DIGITS: {"digits": "0042"},
    CHOOSE_LANGUAGE: {"digits": "0042"},
    QUEUE_POSITION: {"position": Decimal(3)},
    QUEUE_WAIT: {"wait": timedelta(minutes=2)},
    AGENT_ANSWERS: {"agent": "1001"},
    CONFERENCE_OTHERS: {"others": Decimal(2)},
    MESSAGE_FROM: {"number": "5551234"},
    MESSAGE_AT: {"left": NOW},
}


@pytest.mark.parametrize("language", ["en", "en-GB", "zh-CN", "zh-TW", "zh"])
@pytest.mark.parametrize(
    "key",
    [
        CONFIRM_DIGITS,
        REPEAT_DIGITS,
        REVIEW_RECORDING,
        CHOOSE_LANGUAGE,
        ASK_PIN,
        NEW_PIN,
        REPEAT_PIN,
        QUEUE_POSITION,
        QUEUE_WAIT,
        AGENT_ANSWERS,
        CALLBACK_GREETING,
        LEAVE_MESSAGE,
        MESSAGE_FROM,
        MESSAGE_UNKNOWN,
        MESSAGE_AT,
        MESSAGE_LOST,
        MESSAGE_KEYS,
        CONFERENCE_ALONE,
        CONFERENCE_OTHERS,
    ],
)
def test_they_are_there(language: str, key: str) -> None:
    values = VALUES.get(key, {})
    (said,) = find_prompt(Frame(now=NOW, language=language), key, values)
    assert isinstance(said, Utterance)
    assert base_language(said.language) == base_language(language)
    assert "{" not in said.text
    assert any(ord(letter) > 0x4E00 for letter in said.text) == language.startswith("zh")


def test_what_cordboard_says_by_itself_is_said_in_both_languages() -> None:
    assert set(BUILT_IN) == {"en", "zh"}
    assert set(BUILT_IN["en"]) == set(BUILT_IN["zh"])


def test_digits_are_read_back_one_by_one() -> None:
    (said,) = find_prompt(Frame(now=NOW), CONFIRM_DIGITS, {"digits": "0042"})
    assert isinstance(said, Utterance)
    (digits,) = [part for part in said.parts if isinstance(part, Spoken)]
    assert (digits.kind, digits.value) == ("digits", "0042")


def test_a_site_may_have_words_of_its_own() -> None:
    book, problems = PromptBook.build({"en": {CONFIRM_DIGITS: "{digits:digits}, right?"}})
    assert not problems
    (said,) = find_prompt(Frame(now=NOW, prompts=book), CONFIRM_DIGITS, {"digits": "12"})
    assert said.text.endswith(", right?")
