"""The trace of a server: every event of every call as one JSON line (docs/traces.md)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

log = logging.getLogger(__name__)


class TraceFile:
    """Appends events to a file; a full disk stops the trace with one log line, never a call.

    What JSON does not know is written as its text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._encode = msgspec.json.Encoder(enc_hook=str, decimal_format="number").encode
        self._file = path.open("ab", buffering=0)
        self._broken = False

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Write one event."""
        if self._broken:
            return
        try:
            line = self._encode(event)
        except UnicodeEncodeError:  # half a character in what a peer sent
            line = self._encode(_whole(event))
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            self._broken = True
            log.error("the trace %s ends here: %s", self.path, error.strerror)

    def close(self) -> None:
        """Close the file; later events are dropped."""
        self._broken = True
        self._file.close()


def _whole(value: Any) -> Any:
    """*value* with ``?`` for everything in its texts that is no character."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case Mapping():
            return {_whole(key): _whole(item) for key, item in value.items()}
        case list() | tuple():
            return [_whole(item) for item in value]
    return value
