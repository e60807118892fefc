"""What the engine is told: by the desk, by telephones, by flows, by the store and by time.

An agent's own events may carry the epoch their button was drawn with; another one is refused.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from contact_center.core.model import NO_WISHES, AgentSetup, QueueSetup, Wishes
from contact_center.core.record import record
from contact_center.core.strategy.plan import Plan

# --- configuration --------------------------------------------------------------------------------


@record
class SetAgent:
    """An agent is new or has changed; sessions and calls go on."""

    setup: AgentSetup


@record
class RemoveAgent:
    """An agent is no more; refused while signed in."""

    agent: str


@record
class SetQueue:
    """A queue is new or has changed; waiting contacts stay."""

    setup: QueueSetup


@record
class QueueHours:
    """The queue's calendar opened or closed it; contacts that wait stay."""

    queue: str
    open: bool


@record
class DayBegan:
    """Local midnight: totals begin anew. *day* goes into the hash that breaks ties."""

    day: str


# --- agents ---------------------------------------------------------------------------------------


@record
class SignIn:
    """The shell has checked the password. *reachable*: the phone is registered, or static."""

    agent: str
    reachable: bool = True


@record
class SignOut:
    """Refused while something is held."""

    agent: str
    epoch: int | None = None


@record
class Ready:
    """The agent may be offered contacts."""

    agent: str
    epoch: int | None = None


@record
class NotReady:
    """The agent may not be offered contacts; internal calls still come."""

    agent: str
    reason: str = ""
    epoch: int | None = None


@record
class Reject:
    """The agent declines what rings. *busy*: and becomes not ready, in one action."""

    agent: str
    busy: bool = False
    reason: str = ""
    epoch: int | None = None


@record
class Done:
    """Wrap-up is finished."""

    agent: str
    epoch: int | None = None


@record
class Park:
    """The customer hears music in the agent's list; the agent is ready again."""

    agent: str
    epoch: int | None = None


@record
class Retrieve:
    """Take a parked customer back; in a call, the customer of that call is parked instead."""

    agent: str
    contact: str
    epoch: int | None = None


@record
class Pick:
    """The agent takes this waiting contact, whoever's turn it is."""

    agent: str
    contact: str
    epoch: int | None = None


@record
class Call:
    """Call an agent or a number. *phone_up*: dialled on the phone itself, which is off the hook.

    *contact* is the new call's id. The shell has checked the class of service.
    """

    agent: str
    contact: str
    to_agent: str | None = None
    to_number: str | None = None
    phone_up: bool = False
    epoch: int | None = None


@record
class Transfer:
    """Blind: the customer goes to an agent, a queue or a number; this agent is released."""

    agent: str
    to_agent: str | None = None
    to_number: str | None = None
    to_queue: str | None = None
    plan: Plan | None = None
    priority: float = 0.0
    epoch: int | None = None


@record
class Consult:
    """Ask an agent or a number while the customer hears music; *contact* is the new call's id."""

    agent: str
    contact: str
    to_agent: str | None = None
    to_number: str | None = None
    epoch: int | None = None


@record
class EndConsult:
    """How a consultation ends: the asked one takes the customer, joins, or is dropped."""

    agent: str
    how: Literal["transfer", "conference", "return"]
    epoch: int | None = None


@record
class Force:
    """A supervisor does an agent's event. *locked*: only a supervisor makes ready again."""

    agent: str
    state: Literal["ready", "not ready", "signed out"]
    by: str
    reason: str = ""
    locked: bool = False


@record
class TakeOver:
    """A supervisor's phone rings and takes a contact from its agents, or from its queue."""

    agent: str
    contact: str
    epoch: int | None = None


@record
class Disconnect:
    """A supervisor ends a contact."""

    contact: str
    by: str


@record
class Supervised:
    """A supervisor did something about an agent that changes no state: for the audit log."""

    agent: str
    what: str
    by: str
    detail: str = ""


@record
class Intercept:
    """Calls for an agent ring the telephone of *to* in place of the agent's; "" ends that."""

    agent: str
    to: str
    by: str


# --- telephones -----------------------------------------------------------------------------------


@record
class Answered:
    """The agent's phone sent 200 to the INVITE of this epoch."""

    agent: str
    epoch: int


@record
class Failed:
    """The agent's phone sent another final answer, or none came (408)."""

    agent: str
    epoch: int
    status: int


@record
class LegEnded:
    """The agent's leg of this epoch is gone: BYE came, or our BYE was answered."""

    agent: str
    epoch: int


@record
class HoldKey:
    """The hold key of the agent's phone was pressed, or the call taken back (a re-INVITE)."""

    agent: str
    epoch: int
    on: bool


@record
class PhoneFound:
    """The agent's phone has registered."""

    agent: str


@record
class PhoneLost:
    """The agent's registration has run out or was withdrawn."""

    agent: str


# --- contacts -------------------------------------------------------------------------------------


@record
class Arrived:
    """A call is in a flow. Without it, `Enter` makes the contact."""

    contact: str
    number: str = ""


@record
class Enter:
    """The queue node: wait in *queue* for an agent that the plan finds."""

    contact: str
    queue: str
    plan: Plan
    priority: float = 0.0
    wishes: Wishes = NO_WISHES
    number: str = ""


@record
class EnterAgent:
    """The agent node: wait for one agent, *wait* seconds at most."""

    contact: str
    agent: str
    wait: float
    number: str = ""


@record
class LeaveByKey:
    """The caller pressed a leaving key: the flow goes on at *port*."""

    contact: str
    port: str


@record
class AskCallback:
    """The caller pressed the callback key: the place is kept while the flow books."""

    contact: str


@record
class BookCallback:
    """Book a callback for this contact; *at* is None for its turn. The booking is confirmed."""

    contact: str
    queue: str
    number: str
    plan: Plan
    priority: float = 0.0
    at: float | None = None
    keep_place: bool = True


@record
class Voicemail:
    """A message was left: it becomes work for the queue, under a contact id of its own."""

    contact: str
    queue: str
    plan: Plan
    priority: float = 0.0
    number: str = ""


@record
class HungUp:
    """The customer's leg is gone."""

    contact: str


@record
class CustomerAnswered:
    """The number dialled for this contact answered: a callback's customer, or an outside party."""

    contact: str


@record
class CustomerFailed:
    """The number dialled for this contact did not answer."""

    contact: str
    status: int


@record
class OtherLeft:
    """An outside number that had joined the conversation hung up."""

    contact: str
    number: str


# --- store, time ----------------------------------------------------------------------------------


@record
class Committed:
    """The record with this ticket is durable."""

    ticket: int


@record
class Wake:
    """Time has passed."""


@record
class Restarted:
    """The server was killed and is back: every call of before is gone (see `restart`)."""


Event: TypeAlias = (
    SetAgent
    | RemoveAgent
    | SetQueue
    | QueueHours
    | DayBegan
    | SignIn
    | SignOut
    | Ready
    | NotReady
    | Reject
    | Done
    | Park
    | Retrieve
    | Pick
    | Call
    | Transfer
    | Consult
    | EndConsult
    | Force
    | TakeOver
    | Disconnect
    | Supervised
    | Intercept
    | Answered
    | Failed
    | LegEnded
    | HoldKey
    | PhoneFound
    | PhoneLost
    | Arrived
    | Enter
    | EnterAgent
    | LeaveByKey
    | AskCallback
    | BookCallback
    | Voicemail
    | HungUp
    | CustomerAnswered
    | CustomerFailed
    | OtherLeft
    | Committed
    | Wake
    | Restarted
)
