"""The engine's events as JSON and back, and what facts carry as JSON.

An event is written with its class's name and its fields; what is left out has its default, so a
newer version may add fields with defaults and still read what an older one has written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from typing import Any, Final, get_args

from contact_center.core.actions import Persist
from contact_center.core.events import Event
from contact_center.core.model import AgentSetup, QueueSetup, Wishes
from contact_center.core.state import Plans
from contact_center.core.strategy.plan import Plan
from contact_center.store.errors import StoreError

KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Event)}
_SETUPS: Final[Mapping[str, type[Any]]] = {"SetAgent": AgentSetup, "SetQueue": QueueSetup}
_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    name: {f.name: f.default for f in fields(kind)} for name, kind in KINDS.items()
}
Made = Callable[[Any], Any]


def encode(event: Event, plans: Plans) -> tuple[str, str]:
    """The name of the event's class, and its fields as JSON. Raises `TypeError` for other data."""
    kind = type(event).__name__
    data = {}
    for name, default in _DEFAULTS[kind].items():
        value = getattr(event, name)
        if default is MISSING or value != default:
            data[name] = _plain(value, plans)
    return kind, json.dumps(data, separators=(",", ":"))


def decode(kind: str, text: str, plans: Plans) -> Event:
    """The event again; raises `StoreError` when a newer version has written it."""
    made = KINDS.get(kind)
    if made is None:
        raise StoreError(
            f'the database has an event "{kind}" that this version of Cordboard does not know; '
            "update Cordboard"
        )
    data = json.loads(text)
    if data.get("plan") is not None:
        data["plan"] = plans.decode(data["plan"])
    if "wishes" in data:
        data["wishes"] = Wishes(**data["wishes"])
    if kind in _SETUPS:
        data["setup"] = _setup(_SETUPS[kind], data["setup"])
    event: Event = made(**data)
    return event


def _setup(kind: type[Any], data: Mapping[str, Any]) -> Any:
    """Lists are what they were: sets and tuples."""
    if kind is AgentSetup:
        return AgentSetup(**{**data, "reserve": frozenset(data["reserve"])})
    return QueueSetup(**{**data, "agents": tuple(data["agents"])})


def _plain(value: Any, plans: Plans) -> Any:
    if isinstance(value, Plan):
        return plans.encode(value)
    if isinstance(value, AgentSetup):
        return {
            "name": value.name,
            "queues": dict(value.queues),
            "skills": dict(value.skills),
            "reserve": sorted(value.reserve),
            "max_held": value.max_held,
            "persistent_leg": value.persistent_leg,
        }
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value


def fact_data(fact: Persist) -> str:
    """What a fact says beside its names, as JSON; of a plan only its strategy's name."""
    return dumps(_told(fact.data))


def _told(data: Any) -> Any:
    if isinstance(data, Plan):
        return data.strategy
    if isinstance(data, tuple | list):
        return [_told(one) for one in data]
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    return data


def dumps(data: Any) -> str:
    """JSON in ASCII, which can be stored anywhere whatever a telephone sent; never raises."""
    return json.dumps(data, separators=(",", ":"), default=str)
