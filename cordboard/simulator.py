"""The caller of a simulated call, played by lines of text from a terminal, a pipe or options."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from flow_runtime.core.commands import NodeFailure
from telephony.simulated import FarEnd, SimulatedLine

HELP = """\
  1  12#        press keys             say 3     speak for 3 seconds
  (Enter)       let time pass          wait 10   do nothing for 10 seconds
  hangup        hang up                help      this list
  answer  busy  noanswer               what a dialled telephone does while it rings
  bye                                  the dialled telephone hangs up"""
_KEYS = frozenset("0123456789*#ABCD")
_HINT = "the keys 0-9 * #, say, wait, hangup, or Enter; help shows all"

Show = Callable[[str], None]
Read = Callable[[str], str | None]
"""Asks for one line with a question; None at the end of all lines."""


class Noted(Protocol):
    """Whoever wants to know what the person at the telephone does, just before it is done."""

    def press(self, keys: str) -> None:
        """Keys are pressed."""

    def speak(self, seconds: float) -> None:
        """Something is said for *seconds*."""

    def hang_up(self) -> None:
        """The call is ended."""


class NoData:
    """The data sources of a simulation without a configuration: each of them fails, and says so."""

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """Always fails."""
        raise _unknown(source)

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """Always fails."""
        raise _unknown(source)

    async def close(self) -> None:
        """Nothing was opened."""


def _unknown(source: str) -> NodeFailure:
    text = f'data source "{source}" is not known here; name your site with --config cordboard.toml'
    return NodeFailure("unknown-source", text)


class Person:
    """Acts whenever the simulated world stands still: time waits while the person thinks.

    `idle` is the virtual loop's ``before_jump``. It asks for a line when the call waits for
    something that only a person can bring: not during a sound, which is heard to its end.
    """

    def __init__(self, line: SimulatedLine, read: Read, show: Show, noted: Noted) -> None:
        self._line, self._read, self._show, self._noted = line, read, show, noted
        self.far: FarEnd | None = None
        self._busy_until = 0.0

    def idle(self, skipped: float | None) -> bool:
        """Nothing happens for *skipped* seconds unless the person acts; True when it did."""
        far = self.far
        if far is None or far.over.is_set() or far.call.sounding:
            return False
        now = asyncio.get_running_loop().time()
        if now < self._busy_until - 1e-9:
            return False
        return self._act(far, skipped)

    def _act(self, far: FarEnd, skipped: float | None) -> bool:
        while True:
            line = self._read(self._question(far, skipped))
            if line is None:
                self._hang_up(far)
                return True
            acted = self._obey(far, line.strip(), skipped)
            if acted is not None:
                return acted

    def _question(self, far: FarEnd, skipped: float | None) -> str:
        other = self._other()
        if other is not None and other.ringing:
            return f"{other.number} is ringing (answer, busy, noanswer)"
        if other is not None:
            return f"you are talking with {other.number} (bye, hangup)"
        if far.call.recording:
            return "recording (say 3, #)"
        passing = "" if skipped is None else f", Enter for {skipped:g} s of nothing"
        return f"your turn (keys{passing})"

    def _other(self) -> FarEnd | None:
        """The dialled telephone, while it rings or talks."""
        dialled = self._line.dialled
        return dialled[-1] if dialled and not dialled[-1].over.is_set() else None

    def _obey(self, far: FarEnd, line: str, skipped: float | None) -> bool | None:
        """Do what *line* says. True: done, False: let time pass, None: ask again."""
        word, _, rest = line.partition(" ")
        other = self._other()
        if not line:
            if skipped is None:
                self._show("nothing would ever happen: act, or hang up")
                return None
            return False
        if word in ("say", "wait"):
            return self._take_time(far, word, rest)
        if word == "hangup":
            self._hang_up(far)
        elif other is not None and word in ("answer", "busy", "noanswer", "bye"):
            _telephone(other, word)
        elif frozenset(line.upper()) <= _KEYS:
            self._noted.press(line.upper())
            far.press(line.upper())
        else:
            self._show(HELP if word == "help" else f"{line!r} is not understood: {_HINT}")
            return None
        return True

    def _take_time(self, far: FarEnd, word: str, amount: str) -> bool | None:
        try:
            seconds = float(amount.strip() or "3")
        except ValueError:
            seconds = -1.0
        if not 0 < seconds <= 86400:
            self._show(f"how long? Write {word} 3 for three seconds")
            return None
        loop = asyncio.get_running_loop()
        self._busy_until = loop.time() + seconds
        loop.call_at(self._busy_until, lambda: None)
        if word == "say":
            self._noted.speak(seconds)
            far.speak(seconds)
        return True

    def _hang_up(self, far: FarEnd) -> None:
        self._noted.hang_up()
        far.hang_up()


def _telephone(other: FarEnd, word: str) -> None:
    match word:
        case "answer":
            other.answer()
        case "bye":
            other.hang_up()
        case "busy":
            other.decline("busy")
        case _:
            other.decline("no_answer")


def lines_from(given: str | None, read: Read) -> Read:
    """*read* after the entries of *given*, which are separated by commas."""
    entries: Iterator[str] = iter(given.split(",") if given else ())

    def next_line(question: str) -> str | None:
        entry = next(entries, None)
        return read(question) if entry is None else entry

    return next_line
