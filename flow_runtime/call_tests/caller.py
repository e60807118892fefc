"""The caller of a tested call: goes through the steps whenever nothing happens by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from flow_runtime.call_tests.model import (
    ERROR,
    HANGS_UP,
    NORMAL,
    REJECTED,
    CallTest,
    Ends,
    Hears,
    Holds,
    Press,
    Says,
    Step,
    Visits,
    Waits,
)
from flow_runtime.call_tests.scene import Scene
from flow_runtime.call_tests.values import holds, shown
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import suggest
from flow_runtime.text_speaker import speaking_time
from telephony.simulated import FarEnd

PATIENCE: Final = 600.0
"""Seconds that a caller waits for what a step expects."""
_TINY: Final = 1e-6


class _Turn(Enum):
    """What became of a step."""

    DONE = 1
    """The next one may follow at once."""
    ACTED = 2
    """So it is, but the flow has something to do now."""
    WAIT = 3
    """Time has to pass."""


class Disappointed(Exception):
    """A step was not what the call brought; the text says what came instead."""


class Caller:
    """Plays the steps of a test at the far end of a call.

    `idle` is the virtual loop's ``before_jump``: whatever the flow does by itself has been done
    then, and time is about to pass. `over` goes through the steps that are left when the call has
    been served. *place* tells the flow and the node that a name in the test means; *stop* ends
    the call at once when a step is not met.
    """

    def __init__(
        self,
        test: CallTest,
        scene: Scene,
        place: Callable[[str], tuple[str, str]],
        stop: Callable[[], None],
    ) -> None:
        self.far: FarEnd | None = None
        self.run: Run | None = None
        self.failed: tuple[Step, str] | None = None
        """The step that was not met, and what came instead."""
        self.heard_before = 0
        """How many sounds were heard when the last step was met that heard something."""
        self._steps, self._scene, self._place, self._stop = test.steps, scene, place, stop
        self._next = 0
        self._began: float | None = None
        self._until = 0.0
        self._armed = False
        """Whether a timer was set that the loop has not looked at yet."""
        self._letters = 0
        self._keys = 0
        self._sound = 0
        self._visit = 0
        self._ended: Ended | None = None
        self._gone = False

    def idle(self, skipped: float | None) -> bool:
        """Nothing happens for *skipped* seconds unless the caller acts; True when it did."""
        if self.failed is not None or self.far is None:
            return False
        now = asyncio.get_running_loop().time()
        try:
            while self._next < len(self._steps):
                if self._began is None:
                    self._began = now
                turn = self._try(self._steps[self._next], now)
                if turn is _Turn.WAIT:
                    armed, self._armed = self._armed, False
                    if not armed:
                        self._be_patient(now, skipped)
                    return armed
                self._go_on()
                if turn is _Turn.ACTED:
                    return True
        except Disappointed as reason:
            self.failed = (self._steps[self._next], str(reason))
            self._stop()
            return True
        return self._leave()

    def over(self, ended: Ended) -> None:
        """The call has been served: what is left of the steps has to hold as it is now."""
        self._ended = ended
        while self.failed is None and self._next < len(self._steps):
            step = self._steps[self._next]
            try:
                if self._try(step, 0.0) is _Turn.WAIT:
                    raise Disappointed(phrase("the call was over: {end}", end=self._how_it_ended()))
            except Disappointed as reason:
                self.failed = (step, str(reason))
            self._go_on()

    # --- between the steps ----------------------------------------------------------------------

    def _try(self, step: Step, now: float) -> _Turn:
        turn: _Turn = _STEPS[type(step)](self, step, now)
        return turn

    def _go_on(self) -> None:
        self._next += 1
        self._began = None

    def _be_patient(self, now: float, skipped: float | None) -> None:
        if isinstance(self._steps[self._next], Waits):
            return
        if skipped is None:
            raise Disappointed(phrase("nothing will ever happen: everybody waits"))
        if self._began is not None and now + skipped > self._began + PATIENCE:
            raise Disappointed(
                phrase("that did not come within {minutes} minutes", minutes=f"{PATIENCE / 60:g}")
            )

    def _leave(self) -> bool:
        """All steps are done: a caller for whom the test has no end hangs up."""
        assert self.far is not None
        if self._gone or self.far.over.is_set():
            return False
        self._gone = True
        self.far.hang_up()
        return True

    @property
    def _call_over(self) -> bool:
        return self._ended is not None or (self.far is not None and self.far.over.is_set())

    def _need_call(self) -> None:
        if self._call_over:
            raise Disappointed(phrase("the call was over: {end}", end=self._how_it_ended()))

    def _how_it_ended(self) -> str:
        """As the flow sees it, once it is through; else as the line does."""
        ended, far = self._ended, self.far
        if ended is not None and ended.failure is not None:
            failure = ended.failure
            return phrase("the flow failed ({name}: {text})", name=failure.name, text=failure.text)
        if far is not None and far.rejected is not None:
            return phrase("the flow rejected it with {rejected}", rejected=far.rejected)
        if far is not None and far.ended_by == "caller":
            return phrase("the caller had hung up")
        cause = far.cause if far is not None else ""
        return phrase("the flow hung up ({cause})", cause=cause)

    # --- what the caller does -------------------------------------------------------------------

    def _press(self, step: Press, now: float) -> _Turn:
        self._need_call()
        assert self.far is not None
        if not self.far.answered.is_set():
            return _Turn.WAIT
        self.far.press(step.keys)
        return _Turn.ACTED

    def _says(self, step: Says, now: float) -> _Turn:
        if self._until:
            return self._time_is_up(now)
        self._need_call()
        assert self.far is not None
        if not self.far.answered.is_set() or self.far.call.sounding:
            return _Turn.WAIT
        time = step.time
        seconds = speaking_time(step.text) if time is None else time.total_seconds()
        self.far.speak(seconds, step.text or "(speech)")
        return self._do_nothing_until(now + seconds)

    def _waits(self, step: Waits, now: float) -> _Turn:
        if self._until:
            return self._time_is_up(now)
        self._need_call()
        return self._do_nothing_until(now + step.time.total_seconds())

    def _do_nothing_until(self, moment: float) -> _Turn:
        self._until, self._armed = moment, True
        asyncio.get_running_loop().call_at(moment, lambda: None)
        return _Turn.WAIT

    def _time_is_up(self, now: float) -> _Turn:
        """A call that ends meanwhile is no reason to complain: the next step may be its end."""
        if now < self._until - _TINY and not self._call_over:
            return _Turn.WAIT
        self._until = 0.0
        return _Turn.DONE

    # --- what the caller expects ----------------------------------------------------------------

    def _hears(self, step: Hears, now: float) -> _Turn:
        found = self._find_key(step.key) if step.key else self._find_text(step.text)
        if found is None:
            self._need_call()
            return _Turn.WAIT
        last = found[0] == len(self._scene.heard) - 1
        if last and not self._call_over and self.far is not None and self.far.call.sounding:
            return _Turn.WAIT  # it is heard to its end
        self._sound, self._letters, self._keys = found
        self.heard_before = found[0] + 1
        return _Turn.DONE

    def _find_text(self, text: str) -> tuple[int, int, int] | None:
        """The sound that says *text*, and the letters and keys of it that are used up then."""
        wanted = _flat(text)
        for number in range(self._sound, len(self._scene.heard)):
            here = number == self._sound
            at = _flat(self._scene.heard[number].text).find(wanted, self._letters if here else 0)
            if at >= 0:
                return number, at + len(wanted), self._keys if here else 0
        return None

    def _find_key(self, key: str) -> tuple[int, int, int] | None:
        for number in range(self._sound, len(self._scene.heard)):
            here = number == self._sound
            keys = self._scene.heard[number].keys
            used = self._keys if here else 0
            if key in keys[used:]:
                return number, self._letters if here else 0, keys.index(key, used) + 1
        return None

    def _visits(self, step: Visits, now: float) -> _Turn:
        flow, node = self._place(step.node)
        for number in range(self._visit, len(self._scene.path)):
            visit = self._scene.path[number]
            if (visit.flow, visit.node) == (flow, node):
                self._visit = number + 1
                return _Turn.DONE
        return _Turn.WAIT

    def _holds(self, step: Holds, now: float) -> _Turn:
        known: Mapping[str, Any] = self.run.frame.variables if self.run is not None else {}
        for name, expected in step.values.items():
            if name.startswith("contact.") and self.run is not None:
                actual = self.run.frame.contact.get(name.removeprefix("contact."))
            elif name in known:
                actual = known[name]
            else:
                hint = suggest(name, known)
                text = phrase(
                    "there is no variable {name} at this point{hint}", name=name, hint=hint
                )
                raise Disappointed(text)
            if not holds(expected, actual):
                raise Disappointed(
                    phrase(
                        "{name} is {actual}, not {expected}",
                        name=name,
                        actual=shown(actual),
                        expected=shown(expected),
                    )
                )
        return _Turn.DONE

    def _ends(self, step: Ends, now: float) -> _Turn:
        if step.how == HANGS_UP and not self._gone:
            self._need_call()
            assert self.far is not None
            self._gone = True
            self.far.hang_up()
            return _Turn.WAIT
        if self._ended is None:
            return _Turn.WAIT
        if not self._is_end(step, self._ended):
            raise Disappointed(self._how_it_ended())
        return _Turn.DONE

    def _is_end(self, step: Ends, ended: Ended) -> bool:
        rejected = self.far.rejected if self.far is not None else None
        if step.how == HANGS_UP:
            return ended.by == "hangup" and ended.party == "caller"
        if step.how == ERROR:
            failure = ended.failure
            return failure is not None and step.detail in ("", failure.name)
        if step.how == REJECTED:
            return rejected is not None and step.detail in ("", str(rejected))
        if ended.failure is not None or ended.party != "flow" or rejected is not None:
            return False
        return ended.by == "end" and step.how == NORMAL or ended.cause == step.how


_STEPS: Final[Mapping[type[Any], Callable[..., _Turn]]] = {
    Press: Caller._press,
    Says: Caller._says,
    Waits: Caller._waits,
    Hears: Caller._hears,
    Visits: Caller._visits,
    Holds: Caller._holds,
    Ends: Caller._ends,
}


def _flat(text: str) -> str:
    """*text* for comparing: speech knows no capitals and no line breaks."""
    return " ".join(text.split()).casefold()
