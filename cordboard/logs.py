"""Logs of the server: one line an event, with the call's id where there is a call."""

from __future__ import annotations

import logging
import sys
from typing import Final, TextIO

from flow_runtime.logs import call_id

_TALKATIVE: Final = ("alembic", "httpx")
"""Libraries that tell at level info what nobody asked for."""


class _CallId(logging.Filter):
    """Puts the id of the call that the running task serves on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mark *record*; nothing is dropped here."""
        if not hasattr(record, "call"):
            record.call = call_id.get() or "-"
        return True


class _Lines(logging.Formatter):
    """``2026-11-22T10:00:00.123 info  call=ab12 flow: text``; line breaks in a text are escaped.

    What a peer sent may end up in a text: it must not be able to forge a line of its own.
    """

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; a traceback, ours by nature, follows on lines of its own."""
        message = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        line = (
            f"{self.formatTime(record)} {record.levelname.lower():<7} "
            f"call={getattr(record, 'call', '-')} {record.name}: {message}"
        )
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send all logs of at least *level* to *stream* (default: standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_CallId())
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    if root.level == logging.INFO:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
