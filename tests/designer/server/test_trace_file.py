"""A trace file: its calls, the events of one, traffic by the hour, and lines that are no events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from designer.look.i18n import choose_language
from designer.server.trace_file import Cancelled, TraceFile, read_trace
from designer.window.trace_opening import TraceOpening
from flow_runtime.core.traffic import Traffic
from watch_kit import T, event, whole_call


@pytest.fixture(autouse=True)
def english(qapp: object) -> None:
    choose_language("en")


def written(path: Path, *events: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in events), "utf-8")
    return path


def read(path: Path) -> TraceFile:
    return read_trace(path, lambda share: None, lambda: True)


def test_the_calls_of_a_file_and_the_events_of_each(tmp_path: Path) -> None:
    first, second = whole_call("a"), whole_call("b", 1, "1390李")
    mixed = [one for pair in zip(first, second, strict=True) for one in pair]
    trace = read(written(tmp_path / "t.jsonl", *mixed))
    assert [(c.told.caller, c.told.flow, c.told.node, c.told.by) for c in trace.calls.values()] == [
        ("138001", "shop", "end", "us"), ("1390李", "shop", "end", "us")
    ]  # fmt: skip
    assert trace.calls["a"].told.ended == T + 9
    assert trace.events("a") == first and trace.events("b") == second


def test_figures_are_those_of_the_server_and_can_be_had_by_the_hour(tmp_path: Path) -> None:
    told = [*whole_call("a"), *whole_call("b", 3600.0), *whole_call("c", 7200.0)]
    trace, counted = read(written(tmp_path / "t.jsonl", *told)), Traffic()
    for one in told:
        counted.add(one)
    assert trace.traffic("shop") == counted.flow("shop")
    hour = int(T + 3600) // 3600
    assert trace.traffic("shop", hour, hour).nodes["menu"].visits == 1
    assert trace.traffic("shop", hour).calls == 2 and trace.traffic("nothing").calls == 0


def test_lines_that_are_no_events_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", *whole_call("a"), event("a", "enter", 9))
    lines = path.read_bytes().split(b"\n")
    odd = [b"{", b"[]", b"5", b'{"t": "x", "call": "a", "event": "enter"}', b"\xff\xfe", b"  ",
           b'{"call": "a", "event": "enter"}', b'{"t": 1, "event": "enter"}']  # fmt: skip
    path.write_bytes(b"\n".join([*odd, *lines]))
    trace = read(path)
    assert trace.passed_over == 8  # seven of those above, and an enter without a node
    assert trace.events("a")[:-1] == whole_call("a")


def test_a_file_that_was_changed_is_not_read_as_something_else(tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", *whole_call("a"))
    trace = read(path)
    written(path, *whole_call("b"))
    with pytest.raises(ValueError, match="was changed"):
        trace.events("a")


def test_progress_is_told_and_reading_can_be_given_up(tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", *whole_call("a") * 300)
    shares: list[float] = []
    read_trace(path, shares.append, lambda: True)
    assert shares[0] == 0 and shares == sorted(shares) and 0.5 < shares[-1] < 1
    with pytest.raises(Cancelled):
        read_trace(path, lambda share: None, lambda: False)


@pytest.fixture
def parent(qtbot: QtBot) -> Iterator[QWidget]:
    """A window, which outlives what is opened from it."""
    made = QWidget()
    yield made
    made.close()
    made.deleteLater()


def test_cancel_ends_the_reading_without_a_word(
    qtbot: QtBot, tmp_path: Path, parent: QWidget
) -> None:
    opening = TraceOpening(parent, written(tmp_path / "t.jsonl", *whole_call("a") * 20_000))
    told: list[str] = []
    opening.opened.connect(lambda _: told.append("opened"))
    opening.ended.connect(lambda: told.append("ended"))
    opening.start()
    opening.bar.canceled.emit()
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert told == ["ended"]
