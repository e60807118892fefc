"""The simulated backend: callers come in by a method, dialled telephones follow a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal

from telephony.line import Call, CallFacts, DialFailed, Line
from telephony.simulated.call import SimulatedCall
from telephony.simulated.far_end import FarEnd

_EVERYTHING = (
    "answer", "sound", "keys", "barge-in", "record",
    "hangup", "dial", "bridge", "hold", "send-keys",
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
    seconds of talk it hangs up (None: it waits for the other side). With *outcome* None it only
    rings: whoever takes the `FarEnd` from *rings* decides.
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
        self._nobody = asyncio.Event()
        self._nobody.set()
        self.callees: dict[str, Callee] = {}
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
    ) -> FarEnd:
        """Somebody calls: the far end, whose ``rejected`` is 503 when the line takes no calls."""
        far = FarEnd(caller)
        call = self._leg(far, caller, called, "in", channel, headers or {})
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
        callee = self.callees.get(to) or self.callees.get("*")
        if callee is None:
            raise DialFailed("failed", f"404: no telephone {to!r} on the simulated line")
        far = FarEnd(to)
        call = self._leg(far, caller_id or "", to, "out", "voice", {})
        decision = call.decision = asyncio.get_running_loop().create_future()
        far.ringing = True
        self.dialled.append(far)
        callee.rings.put_nowait(far)
        refusal = await self._ring_out(callee, far, decision, timeout)
        far.ringing = False
        if refusal is not None:
            call.end("caller", refusal)
            raise DialFailed(refusal, _DETAILS[refusal])
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
            timer = asyncio.get_running_loop().call_later(callee.after, far.answer)
        elif callee.outcome is not None:
            timer = asyncio.get_running_loop().call_later(callee.after, far.decline, callee.outcome)
        try:
            async with asyncio.timeout(timeout):
                refusal: Literal["busy", "no_answer", "failed"] | None = await decision
                return refusal
        except TimeoutError:
            return "no_answer"
        except asyncio.CancelledError:
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
        )
        call = SimulatedCall(facts, far, self._ended)
        self._calls.add(call)
        self._nobody.clear()
        return call

    def _ended(self, call: SimulatedCall) -> None:
        self._calls.discard(call)
        if call.decision is not None and not call.decision.done():
            call.decision.set_result("failed")
        if not self._calls:
            self._nobody.set()
