"""What the engine wants done. The shell does them in their order.

`Persist` is written by the store, in one transaction with the event that brought it. One that has
a ticket is waited for: `Committed` must come back with it. Nothing else waits.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from contact_center.core.model import OfferKind
from contact_center.core.record import record


@record
class Persist:
    """Something happened that must outlive the process; *what* is one of `WHAT`."""

    what: str
    contact: str = ""
    agent: str = ""
    queue: str = ""
    epoch: int = 0
    ticket: int = 0
    data: Any = None


WHAT = {
    "signed in": "a session begins; it is confirmed when this is durable",
    "state": "data: the agent's new state and the reason",
    "audit": "data: who forced what",
    "arrived": "a contact is in a flow",
    "queued": "data: place, priority",
    "offered": "data: why this agent; the phone rings when this is durable",
    "answered": "data: seconds waited",
    "missed": "data: why the offer came to nothing, for the log of calls that were not answered",
    "withdrawn": "an offer taken back without anybody's fault",
    "parked": "the customer is in the agent's list",
    "retrieved": "and is back with the agent",
    "on hold": "by the hold key of the agent's own phone; the agent stays talking",
    "off hold": "and taken back by it",
    "left": "data: the port by which the contact left the queue",
    "suspended": "the caller is booking a callback",
    "booked": "data: number, time, place; the booking is confirmed when this is durable",
    "dialled": "data: the number rung for a callback, a transfer or an outbound call",
    "not reached": "data: the status; a callback that waits for its next attempt",
    "joined": "data: an outside number in the conversation",
    "transferred": "data: to whom",
    "after agent": "the customer is back in the flow",
    "ended": "data: the cause; once for each contact",
}


@record
class Confirmed:
    """What the agent or caller waits to be told is durable now: "signed in" or "booked"."""

    what: Literal["signed in", "booked"]
    name: str


@record
class Ring:
    """INVITE the agent's phone for this contact; replies name the epoch."""

    agent: str
    contact: str
    epoch: int
    kind: OfferKind
    auto_answer: bool = False
    """The phone is asked to answer by itself: the agent wanted this call."""


@record
class CancelRing:
    """CANCEL, with a Reason header where *reason* is not empty; a 200 that crosses gets BYE."""

    agent: str
    epoch: int
    reason: str = ""


@record
class HangUpAgent:
    """BYE to the agent's leg of this epoch (ACK first where its 200 was stale)."""

    agent: str
    epoch: int


@record
class HangUp:
    """BYE to the customer's leg, or CANCEL where it still rings."""

    contact: str


@record
class Bridge:
    """Connect the agent's leg with the contact's conversation, when a `Say` before it is over."""

    contact: str
    agent: str


@record
class BridgeOther:
    """Connect an outside number's leg with the contact's conversation.

    *of* is the consultation that it comes from, "" for a number dialled for the contact itself.
    """

    contact: str
    number: str
    of: str = ""


@record
class Part:
    """Take the agent's leg out of the contact's conversation; the leg stays up."""

    contact: str
    agent: str


@record
class Music:
    """The customer hears greeting and music of the queue, or of the agent's list ("")."""

    contact: str
    queue: str = ""


@record
class StopSound:
    """Cut music, greeting and announcements."""

    contact: str


@record
class Say:
    """Announce: the place in the queue, the estimated wait in seconds, or the agent."""

    contact: str
    position: int | None = None
    wait: float | None = None
    agent: str | None = None


@record
class PlayMessage:
    """Play the voicemail to the agent."""

    contact: str
    agent: str


@record
class Dial:
    """INVITE this number for the contact: a callback's customer, or an outside party."""

    contact: str
    number: str


@record
class CancelDial:
    """Give that INVITE up, or BYE if it was answered."""

    contact: str
    number: str


@record
class Leave:
    """The contact's flow goes on at this port of its node."""

    contact: str
    port: str


@record
class Refused:
    """The event was refused and has changed nothing; *reason* is a key of `refusals.TEXTS`."""

    event: Any
    reason: str
    text: str
    chinese: str = ""


Action: TypeAlias = (
    Persist
    | Confirmed
    | Ring
    | CancelRing
    | HangUpAgent
    | HangUp
    | Bridge
    | BridgeOther
    | Part
    | Music
    | StopSound
    | Say
    | PlayMessage
    | Dial
    | CancelDial
    | Leave
    | Refused
)
