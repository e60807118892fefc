"""What the engine knows: agents, queues, contacts, entries in queues, offers."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from contact_center.core.strategy.plan import Plan, Reserve

if TYPE_CHECKING:
    from contact_center.core.matching import Pool
    from contact_center.core.ranks import Ranks
    from contact_center.core.waiting import WaitingClass
    from contact_center.core.why import Why

SIGNED_OUT = "signed out"
NOT_READY = "not ready"
READY = "ready"
OFFERED = "offered"
RINGING = "ringing"
TALKING = "talking"
WRAP_UP = "wrap-up"
CLEARING = "clearing"
AGENT_STATES = (SIGNED_OUT, NOT_READY, READY, OFFERED, RINGING, TALKING, WRAP_UP, CLEARING)
AT_REST = (NOT_READY, READY)
"""The states in which an agent is signed in and in no call."""

IN_FLOW = "in flow"
WAITING = "waiting"
HELD = "held"
CALLBACK_PENDING = "callback pending"
ENDED = "ended"
SUSPENDED = "suspended"  # an entry whose caller is booking a callback
DIALLING = "dialling"  # an entry whose customer is rung for the callback
BOOKED = "booked"  # a callback whose time has not come

Kind: TypeAlias = Literal["call", "callback", "voicemail", "internal", "outbound", "consult"]
CUSTOMERS = ("call", "outbound")
"""Kinds of contacts with a customer on the line."""

OfferKind: TypeAlias = Literal[
    "queue",  # the matcher's own
    "pick",
    "take-over",
    "originate",  # the agent's own phone rings first, then the other side is called
    "internal",
    "consult",
    "transfer",
    "retrieve",
]

DIRECT = ""
"""The name of the queue in which contacts of the agent node wait for one agent."""


@dataclass(frozen=True, slots=True)
class AgentSetup:
    """An agent as configured. *queues* gives the level (1-100) in each queue served."""

    name: str
    queues: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, int | str] = field(default_factory=dict)
    reserve: frozenset[str] = frozenset()
    """Queues in which the agent takes part only while the strategy calls reserve agents in."""
    max_held: int = 1
    persistent_leg: bool = False


@dataclass(frozen=True, slots=True)
class QueueSetup:
    """A queue as configured; durations are seconds."""

    name: str
    agents: tuple[str, ...] = ()
    """The list that linear order and round robin follow; agents not in it come after."""
    max_waiting: int | None = None
    ring: float = 20.0
    wrap_up: float = 0.0
    exclude: float = 60.0
    misses: int = 3
    """Offers missed in a row after which an agent becomes not ready; 0: never."""
    age_rate: float = 1.0
    """Points of priority that a second of waiting is worth; 0: priority is strict."""
    rescue: Literal["callback", "none"] = "callback"
    handling: float = 180.0
    """What a contact is taken to cost an agent until the queue has seen some."""
    callback_attempts: int = 1
    callback_retry: float = 300.0


class Agent:
    """An agent and the state of the telephone."""

    __slots__ = (
        "answered",
        "consult",
        "contact",
        "diverted",
        "epoch",
        "free",
        "held",
        "home",
        "idle",
        "leg",
        "leg_epoch",
        "locked",
        "login",
        "mark",
        "misses",
        "name",
        "offer",
        "own",
        "paused",
        "pending",
        "pending_reason",
        "pool",
        "reachable",
        "reason",
        "ring",
        "serial",
        "setup",
        "since",
        "state",
        "talk",
        "wrap",
    )

    def __init__(self, setup: AgentSetup, serial: int, now: float) -> None:
        self.setup, self.name, self.serial = setup, setup.name, serial
        self.state = SIGNED_OUT
        self.reason = ""
        self.since = now
        self.mark = now
        """When the state was entered or the totals below were brought up to date."""
        self.epoch = 0
        self.reachable = True
        self.locked = False
        self.diverted = ""
        """Whose telephone is rung in place of this agent's; "": this one's."""
        self.paused = 0.0
        self.pending: str | None = None
        self.pending_reason = ""
        self.home = NOT_READY
        self.held: list[Contact] = []
        self.misses = 0
        self.offer: Offer | None = None
        self.contact: Contact | None = None
        self.consult: Contact | None = None
        self.leg: Literal["none", "asked", "ringing", "up"] = "none"
        self.leg_epoch = 0
        self.idle = self.talk = self.wrap = self.ring = self.login = 0.0
        self.answered = 0
        self.free = False
        """Whether the matcher's index holds the agent."""
        self.pool: Pool
        self.own: WaitingClass | None = None
        """The contacts that wait for this agent and nobody else."""

    def __repr__(self) -> str:
        return f"<agent {self.name} {self.state}>"


class Queue:
    """A queue's counters and what its wait is estimated from."""

    __slots__ = (
        "abandoned",
        "answered",
        "callers",
        "calling",
        "effort",
        "gap_from",
        "last_offered",
        "line",
        "name",
        "open",
        "overflowed",
        "positions",
        "queued",
        "ranks",
        "reserves",
        "setup",
        "staffed",
        "waiting",
    )

    def __init__(self, setup: QueueSetup) -> None:
        self.setup, self.name = setup, setup.name
        self.open = True
        self.waiting = 0
        """Callers in the queue, whether or not a telephone rings for them."""
        self.callers: deque[Entry] = deque()
        """These, in the order in which they came; some have gone (`offers.first_caller`)."""
        self.line = 0
        """These, callbacks whose time has come, and messages."""
        self.queued = self.answered = self.abandoned = self.overflowed = 0
        self.staffed = 0
        """Agents of this queue who are neither signed out nor not ready."""
        self.last_offered = ""
        self.positions: dict[str, int] = {}
        self.effort = setup.handling
        """Agent-seconds between two answers while contacts wait, smoothed: see `estimate`."""
        self.gap_from: float | None = None
        self.calling: list[Entry] = []
        """Callbacks whose customers are rung or wait, and some that did."""
        self.reserves: dict[Reserve, bool] = {}
        self.ranks: Ranks | None = None


class Contact:
    """A call, callback or voicemail, from its first event to its end."""

    __slots__ = (
        "agents",
        "bookings",
        "callee",
        "cause",
        "entry",
        "flow",
        "holder",
        "kind",
        "name",
        "number",
        "others",
        "owner",
        "places",
        "queue",
        "rings",
        "state",
        "target",
    )

    def __init__(self, name: str, number: str, kind: Kind, flow: bool) -> None:
        self.name, self.number, self.kind = name, number, kind
        self.flow = flow
        """Whether a flow takes the customer back after the agents."""
        self.state = IN_FLOW
        self.cause = ""
        self.entry: Entry | None = None
        self.places: dict[str, float] = {}
        self.agents: list[Agent] = []
        """Agents in the conversation."""
        self.others: list[str] = []
        """Outside numbers in the conversation."""
        self.rings: list[Agent] = []
        """Agents that hold an offer of this contact."""
        self.holder: Agent | None = None
        self.owner: Agent | None = None
        """The agent who began an internal, outbound or consultation call."""
        self.target: str | None = None
        """A number that is being dialled, or will be when the caller's phone is up."""
        self.bookings = 0
        """Callbacks booked during this call."""
        self.callee = ""
        """The agent to be rung when the caller's phone is up."""
        self.queue: Queue | None = None
        """The queue it was answered from last."""

    def __repr__(self) -> str:
        return f"<contact {self.name} {self.state}>"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the queue node asked for beside the strategy; durations are seconds."""

    max_wait: float | None = None
    announce: Literal["position", "wait", "both", "off"] = "off"
    announce_every: float = 30.0
    announce_agent: bool = False
    timeout_port: str = "timeout"


NO_WISHES = Wishes()


class Entry:
    """A contact's stay in a queue. *place* orders it, *entered* is what relaxing runs from."""

    __slots__ = (
        "attempts",
        "cls",
        "contact",
        "due",
        "entered",
        "excluded",
        "expired",
        "live",
        "place",
        "plan",
        "priority",
        "queue",
        "said_position",
        "said_wait",
        "score",
        "seq",
        "state",
        "step",
        "until",
        "wishes",
    )

    def __init__(
        self,
        contact: Contact,
        queue: Queue,
        plan: Plan,
        priority: float,
        place: float,
        now: float,
        seq: int,
        wishes: Wishes = NO_WISHES,
    ) -> None:
        self.contact, self.queue, self.plan, self.wishes = contact, queue, plan, wishes
        self.priority, self.place, self.entered, self.seq = priority, place, now, seq
        self.score = score_of(place, priority, queue.setup.age_rate)
        self.state = WAITING
        self.live = True
        self.step = 0
        """Which person, and after them which ring, of the plan it has come to."""
        self.until: float | None = None
        """When the person of this step is waited for no longer."""
        self.excluded: dict[str, float] | None = None
        self.expired = False
        """Its longest wait is over; it leaves when the telephone that rings now does not answer."""
        self.cls: WaitingClass | None = None
        self.said_position: int | None = None
        self.said_wait: float | None = None
        self.due: float | None = None
        """When a callback is to be made."""
        self.attempts = 0

    def __repr__(self) -> str:
        return f"<entry {self.contact.name} in {self.queue.name} {self.state}>"


class Offer:
    """One attempt to bring a contact to an agent; the epoch tells it from all others."""

    __slots__ = ("agent", "at", "contact", "entry", "epoch", "kind", "queue", "ring", "why")

    def __init__(
        self,
        agent: Agent,
        contact: Contact,
        kind: OfferKind,
        now: float,
        ring: float,
        entry: Entry | None = None,
        why: Why | None = None,
    ) -> None:
        self.agent, self.contact, self.kind, self.at, self.ring = agent, contact, kind, now, ring
        self.entry, self.why, self.epoch = entry, why, agent.epoch


STRICT = 1e-9
"""The age rate that stands for 0: one point of priority outweighs 31 years of waiting. Scores stay
exact to a millisecond up to a priority of a thousand."""


def score_of(place: float, priority: float, age_rate: float) -> float:
    """What orders waiting contacts, the least first: it never changes while they wait."""
    return place - priority / (age_rate or STRICT)


Data: TypeAlias = dict[str, Any]
"""State as plain data: text, numbers, lists, None."""
