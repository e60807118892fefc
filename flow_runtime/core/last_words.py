"""What a caller hears when the flow itself has nothing more to say: an apology or a goodbye."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flow_runtime.core.commands import HangUp, Hangup, Play
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.tree import PromptKey
from flow_runtime.core.frame import Frame
from flow_runtime.core.prompts import APOLOGY, GOODBYE
from flow_runtime.core.sound import Sound
from flow_runtime.core.types import SOUND


def find_prompt(frame: Frame, key: str, values: Mapping[str, Any], language: str = "") -> Sound:
    """The prompt *key* as the caller of *frame* hears it, its variables being *values* alone.

    *language* is another language than the caller's.

    Raises `NodeFailure` when there is no such prompt or its template cannot be filled.
    """
    alone = Frame(
        now=frame.now,
        variables=dict(values),
        call=frame.call,
        zone=frame.zone,
        language=language or frame.language,
        prompts=frame.prompts,
        files=frame.files,
    )
    sound: Sound = compile_expression(PromptKey(key), SOUND)(alone)
    return sound


async def apologise(frame: Frame) -> None:
    """Apologise in the caller's language and hang up with the reason ``failure``."""
    await _speak(frame, APOLOGY)
    await HangUp("failure")


async def say_goodbye(frame: Frame) -> None:
    """Say goodbye in the caller's language and hang up."""
    await _speak(frame, GOODBYE)
    await HangUp()


async def _speak(frame: Frame, key: str) -> None:
    try:
        await Play(find_prompt(frame, key, {}), interruptible=False)
    except Hangup:
        raise
    except Exception:
        return  # if even this cannot be said, hanging up is all that is left
