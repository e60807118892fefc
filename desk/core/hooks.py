"""Webhooks: which facts are told under which names, what is sent, and how it is signed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from contact_center.core.actions import Persist
from contact_center.core.why import Why

EVENTS: Final[Mapping[str, str]] = {
    "contact.arrived": "a call is in a flow that knows of queues",
    "contact.queued": "it waits in a queue; data: place, priority",
    "contact.offered": "an agent's telephone rings next; data: why this agent",
    "contact.answered": "an agent answered; data: waited, in seconds",
    "contact.missed": "an offer came to nothing; data: reason",
    "contact.left": "it left the queue for its flow; data: port",
    "contact.parked": "the customer is in the agent's list",
    "contact.retrieved": "and is back with the agent",
    "contact.transferred": "handed over; data: to",
    "contact.after_agent": "the customer is back in the flow",
    "contact.dialled": "a number is rung for it; data: number",
    "contact.ended": "it is over, told once; data: cause",
    "callback.booked": "a callback is booked; data: number, due, place, priority",
    "callback.not_reached": "its customer was not reached; data: status",
    "agent.signed_in": "an agent signed in",
    "agent.state": "an agent came to rest in a state; data: state, reason",
}
"""The names that `[webhooks.NAME] events` may have, and what each means."""
_NAMES: Final[Mapping[str, str]] = {
    "arrived": "contact.arrived",
    "queued": "contact.queued",
    "offered": "contact.offered",
    "answered": "contact.answered",
    "missed": "contact.missed",
    "left": "contact.left",
    "parked": "contact.parked",
    "retrieved": "contact.retrieved",
    "transferred": "contact.transferred",
    "after agent": "contact.after_agent",
    "dialled": "contact.dialled",
    "ended": "contact.ended",
    "booked": "callback.booked",
    "not reached": "callback.not_reached",
    "signed in": "agent.signed_in",
    "state": "agent.state",
}
"""What a fact is called outside; those that are not here are told to nobody."""
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "queued": ("place", "priority"),
    "booked": ("number", "due", "place", "priority"),
    "state": ("state", "reason"),
}
"""Facts whose data are several things: their names, as far as they are told."""
_SINGLE: Final[Mapping[str, str]] = {
    "answered": "waited",
    "missed": "reason",
    "left": "port",
    "transferred": "to",
    "dialled": "number",
    "ended": "cause",
    "not reached": "status",
    "arrived": "number",
}
SIGNATURE: Final = "Cordboard-Signature"
SHORTEST_SECRET: Final = 16


@dataclass(frozen=True, slots=True)
class Hook:
    """``[webhooks.NAME]``: where messages go, and of what."""

    name: str
    url: str
    secret: str
    events: frozenset[str]


def name_of(fact: Persist) -> str:
    """What the fact is called outside; "" for one that is not told."""
    return _NAMES.get(fact.what, "")


def message(
    fact: Persist, identity: str, seq: int, at: float, kind: str, number: str
) -> dict[str, Any]:
    """What a webhook is sent of *fact*; *kind* and *number* are its contact's."""
    return {
        "id": identity,
        "seq": seq,
        "at": at,
        "event": name_of(fact),
        "contact": fact.contact,
        "kind": kind,
        "number": number,
        "agent": fact.agent,
        "queue": fact.queue,
        "epoch": fact.epoch,
        "data": _data(fact),
    }


def _data(fact: Persist) -> dict[str, Any]:
    if isinstance(fact.data, Why):
        return {"why": asdict(fact.data)}
    if fact.what in _FIELDS:
        return dict(zip(_FIELDS[fact.what], fact.data, strict=False))
    if fact.what in _SINGLE:
        return {_SINGLE[fact.what]: fact.data}
    return {}


def signature(secret: str, at: int, body: str) -> str:
    """The header's value: HMAC-SHA256 over the time of the try, a full stop, and the body."""
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


def url_problem(url: str) -> str:
    """What is wrong with an address, "" when nothing is."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        return f'{url!r} is no web address; write "https://crm.example.com/cordboard"'
    if parts.username is not None or parts.fragment:
        return "has a user or a #fragment; the secret is what proves who sends: leave that out"
    return ""
