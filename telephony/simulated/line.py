"""The simulated backend: callers come in by a method, dialled telephones follow a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal

from telephony.core.hearing import Hearing
from telephony.line import (
    Call,
    CallFacts,
    Conference,
    DialFailed,
    Line,
    Ringing,
    RingOptions,
)
from telephony.rooms import Room
from telephony.simulated.call import SimulatedCall
from telephony.simulated.far_end import FarEnd
from telephony.simulated.ringing import SimulatedRinging, Told

_EVERYTHING = (
    "answer", "sound", "keys", "barge-in", "record",
    "hangup", "dial", "ring", "bridge", "hold", "send-keys", "music", "conference", "tap",
)  # fmt: skip

_DETAILS = {
    "busy": "486: it is busy",
    "no_answer": "nobody answered",
    "failed": "480: it cannot be reached",
}


@dataclass
class Callee:
    """A telephone that can be dialled, and what it does by itself.

    It rings for *after* seconds, then answers or refuses as *outcome* says, and after *talks*
    seconds of talk it hangs up (None: it waits for the other side). One that answers does so at
    once when it is asked to. With *outcome* None it only rings: whoever takes the `FarEnd` from
    *rings* decides.
    """

    outcome: Literal["answered", "busy", "no_answer", "failed"] | None = "answered"
    after: float = 1.0
    talks: float | None = None
    rings: asyncio.Queue[FarEnd] = field(default_factory=asyncio.Queue)


class SimulatedLine(Line):
    """Calls between this program and far ends that a test, a simulator or a person plays.

    *now* gives the moment a call started; *prefix* begins the ids of the calls. *callees* are
    the telephones that can be dialled, by number; ``"*"`` stands for all others.
    """

    name = "simulated"
    can = frozenset(_EVERYTHING)

    def __init__(self, now: Callable[[], datetime], prefix: str = "sim") -> None:
        self._now, self._prefix = now, prefix
        self._ids = count(1)
        self._on_call: Callable[[Call], None] | None = None
        self._calls: set[SimulatedCall] = set()
        self._hearing: Hearing[SimulatedCall] = Hearing()
        self._nobody = asyncio.Event()
        self._nobody.set()
        self.callees: dict[str, Callee] = {}
        self.barred: set[str] = set()
        """Numbers that may not be dialled."""
        self._unplugged: set[str] = set()
        self._told: list[Callable[[str, bool], None]] = []
        self.dialled: list[FarEnd] = []
        """Every telephone that rang, in order."""

    async def start(self, on_call: Callable[[Call], None]) -> None:
        """Take calls from now on."""
        self._on_call = on_call

    async def stop(self, drain: float = 0.0) -> None:
        """Refuse new calls with 503; end the running ones when *drain* is over."""
        self._on_call = None
        if self._calls and drain > 0:
            try:
                async with asyncio.timeout(drain):
                    await self._nobody.wait()
            except TimeoutError:
                pass
        for call in tuple(self._calls):
            await call.hangup("shutdown")

    def call(
        self,
        caller: str = "",
        called: str = "",
        *,
        channel: str = "voice",
        headers: Mapping[str, str] | None = None,
        phone: str = "",
        source: tuple[str, int] = ("", 0),
    ) -> FarEnd:
        """Somebody calls: the far end, whose ``rejected`` is 503 when the line takes no calls.

        *phone* and *source* are those of `CallFacts`.
        """
        far = FarEnd(caller)
        call = self._leg(far, caller, called, "in", channel, headers or {}, phone, source)
        if self._on_call is None:
            far.rejected = 503
            call.end("us", "not accepting calls")
        else:
            self._on_call(call)
        return far

    async def dial(
        self, to: str, *, caller_id: str | None, timeout: float, near: Call | None = None
    ) -> Call:
        """Ring the telephone *to*; `DialFailed` says how it was not answered."""
        return await self.rung(to, RingOptions(caller_id or ""), timeout, None)

    def refusal(self, to: str) -> str:
        """See `Line.refusal`: *barred* numbers."""
        return f"{to} is barred on the simulated line" if to in self.barred else ""

    def ring(
        self, phone: str, options: RingOptions, *, timeout: float, near: Call | None = None
    ) -> Ringing:
        """Ring the telephone *phone*; what it is told is in its `FarEnd.shown`."""
        return SimulatedRinging(self, phone, options, timeout)

    def reachable(self, phone: str) -> bool:
        """Whether there is such a telephone, and it has not been unplugged."""
        return (phone in self.callees or "*" in self.callees) and phone not in self._unplugged

    def watch_phones(self, told: Callable[[str, bool], None]) -> None:
        """See `Line.watch_phones`; `plug` changes it."""
        for phone in sorted(self.callees.keys() - self._unplugged - {"*"}):
            told(phone, True)
        self._told.append(told)

    def plug(self, phone: str, *, on: bool) -> None:
        """Let the telephone *phone* be registered, or no more."""
        if on == (phone not in self._unplugged):
            return
        self._unplugged ^= {phone}
        for told in self._told:
            told(phone, on)

    def conference(self, *, beeps: bool = False) -> Conference:
        """See `Line.conference`."""
        return Room(SimulatedCall, beeps)

    async def rung(
        self,
        to: str,
        options: RingOptions,
        timeout: float,
        told: Told,
    ) -> SimulatedCall:
        """The answered leg of a telephone that is rung; *told* is called when it begins to."""
        callee = self.callees.get(to) or self.callees.get("*")
        if callee is None:
            raise DialFailed("failed", f"404: no telephone {to!r} on the simulated line", 404)
        if to in self._unplugged:
            raise DialFailed("failed", f"the phone {to} is not registered")
        far = FarEnd(to)
        call = self._leg(far, options.caller_id, to, "out", "voice", {})
        decision = call.decision = asyncio.get_running_loop().create_future()
        far.ringing, far.shown = True, options
        self.dialled.append(far)
        callee.rings.put_nowait(far)
        if told is not None:
            told(far)
        refusal = await self._ring_out(callee, far, decision, timeout)
        far.ringing = False
        if refusal is not None:
            call.end("caller", refusal)
            raise DialFailed(refusal, _DETAILS[refusal], far.code)
        await call.answer()
        if callee.talks is not None:
            asyncio.get_running_loop().call_later(callee.talks, far.hang_up)
        return call

    def status(self) -> Mapping[str, Any]:
        """How many calls there are."""
        return {"backend": self.name, "calls": len(self._calls)}

    async def _ring_out(
        self, callee: Callee, far: FarEnd, decision: asyncio.Future[Any], timeout: float
    ) -> Literal["busy", "no_answer", "failed"] | None:
        """Wait for the decision of the far end; None says that it answered."""
        timer = None
        if callee.outcome == "answered":
            after = 0.0 if far.shown.auto_answer else callee.after
            timer = asyncio.get_running_loop().call_later(after, far.answer)
        elif callee.outcome is not None:
            timer = asyncio.get_running_loop().call_later(callee.after, far.decline, callee.outcome)
        try:
            async with asyncio.timeout(timeout):
                refusal: Literal["busy", "no_answer", "failed"] | None = await decision
                return refusal
        except TimeoutError:
            return "no_answer"
        except asyncio.CancelledError:
            far.ringing = False
            far.call.end("us", "cancelled")
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def _leg(
        self,
        far: FarEnd,
        caller: str,
        called: str,
        direction: Literal["in", "out"],
        channel: str,
        headers: Mapping[str, str],
        phone: str = "",
        source: tuple[str, int] = ("", 0),
    ) -> SimulatedCall:
        facts = CallFacts(
            f"{self._prefix}{next(self._ids)}",
            caller,
            called,
            self._now(),
            direction=direction,
            headers=headers,
            channel=channel,
            backend=self.name,
            phone=phone,
            source=source,
        )
        call = SimulatedCall(facts, far, self._ended, self._hearing)
        self._calls.add(call)
        self._nobody.clear()
        return call

    def _ended(self, call: SimulatedCall) -> None:
        self._calls.discard(call)
        if call.decision is not None and not call.decision.done():
            call.decision.set_result("failed")
        if not self._calls:
            self._nobody.set()
