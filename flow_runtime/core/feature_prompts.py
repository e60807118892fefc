"""What agents hear who dial feature codes, in the languages Cordboard speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from flow_runtime.core.prompts import Prompt, PromptBook

SIGNED_IN: Final = "cordboard.agent_signed_in"
SIGNED_OUT: Final = "cordboard.agent_signed_out"
READY: Final = "cordboard.agent_ready"
NOT_READY: Final = "cordboard.agent_not_ready"
DONE: Final = "cordboard.agent_done"
LISTENING: Final = "cordboard.listening"
INTERCEPTED: Final = "cordboard.intercepted"
NOT_INTERCEPTED: Final = "cordboard.not_intercepted"
ASK_PASSWORD: Final = "cordboard.ask_password"
WRONG_PASSWORD: Final = "cordboard.wrong_password"
TOO_MANY_PASSWORDS: Final = "cordboard.too_many_passwords"
NOBODY_WAITS: Final = "cordboard.nobody_waits"
NOBODY_PARKED: Final = "cordboard.nobody_parked"
UNKNOWN_CODE: Final = "cordboard.unknown_code"
FAILED: Final = "cordboard.code_failed"

BUILT_IN: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        SIGNED_IN: "You are signed in.",
        SIGNED_OUT: "You are signed out.",
        READY: "You are ready.",
        NOT_READY: "You are not ready.",
        DONE: "Your wrap-up is finished.",
        LISTENING: "Agent {agent:spell}.",
        INTERCEPTED: "Calls for agent {agent:spell} ring here from now on.",
        NOT_INTERCEPTED: "Calls for agent {agent:spell} ring there again.",
        ASK_PASSWORD: "Please enter your password, followed by the hash key.",
        WRONG_PASSWORD: "This password is wrong. A password with letters can only be used on the "
        "screen.",
        TOO_MANY_PASSWORDS: "Too many wrong passwords. Please try again in ten minutes.",
        NOBODY_WAITS: "Nobody is waiting in your queues.",
        NOBODY_PARKED: "You have not parked anybody.",
        UNKNOWN_CODE: "There is no such code.",
        FAILED: "This did not work. Please try again.",
    },
    "zh": {
        SIGNED_IN: "您已签入。",
        SIGNED_OUT: "您已签出。",
        READY: "您已置闲。",
        NOT_READY: "您已置忙。",
        DONE: "话后处理已结束。",
        LISTENING: "坐席{agent:spell}。",
        INTERCEPTED: "坐席{agent:spell}的来电将转到本机。",
        NOT_INTERCEPTED: "坐席{agent:spell}的来电已恢复。",
        ASK_PASSWORD: "请输入密码，按井号键结束。",
        WRONG_PASSWORD: "密码错误。含字母的密码只能在屏幕上使用。",
        TOO_MANY_PASSWORDS: "密码错误次数过多，请十分钟后再试。",
        NOBODY_WAITS: "您的队列中没有人在等待。",
        NOBODY_PARKED: "您没有保持中的客户。",
        UNKNOWN_CODE: "没有这个功能码。",
        FAILED: "操作失败，请重试。",
    },
}
"""Texts that a prompt table may replace key by key; only sites with agents need them."""


def with_feature_prompts(book: PromptBook) -> PromptBook:
    """*book*, and what it does not say itself of the above."""
    tables = dict(book.tables)
    for language, prompts in _parsed().items():
        tables[language] = {**prompts, **tables.get(language, {})}
    return replace(book, tables=tables)


@cache
def _parsed() -> Mapping[str, Mapping[str, Prompt]]:
    made, _ = PromptBook.build(BUILT_IN)
    return {language: {key: made.tables[language][key] for key in BUILT_IN[language]}
            for language in BUILT_IN}  # fmt: skip
