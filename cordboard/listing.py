"""Tables and facts that commands print of what a server told them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from cordboard.api_client import ApiClient, ApiError, connect

Doing: TypeAlias = Callable[[ApiClient, argparse.Namespace], None]
_MOMENTS: Final = 1e9
"""Seconds since the epoch, in 2001: greater figures are moments, smaller ones are durations."""


def run_with(args: argparse.Namespace, command: str, doing: Doing) -> int:
    """Do it with the server that *args* name: 0, or 1 and why not."""
    try:
        doing(connect(args), args)
    except ApiError as error:
        print(f"cordboard {command}: {error}", file=sys.stderr)
        return 1
    return 0


def print_json(told: Any) -> None:
    """For programs."""
    print(json.dumps(told, indent=2, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> None:
    """A table as wide as its cells need, or *nothing*."""
    from rich.cells import cell_len  # 30 ms nobody else needs

    lines = [list(row) for row in rows]
    if not lines:
        print(nothing)
        return
    widths = [max(map(cell_len, column)) for column in zip(columns, *lines, strict=True)]
    for line in ([name.upper() for name in columns], *lines):
        cells = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        print("  ".join(cells).rstrip())


def print_facts(told: Mapping[str, Any]) -> None:
    """One thing with all there is of it."""
    from cordboard.commands.status import show

    show({name: _read(value) for name, value in told.items() if value not in (None, "", [], {})})


def _read(value: Any) -> Any:
    """Moments, which are the only figures of such a size, as people read them."""
    if isinstance(value, Mapping):
        return {name: _read(one) for name, one in value.items()}
    return moment(value) if isinstance(value, float) and value > _MOMENTS else value


def lasted(seconds: float | None) -> str:
    """``3:05``, ``1:00:00``; "" for None."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(at: float | None) -> str:
    """A time as the clocks here show it; "" for None."""
    if at is None:
        return ""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M:%S}"


def share(part: float | None) -> str:
    """``85%``; "" for None."""
    return "" if part is None else f"{part:.0%}"
