"""The id of the call that is being served, so that every log line can carry it."""

from __future__ import annotations

from contextvars import ContextVar

call_id: ContextVar[str] = ContextVar("call_id", default="")
"""Set by the driver in the task of each call; empty outside calls. Callbacks from sockets run
outside the call's task: they log with ``extra={"call": id}``."""
