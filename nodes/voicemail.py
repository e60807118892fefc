"""voicemail: take a message for a voicemail box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import ClearKeys, FindPrompt, NodeFailure, Play
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param
from flow_runtime.core.prompts import LEAVE_MESSAGE
from flow_runtime.core.queue_commands import LeaveMessage
from flow_runtime.core.sound import Sound, Utterance

_LEFT, _TOO_SHORT = "left", "too_short"
_SILENCE: Final = timedelta(seconds=5)
"""The pause that ends a message: people think while they speak."""
_LEAST: Final = timedelta(seconds=1)
"""Less than this is a click, not a message."""
_MOST: Final = timedelta(minutes=3)


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_WORDS = _says("Please leave a message after the tone.")
_TAKE = LeaveMessage("repairs", _MOST, _SILENCE, _LEAST)


class Voicemail(Node):
    """Take a message for a voicemail box of the configuration.

    The message ends with a pause of five seconds, the hash key, the greatest length, or when the
    caller hangs up. With `want_reply` it becomes work for the box's queue: when its turn comes the
    telephone of an agent rings, who hears who called, when, and the message. It is safe when the
    flow goes on, even if the server is killed then. A full disk leaves by `error`.
    """

    type, title, group, icon = "voicemail", "Voicemail", "Agents", "voicemail"
    waits = speaks = True

    box: str = param(help="The box's name in the configuration.", names="box")
    prompt: Sound | None = param(
        help="What the caller hears before the tone. Left out: Cordboard asks for a message.",
        default=None,
    )
    max_length: timedelta = param(
        help="The greatest length.",
        default=_MOST,
        low=timedelta(seconds=1),
        high=timedelta(hours=1),
        unit="s",
    )
    want_reply: bool = param(
        help="Whether it becomes work for the box's queue; else it is only kept.", default=True
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Whether there is a message."""
        return (
            Port(_LEFT, "The message is kept."),
            Port(_TOO_SHORT, "Nothing was said, or less than a second."),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``repairs · 3 min``."""
        return joined(shown(draft, "box", quoted=False), shown(draft, "max_length"))

    async def run(self) -> PortValue:
        """Ask, and take the message."""
        if await Play(self.prompt or await FindPrompt(LEAVE_MESSAGE)):
            await ClearKeys()  # a key that skips the prompt is not the message's end
        take = LeaveMessage(self.box, self.max_length, _SILENCE, _LEAST, want_reply=self.want_reply)
        return _LEFT if await take else _TOO_SHORT

    examples = (
        Example(
            "The caller leaves a message.",
            {"box": "repairs"},
            [FindPrompt(LEAVE_MESSAGE), _WORDS, Play(_WORDS), False, _TAKE, True],
            _LEFT,
        ),
        Example(
            "A key skips the words, but nothing is said.",
            {"box": "repairs", "prompt": _WORDS},
            [Play(_WORDS), True, ClearKeys(), None, _TAKE, False],
            _TOO_SHORT,
        ),
        Example(
            "A minute at most, which nobody has to answer.",
            {
                "box": "praise", "prompt": _WORDS, "max_length": timedelta(minutes=1),
                "want_reply": False,
            },
            [
                Play(_WORDS), False,
                LeaveMessage("praise", timedelta(minutes=1), _SILENCE, _LEAST, want_reply=False),
                True,
            ],
            _LEFT,
        ),
        Example(
            "The disk is full.",
            {"box": "repairs", "prompt": _WORDS},
            [Play(_WORDS), False, _TAKE, NodeFailure("disk-full", "no space left")],
            ERROR,
        ),
    )  # fmt: skip
