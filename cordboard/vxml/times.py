"""Durations as VoiceXML and flows write them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from flow_runtime.core.expr.tree import Literal

_DESIGNATION = re.compile(r"\+?(\d*\.?\d+)(ms|s)")
"""A time designation (VoiceXML 2.0, 6.5)."""
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_LONGEST = 365 * 86_400_000


def written_time(time: timedelta) -> str:
    """``5s``, ``300ms``; VoiceXML has no minutes."""
    milliseconds = round(time / timedelta(milliseconds=1))
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"


def read_time(text: str) -> timedelta | None:
    """The time that ``5s``, ``1.5s`` or ``300ms`` stands for, None when it stands for none."""
    found = _DESIGNATION.fullmatch(text)
    if found is None or len(text) > 20:
        return None
    milliseconds = round(Decimal(found[1]) * (1000 if found[2] == "s" else 1))
    return timedelta(milliseconds=milliseconds) if milliseconds <= _LONGEST else None


def duration(time: timedelta) -> Literal:
    """*time* as a flow writes it, in the largest unit that needs no fraction."""
    milliseconds = round(time / timedelta(milliseconds=1))
    if milliseconds == 0:
        return Literal(timedelta(0), "0s")
    for unit, size in _UNITS:
        if milliseconds % size == 0:
            return Literal(time, f"{milliseconds // size}{unit}")
    raise AssertionError("every duration has whole milliseconds")
