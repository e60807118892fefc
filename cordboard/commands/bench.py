"""Measure this machine: calls, flow steps, the designer, queues. The figures judge nothing."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Mapping
from typing import Any

from cordboard.bench.procfs import conditions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard bench``."""
    parser.add_argument("what", choices=sorted(_BENCHES))
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--calls", type=int, help="ivr, latency, bridge: how many (400, 50, 100)")
    parser.add_argument("--rate", type=int, default=300, help="setup: calls a second (300)")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each takes (6)")
    parser.add_argument(
        "--screen", action="store_true", help="designer: on the display, not without a screen"
    )
    parser.add_argument(
        "--canvas", choices=("scene", "nodegraph"), default="scene",
        help="designer: the view that is measured (scene)",
    )  # fmt: skip
    parser.add_argument(
        "--durable", action="store_true", help="acd: with the database, each offer durable first"
    )
    parser.add_argument(
        "--database", metavar="URL", default="",
        help="acd --durable: an empty database (a new SQLite file)",
    )  # fmt: skip
    parser.add_argument("--runs", type=int, default=1, help="repeat; the median run is shown (1)")


def run(args: argparse.Namespace) -> int:
    """Run one benchmark and print its figures with their conditions."""
    from cordboard.bench.ivr import CannotMeasure

    try:
        runs = [_BENCHES[args.what](args) for _ in range(args.runs)]
    except (CannotMeasure, RuntimeError) as error:
        print(f"cordboard bench: {error}", file=sys.stderr)
        return 1
    figures = {"bench": args.what, **conditions(), **median_run(runs)}
    if args.runs > 1:
        figures["runs"] = args.runs
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):<24} {value}")
    return 0


def median_run(runs: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The run whose first float figure is the median: all its figures belong together."""
    if len(runs) == 1:
        return runs[0]
    key = next(k for k, v in runs[0].items() if isinstance(v, float))
    middle = statistics.median_low(run[key] for run in runs)
    return next(run for run in runs if run[key] == middle)


def _ivr(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.ivr import ivr

    return ivr(args.calls or 400)


def _setup(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.ivr import setup

    return setup(args.rate, args.seconds)


def _latency(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.latency import latency

    return latency(args.calls or 50)


def _steps(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.steps import steps

    return steps(args.seconds)


def _designer(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.ivr import CannotMeasure
    from cordboard.commands.design import why_not

    trouble = why_not(args.canvas == "nodegraph", args.screen)
    if trouble:
        raise CannotMeasure(trouble)
    from cordboard.bench.designer import designer

    return designer(args.screen, args.canvas)


def _bridge(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.bridge import bridge

    return bridge(args.calls or 100)


def _acd(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.acd import acd
    from cordboard.bench.acd_store import acd_store
    from cordboard.bench.ivr import CannotMeasure

    if args.durable:
        return acd_store(args.seconds, args.database)
    if args.database:
        raise CannotMeasure("--database belongs to acd --durable: without it nothing is stored")
    return acd(args.seconds)


def _offers(args: argparse.Namespace) -> Mapping[str, Any]:
    from cordboard.bench.offers import offers

    return offers(args.seconds)


_BENCHES: dict[str, Callable[[argparse.Namespace], Mapping[str, Any]]] = {
    "ivr": _ivr,
    "setup": _setup,
    "latency": _latency,
    "steps": _steps,
    "designer": _designer,
    "bridge": _bridge,
    "offers": _offers,
    "acd": _acd,
}
