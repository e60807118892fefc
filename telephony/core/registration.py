"""Our registration with a trunk, as a table: keep it alive, and say plainly when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from telephony.core.digest import answer, is_stale

RETRY = (2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds to wait after the first, second ... failure in a row; the last repeats."""


class State(Enum):
    """Where the registration stands."""

    IDLE = "not registered"
    TRYING = "registering"
    REGISTERED = "registered"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Send:
    """Send a REGISTER with these values; *authorization* is (header name, value) or None."""

    cseq: int
    expires: int
    authorization: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Begin, or register anew at once (the network came back)."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Give the registration back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The final response to the REGISTER with *cseq*.

    *challenges* are the WWW-Authenticate (401) or Proxy-Authenticate (407) values, *granted* the
    seconds our contact was given, *least* the Min-Expires of a 423. A transaction that timed
    out is answered with status 408. *cnonce* is fresh random text.
    """

    cseq: int
    status: int
    reason: str = ""
    challenges: tuple[str, ...] = ()
    granted: int | None = None
    least: int | None = None
    cnonce: str = ""


Event: TypeAlias = Start | Stop | Answered


@dataclass
class Registration:
    """Timed machine: `handle` an event, or None when `next_wakeup` has come.

    *uri* is the registrar's address as in the Request-URI. *text* says in words how it stands.
    """

    uri: str
    user: str
    password: str
    expires: int = 300
    state: State = State.IDLE
    text: str = "not started"
    _cseq: int = 0
    _wakeup: float | None = None
    _failures: int = 0
    _tried: int = 0
    """How often the running attempt already carried credentials."""

    def next_wakeup(self) -> float | None:
        """When `handle(None, now)` is due."""
        return self._wakeup

    def handle(self, event: Event | None, now: float) -> list[Send]:
        """Take one event, or the time that has come, and say what to send."""
        match event:
            case Start():
                self._failures = 0
                return self._register()
            case None:
                if self._wakeup is None or now < self._wakeup:
                    return []
                return self._register()
            case Stop():
                return self._stop()
            case Answered(cseq=cseq) if cseq == self._cseq and self.state is State.TRYING:
                return self._answered(event, now)
            case Answered():
                return []  # of an attempt that was given up

    def _register(self) -> list[Send]:
        if self.state is not State.REGISTERED:
            self.text = "registering"
        self.state, self._wakeup, self._tried = State.TRYING, None, 0
        return [self._next(self.expires)]

    def _stop(self) -> list[Send]:
        had, self.state = self.state, State.ENDED
        self._wakeup, self.text = None, "ended"
        # unregistering is sent once and not waited for: the binding expires by itself
        return [self._next(0)] if had in (State.REGISTERED, State.TRYING) else []

    def _next(self, expires: int, authorization: tuple[str, str] | None = None) -> Send:
        self._cseq += 1
        return Send(self._cseq, expires, authorization)

    def _answered(self, event: Answered, now: float) -> list[Send]:
        if 200 <= event.status < 300:
            granted = event.granted if event.granted else self.expires
            self.state, self.text, self._failures = State.REGISTERED, "registered", 0
            # early enough for one lost attempt, and never more often than every 5 seconds
            self._wakeup = now + max(5.0, granted - min(32.0, granted / 2))
            return []
        most = 2 if is_stale(event.challenges) else 1
        if event.status in (401, 407) and self._tried < most:
            value = answer(
                event.challenges, "REGISTER", self.uri, self.user, self.password, event.cnonce
            )
            if value:
                self._tried += 1
                header = "Authorization" if event.status == 401 else "Proxy-Authorization"
                return [self._next(self.expires, (header, value))]
        if event.status == 423 and event.least and event.least > self.expires:
            self.expires, self._tried = event.least, 0
            return [self._next(self.expires)]
        return self._failed(event, now)

    def _failed(self, event: Answered, now: float) -> list[Send]:
        why = f"{event.status} {event.reason}".strip()
        if event.status in (401, 403, 407):
            why += "; check user and password"
        elif event.status == 408:
            why = "no answer; check address and firewall"
        self.state, self.text = State.FAILED, why
        self._wakeup = now + RETRY[min(self._failures, len(RETRY) - 1)]
        self._failures += 1
        return []
