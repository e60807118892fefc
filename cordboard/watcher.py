"""Shows the events of a call to a person, as they happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from flow_runtime.core.sound import Recording

Event = Mapping[str, Any]
Line = tuple[str, str, str]
"""A mark, the text, and its style."""


class Watcher:
    """A trace sink that prints; times count from *start* (seconds since the epoch)."""

    def __init__(self, console: Console, start: float) -> None:
        self._console, self._start = console, start

    def event(self, event: Event) -> None:
        """Print one event of a trace; those nobody needs to see are left out."""
        show = _SHOWN.get(event["event"])
        if show is not None:
            mark, text, style = show(event)
            self._print(f"{event['t'] - self._start:8.1f} s  {mark} ", text, style)

    def remark(self, text: str) -> None:
        """Something about the simulation itself."""
        self._print("            ", text, "yellow")

    def _print(self, margin: str, text: str, style: str) -> None:
        first, *others = text.splitlines() or [""]
        self._console.print(Text(margin, "dim"), Text(first, style), sep="", soft_wrap=True)
        for line in others:
            indented = Text(" " * len(margin) + line, style)
            self._console.print(indented, soft_wrap=True)


PARTIES = {"us": "the flow", "caller": "the caller", "network": "the network"}
"""Who hung up, in a person's words."""


def _incoming(e: Event) -> Line:
    return "☎", f"{e['caller'] or 'anonymous'} calls {e['called']}: flow {e['flow']}", "bold"


def _enter(e: Event) -> Line:
    return "●", e["node"], "blue"


def _leave(e: Event) -> Line:
    return " ", f"{e['node']} → {e['port']}", "dim"


def _say(e: Event) -> Line:
    return "🔊", e["text"] or f"({e.get('prompt', 'silence')})", "bold green"


def _key(e: Event) -> Line:
    return "⌨ ", f"key {e['key']}", "cyan"


def _variable(e: Event) -> Line:
    return "=", f"{e['name']} = {shown(e['value'])}", "magenta"


def _query(e: Event) -> Line:
    outcome = e.get("error") or f"{e['rows']} row{'' if e['rows'] == 1 else 's'}"
    return "⛁", f"{e['source']}: {e['sql']} [{outcome}]", "magenta"


def _record(e: Event) -> Line:
    length = f"{e['seconds']:.1f} s, " if "seconds" in e else ""
    return "⏺", f"recording {length}{e['by']}", "red"


def _dial(e: Event) -> Line:
    if "outcome" not in e:
        return "☏", f"dialling {e['to']}", "bold"
    return "☏", f"{e['to']}: {e['outcome']} ({e['detail']}, talked {e['talked']:.1f} s)", "bold"


def _queued(e: Event) -> Line:
    where = f"in queue {e['queue']}" if e["queue"] else "for an agent"
    return "⌛", f"waiting {where}", "bold"


def _callback(e: Event) -> Line:
    when = f" at {e['at']}" if e["at"] else ""
    outcome = f"refused: {e['refused']}" if e["refused"] else f"booked{when}"
    return "↩", f"callback of {e['number'] or '(no number)'} {outcome}", "bold"


def _conference(e: Event) -> Line:
    if "members" in e:
        return "☏", f"in conference {e['room']}, {e['members']} in all", "bold"
    return "☏", f"left conference {e['room']} after {e['talked']:.1f} s", "bold"


def _error(e: Event) -> Line:
    return "✗", f"{e['name']}: {e['text']}", "bold red"


def _hangup(e: Event) -> Line:
    return "☎", f"{PARTIES[e['by']]} hung up ({e['cause']})", "bold"


def _http(e: Event) -> Line:
    return "⇄", f"{e['method']} {e['url']} [{e.get('error') or e['status']}]", "magenta"


def _send(e: Event) -> Line:
    return "✉", f"{e['via']} to {e['to']} [{e.get('error', 'handed over')}]", "magenta"


def _pin(e: Event) -> Line:
    return "⚿", f"PIN of {e['account']}: {e['result']}", "magenta"


_SHOWN: dict[str, Callable[[Event], Line]] = {
    "incoming": _incoming,
    "answered": lambda e: ("☎", "answered", "bold"),
    "enter": _enter,
    "leave": _leave,
    "say": _say,
    "key": _key,
    "variable": _variable,
    "query": _query,
    "record": _record,
    "dial": _dial,
    "http": _http,
    "send": _send,
    "pin": _pin,
    "queued": _queued,
    "held": lambda e: ("☏", "hears music on hold", "bold"),
    "offered": lambda e: ("☏", f"agent {e['agent']} is being rung", "bold"),
    "bridged": lambda e: ("☏", f"talking with {e['to']}", "bold"),
    "callback": _callback,
    "message": lambda e: ("✉", f"a message for box {e['box']}", "bold"),
    "conference": _conference,
    "error": _error,
    "hangup": _hangup,
}


def shown(value: Any) -> str:
    """A flow value for a person: records and lists in the flow's own spelling, about."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, Recording):
        return f"a recording of {value.seconds:.1f} s"
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
