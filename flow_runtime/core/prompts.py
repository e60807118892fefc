"""The prompt tables: what ``t"key"`` stands for in each language, as text or as a recording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flow_runtime.core.expr.tree import Name, Slot, Text
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax.parser import ExpressionError, parse_template

APOLOGY = "cordboard.apology"
GOODBYE = "cordboard.goodbye"
CONFIRM_DIGITS = "cordboard.confirm_digits"
REPEAT_DIGITS = "cordboard.repeat_digits"
REVIEW_RECORDING = "cordboard.review_recording"
CHOOSE_LANGUAGE = "cordboard.choose_language"
ASK_PIN = "cordboard.ask_pin"
NEW_PIN = "cordboard.new_pin"
REPEAT_PIN = "cordboard.repeat_pin"
QUEUE_POSITION = "cordboard.queue_position"
QUEUE_WAIT = "cordboard.queue_wait"
AGENT_ANSWERS = "cordboard.agent_answers"
CALLBACK_GREETING = "cordboard.callback_greeting"
LEAVE_MESSAGE = "cordboard.leave_message"
MESSAGE_FROM = "cordboard.message_from"
MESSAGE_UNKNOWN = "cordboard.message_unknown"
MESSAGE_AT = "cordboard.message_at"
MESSAGE_LOST = "cordboard.message_lost"
MESSAGE_KEYS = "cordboard.message_keys"
CONFERENCE_ALONE = "cordboard.conference_alone"
CONFERENCE_OTHERS = "cordboard.conference_others"

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "en": {
        APOLOGY: "We are sorry, something went wrong. Please call again later.",
        GOODBYE: "Thank you for calling. Goodbye.",
        CONFIRM_DIGITS: "You entered {digits:digits}. "
        "If that is right, press 1. To enter it again, press 2.",
        REPEAT_DIGITS: "Please enter it once more.",
        REVIEW_RECORDING: "To listen to your message, press 1. "
        "To keep it, press 2. To record it again, press 3.",
        CHOOSE_LANGUAGE: "For English, press {digits:digits}.",
        ASK_PIN: "Please enter your PIN, followed by the hash key.",
        NEW_PIN: "Please enter your new PIN, followed by the hash key.",
        REPEAT_PIN: "Please enter your new PIN once more.",
        QUEUE_POSITION: "You are number {position:number} in the queue.",
        QUEUE_WAIT: "The estimated wait is {wait:duration}.",
        AGENT_ANSWERS: "You are connected to agent {agent:spell}.",
        CALLBACK_GREETING: "This is the call back you have asked for. Please hold the line.",
        LEAVE_MESSAGE: "Please leave a message after the tone. Press hash when you are done.",
        MESSAGE_FROM: "A message from {number:spell}.",
        MESSAGE_UNKNOWN: "A message from an unknown number.",
        MESSAGE_AT: "Left on {left:date} at {left:time}.",
        MESSAGE_LOST: "Its recording cannot be played. Please tell the administrator.",
        MESSAGE_KEYS: "To hear it again, press 1. To finish, press hash.",
        CONFERENCE_ALONE: "You are the first in the conference. To leave it, press hash.",
        CONFERENCE_OTHERS: "Already in the conference: {others:number}. To leave it, press hash.",
    },
    "zh": {
        APOLOGY: "很抱歉，系统出现故障，请稍后再拨。",
        GOODBYE: "感谢您的来电，再见。",
        CONFIRM_DIGITS: "您输入的是{digits:digits}。正确请按1，重新输入请按2。",
        REPEAT_DIGITS: "请再输入一次。",
        REVIEW_RECORDING: "试听留言请按1，保留请按2，重新录音请按3。",
        CHOOSE_LANGUAGE: "中文请按{digits:digits}。",
        ASK_PIN: "请输入密码，按井号键结束。",
        NEW_PIN: "请输入新密码，按井号键结束。",
        REPEAT_PIN: "请再输入一次新密码。",
        QUEUE_POSITION: "您排在第{position:number}位。",
        QUEUE_WAIT: "预计等待{wait:duration}。",
        AGENT_ANSWERS: "{agent:spell}号坐席为您服务。",
        CALLBACK_GREETING: "这是您预约的回呼，请稍候。",
        LEAVE_MESSAGE: "请在提示音后留言，结束请按井号键。",
        MESSAGE_FROM: "{number:spell}的留言。",
        MESSAGE_UNKNOWN: "未知号码的留言。",
        MESSAGE_AT: "留言时间{left:date}{left:time}。",
        MESSAGE_LOST: "录音无法播放，请通知管理员。",
        MESSAGE_KEYS: "重听请按1，结束请按井号键。",
        CONFERENCE_ALONE: "您是会议的第一位，退出请按井号键。",
        CONFERENCE_OTHERS: "会议中已有{others:number}人，退出请按井号键。",
    },
}
"""Texts that Cordboard itself needs; a prompt table may replace them key by key."""


def base_language(tag: str) -> str:
    """``zh`` of ``zh-CN``; BCP 47 subtags, underscores are taken for hyphens."""
    return tag.replace("_", "-").split("-", 1)[0].lower()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What *key* stands for: the absolute path of a *recording*, which goes before the *text*.

    *language* is the tag of the table it was found in. At least one of the two is there.
    """

    key: str
    language: str
    text: Text | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class PromptBook:
    """All prompts of a site.

    *languages* are in the order of the configuration, the first is the one a call starts in;
    *currency* is an ISO 4217 code or empty.
    """

    languages: tuple[str, ...] = ()
    currency: str = ""
    tables: Mapping[str, Mapping[str, Prompt]] = field(default_factory=dict)
    """Per language tag, the prompts by key, built-in ones included."""

    @staticmethod
    def build(
        texts: Mapping[str, Mapping[str, str]],
        recordings: Mapping[str, Mapping[str, str]] | None = None,
        currency: str = "",
        languages: tuple[str, ...] | None = None,
    ) -> tuple[PromptBook, list[Problem]]:
        """A book from what the files say, and what is wrong with them.

        *texts* and *recordings* map a language to its keys, and a key to its template or to an
        absolute path. *languages* defaults to the order of *texts*. A text that does not parse
        is reported with its key as the problem's subject, and left out.
        """
        recordings = recordings or {}
        problems: list[Problem] = []
        tables: dict[str, dict[str, Prompt]] = {
            language: {key: Prompt(key, language, _built_in(text)) for key, text in table.items()}
            for language, table in BUILT_IN.items()
        }
        for language in dict.fromkeys((*texts, *recordings)):
            table = tables.setdefault(language, {})
            for key, source in texts.get(language, {}).items():
                text = _read(source, language, key, problems)
                if text is not None:
                    table[key] = Prompt(key, language, text)
            for key, path in recordings.get(language, {}).items():
                spoken = table.get(key)
                table[key] = Prompt(key, language, spoken.text if spoken else None, path)
        return PromptBook(languages or tuple(texts), currency, tables), problems

    def find(self, key: str, language: str) -> Prompt | None:
        """The prompt *key* in *language*, else in the nearest language that has it.

        The order: the very tag, its base language, another region of the same language, the
        book's languages in their order, English. None when no table has the key.
        """
        for tag in self._nearest(language):
            prompt = self.tables.get(tag, {}).get(key)
            if prompt is not None:
                return prompt
        return None

    def keys(self, language: str) -> frozenset[str]:
        """The keys that can be heard in *language*, in whichever region's words."""
        base = base_language(language)
        tables = [table for tag, table in self.tables.items() if base_language(tag) == base]
        return frozenset(key for table in tables for key in table)

    def _nearest(self, language: str) -> Iterator[str]:
        base = base_language(language)
        yield language
        yield base
        yield from (tag for tag in self.tables if base_language(tag) == base)
        yield from self.languages
        yield "en"


_SLOT: Final = re.compile(r"\{(\w+):(\w+)\}")


def _built_in(text: str) -> Text:
    """A text of `BUILT_IN`: its slots are read without the parser's start-up time."""
    first, *rest = _SLOT.split(text)
    parts: list[str | Slot] = [first]
    for name, form, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts += Slot(Name(name), form), after
    return Text(tuple(parts))


def _read(source: str, language: str, key: str, problems: list[Problem]) -> Text | None:
    """The template of *key*, or None and one problem more."""
    try:
        return parse_template(source)
    except ExpressionError as error:
        wrong = error.problem
        where = phrase(
            'prompt "{key}" ({language}), line {line}',
            key=key,
            language=language,
            line=wrong.place.line,
        )
        text = phrase(
            "{where}, column {column}: {text}",
            where=where,
            column=wrong.place.column,
            text=wrong.text,
        )
        problems.append(Problem(wrong.severity, wrong.code, text, wrong.place, subject=key))
        return None


NO_PROMPTS, _ = PromptBook.build({})
"""Only the built-in texts."""
