"""Make the calls of *.call.yaml files, in no time, and tell what of the flows they cover."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cordboard.call_tests import FileResult
    from flow_runtime.call_tests import FlowCoverage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard test``."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        type=Path,
        help="a file of call tests, or a folder in which they are looked for",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="cordboard.toml of the site; default: the nearest one, beside a flow or above it",
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--min-coverage",
        metavar="PERCENT",
        type=float,
        default=0.0,
        help="fail when the calls leave more of the ports of a flow out",
    )


def run(args: argparse.Namespace) -> int:
    """Run the tests: 0 all passed, 1 some failed, 2 something cannot be read.

    The last line is ``N passed, N failed``.
    """
    from cordboard.call_tests import CallTests, find_tests
    from flow_runtime.call_tests import ENDING
    from nodes.catalogue import library_problems

    for problem in library_problems():
        print(problem, file=sys.stderr)
    logging.basicConfig(level=logging.CRITICAL)  # what goes wrong is told with the test
    tests = CallTests(args.config)
    done: list[FileResult] = []
    for path in find_tests(args.paths):
        done.append(tests.run(path))
        if not args.json:
            _print(_file_lines(done[-1]))
    coverage = tests.coverage()
    below = [flow for flow in coverage if flow.port_percent < args.min_coverage]
    passed, failed = sum(d.passed for d in done), sum(d.failed for d in done)
    if args.json:
        print(json.dumps(_plain(done, coverage), indent=2, ensure_ascii=False, default=str))
    else:
        if not done:
            names = ", ".join(map(str, args.paths))
            print(f"there is no file *{ENDING} in {names}", file=sys.stderr)
        _print(_coverage_lines(coverage))
        for flow in below:
            print(f"{flow.flow}: {_figure(flow.port_percent)} of the ports are too few")
        print(f"{passed} passed, {failed} failed")
    if not done or any(d.unreadable for d in done):
        return 2
    return 1 if failed or below or any(d.problems for d in done) else 0


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)


def _file_lines(done: FileResult) -> Iterator[str]:
    """What came of a file: its problems, or a line a call and the failures below it."""
    yield from done.problems
    if done.not_run:
        yield f"{done.path}: {done.not_run} calls could not be made"
    for result in done.results:
        at = f"{done.path}:{(result.failure or result.test).place.line}"
        yield f"{'ok    ' if result.passed else 'FAILED'}  {at}: {result.test.name}"
        yield from result.lines()


def _coverage_lines(coverage: Sequence[FlowCoverage]) -> Iterator[str]:
    """A table, and below it what no call came through."""
    if not coverage:
        return
    width = max(8, *(len(flow.flow) for flow in coverage))
    yield ""
    yield f"{'coverage':<{width}}  {'nodes':>15}  {'ports':>15}"
    for flow in coverage:
        nodes = _share(len(flow.nodes), len(flow.nodes_missed), flow.node_percent)
        ports = _share(len(flow.ports), len(flow.ports_missed), flow.port_percent)
        yield f"{flow.flow:<{width}}  {nodes:>15}  {ports:>15}"
        if flow.nodes_missed:
            yield f"  no call enters {', '.join(flow.nodes_missed)}"
        ports_left = [f"{n} -{p}->" for n, p in flow.ports_missed if n not in flow.nodes_missed]
        if ports_left:
            yield f"  no call leaves {', '.join(ports_left)}"
    yield ""


def _share(of: int, missed: int, percent: float) -> str:
    return f"{of - missed}/{of} {_figure(percent):>6}"


def _figure(percent: float) -> str:
    """Never rounded up to 100."""
    return f"{int(percent)} %"


def _plain(done: Sequence[FileResult], coverage: Sequence[FlowCoverage]) -> dict[str, object]:
    return {
        "files": [d.plain() for d in done],
        "coverage": [
            {
                "flow": flow.flow,
                "nodes": {
                    "percent": round(flow.node_percent, 1),
                    "visits": flow.nodes,
                },
                "ports": {
                    "percent": round(flow.port_percent, 1),
                    "visits": [
                        {"node": node, "port": port, "count": count}
                        for (node, port), count in flow.ports.items()
                    ],
                },
            }
            for flow in coverage
        ],
        "passed": sum(d.passed for d in done),
        "failed": sum(d.failed for d in done),
    }
