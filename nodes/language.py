"""language: let the caller choose a language, or switch to one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from flow_runtime.core.commands import ClearKeys, FindPrompt, Keys, Play, ReadKeys, SetLanguage
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import BUILT_IN, CHOOSE_LANGUAGE, base_language
from flow_runtime.core.sound import Sound, Utterance
from flow_runtime.core.types import TEXT, Type

_FAILED = "failed"
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_MOST: Final = 9
_ATTEMPTS: Final = 3
_WAIT: Final = timedelta(seconds=5)


def _says(text: str, language: str = "en") -> Sound:
    return (Utterance((text,), language),)


_EN, _ZH = _says("For English, press 1."), _says("中文请按2。", "zh")
_FIND_EN = FindPrompt(CHOOSE_LANGUAGE, {"digits": "1"}, "en")
_FIND_ZH = FindPrompt(CHOOSE_LANGUAGE, {"digits": "2"}, "zh-CN")
_ASK = [_FIND_EN, _EN, _FIND_ZH, _ZH]
_READ = ReadKeys(1, _WAIT, _WAIT)
_GIVEN = {"choices": ("en", "zh-CN")}


class Language(Node):
    """Let the caller choose the language of all that is said from here on.

    The first language has the key 1, the second 2, and so on. Without a `prompt` Cordboard asks
    in each of the languages in turn ("For English, press 1."). A single language is not asked
    for: the call switches to it and goes on. Silence and wrong keys are met by asking again; after
    the third time the call leaves by `failed`, in the language it had.
    """

    type, title, group, icon = "language", "Language", "Say", "language"
    waits = speaks = True

    choices: tuple[str, ...] = param(
        help='The languages, as BCP 47 tags:  ["en", "zh-CN"].',
        type=Type("list", item=TEXT),
        literal=True,
        names="language",
    )
    prompt: Sound | None = param(
        help="What the caller hears instead of the question in each language. It names the keys.",
        default=None,
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """One for each language, then ``failed``, which a single language does not need."""
        choices: Sequence[Any] | None = draft.constants.get("choices")
        if choices is None:
            choices = [port for port in draft.drawn if port not in (_FAILED, ERROR)]
        asks = len(choices) > 1 or "prompt" in draft.written
        return (
            *(Port(str(tag), phrase("The caller chose {tag}.", tag=tag)) for tag in choices),
            Port(
                _FAILED,
                "No language was chosen.",
                required=asks,
                stands_for=None if asks or not choices else str(choices[0]),
            ),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """Each language once, a key for each, and words to ask for it."""
        choices = draft.constants.get("choices")
        if choices is None:
            return
        if not choices:
            yield Finding(
                "bad-languages", phrase('offers no language: write ["en", "zh-CN"]'), "choices"
            )
        if len(choices) > _MOST:
            text = phrase(
                "offers {choices} languages, but only the keys 1 to {most} choose one",
                choices=len(choices),
                most=_MOST,
            )
            yield Finding("bad-languages", text, "choices")
        for number, tag in enumerate(choices):
            if not _TAG.fullmatch(tag):
                text = phrase('"{tag}" is no language tag: write "en" or "zh-CN"', tag=tag)
                yield Finding("bad-languages", text, "choices")
            elif tag in choices[:number]:
                yield Finding(
                    "bad-languages", phrase('"{tag}" is offered twice', tag=tag), "choices"
                )
            elif len(choices) > 1 and "prompt" not in draft.written:
                yield from _words_for(tag)

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``1 en · 2 zh-CN``."""
        choices: Sequence[str] = draft.constants.get("choices") or ()
        if len(choices) == 1:
            return choices[0]
        return " · ".join(f"{number} {tag}" for number, tag in enumerate(choices, 1))

    async def run(self) -> PortValue:
        """Ask, and switch."""
        if len(self.choices) == 1 and not self.prompt:
            await SetLanguage(self.choices[0])
            return self.choices[0]
        keys = {str(number): tag for number, tag in enumerate(self.choices, 1)}
        question = self.prompt or await self._question()
        for _ in range(_ATTEMPTS):
            await Play(question)
            read: Keys = await ReadKeys(1, _WAIT, _WAIT)
            if read.keys in keys:
                await SetLanguage(keys[read.keys])
                return keys[read.keys]
            if read.keys:
                await ClearKeys()
        return _FAILED

    async def _question(self) -> Sound:
        question: Sound = ()
        for number, tag in enumerate(self.choices, 1):
            question += await FindPrompt(CHOOSE_LANGUAGE, {"digits": str(number)}, tag)
        return question

    examples = (
        Example(
            "The question is asked in both languages; the caller chooses Chinese.",
            _GIVEN,
            [*_ASK, Play(_EN + _ZH), True, _READ, Keys("2", "full"), SetLanguage("zh-CN"), None],
            "zh-CN",
        ),
        Example(
            "The flow has words of its own.",
            {**_GIVEN, "prompt": _EN},
            [Play(_EN), False, _READ, Keys("1", "full"), SetLanguage("en"), None],
            "en",
        ),
        Example(
            "Behind the key of a menu there is nothing to ask.",
            {"choices": ("zh-CN",)},
            [SetLanguage("zh-CN"), None],
            "zh-CN",
        ),
        Example(
            "Silence, a key that means nothing, silence.",
            _GIVEN,
            [
                *_ASK,
                Play(_EN + _ZH), False, _READ, Keys("", "timeout"),
                Play(_EN + _ZH), False, _READ, Keys("7", "full"), ClearKeys(), None,
                Play(_EN + _ZH), False, _READ, Keys("", "timeout"),
            ],
            _FAILED,
        ),
    )  # fmt: skip


def _words_for(tag: str) -> Iterator[Finding]:
    if base_language(tag) not in BUILT_IN:
        text = phrase(
            'Cordboard cannot ask for a language in "{tag}" by itself: write a prompt,'
            " or {choose_language} in its prompt table",
            tag=tag,
            choose_language=CHOOSE_LANGUAGE,
        )
        yield Finding("language-question", text, "choices", "warning")
