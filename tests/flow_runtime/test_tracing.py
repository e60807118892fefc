from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from flow_runtime.clock import VirtualLoop, run_virtual
from flow_runtime.core.commands import NodeFailure
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.tracing import Tracer

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return START


def tracer() -> tuple[Tracer, list[Mapping[str, Any]]]:
    events: list[Mapping[str, Any]] = []
    return Tracer("c1", Noon(), events.append), events


def test_an_event_has_time_call_and_name_and_its_fields() -> None:
    trace, events = tracer()
    trace.event("variable", name="x", value=Decimal("12.5"))
    trace.event("key", t=5.0, key="1", source="info")
    assert events == [
        {
            "t": START.timestamp(),
            "call": "c1",
            "event": "variable",
            "name": "x",
            "value": Decimal("12.5"),
        },
        {"t": 5.0, "call": "c1", "event": "key", "key": "1", "source": "info"},
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("the PIN is 4711.", "the PIN is ***."),
        ("4 7 1 1, or 4-7-1-1", "***, or ***"),
        ({"pin": "4711", "n": 5}, {"pin": "***", "n": 5}),
        (["4711", ("a", "4711")], ["***", ["a", "***"]]),
        (Decimal(4711), "***"),
        (Decimal(471), Decimal(471)),
        (True, True),
        (None, None),
        ("08 15 too", "*** too"),
    ],
)
def test_secrets_are_masked_in_whatever_they_turn_up(value: Any, shown: Any) -> None:
    trace, events = tracer()
    trace.hide("4711")
    trace.hide("0815")
    trace.event("variable", name="x", value=value)
    assert events[0]["value"] == shown


def test_a_single_key_is_too_short_to_be_hidden() -> None:
    trace, _ = tracer()
    trace.hide("1")
    trace.hide("")
    assert trace.masked("1 of 10") == "1 of 10"


def test_a_secret_with_star_and_hash_is_no_pattern() -> None:
    trace, _ = tracer()
    trace.hide("*1#")
    assert trace.masked("*1# and 11") == "*** and 11"


def test_failures_are_masked_in_log_and_trace(caplog: pytest.LogCaptureFixture) -> None:
    trace, events = tracer()
    trace.hide("4711")
    trace.failed("f", "n", NodeFailure("type-error", "4711 is no date"), "")
    trace.failed("f", "n", NodeFailure("internal-error", "bug"), "Traceback: boom")
    assert events[0]["text"] == "*** is no date"
    assert "4711" not in caplog.text and "boom" in caplog.text


def test_without_a_sink_only_the_place_is_kept() -> None:
    trace = Tracer("c1", Noon(), None)
    trace.enter("f", "n")
    trace.leave("f", "n", "next")
    trace.assigned("x", 1)
    assert (trace.flow, trace.node, trace.on) == ("f", "n", False)


def in_loop(scenario: Any) -> None:
    async def main(loop: VirtualLoop) -> None:
        await scenario(loop)

    run_virtual(main, START)


def test_keys_come_in_order_and_wake_the_reader_at_once() -> None:
    async def scenario(loop: VirtualLoop) -> None:
        trace, _ = tracer()
        keys = KeyBuffer(trace)
        keys.push("1", "info")
        keys.push("2", "info")
        assert keys
        loop.call_later(3, keys.push, "3", "rfc4733")
        assert [await keys.next(5) for _ in range(3)] == ["1", "2", "3"]
        assert loop.time() == 3 and not keys
        assert await keys.next(5) is None
        assert loop.time() == 8
        assert await keys.next(0) is None

    in_loop(scenario)


def test_a_cancelled_reader_loses_no_key() -> None:
    async def scenario(loop: VirtualLoop) -> None:
        trace, events = tracer()
        keys = KeyBuffer(trace)
        reader = asyncio.create_task(keys.next(60))
        await asyncio.sleep(1)
        keys.push("1", "info")
        reader.cancel()
        await asyncio.wait((reader,))
        assert reader.cancelled()
        keys.push("2", "info")
        assert await keys.next(1) == "1"
        assert await keys.next(1, secret=True) == "2"
        assert [e["key"] for e in events] == ["1", "***"]

    in_loop(scenario)


def test_two_keys_before_the_reader_runs_are_both_kept() -> None:
    async def scenario(loop: VirtualLoop) -> None:
        trace, _ = tracer()
        keys = KeyBuffer(trace)
        loop.call_later(1, lambda: (keys.push("1", "info"), keys.push("2", "info")))
        assert await keys.next(5) == "1"
        assert await keys.next(0) == "2"

    in_loop(scenario)
