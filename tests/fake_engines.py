"""Engines that misbehave, for the tests of the guard: each is an edge, not a part of ours."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

COUNT = os.environ.get("FAKE_ENGINE_COUNT", "")


def _counted() -> int:
    """How often any fake engine was asked, over all processes, this time included."""
    with open(COUNT, "a+") as file:
        file.write(".")
    return Path(COUNT).stat().st_size


def _sound(text: str) -> tuple[Any, int]:
    at = np.arange(int(22050 * 0.07 * max(len(text), 4))) / 22050
    return (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16), 22050


class Good:
    name, version = "good", "1"

    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        _counted()
        print("noise on standard output")
        os.write(1, b"and below Python\n")
        return _sound(text)

    def close(self) -> None: ...


class Slow(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        time.sleep(0.3)
        return super().render(text, voice, rate)


class Hangs(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        _counted()
        time.sleep(60)
        raise AssertionError("nobody ended me")


class Crashes(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        _counted()
        print("the end is near", file=sys.stderr)
        os.abort()


class CrashesTwice(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        if _counted() <= 2:
            os._exit(3)
        return _sound(text)


class EmptyTwice(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        return (np.zeros(0, np.int16), 22050) if _counted() <= 2 else _sound(text)


class Empty(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        _counted()
        return np.zeros(0, np.int16), 22050


class Babbles(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        for fd in range(3, 20):  # a library that finds our pipe
            try:
                if os.readlink(f"/proc/self/fd/{fd}").startswith("pipe:"):
                    os.write(fd, b"no answer at all\n")
            except OSError:
                continue
        return _sound(text)


class Voiceless(Good):
    def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
        from speech.engine import NoSuchVoice

        _counted()
        raise NoSuchVoice(f"there is no voice {voice!r}")


class CannotStart(Good):
    def __init__(self) -> None:
        from speech.engine import TtsFailed

        _counted()
        raise TtsFailed("the voices were never installed")
