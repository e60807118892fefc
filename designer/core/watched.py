"""One call that is followed live or replayed: its events, and the state after the first of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from designer.core.calls import CallTrail, Way, call_trail
from designer.core.compare.told import Say, english
from designer.core.simulation import Conversation, Titles, Variable
from flow_runtime.core.model import PortValue

Label = Callable[[str, str, PortValue], str]
"""The analyst's word for a port of a flow's node."""

_MOST_OF_VALUE: Final = 200


class WatchedCall:
    """See the module. *shown* events of `events` are counted in; a live call shows all it has."""

    def __init__(self, call: str, label: Label, title: Titles, say: Say = english) -> None:
        self.id, self._say = call, say
        self._label, self._title = label, title
        self.events: list[Mapping[str, Any]] = []
        self._times: list[float] = []
        self._begin()

    def _begin(self) -> None:
        self.shown = 0
        self.trail = CallTrail()
        self.variables: dict[str, Variable] = {}
        self.changed: frozenset[str] = frozenset()
        self._talk = Conversation(self.start, self._label, self._title, self._say)

    # --- what it is -----------------------------------------------------------------------------

    @property
    def start(self) -> float:
        """When it came, in seconds since the epoch; 0 while nothing is known."""
        return self._times[0] if self._times else 0.0

    @property
    def length(self) -> float:
        """The seconds from its first event to its last."""
        return self._times[-1] - self._times[0] if self._times else 0.0

    @property
    def conversation(self) -> Conversation:
        """What was heard and pressed so far."""
        return self._talk

    @property
    def caller(self) -> str:
        """Who calls."""
        return str(self._fact("caller"))

    @property
    def called(self) -> str:
        """The number that was called."""
        return str(self._fact("called"))

    def _fact(self, name: str) -> Any:
        found = (event for event in self.events[:3] if event.get("event") == "incoming")
        return next(found, {}).get(name, "")

    @property
    def place(self) -> tuple[str, str] | None:
        """The flow and the node that it is in, or was in last."""
        inside = [way for way in self.trail.ways if way.visits[-1].until is None]
        way = inside[-1] if inside else self._last_way()
        return None if way is None else (way.flow, way.visits[-1].node)

    def _last_way(self) -> Way | None:
        return max(self.trail.ways, key=lambda way: way.visits[-1].since, default=None)

    def title_of(self, flow: str, node: str) -> str:
        """The title of a flow's node."""
        return self._title(flow, node)

    # --- events ---------------------------------------------------------------------------------

    def restart(self, events: Iterable[Mapping[str, Any]]) -> None:
        """These are all that have happened, whatever was known before."""
        self.events = list(events)
        self._times = [float(event["t"]) for event in self.events]
        self._begin()

    def add(self, event: Mapping[str, Any]) -> None:
        """One more has happened, and is shown."""
        self.events.append(event)
        self._times.append(float(event["t"]))
        if len(self.events) == 1:
            self._begin()
        self.go(len(self.events))

    def go(self, count: int) -> None:
        """Show the state after the first *count* events."""
        if count < self.shown:
            self._begin()
        before = set(self.variables.values())
        for event in self.events[self.shown : count]:
            self._take(event)
        now = self.variables.values()
        self.changed = frozenset(one.name for one in now if one not in before)
        self.shown = min(count, len(self.events))

    def count_at(self, seconds: float) -> int:
        """How many events have happened *seconds* after the call came."""
        return bisect_right(self._times, self.start + seconds + 1e-6)

    def whole_trail(self) -> CallTrail:
        """The way of the call with all its events."""
        return call_trail(self.events)

    # --- inside ---------------------------------------------------------------------------------

    def _take(self, event: Mapping[str, Any]) -> None:
        self.trail.add(event)
        at = float(event["t"]) - self.start
        match event.get("event"):
            case "say":
                self._talk.hush(at)
                self._talk.add(event)
                self._talk.add({"event": "sound", "t": event["t"], "text": event.get("text", "")})
            case "key":
                self._talk.press(str(event.get("key", "")), at)
            case "variable":
                self._talk.add(event)
                self._set(str(event.get("name", "")), event.get("value"))
            case "hangup":
                self._talk.hush(at)
                self._note(event, "hangup", self._ending(event))
            case "send":
                icon = "send_email" if event.get("via") == "email" else "send_sms"
                self._note(event, icon, self._sent(event))
            case "leave":
                self._talk.hush(at)
                self._talk.add(event)
            case "incoming" | "answered":
                pass
            case _:
                self._talk.add(event)

    def _note(self, event: Mapping[str, Any], icon: str, text: str) -> None:
        self._talk.add({"event": "note", "t": event["t"], "icon": icon, "text": text})

    def _ending(self, event: Mapping[str, Any]) -> str:
        if event.get("by") == "caller":
            return self._say("The caller has hung up")
        if event.get("by") == "us":
            return self._say("The flow has hung up ({cause})", cause=event.get("cause", ""))
        return self._say("The network has ended the call")

    def _sent(self, event: Mapping[str, Any]) -> str:
        if event.get("error"):
            return self._say("to {to}, not taken: {error}", to=event.get("to"),
                             error=event["error"])  # fmt: skip
        return self._say("to {to}, sent: {via}", to=event.get("to"), via=event.get("via"))

    def _set(self, name: str, value: Any) -> None:
        shown = shown_value(value)
        self.variables[name] = Variable(name, "", shown)


def shown_value(value: Any) -> str:
    """A value of a trace, as a person reads it."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f'"{value}"'
    else:
        text = "–" if value is None else str(value)
    return text if len(text) <= _MOST_OF_VALUE else text[: _MOST_OF_VALUE - 1] + "…"
