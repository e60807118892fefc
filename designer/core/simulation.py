"""What a person sees of a simulated call: the conversation in bubbles, variables, coverage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from designer.core.calls import CallTrail
from designer.core.compare.told import Say, english
from designer.core.marks import Ports, port_of
from flow_runtime.core.binding import bind_all
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.node import Node
from flow_runtime.core.outcome import MASK

Titles = Callable[[str, str], str]
"""The title of a flow's node, for people."""

MOST_BUBBLES: Final = 400
"""A flow that loops says a lot: the oldest bubbles go."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing that was heard, pressed, said, or that happened.

    *at* and *until* are seconds since the call came; *until* is None while it can still be heard,
    and as *at* for what takes no time. *label* is the analyst's word for the way that a key takes.
    *times* says how often the same node has said something by then.
    """

    kind: Literal["heard", "pressed", "said", "note", "trouble"]
    text: str
    at: float
    until: float | None = None
    flow: str = ""
    node: str = ""
    icon: str = ""
    label: str = ""
    times: int = 1


class Conversation:
    """Makes bubbles of the events of one call. *start* is when it came, since the epoch.

    *label* tells the analyst's word for a node's port: what a key means.
    """

    def __init__(
        self,
        start: float,
        label: Callable[[str, str, PortValue], str],
        title: Titles,
        say: Say = english,
    ) -> None:
        self.bubbles: list[Bubble] = []
        self.dropped = 0
        """How many bubbles have gone at the beginning."""
        self.flow = self.node = ""
        self._start, self._label, self._title, self._say = start, label, title, say
        self._masked: str | None = None
        self._visits: dict[tuple[str, str], int] = {}

    def add(self, event: Mapping[str, Any]) -> None:
        """Take an event of the trace, or one of the simulator: ``sound``, ``quiet``, ``note``."""
        at = float(event["t"]) - self._start
        said, self._masked = self._masked, None
        match event:
            case {"event": "enter", "flow": str(flow), "node": str(node)}:
                self.flow, self.node = flow, node
                self._visits[flow, node] = self._visits.get((flow, node), 0) + 1
            case {"event": "leave", "flow": str(flow), "node": str(node), "port": port}:
                self._left(flow, node, port)
            case {"event": "say", "text": str(text)}:
                self._masked = text
            case {"event": "sound", "text": str(text)}:
                shown = self._say(text) if said is None else said
                self._put("heard", shown or self._say("(a sound)"), at, None)
            case {"event": "quiet"}:
                self.hush(at)
            case {"event": "error", "name": name, "text": text}:
                what = self._say("{name}: {what}", name=name, what=text)
                self._put("trouble", what, at, at, icon="ui-problem-error")
            case _:
                self._note(event, at)

    def press(self, keys: str, at: float) -> None:
        """The person presses *keys*."""
        last = self.bubbles[-1] if self.bubbles else None
        if last is not None and last.kind == "pressed" and last.node == self.node:
            self.bubbles[-1] = replace(last, text=last.text + keys, until=at, label="")
        else:
            self._put("pressed", keys, at, at, label=self._label(self.flow, self.node, keys))

    def speak(self, words: str, at: float, seconds: float) -> None:
        """The person says something."""
        self._put("said", words, at, at + seconds)

    def hush(self, at: float) -> None:
        """Nothing can be heard any more."""
        for number in range(len(self.bubbles) - 1, -1, -1):
            bubble = self.bubbles[number]
            if bubble.kind == "heard":
                if bubble.until is None:
                    self.bubbles[number] = replace(bubble, until=at)
                return

    # --- inside ---------------------------------------------------------------------------------

    def _left(self, flow: str, node: str, port: PortValue) -> None:
        """The key that was pressed last means what the way says that it took."""
        last = self.bubbles[-1] if self.bubbles else None
        pressed = last is not None and last.kind == "pressed" and last.text == str(port)
        if last is not None and pressed and last.node == node and not last.label:
            self.bubbles[-1] = replace(last, label=self._label(flow, node, port))

    def _note(self, event: Mapping[str, Any], at: float) -> None:
        told = _NOTES.get(event["event"])
        found = None if told is None else told(event, self._say)
        if found is not None:
            icon, text = found
            self._put("note", text, at, at, icon=icon)

    def _put(
        self,
        kind: Literal["heard", "pressed", "said", "note", "trouble"],
        text: str,
        at: float,
        until: float | None,
        icon: str = "",
        label: str = "",
    ) -> None:
        times = self._visits.get((self.flow, self.node), 1)
        made = Bubble(kind, text, at, until, self.flow, self.node, icon, label, times)
        self.bubbles.append(made)
        if len(self.bubbles) > MOST_BUBBLES:
            self.dropped += 1
            del self.bubbles[0]


# --- what happens besides -------------------------------------------------------------------------

_Note = tuple[str, str]
"""An icon, and a few words."""


def _query(event: Mapping[str, Any], say: Say) -> _Note:
    if "error" in event:
        return "db_lookup", say("{source}: {error}", source=event["source"], error=event["error"])
    seconds = f"{float(event.get('seconds', 0)):.1f}"
    if event["rows"] == 1:
        text = say("{source}: 1 row · {time} s", source=event["source"], time=seconds)
    else:
        text = say("{source}: {n} rows · {time} s", source=event["source"], n=event["rows"],
                   time=seconds)  # fmt: skip
    return "db_lookup", text


def _dial(event: Mapping[str, Any], say: Say) -> _Note:
    if "outcome" not in event:
        return "dial", say("{to} is being called", to=event["to"])
    words = {
        "answered_ended": say("{to} has hung up", to=event["to"]),
        "busy": say("{to} is busy", to=event["to"]),
        "no_answer": say("{to} does not answer", to=event["to"]),
    }
    return "dial", words.get(event["outcome"], say("{to} cannot be reached", to=event["to"]))


def _record(event: Mapping[str, Any], say: Say) -> _Note:
    if "seconds" in event:
        return "record", say("recorded {time} s", time=f"{float(event['seconds']):.1f}")
    return "record_call", say("recording of the call: {what}", what=event["by"])


def _hangup(event: Mapping[str, Any], say: Say) -> _Note:
    words = {
        "caller": say("You have hung up"),
        "us": say("The flow has hung up ({cause})", cause=event["cause"]),
    }
    return "hangup", words.get(event["by"], say("The network has ended the call"))


def _http(event: Mapping[str, Any], say: Say) -> _Note:
    outcome = event.get("error") or event.get("status")
    return "http", f"{event['method']} {event['url']}: {outcome}"


def _send(event: Mapping[str, Any], say: Say) -> _Note:
    icon = "send_email" if event["via"] == "email" else "send_sms"
    return icon, say("to {to}, not really sent: {via}", to=event["to"], via=event["via"])


def _pin(event: Mapping[str, Any], say: Say) -> _Note:
    return "pin", say("PIN: {result}", result=event["result"])


def _language(event: Mapping[str, Any], say: Say) -> _Note | None:
    if event["name"] != "call.language":
        return None
    return "language", say("language: {name}", name=event["value"])


def _callback(event: Mapping[str, Any], say: Say) -> _Note:
    if event["refused"]:
        return "callback", say("no callback: {why}", why=event["refused"])
    return "callback", say("{number} will be called back", number=event["number"])


def _conference(event: Mapping[str, Any], say: Say) -> _Note:
    if "members" in event:
        return "conference", say(
            "in conference {room}: {members}", room=event["room"], members=event["members"]
        )
    return "conference", say("left conference {room}", room=event["room"])


def _queued(event: Mapping[str, Any], say: Say) -> _Note:
    if not event["queue"]:
        return "agent", say("waiting for an agent")
    return "queue", say("waiting in queue {queue}", queue=event["queue"])


_NOTES: Final[Mapping[str, Callable[[Mapping[str, Any], Say], _Note | None]]] = {
    "query": _query,
    "dial": _dial,
    "rule": lambda e, say: (
        "queue",
        say("rule {rule} leads to {target}", rule=e["rule"], target=e["target"]),
    ),
    "queued": _queued,
    "held": lambda e, say: ("agent", say("music, while agent {agent} is away", agent=e["agent"])),
    "offered": lambda e, say: ("agent", say("agent {agent} is being rung", agent=e["agent"])),
    "bridged": lambda e, say: ("dial", say("talking with {to}", to=e["to"])),
    "callback": _callback,
    "message": lambda e, say: ("voicemail", say("a message for box {box}", box=e["box"])),
    "conference": _conference,
    "record": _record,
    "hangup": _hangup,
    "http": _http,
    "send": _send,
    "pin": _pin,
    "variable": _language,
    "note": lambda e, _: (e.get("icon", "log"), e["text"]),
}


# --- variables ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as it is shown: its *type* in a person's spelling, its *value* as in a flow."""

    name: str
    type: str
    value: str


def changed_names(before: Sequence[Variable], now: Sequence[Variable]) -> frozenset[str]:
    """The variables that hold something else now; none before there was anything."""
    known = {one.name: one.value for one in before}
    if not known:
        return frozenset()
    return frozenset(one.name for one in now if known.get(one.name, one.value) != one.value)


class Secrets:
    """Remembers which variables hold what was keyed in as a secret."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def add(self, event: Mapping[str, Any]) -> None:
        """Take an event of the trace."""
        if event["event"] == "variable" and event["value"] == MASK:
            self._names.add(event["name"])

    def masked(self, name: str, value: str) -> str:
        """*value*, or the mask for a secret."""
        return MASK if name in self._names else value


# --- coverage -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the nodes and ports of a flow a call has come by."""

    nodes: int
    of_nodes: int
    ports: int
    of_ports: int


def taken_ports(trail: CallTrail, flow: str) -> dict[str, list[PortValue]]:
    """The visited nodes of *flow*, and the ports by which they were left."""
    taken: dict[str, list[PortValue]] = {}
    for way in trail.of_flow(flow):
        for visit in way.visits:
            left = taken.setdefault(visit.node, [])
            if visit.port is not None:
                left.append(visit.port)
    return taken


def share_of(taken: Mapping[str, Sequence[PortValue]], ports: Ports) -> Share:
    """How much of *ports*, all ports by node, was taken."""
    went = 0
    for node, names in ports.items():
        went += len({port_of(ports, node, port) for port in taken.get(node, ())} & set(names))
    nodes = sum(node in taken for node in ports)
    return Share(nodes, len(ports), went, sum(len(names) for names in ports.values()))


# --- made-up data ---------------------------------------------------------------------------------


def sources_of(flow: Flow, nodes: Mapping[str, type[Node]]) -> dict[str, tuple[str, ...]]:
    """The data sources that *flow* asks, each with the columns of its queries."""
    found: dict[str, list[str]] = {}
    for bound in bind_all(flow, nodes).values():
        source = bound.draft.constants.get("source")
        if isinstance(source, str):
            columns = found.setdefault(source, [])
            sql = bound.draft.constants.get("sql")
            columns += [
                name for name in columns_of(sql if isinstance(sql, str) else "")
                if name not in columns
            ]  # fmt: skip
    return {source: tuple(columns) for source, columns in found.items()}


def columns_of(sql: str) -> tuple[str, ...]:
    """The names of the columns that a query gives, as far as they are written."""
    match = _SELECT.match(sql)
    if match is None:
        return ()
    names = (_COLUMN.search(part) for part in _split_outside(match[1]))
    return tuple(dict.fromkeys(name[1] for name in names if name is not None))


def _split_outside(text: str) -> list[str]:
    """*text* at its commas, but not within brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


_SELECT: Final = re.compile(r"\s*select\s+(?:distinct\s+)?(.+?)\s+from\s", re.I | re.S)
_COLUMN: Final = re.compile(r"(\w+)\"?\s*$")
