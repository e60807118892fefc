"""play: let the caller hear a sound file or a prompt, once or several times."""

from __future__ import annotations

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import Play as PlaySound
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Node, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import AudioFile, Sound

_JINGLE: Sound = (AudioFile("/prompts/jingle.wav"),)


class Play(Node):
    """Play a sound file, a prompt or a recording, as often as you like."""

    type, title, group, icon = "play", "Play", "Say", "play"
    waits = speaks = True

    prompt: Sound = param(
        help="What the caller hears: a sound file, a recording, a prompt, or a list of these."
    )
    times: int = param(help="How often it is played.", default=1, low=1, high=1000)
    interruptible: bool = param(
        help="Whether a key ends it, repetitions included. The key counts for the next question.",
        default=True,
    )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``file("jingle.wav") · 3 times``."""
        times = draft.constants.get("times")
        often = "" if times == 1 else phrase("{times} times", times=shown(draft, "times"))
        return joined(shown(draft, "prompt"), often)

    async def run(self) -> PortValue:
        """Play until the end, or a key."""
        for _ in range(self.times):
            if await PlaySound(self.prompt, self.interruptible):
                break
        return NEXT

    examples = (
        Example("A sound is played once.", {"prompt": _JINGLE}, [PlaySound(_JINGLE), False], NEXT),
        Example(
            "A key ends the repetitions too.",
            {"prompt": _JINGLE, "times": 3},
            [PlaySound(_JINGLE), False, PlaySound(_JINGLE), True],
            NEXT,
        ),
        Example(
            "Two times to the very end.",
            {"prompt": _JINGLE, "times": 2, "interruptible": False},
            [PlaySound(_JINGLE, False), False, PlaySound(_JINGLE, False), False],
            NEXT,
        ),
    )
