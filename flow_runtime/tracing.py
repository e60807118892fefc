"""The trace of one call: what happened, as plain events with secrets masked."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from flow_runtime.clock import Clock
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.model import PortValue
from flow_runtime.core.outcome import MASK
from flow_runtime.core.phrase import phrase
from flow_runtime.services import Trace

log = logging.getLogger("flow")
_BETWEEN_DIGITS = r"[\s,.\-]*"


class Tracer:
    """Writes the events of one call; it is also the interpreter's observer.

    Keys that were read as a secret are masked wherever they turn up again in the events of the
    call, spelt ("1 2 3 4") or not: a flow that reads a number back must not betray it.
    """

    __slots__ = ("_call", "_clock", "_secret", "_sink", "flow", "node")

    def __init__(self, call: str, clock: Clock, sink: Trace | None) -> None:
        self._call, self._clock, self._sink = call, clock, sink
        self._secret: re.Pattern[str] | None = None
        self.flow = self.node = ""
        """Where the call is."""

    @property
    def on(self) -> bool:
        """Whether anybody reads the trace."""
        return self._sink is not None

    def time(self) -> float:
        """The present moment in seconds since the epoch."""
        return self._clock.now().timestamp()

    def event(self, kind: str, /, *, t: float | None = None, **fields: Any) -> None:
        """Write one event, at *t* or now."""
        if self._sink is None:
            return
        if self._secret is not None:
            fields = {key: self.masked(value) for key, value in fields.items()}
        when = self.time() if t is None else t
        self._sink({"t": when, "call": self._call, "event": kind, **fields})

    def hide(self, keys: str) -> None:
        """From now on *keys* are a secret. Single keys are not: they would hide everything."""
        if len(keys) > 1:
            spelt = _BETWEEN_DIGITS.join(map(re.escape, keys))
            known = f"{self._secret.pattern}|" if self._secret is not None else ""
            self._secret = re.compile(known + spelt)

    def masked(self, value: Any) -> Any:
        """*value* with every secret of this call masked."""
        if self._secret is None:
            return value
        if isinstance(value, str):
            hidden = self._secret.sub(MASK, value)
            return value if hidden == value else hidden  # a phrase without secrets stays one
        if isinstance(value, Mapping):
            return {key: self.masked(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked(item) for item in value]
        if isinstance(value, bool | float) or value is None:
            return value
        return MASK if self._secret.fullmatch(str(value)) else value

    # --- the interpreter's observer ------------------------------------------------------------

    def enter(self, flow: str, node: str) -> None:
        """The call enters *node*."""
        self.flow, self.node = flow, node
        if self._sink is not None:
            self.event("enter", flow=flow, node=node)

    def leave(self, flow: str, node: str, port: PortValue) -> None:
        """The call leaves *node* by *port*."""
        if self._sink is not None:
            self.event("leave", flow=flow, node=node, port=port)

    def assigned(self, target: str, value: Any) -> None:
        """A variable got a value."""
        if self._sink is not None:
            self.event("variable", name=target, value=value)

    def failed(self, flow: str, node: str, failure: NodeFailure, details: str) -> None:
        """A node failed: this is logged as well, with the traceback when the node is at fault."""
        text = self.masked(failure.text)
        if isinstance(failure, ExpressionFailure) and failure.place is not None:
            line, column = failure.place.line, failure.place.column
            text = phrase(
                "{text} (line {line}, column {column})", text=text, line=line, column=column
            )
        log.warning("node %s of %s failed: %s: %s", node, flow, failure.name, text)
        if details:
            log.error("node %s of %s is at fault:\n%s", node, flow, details)
        self.event("error", flow=flow, node=node, name=failure.name, text=text)
