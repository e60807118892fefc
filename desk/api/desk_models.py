"""Queues, agents and contacts as the API tells them. Times are seconds since the epoch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Why(BaseModel):
    """Why this agent: the decision with the figures of its moment."""

    chose: str = Field(description="agent, contact, pick, take-over or transfer")
    strategy: str
    step: str
    terms: list[str] = Field(description="what the strategy orders by")
    candidates: list[tuple[str, list[float]]] = Field(description="the chosen agent and the next")
    eligible: int = Field(description="free agents that fitted")
    waited: float
    score: float
    text: str
    chinese: str


class Offer(BaseModel):
    """What rings, or is about to."""

    contact: str
    kind: str = Field(
        description="queue, pick, take-over, originate, internal, consult, transfer or retrieve"
    )
    at: float
    until: float = Field(description="when it is given up")
    why: Why | None


class Agent(BaseModel):
    """An agent. An agent's own account is told of others only the first five."""

    name: str
    title: str
    state: str = Field(
        description="signed out, not ready, ready, offered, ringing, talking, wrap-up, clearing"
    )
    since: float = Field(description="when the state was entered")
    reachable: bool = Field(description="whether the telephone is registered, or static")
    reason: str = ""
    epoch: int = Field(0, description="send it with an action: a stale one is refused")
    locked: bool = False
    pending: str = Field("", description="the state asked for when the present call is over")
    contact: str | None = None
    consult: str | None = None
    held: list[str] = Field([], description="parked contacts")
    offer: Offer | None = None
    queues: dict[str, int] = Field({}, description="queue: level")
    skills: dict[str, int | str] = Field({}, description="skill: level, or a word")
    intercepted: str = Field("", description="whose telephone rings for this agent's calls")
    answered: int = Field(0, description="calls answered today")


class Waiting(BaseModel):
    """A contact's stay in a queue."""

    state: str
    entered: float
    place: float
    priority: float
    order: list[float] = Field(description="contacts of a queue wait in this order")
    due: float | None = Field(description="when a callback is to be made")
    in_line: bool
    caller: bool = Field(description="whether somebody is on the line")


class Contact(BaseModel):
    """A call, callback or message that is going on."""

    id: str
    kind: str = Field(description="call, callback, voicemail, internal, outbound or consult")
    number: str
    state: str
    queue: str
    agents: list[str]
    rings: list[str] = Field(description="agents whose telephones ring for it")
    others: list[str] = Field(description="outside numbers in the conversation")
    dialling: str | None
    holder: str | None = Field(description="in whose list it is parked")
    owner: str | None
    why: Why | None
    waiting: Waiting | None
    position: int | None = Field(None, description="1 is next; not told to those who watch")


class Goal(BaseModel):
    """`service_level` of the queue."""

    share: float
    seconds: float


class Queue(BaseModel):
    """A queue now, and what it has done since local midnight."""

    name: str
    open: bool
    waiting: int = Field(description="callers in the queue")
    line: int = Field(description="these, callbacks whose time has come, and messages")
    longest_since: float | None = Field(description="since when the caller waits who waits longest")
    wait_estimate: float | None = Field(description="None while nobody works")
    agents: dict[str, int] = Field(description="state: how many agents of the queue are in it")
    today: dict[str, float | None] = Field(description="definitions: GET /api/statistics")
    goal: Goal


class Skill(BaseModel):
    """A skill, and who has it."""

    name: str
    kind: str = Field(description="level or word")
    agents: dict[str, int | str]


class Directory(BaseModel):
    """Whom a customer can be handed over to, by name."""

    agents: dict[str, str] = Field(description="name: what people call them")
    queues: list[str]


class DeskState(BaseModel):
    """All that this account may see, as of *number*."""

    number: int
    now: float
    boot: str
    agents: list[Agent]
    queues: list[Queue]
    contacts: list[Contact]


# --- what is asked for ----------------------------------------------------------------------------


class Act(BaseModel):
    """Every action may carry these two."""

    model_config = ConfigDict(extra="forbid")

    action_id: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="chosen by you; sent again, the action is not done again: the answer is the"
        " first one's",
    )
    epoch: int | None = Field(
        None, description="the agent's epoch when the button was drawn; a stale one: 409"
    )


class Reasoned(Act):
    """An action with a reason."""

    reason: str = Field("", max_length=200)


class Rejecting(Reasoned):
    """Decline what rings."""

    busy: bool = Field(False, description="and become not ready, in one action")


class Picking(Act):
    """An action on one contact."""

    contact: str = Field(min_length=1, max_length=300)


class Calling(Act):
    """Whom to call."""

    to: str = Field(
        min_length=1,
        max_length=200,
        description="agent:NAME, queue:NAME, number:DIGITS, or bare: an agent's name, else a"
        " queue's, else a number",
    )


class Ending(Act):
    """How a consultation ends."""

    how: Literal["transfer", "conference", "return"]


class Forcing(Reasoned):
    """A supervisor presses an agent's button."""

    state: Literal["ready", "not ready", "signed out"]
    locked: bool = Field(False, description="only a supervisor makes ready again")


class Listening(Act):
    """A supervisor's ear."""

    mode: Literal["monitor", "whisper", "barge"]
    seat: str = Field(
        "", max_length=200, description="whose telephone rings; default: the account's own agent"
    )


class Seated(Act):
    """An action at a telephone."""

    seat: str = Field(
        "", max_length=200, description="whose telephone; default: the account's own agent"
    )


class Intercepting(Seated):
    """Where an agent's calls go."""

    to: str = Field("", max_length=200, description="an agent; default: the seat")


class Done(BaseModel):
    """The action is done; *agent* is how the agent is now."""

    agent: Agent | None = None
    contact: str | None = Field(None, description="the contact that the action began")
    number: int = Field(description="what it changed is told to those who watch by this number")


class Refused(BaseModel):
    """The action is refused and has changed nothing."""

    detail: str
    chinese: str
    reason: str = Field(description="short and fixed, for programs")


class Credentials(BaseModel):
    """Who logs in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    password: str = Field(max_length=1000)


class Me(BaseModel):
    """Who asks, and what that role may do."""

    name: str
    role: str
    agent: str = Field(description="the agent whose telephone is this account's")
    rights: list[str]


class Begun(Me):
    """A session; its token goes where the administrator's goes."""

    token: str
    idle_seconds: float = Field(description="unused for so long, it ends")
