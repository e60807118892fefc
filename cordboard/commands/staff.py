"""How many agents a service level needs, by Erlang C, or Erlang A when callers give up."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from math import inf, isfinite
from pathlib import Path
from typing import Any

from contact_center.core.staffing import (
    Load,
    Service,
    Target,
    agents_needed,
    on_the_roster,
    read_target,
    service,
)

MOST_ROWS = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard staff``."""
    parser.add_argument(
        "--calls",
        type=_positive,
        nargs="+",
        required=True,
        metavar="N",
        help="calls in an interval; several numbers are intervals that follow each other",
    )
    parser.add_argument(
        "--interval", type=read_time, default=1800.0, metavar="TIME", help="its length (30m)"
    )
    parser.add_argument(
        "--aht",
        type=read_time,
        required=True,
        metavar="TIME",
        help="average handling time with hold and wrap-up: 3m, 4m30s, 270s",
    )
    parser.add_argument(
        "--target",
        type=read_level,
        default=Target(0.8, 20),
        metavar="LEVEL",
        help='service level to be reached ("80%% in 20s")',
    )
    parser.add_argument(
        "--patience",
        type=read_time,
        default=inf,
        metavar="TIME",
        help="how long callers wait on average before they give up; without it all wait for ever",
    )
    parser.add_argument(
        "--shrinkage",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="share of paid time not on the telephone: breaks, training, illness (0%%)",
    )
    parser.add_argument(
        "--agents", type=_span, metavar="FROM-TO", help="numbers of agents to show, such as 10-20"
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the table as a plot, too")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the table: 0, or 1 when the target cannot be reached."""
    try:
        if len(args.calls) > 1:
            return _day(args)
        return _one(args)
    except ValueError as error:
        print(f"cordboard staff: {error}", file=sys.stderr)
        return 1


def _one(args: argparse.Namespace) -> int:
    """One interval: a row for each number of agents around the one that is needed."""
    load = Load(args.calls[0] / args.interval, args.aht, args.patience)
    needed = agents_needed(load, args.target)
    low, high = args.agents or (max(1, needed - 5), needed + 5)
    if high - low >= MOST_ROWS:
        raise ValueError(f"--agents: at most {MOST_ROWS} rows; name a smaller span")
    rows = [service(load, agents, args.target.seconds) for agents in range(low, high + 1)]
    if args.svg is not None:
        from cordboard.staff_plot import plot

        args.svg.write_text(plot(rows, args.target, needed), encoding="utf-8")
    roster = on_the_roster(needed, args.shrinkage)
    if args.json:
        found = {"erlangs": load.erlangs, "needed": needed, "roster": roster}
        print(json.dumps(found | {"rows": [_plain(row) for row in rows]}, indent=2))
        return 0
    best = service(load, needed, args.target.seconds)
    _show_rows(rows, args, needed)
    print(
        f"{load.erlangs:.2f} erlangs: {needed} agents answer {_percent(best.within)} of all calls"
        f" in {args.target.seconds:g} s" + _planned(roster, args.shrinkage)
    )
    return 0


def _day(args: argparse.Namespace) -> int:
    """Intervals that follow each other: a row for each."""
    if args.agents is not None or args.svg is not None:
        raise ValueError("--agents and --svg belong to one interval; give one number of --calls")
    found = []
    for calls in args.calls:
        load = Load(calls / args.interval, args.aht, args.patience)
        needed = agents_needed(load, args.target)
        found.append((calls, service(load, needed, args.target.seconds)))
    if args.json:
        rows = [
            {"calls": calls, "roster": on_the_roster(row.agents, args.shrinkage)} | _plain(row)
            for calls, row in found
        ]
        print(json.dumps({"rows": rows}, indent=2))
        return 0
    table = table_of("calls", "agents", "roster", *_COLUMNS)
    for calls, row in found:
        roster = str(on_the_roster(row.agents, args.shrinkage))
        table.add_row(f"{calls:g}", str(row.agents), roster, *_cells(row))
    print_table(table)
    hours = sum(row.agents for _, row in found) * args.interval / 3600
    print(f"{hours:.1f} hours of agents" + _paid(hours, args.shrinkage))
    return 0


def _planned(roster: int, shrinkage: float) -> str:
    return f"; with {_percent(shrinkage)} shrinkage plan {roster}." if shrinkage else "."


def _paid(hours: float, shrinkage: float) -> str:
    return f"; {hours / (1 - shrinkage):.1f} paid hours." if shrinkage else "."


# --- the table ------------------------------------------------------------------------------------

_COLUMNS = ("in time", "", "avg wait", "waiting", "give up", "occupied")
_BAR = 12


def _show_rows(rows: list[Service], args: argparse.Namespace, needed: int) -> None:
    table = table_of("agents", "roster", *_COLUMNS)
    for row in rows:
        roster = str(on_the_roster(row.agents, args.shrinkage))
        style = "bold" if row.agents == needed else None
        table.add_row(str(row.agents), roster, *_cells(row), style=style)
    print_table(table)


def table_of(*columns: str) -> Any:
    """An empty table; a column without a name holds bars, the others end alike."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if not column else "right", no_wrap=True)
    return table


def print_table(table: Any) -> None:
    """Print *table*, in a hundred columns where nobody says how many there are."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = 100
    console.print(table)


def _cells(row: Service) -> tuple[str, ...]:
    return (
        _percent(row.within),
        "█" * round(row.within * _BAR),
        f"{row.asa:.1f} s" if isfinite(row.asa) else "grows",
        _percent(row.waits),
        _percent(row.abandons),
        _percent(row.occupancy),
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def _plain(row: Service) -> dict[str, float | None]:
    """*row* for JSON, which knows no infinity: null is a queue that grows without end."""
    return {name: value if isfinite(value) else None for name, value in asdict(row).items()}


# --- what is written on the command line ----------------------------------------------------------


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f'a number of calls, more than 0, not "{text}"')
    return value


def read_time(text: str) -> float:
    """Seconds of ``270s`` or ``4m30s``, for an argument."""
    from flow_runtime.core.expr.scan import read_duration

    found = read_duration(text)
    seconds = found.total_seconds() if found is not None else 0.0
    if not 0 < seconds <= 31_536_000:
        raise argparse.ArgumentTypeError(f'a time such as 270s, 4m30s or 1h, not "{text}"')
    return seconds


def read_level(text: str) -> Target:
    """The service level of ``80% in 20s``, for an argument."""
    try:
        return read_target(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _share(text: str) -> float:
    number = text.strip().removesuffix("%")
    try:
        share = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f'a share such as 30% or 0.3, not "{text}"')
    return share


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        low, high = 0, 0
    if not 0 < low <= high:
        raise argparse.ArgumentTypeError(f'a span such as 10-20, not "{text}"')
    return low, high
