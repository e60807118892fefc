"""Trace lines: every value that an event may carry becomes JSON."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flow_runtime.core.phrase import phrase
from flow_runtime.trace_lines import encoded


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("2.40"), 2.4),
        (timedelta(seconds=90), "PT90S"),
        (phrase("{node} is missing", node="tell"), "tell is missing"),
        (ValueError(phrase("no {what}", what="way")), "no way"),
        (["half a character: \udc80"], ["half a character: ?"]),
    ],
    ids=["number", "duration", "phrase", "error", "surrogate"],
)
def test_what_an_event_carries_is_written(value: Any, written: Any) -> None:
    assert json.loads(encoded({"event": "variable", "value": value})) == {
        "event": "variable",
        "value": written,
    }
