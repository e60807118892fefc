"""What the driver needs of the world to serve calls: the ports that others fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flow_runtime.clock import Clock
from flow_runtime.core.frame import View
from flow_runtime.core.queue_commands import (
    BookCallback,
    Booking,
    EnterAgent,
    EnterQueue,
    LeaveMessage,
    QueueEvent,
)
from flow_runtime.core.service_commands import (
    HttpAnswer,
    HttpRequest,
    PinResult,
    SendEmail,
    SendSms,
)
from flow_runtime.core.sound import Recording, Sound
from flow_runtime.switchboard.conferences import Conferences
from telephony.line import Clip, Line

if TYPE_CHECKING:
    from flow_runtime.perform.session import Session

Trace = Callable[[Mapping[str, Any]], None]
"""Takes one event of docs/traces.md; returns at once."""


class Speaker(Protocol):
    """Turns what a caller shall hear into clips."""

    async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
        """The clips of *sound*; `NodeFailure` when it cannot be spoken or found.

        Does not suspend when all of them are in the cache.
        """

    def ringback(self) -> Sequence[Clip]:
        """The tone a caller hears while a dialled telephone rings, to be repeated."""

    def beep(self) -> Sequence[Clip]:
        """The tone after which a caller speaks."""


class Data(Protocol):
    """Asks data sources; every method raises `NodeFailure` and keeps the time limit."""

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of a query, at most *most*."""

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """Run a changing statement in one transaction; how many rows changed."""


class Web(Protocol):
    """Asks web servers."""

    async def request(self, request: HttpRequest) -> HttpAnswer:
        """What the server says; `NodeFailure` as `HttpRequest` names them."""


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: SendEmail) -> None:
        """Returns when it is handed over; `NodeFailure` as `SendEmail` names them."""

    async def close(self) -> None:
        """Give back threads."""


class Texter(Protocol):
    """Sends text messages. *driver* is its name in traces."""

    driver: str

    async def send(self, message: SendSms) -> None:
        """Returns when it is handed over; `NodeFailure` as `SendSms` names them."""


class Pins(Protocol):
    """Keeps PINs; every method raises `NodeFailure` ``database-...``."""

    async def locked(self, account: str, lock_after: int) -> bool:
        """Whether *account* has had *lock_after* wrong PINs in a row."""

    async def check(self, account: str, pin: str, lock_after: int) -> PinResult:
        """Compare; a wrong PIN is counted, a right one ends the count."""

    async def set(self, account: str, pin: str) -> None:
        """Keep *pin*, and unlock the account."""


class Switchboard(Protocol):
    """Brings callers and agents together. *queues* and *agents* are what expressions read."""

    @property
    def queues(self) -> View:
        """The figures of each queue."""

    @property
    def agents(self) -> View:
        """The state of each agent."""

    async def enter(self, session: Session, command: EnterQueue | EnterAgent) -> QueueEvent:
        """Let the caller wait and talk; `NodeFailure` as the commands name them."""

    async def stay(self, session: Session, sound: Sound) -> QueueEvent:
        """Let the caller hear *sound* and go on with what `enter` began."""

    async def book(self, session: Session, command: BookCallback) -> Booking:
        """Book a callback; returns when that is durable."""

    def check_box(self, box: str) -> None:
        """Raise `NodeFailure` ``unknown-box`` when there is no such voicemail box."""

    async def keep(self, session: Session, command: LeaveMessage, recording: Recording) -> None:
        """Keep a message that was recorded; returns when it is durable."""

    def hung_up(self, call: str) -> None:
        """The call with this id is over, wherever it was."""


@dataclass(frozen=True)
class Services:
    """The world of all calls. *recordings* is the folder for what callers record.

    *trace* takes the events of all calls, None for no trace. A service that is None fails by
    ``not-configured``.
    """

    line: Line
    speaker: Speaker
    data: Data
    clock: Clock
    recordings: Path
    trace: Trace | None = None
    web: Web | None = None
    mail: Mailer | None = None
    sms: Texter | None = None
    pins: Pins | None = None
    switchboard: Switchboard | None = None
    conferences: Conferences = field(default_factory=Conferences)
