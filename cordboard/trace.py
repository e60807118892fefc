"""The trace of a server: every event of every call as one JSON line (docs/traces.md)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

log = logging.getLogger(__name__)


def _plain(value: Any) -> Any:
    """Flow values that JSON does not know, as text."""
    return str(value)


class TraceFile:
    """Appends events to a file; a full disk stops the trace with one log line, never a call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._encode = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number").encode
        self._file = path.open("ab", buffering=0)
        self._broken = False

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Write one event."""
        if self._broken:
            return
        try:
            self._file.write(self._encode(event) + b"\n")
        except OSError as error:
            self._broken = True
            log.error("the trace %s ends here: %s", self.path, error.strerror)

    def close(self) -> None:
        """Close the file; later events are dropped."""
        self._broken = True
        self._file.close()

    def __enter__(self) -> TraceFile:
        """Use as a context manager."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
