"""What a node may ask of queues and agents, and what happens to a caller there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from flow_runtime.core.commands import Command
from flow_runtime.core.sound import Sound

Announce: TypeAlias = Literal["position", "wait", "both", "off"]


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """It is time to tell the caller the place (1 is next) and the wait, or what of it is wanted."""

    position: int | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AgentAnswers:
    """An agent has answered; they are connected when the words of `StayInQueue` have been said."""

    agent: str


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller is back in the flow, at *port*; *agent* is who talked last, if anybody did."""

    port: str
    agent: str = ""


QueueEvent: TypeAlias = PlaceNow | AgentAnswers | QueueLeft


@dataclass(frozen=True, slots=True)
class EnterQueue(Command[QueueEvent]):
    """Wait in *queue* for an agent, and talk; the answer is the first event the flow has to see.

    *skills* are what the agent must have: a number is the least level, a text the very word.
    *strategy* takes the place of the queue's own, as a name or a text. *preferred* is waited for
    before anybody else. Without *longest* the queue's own limit counts. *callback_key* leaves by
    ``callback``, each of *keys* by its port. `NodeFailure`: ``unknown-queue``, ``bad-strategy``.
    """

    queue: str
    priority: float = 0.0
    skills: Mapping[str, Any] = field(default_factory=dict)
    strategy: str | None = None
    preferred: str | None = None
    longest: timedelta | None = None
    music: Sound = ()
    greeting: Sound = ()
    announce: Announce = "both"
    announce_every: timedelta = timedelta(seconds=30)
    announce_agent: bool = False
    callback_key: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EnterAgent(Command[QueueEvent]):
    """Wait for one *agent*, and talk; an agent who is not there by then is ``unavailable``."""

    agent: str
    wait: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class StayInQueue(Command[QueueEvent]):
    """Let the caller hear *sound*, and go on with what `EnterQueue` began; the next event."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class AskQueue(Command[Mapping[str, Any]]):
    """The figures of *queue*, as `facts.QUEUE` has them. `NodeFailure`: ``unknown-queue``."""

    queue: str


# --- callbacks, messages, conferences -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Booking:
    """Whether a callback is booked, for good; *detail* says why it is not, for the log."""

    booked: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BookCallback(Command[Booking]):
    """Have *number* called back for *queue*: when its turn comes, but not before *at*.

    The answer comes when the booking is durable. With *keep_place* it gets the place that this
    call has, or had, in the queue. `NodeFailure`: ``queue-refused``.
    """

    queue: str
    number: str
    at: datetime | None = None
    keep_place: bool = True


@dataclass(frozen=True, slots=True)
class LeaveMessage(Command[bool]):
    """Record a message for the voicemail box *box*; False: less than *least* was said.

    It ends as `Record` does, and a caller who hangs up has left a message too. It is durable when
    the answer comes. With *want_reply* it becomes work for the box's queue. `NodeFailure`:
    ``unknown-box``, ``queue-refused``, and those of `Record`.
    """

    box: str
    most: timedelta
    silence: timedelta
    least: timedelta
    end_keys: str = "#"
    want_reply: bool = True


@dataclass(frozen=True, slots=True)
class CountMembers(Command[int]):
    """How many take part in the conference *room* now."""

    room: str


@dataclass(frozen=True, slots=True)
class ConferenceEnd:
    """How a caller's stay in a conference ended; *detail* is for the log."""

    outcome: Literal["left", "failed"]
    detail: str = ""
    talked: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class JoinConference(Command[ConferenceEnd]):
    """Take part in the conference *room* until the caller presses *end_key*.

    With *announce* those who are there hear a tone when the caller comes, and when the caller goes.
    """

    room: str
    announce: bool = True
    end_key: str = "#"
