"""Agents, contacts and queues as the desk shows them: plain data made of the engine's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, TypeAlias

from contact_center.core.entries import IN_LINE
from contact_center.core.estimate import estimate
from contact_center.core.matching import Matcher
from contact_center.core.model import CUSTOMERS, Agent, Contact, Offer, Queue
from contact_center.core.statistics.figures import FIGURES
from contact_center.core.statistics.intervals import QueueTally
from contact_center.core.why import Why, told
from contact_center.store.settings import QueueSettings

Row: TypeAlias = dict[str, Any]
TODAY: Final = (
    "queued", "answered", "abandoned", "overflowed", "called_back", "asa", "longest_wait",
    "abandon_rate", "service_level_offered",
)  # fmt: skip
"""Figures of a queue since local midnight; `GET /api/statistics` gives their definitions."""
_CHOSE: Final[Mapping[str, str]] = {
    "pick": "由坐席主动接听",
    "take-over": "由班长抢接",
    "transfer": "转接给该坐席",
}


def agent_row(agent: Agent, title: str, since: float) -> Row:
    """One agent; *since* is when the state was entered."""
    offer = agent.offer
    return {
        "name": agent.name,
        "title": title,
        "state": agent.state,
        "since": since,
        "reason": agent.reason,
        "epoch": agent.epoch,
        "reachable": agent.reachable,
        "locked": agent.locked,
        "pending": agent.pending or "",
        "contact": None if agent.contact is None else agent.contact.name,
        "consult": None if agent.consult is None else agent.consult.name,
        "held": [contact.name for contact in agent.held],
        "offer": None if offer is None else _offer(offer),
        "queues": dict(agent.setup.queues),
        "skills": dict(agent.setup.skills),
        "intercepted": agent.diverted,
        "answered": agent.answered,
    }


def _offer(offer: Offer) -> Row:
    return {
        "contact": offer.contact.name,
        "kind": offer.kind,
        "at": offer.at,
        "until": offer.at + offer.ring,
        "why": None if offer.why is None else why_row(offer.why),
    }


def why_row(why: Why) -> Row:
    """Why this agent: the figures of the decision, and a sentence in both languages."""
    return {**asdict(why), "text": told(why), "chinese": _chinese(why)}


def _chinese(why: Why) -> str:
    if why.chose in _CHOSE:
        return _CHOSE[why.chose]
    step = "队列中的任一坐席" if why.step == "any agent of the queue" else why.step
    where = f"{why.strategy}；{step}；已等待 {why.waited:.1f} 秒"
    if why.chose == "contact":
        return f"坐席空闲，该来话排在最前（{where}）"
    names = "，".join(
        name + "".join(f" {t}={v:g}" for t, v in zip(why.terms, values, strict=True))
        for name, values in why.candidates
    )
    return f"{why.eligible} 名空闲坐席中的首选：{names}（{where}）"


def contact_row(contact: Contact, before: Row | None) -> Row:
    """One contact. *before* is its last row: of it the reason for the last offer is kept."""
    entry = contact.entry if contact.entry is not None and contact.entry.live else None
    queue = entry.queue if entry is not None else contact.queue
    row: Row = {
        "id": contact.name,
        "kind": contact.kind,
        "number": contact.number,
        "state": contact.state,
        "queue": "" if queue is None else queue.name,
        "agents": [agent.name for agent in contact.agents],
        "rings": [agent.name for agent in contact.rings],
        "others": list(contact.others),
        "dialling": contact.target,
        "holder": None if contact.holder is None else contact.holder.name,
        "owner": None if contact.owner is None else contact.owner.name,
        "why": _why(contact, before),
        "waiting": None,
    }
    if entry is not None:
        row["waiting"] = {
            "state": entry.state,
            "entered": entry.entered,
            "place": entry.place,
            "priority": entry.priority,
            "order": [entry.score, entry.seq],
            "due": entry.due,
            "in_line": entry.state in IN_LINE,
            "caller": entry.state in IN_LINE and contact.kind in CUSTOMERS,
        }
    return row


def _why(contact: Contact, before: Row | None) -> Row | None:
    for agent in contact.rings:
        if agent.offer is not None and agent.offer.why is not None:
            return why_row(agent.offer.why)
    kept: Row | None = before["why"] if before is not None and contact.agents else None
    return kept


def people_of(row: Row) -> set[str]:
    """The agents whom a contact concerns."""
    return {*row["agents"], *row["rings"], row["holder"] or "", row["owner"] or ""} - {""}


def queue_row(
    queue: Queue,
    settings: QueueSettings,
    states: Mapping[str, int],
    longest_since: float | None,
    tally: QueueTally | None,
    matcher: Matcher,
) -> Row:
    """One queue: who waits, who works, and the day so far against its goal."""
    counted = tally or QueueTally()
    figures = {name: FIGURES[name].of(counted, settings.service_seconds) for name in TODAY}
    return {
        "name": queue.name,
        "open": queue.open,
        "waiting": queue.waiting,
        "line": queue.line,
        "longest_since": longest_since,
        "wait_estimate": estimate(queue, queue.line, matcher.free_in(queue.name)),
        "agents": {state: count for state, count in sorted(states.items()) if count},
        "today": figures,
        "goal": {"share": settings.service_share, "seconds": settings.service_seconds},
    }
