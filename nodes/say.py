"""say: let the caller hear a text."""

from __future__ import annotations

from flow_runtime.core.card import shown
from flow_runtime.core.commands import Play
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, param
from flow_runtime.core.sound import Silence, Sound, Spoken, Utterance

_BALANCE: Sound = (
    Utterance(("You owe ", Spoken("money", 12, "12.00", "EUR"), "."), "en"),
    Silence(0.3),
    Utterance(("Thank you.",), "en"),
)


class Say(Node):
    """Say a text, a prompt of the prompt table, or several in turn."""

    type, title, group, icon = "say", "Say", "Say", "say"
    waits = speaks = True

    text: Sound = param(
        help="What the caller hears: a text, a prompt, a sound file, or a list of these."
    )
    voice: str | None = param(
        help="Another voice of the speech engine, by its name. Left out: the language's voice.",
        default=None,
    )
    interruptible: bool = param(
        help="Whether a key cuts it short. The key then counts for the next question.",
        default=True,
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """The text in quotes."""
        return shown(draft, "text")

    async def run(self) -> PortValue:
        """Speak."""
        await Play(self.text, self.interruptible, self.voice)
        return NEXT

    examples = (
        Example(
            "A list is said in turn.",
            {"text": _BALANCE},
            [Play(_BALANCE), False],
            NEXT,
        ),
        Example(
            "Somebody who knows the text presses a key: it stops at once.",
            {"text": _BALANCE},
            [Play(_BALANCE), True],
            NEXT,
        ),
        Example(
            "What the law wants heard is said to its end.",
            {"text": _BALANCE, "interruptible": False, "voice": "slow"},
            [Play(_BALANCE, False, "slow"), False],
            NEXT,
        ),
    )
