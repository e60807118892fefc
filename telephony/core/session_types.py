"""One INVITE session and what it tells its user; the machine itself is in `session`."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from telephony.core.dialog import Dialog
from telephony.core.message import Request, Response
from telephony.core.offer_answer import Negotiation
from telephony.core.timers import Timer
from telephony.core.transaction_types import Client, Hop, Send, Server

Ender = Literal["caller", "us", "network"]
Credentials: TypeAlias = tuple[str, str]
"""User and password."""


class Session:
    """An INVITE and the dialog that comes of it.

    *peer* belongs to the user of the agent (its call). What is only needed while the call is set
    up (*invite*, *body*, *answer_200*) is dropped as soon as it has served.
    """

    __slots__ = (
        "acks",
        "answer_200",
        "awaits_answer",
        "body",
        "credentials",
        "dialog",
        "early",
        "glares",
        "hold_wanted",
        "interval",
        "invite",
        "modifying",
        "negotiation",
        "peer",
        "pending_cseq",
        "rang",
        "reason",
        "server",
        "client",
        "state",
        "timers",
        "told",
        "tried",
        "uac",
    )

    def __init__(self, dialog: Dialog, invite: Request | None, *, uac: bool) -> None:
        self.dialog, self.uac = dialog, uac
        self.invite = invite
        self.state = "dialling" if uac else "offered"
        self.negotiation: Negotiation
        """There from ``prepare`` on, or from the start when we call."""
        self.body: bytes | None = None
        """The session description for our 2xx, or the last early one of the peer."""
        self.server: Server | None = None
        """The transaction of the INVITE we have not answered finally."""
        self.client: Client | None = None
        """The transaction of our own INVITE that runs now."""
        self.answer_200: Send | None = None
        self.pending_cseq = 0
        """CSeq of the INVITE whose 2xx of ours waits for its ACK."""
        self.awaits_answer = False
        self.interval = 0.0
        self.acks: dict[tuple[str, str], Send] = {}
        """ACKs of 2xx by (transaction, remote tag), to be sent again when the 2xx is."""
        self.early: dict[str, Dialog] = {}
        self.rang = 0
        """The last provisional status sent, to be repeated each minute."""
        self.hold_wanted = False
        self.modifying = False
        self.glares = 0
        self.tried = 0
        """How many challenges the running request has met."""
        self.credentials: Credentials | None = None
        self.reason = ""
        """The Reason header of our BYE or CANCEL (RFC 3326)."""
        self.timers: dict[str, Timer] = {}
        self.told = False
        self.peer: Any = None


# --- what an agent tells its user -----------------------------------------------------------------


class Incoming(NamedTuple):
    """A new call: answer with ``prepare`` and ``answer``, or ``reject``."""

    session: Session
    request: Request
    source: Hop


class Asked(NamedTuple):
    """OPTIONS or REGISTER outside of a dialog: answer it with `Agent.respond`."""

    request: Request
    transaction: Server
    source: Hop


class Replied(NamedTuple):
    """The final response to a request that was sent for *owner*. *local*: it timed out."""

    owner: Any
    response: Response
    local: bool


class Rang(NamedTuple):
    """A provisional response to our INVITE."""

    session: Session
    status: int


class Early(NamedTuple):
    """The far end sends sound before it answers; ``session.negotiation.agreed`` says how."""

    session: Session


class Settled(NamedTuple):
    """Offer and answer are complete: ``session.negotiation.agreed`` holds from now on."""

    session: Session


class Taken(NamedTuple):
    """Our INVITE was answered."""

    session: Session


class Pressed(NamedTuple):
    """A key by SIP INFO."""

    session: Session
    key: str


class Modified(NamedTuple):
    """Our re-INVITE is through, or has failed for the reason in *why*; then all is as before."""

    session: Session
    why: str


class Ended(NamedTuple):
    """The call is over; said once. *status* is the final response that ended it, else 0."""

    session: Session
    by: Ender
    cause: str
    status: int


class Cleared(NamedTuple):
    """Of a call that we placed nothing more is expected: its far end neither rings nor talks."""

    session: Session


Told: TypeAlias = (
    Incoming
    | Asked
    | Replied
    | Rang
    | Early
    | Settled
    | Taken
    | Pressed
    | Modified
    | Ended
    | Cleared
)


class Refusal(NamedTuple):
    """How to refuse an INVITE."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class UserAgent(Protocol):
    """What the session machine needs of the agent that runs it."""

    allow: str

    def run(self, session: Session, event: str, message: Any, now: float) -> bool:
        """Give *event* to the session's table; False when it has no row for it now."""

    def respond(self, tx: Server, response: Response, now: float) -> Send | None:
        """Answer a request; what went out, when something did."""

    def request(self, request: Request, hop: Hop, owner: Any, now: float) -> Client:
        """Send a request in a new transaction."""

    def abandon(self, tx: Client, now: float) -> None:
        """Wait for no response any more."""

    def send(self, data: bytes, hop: Hop) -> Send:
        """Send octets outside of any transaction."""

    def tell(self, told: Told) -> None:
        """Tell the user."""

    def start_timer(self, session: Session, name: str, when: float) -> None:
        """Give the event *name* to *session* at *when*; replaces a timer of that name."""

    def stop_timers(self, session: Session, *names: str) -> None:
        """Forget these timers, all without names."""

    def via(self, hop: Hop) -> str:
        """A Via value with a fresh branch for a request towards *hop*."""

    def contact(self, hop: Hop) -> str:
        """Our Contact as *hop* can reach it."""

    def token(self) -> str:
        """Fresh random text."""

    def random(self) -> float:
        """A random number from 0 to 1."""

    def index(self, session: Session, dialog: Dialog) -> None:
        """Let requests within *dialog* find *session*."""

    def forget(self, session: Session) -> None:
        """Let no dialog find *session* any more."""

    def bury(self, session: Session, now: float) -> None:
        """Keep *session* for `transaction_types.LIFETIME`, so that a late 2xx finds it."""
