"""The trace of a server: every event of every call as one JSON line (docs/traces.md)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flow_runtime.trace_lines import encoded

log = logging.getLogger(__name__)


class TraceFile:
    """Appends events to a file; a full disk stops the trace with one log line, never a call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._broken = False

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Write one event."""
        if self._broken:
            return
        try:
            self._file.write(encoded(event) + b"\n")
        except OSError as error:
            self._broken = True
            log.error("the trace %s ends here: %s", self.path, error.strerror)

    def close(self) -> None:
        """Close the file; later events are dropped."""
        self._broken = True
        self._file.close()
