"""What happened in a call so far: what the caller heard, and the way through the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flow_runtime.core.model import PortValue


@dataclass(slots=True)
class Heard:
    """Something the caller heard, *at* so many seconds after the call came.

    *text* is what was really said, *shown* the same with secrets masked; *keys* are those of the
    prompts it came from.
    """

    at: float
    text: str
    shown: str
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class Visit:
    """The call was in a node; *port* is None as long as it has not left it.

    *error* is the name and the text of a failure in it.
    """

    flow: str
    node: str
    port: PortValue | None = None
    error: str = ""


class Scene:
    """Collects the events of one call. *start* is when it came, in seconds since the epoch."""

    def __init__(self, start: float) -> None:
        self.heard: list[Heard] = []
        self.path: list[Visit] = []
        self._start = start
        self._said: Heard | None = None

    def event(self, event: Mapping[str, Any]) -> None:
        """Take an event of the call's trace."""
        self._said = None
        match event:
            case {"event": "enter", "flow": flow, "node": node}:
                self.path.append(Visit(flow, node))
            case {"event": "leave", "flow": flow, "node": node, "port": port}:
                visit = self._open(flow, node)
                if visit is not None:
                    visit.port = port
            case {"event": "error", "name": name, "text": text, "flow": flow, "node": node}:
                visit = self._open(flow, node)
                if visit is not None:
                    visit.error = f"{name}: " + text
            case {"event": "say", "t": t, "text": text}:
                keys = tuple(event.get("prompt", "").split())
                self._said = Heard(t - self._start, text, text, keys)
                self.heard.append(self._said)

    def sound(self, text: str, now: float) -> None:
        """The caller hears *text* at *now*, seconds since the call came.

        The trace has told it just before, with its prompt keys but masked; a tone is not told.
        """
        if self._said is None:
            self.heard.append(Heard(now, text, text))
        else:
            self._said.text, self._said = text, None

    def _open(self, flow: str, node: str) -> Visit | None:
        """The visit that is left now: the node of a flow that called others is not the last."""
        for visit in reversed(self.path):
            if visit.port is None and (visit.flow, visit.node) == (flow, node):
                return visit
        return None
