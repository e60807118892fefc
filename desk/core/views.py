"""What each role is told of the desk: an agent of own contacts and queues, a supervisor of all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desk.core.floor import Change, Floor
from desk.core.roles import Who
from desk.core.rows import Row, people_of

_OF_OTHERS = ("name", "title", "state", "since", "reachable")
"""What is told of an agent to those who only want to call or to count."""


class View:
    """One person's part of *floor*."""

    def __init__(self, who: Who, floor: Floor) -> None:
        self._who, self._floor = who, floor
        self._mine = self._own_queues()

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self._who.sees_all

    def snapshot(self, now: float) -> dict[str, Any]:
        """All there is to see, as of the floor's number; rows are never changed later."""
        self._mine = self._own_queues()
        floor = self._floor
        return {
            "number": floor.number,
            "now": now,
            "agents": [self._agent(row) for row in floor.agents.values()],
            "queues": [row for row in floor.queues.values() if self._queue(row["name"])],
            "contacts": [row for row in floor.contacts.values() if self._contact(row)],
        }

    def outdated(self, changes: Iterable[Change]) -> bool:
        """Whether one of *changes* is about which queues this person serves."""
        return not self.whole and any(
            (before or {}).get("queues") != (after or {}).get("queues")
            for change in changes
            for before, after in change.agents
            if (after or before or {})["name"] == self._who.agent
        )

    def change(self, change: Change) -> dict[str, Any] | None:
        """What this person sees of a change; None: nothing."""
        agents: list[Row] = []
        gone: list[str] = []
        for before, after in change.agents:
            shown = None if after is None else self._agent(after)
            if shown is not None and (before is None or shown != self._agent(before)):
                agents.append(shown)
            elif before is not None and after is None:
                gone.append(before["name"])
        contacts = [after for _, after in change.contacts if after is not None]
        left = [
            before["id"]
            for before, after in change.contacts
            if before is not None
            and self._contact(before)
            and (after is None or not self._contact(after))
        ]
        told = {
            "agents": agents,
            "queues": [row for row in change.queues if self._queue(row["name"])],
            "contacts": [row for row in contacts if self._contact(row)],
            "agents_gone": gone,
            "contacts_gone": left,
        }
        if not any(told.values()):
            return None
        return {"number": change.number, "now": change.at, **told}

    def _own_queues(self) -> frozenset[str]:
        row = self._floor.agents.get(self._who.agent)
        return frozenset(row["queues"]) if row is not None else frozenset()

    def _agent(self, row: Row) -> Row:
        if self.whole or row["name"] == self._who.agent:
            return row
        return {name: row[name] for name in _OF_OTHERS}

    def _queue(self, name: str) -> bool:
        return self.whole or self._who.role == "wallboard" or name in self._mine

    def _contact(self, row: Row) -> bool:
        if self.whole:
            return True
        if self._who.role != "agent":
            return False
        own = row["waiting"] is not None and row["queue"] in self._mine
        return own or self._who.agent in people_of(row)


def with_positions(contacts: Iterable[Row]) -> list[Row]:
    """The rows with each contact's place in its queue, 1 for the next: those that wait first."""
    lines: dict[str, list[tuple[float, float, Row]]] = {}
    others = []
    for row in contacts:
        wait = row["waiting"]
        if wait is None or not wait["in_line"]:
            others.append({**row, "position": None})
        else:
            score, seq = wait["order"]
            lines.setdefault(row["queue"], []).append((score, seq, row))
    told = []
    for _, line in sorted(lines.items()):
        line.sort(key=lambda item: item[:2])
        told += [{**row, "position": place} for place, (_, _, row) in enumerate(line, 1)]
    return told + others
