"""menu: say what the keys do, wait for one, leave by its port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from flow_runtime.core.commands import ClearKeys, Keys, Play, ReadKeys
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import Sound, Utterance

_FAILED = "failed"
_KEY = re.compile(r"[0-9*#A-D]{1,10}")
_BETWEEN = timedelta(seconds=3)
"""The longest wait for the second key of a choice such as 10."""


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_PROMPT = _says("For billing press 1, for repairs 2.")
_SORRY, _HELLO = _says("That is not a choice."), _says("Are you there?")
_FIRST = ReadKeys(1, timedelta(seconds=5), timedelta(seconds=3))
_NEXT = ReadKeys(1, timedelta(seconds=3), timedelta(seconds=3), "#")


class Menu(Node):
    """Offer keys to the caller and go by the key that is pressed.

    Each key drawn on the node is a port: draw `1`, `2`, `"*"` or `"#"`. A choice may have
    several keys, such as `10`; while a longer choice is possible the menu waits a moment for the
    next key, and `#` says that there is none. Keys pressed before the prompt has ended count.
    After silence or a wrong key the prompt is said again; after the last attempt the call leaves
    by `failed`.
    """

    type, title, group, icon = "menu", "Menu", "Ask", "menu"
    waits = speaks = True

    prompt: Sound = param(help="What the caller hears: it names the keys.")
    attempts: int = param(help="How often the prompt is said in all.", default=3, low=1, high=20)
    timeout: timedelta = param(
        help="How long to wait for a key after the prompt.",
        default=timedelta(seconds=5),
        low=timedelta(milliseconds=100),
        high=timedelta(minutes=10),
        unit="s",
    )
    invalid_prompt: Sound | None = param(
        help="Said before the prompt is repeated because of a wrong key.", default=None
    )
    silence_prompt: Sound | None = param(
        help="Said before the prompt is repeated because no key was pressed.", default=None
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """The keys drawn, in their order, and ``failed``."""
        keys = [Port(p, draft.labels.get(p, "")) for p in draft.drawn if _KEY.fullmatch(str(p))]
        return (*keys, Port(_FAILED, "No valid key in any of the attempts."))

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """A menu without a key can only fail."""
        if len(cls.ports(draft)) == 1:
            yield Finding(
                "no-keys", phrase('offers no key: draw one, for example  1 "Billing" -> node')
            )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``1 Billing · 2 Repairs``."""
        keys = cls.ports(draft)[:-1]
        return " · ".join(f"{key.name} {key.help}".rstrip() for key in keys) or phrase(
            "no keys yet"
        )

    async def run(self) -> PortValue:
        """Ask until a key fits."""
        keys = {str(port): port for port in self.drawn if port not in (_FAILED, ERROR)}
        excuse: Sound = ()
        for _ in range(self.attempts):
            await Play(excuse + self.prompt)
            choice = await self._read(keys)
            if choice in keys:
                return keys[choice]
            if choice:
                await ClearKeys()
                excuse = self.invalid_prompt or ()
            else:
                excuse = self.silence_prompt or ()
        return _FAILED

    async def _read(self, keys: Mapping[str, PortValue]) -> str:
        """One choice: a key, and more of them while they may be the beginning of a longer one."""
        wait, between = self.timeout, min(self.timeout, _BETWEEN)
        end_key = ""
        choice = ""
        while True:
            read: Keys = await ReadKeys(1, wait, between, end_key)
            choice += read.keys
            longer = [k for k in keys if len(k) > len(choice) and k.startswith(choice)]
            if not read.keys or not longer:
                return choice
            end_key = "" if any("#" in k for k in longer) else "#"
            wait = between

    examples = (
        Example(
            "The caller chooses repairs.",
            {"prompt": _PROMPT},
            [Play(_PROMPT), True, _FIRST, Keys("2", "full")],
            "2",
            drawn=("1", "2", _FAILED),
        ),
        Example(
            "First silence, then a key that is not offered, then the right one.",
            {"prompt": _PROMPT, "invalid_prompt": _SORRY, "silence_prompt": _HELLO},
            [
                Play(_PROMPT), False, _FIRST, Keys("", "timeout"),
                Play(_HELLO + _PROMPT), False, _FIRST, Keys("9", "full"), ClearKeys(), None,
                Play(_SORRY + _PROMPT), False, _FIRST, Keys("1", "full"),
            ],
            "1",
            drawn=("1", "2", _FAILED),
        ),
        Example(
            "Nothing is pressed at all.",
            {"prompt": _PROMPT, "attempts": 2},
            [
                Play(_PROMPT), False, _FIRST, Keys("", "timeout"),
                Play(_PROMPT), False, _FIRST, Keys("", "timeout"),
            ],
            _FAILED,
            drawn=("1", "2", _FAILED),
        ),
        Example(
            "Choice 10 begins like choice 1: the menu waits for the second key.",
            {"prompt": _PROMPT},
            [Play(_PROMPT), False, _FIRST, Keys("1", "full"), _NEXT, Keys("0", "full")],
            "10",
            drawn=("1", "10", _FAILED),
        ),
        Example(
            "No second key comes: it was choice 1.",
            {"prompt": _PROMPT},
            [Play(_PROMPT), False, _FIRST, Keys("1", "full"), _NEXT, Keys("", "timeout")],
            "1",
            drawn=("1", "10", _FAILED),
        ),
    )  # fmt: skip
