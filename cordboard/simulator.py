"""The caller of a simulated call, played by lines of text from a terminal, a pipe or options."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from flow_runtime.call_tests.rehearsal import Rehearsal
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.suggest import suggest
from telephony.simulated import FarEnd, SimulatedLine

HELP = """\
  1  12#        press keys             say 3     speak for 3 seconds
  (Enter)       let time pass          wait 10   do nothing for 10 seconds
  hangup        hang up                help      this list
  answer  busy  noanswer  reject       what a telephone that rings does; answer 1002
  bye                                  that telephone hangs up     says which, if several ring
  agents        who is there           ready 1001, away 1001  an agent takes calls, or none"""
_TELEPHONE = ("answer", "busy", "noanswer", "reject", "bye")
_AGENTS = ("agents", "ready", "away")
_REJECTED = 603
"""The SIP status of a telephone whose owner presses the red button."""
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
        self.centre: Rehearsal | None = None
        """The agents whom the person plays too."""
        self._busy_until = 0.0

    def idle(self, skipped: float | None) -> bool:
        """Nothing happens for *skipped* seconds unless the person acts; True when it did."""
        far = self.far
        if far is None or far.over.is_set() or far.call.sounding:
            return False
        now = asyncio.get_running_loop().time()
        if now < self._busy_until - 1e-9:
            return False
        return self._act(far, skipped if self.centre is None else self.centre.awaited(skipped))

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
        others = self._others()
        if any(not other.ringing for other in others):
            talking = ", ".join(other.number for other in others if not other.ringing)
            return f"you are talking with {talking} (bye, hangup)"
        if others:
            are = "is" if len(others) == 1 else "are"
            numbers = ", ".join(other.number for other in others)
            return f"{numbers} {are} ringing (answer, busy, noanswer, reject)"
        if far.call.recording:
            return "recording (say 3, #)"
        passing = "" if skipped is None else f", Enter for {skipped:g} s of nothing"
        seats = () if self.centre is None else self.centre.seats
        away = next((f", ready {seat.name}" for seat in seats if not seat.takes_calls), "")
        return f"your turn (keys{away}{passing})"

    def _others(self) -> list[FarEnd]:
        """The telephones that ring or talk: one that was dialled, or agents'."""
        return [far for far in self._line.dialled if not far.over.is_set()]

    def _obey(self, far: FarEnd, line: str, skipped: float | None) -> bool | None:
        """Do what *line* says. True: done, False: let time pass, None: ask again."""
        word, _, rest = line.partition(" ")
        if not line:
            if skipped is None:
                self._show("nothing would ever happen: act, or hang up")
                return None
            return False
        if word in ("say", "wait"):
            return self._take_time(far, word, rest)
        if word in _TELEPHONE and self._others():
            return self._telephone(word, rest.strip())
        if word in _AGENTS and self.centre is not None:
            return self._agents(self.centre, word, rest.strip())
        if word == "hangup":
            self._hang_up(far)
        elif frozenset(line.upper()) <= _KEYS:
            self._noted.press(line.upper())
            far.press(line.upper())
        else:
            self._show(HELP if word == "help" else f"{line!r} is not understood: {_HINT}")
            return None
        return True

    def _telephone(self, word: str, which: str) -> bool | None:
        others = {far.number: far for far in self._others()}
        if which not in ("", *others):
            self._show(f"{which} neither rings nor talks{suggest(which, others)}")
            return None
        other = others[which] if which else list(others.values())[-1]
        match word:
            case "answer":
                other.answer()
            case "bye":
                other.hang_up()
            case "busy":
                other.decline("busy")
            case "reject":
                other.decline("busy", _REJECTED)
            case _:
                other.decline("no_answer")
        return True

    def _agents(self, centre: Rehearsal, word: str, which: str) -> bool | None:
        seats = {seat.name: seat for seat in centre.seats}
        if word == "agents":
            for seat in seats.values():
                title = f" {seat.title}" if seat.title not in ("", seat.name) else ""
                self._show(f"{seat.name}{title}: {seat.state}")
            return None
        if which not in seats:
            hint = suggest(which, seats) if which else f": write {word} {next(iter(seats), '1001')}"
            self._show(f'there is no agent "{which}"{hint}' if which else f"which agent{hint}")
            return None
        centre.let_work(which, word == "ready")
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


def lines_from(given: str | None, read: Read) -> Read:
    """*read* after the entries of *given*, which are separated by commas."""
    entries: Iterator[str] = iter(given.split(",") if given else ())

    def next_line(question: str) -> str | None:
        entry = next(entries, None)
        return read(question) if entry is None else entry

    return next_line
