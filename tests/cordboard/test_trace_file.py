"""The trace of a server, as a program reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cordboard.trace import TraceFile
from flow_runtime.core.sound import Recording


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_event_is_a_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    trace = TraceFile(path)
    values = {
        "owed": Decimal("12.50"),
        "at": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "wait": timedelta(seconds=5),
        "rows": ({"name": "李伟", "odd": object},),
        "tape": Recording("/x.wav", 1.5),
    }
    trace({"t": 1.5, "call": "c", "event": "variable", "value": values})
    trace({"t": 2.0, "call": "c", "event": "hangup", "by": "us", "cause": "normal"})
    trace.close()
    first, second = written(path)
    assert first["value"]["owed"] == 12.5 and first["value"]["at"] == "2026-11-23T10:00:00Z"
    assert first["value"]["rows"] == [{"name": "李伟", "odd": "<class 'object'>"}]
    assert first["value"]["tape"] == {"path": "/x.wav", "seconds": 1.5}
    assert second == {"t": 2.0, "call": "c", "event": "hangup", "by": "us", "cause": "normal"}


def test_what_is_no_character_in_a_peers_text_loses_no_event(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace({"event": "dial", "detail": "486 caf\udce9", "more": [{"\udcff": ("\udcff", 1)}]})
    trace.close()
    assert written(trace.path) == [
        {"event": "dial", "detail": "486 caf?", "more": [{"?": ["?", 1]}]}
    ]


def test_a_full_disk_ends_the_trace_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    trace = TraceFile(Path("/dev/full"))
    for _ in range(3):
        trace({"event": "enter"})
    trace.close()
    assert caplog.text.count("the trace /dev/full ends here: No space left on device") == 1


def test_after_the_end_nothing_is_written(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.close()
    trace({"event": "enter"})
    assert written(trace.path) == []
