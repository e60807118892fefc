"""Draws many flows, prints, reads, checks and runs each, and counts what was in them.

    python benchmarks/generated_flows.py --flows 10000

It stops at the first flow that does not round-trip, check or run, and shows the smallest like it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter, process_time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from flow_checks import check_journey, check_text_of  # noqa: E402
from flow_runtime.core.program import compile_program  # noqa: E402
from flow_strategies import Drawn, runnable_flows  # noqa: E402


class Tally:
    """What was in the flows and what came of the runs."""

    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    def add(self, drawn: Drawn, seeds: list[int]) -> None:
        """Check *drawn*, and run it once for each of *seeds*."""
        site = drawn.site
        self.numbers["flows"] += len(drawn.flows)
        for name, flow in drawn.flows.items():
            check_text_of(name, flow, site)
            self.types.update(node.type for node in flow.nodes)
        program = compile_program(drawn.flows["main.flow"], site)
        for seed in seeds:
            made, ended = check_journey(program, seed)
            self.numbers["runs"] += 1
            self.numbers["nodes entered"] += len(made.seen.entered)
            self.numbers["commands"] += len(made.commands)
            self.numbers["on_hangup visited"] += made.tidied_by is not None
            self.ended[f"{ended.by} by {ended.party}"] += 1
            self.failures.update(made.seen.failures)


def main() -> None:
    """Draw, check, run, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--flows", type=int, default=10_000, help="how many to draw (10000)")
    parser.add_argument("--runs", type=int, default=2, help="runs of each (2)")
    args = parser.parse_args()
    tally = Tally()
    seeds = st.lists(st.integers(0, 2**32), min_size=args.runs, max_size=args.runs)

    @settings(
        max_examples=args.flows, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(runnable_flows(), seeds)
    def draw(drawn: Drawn, seeds: list[int]) -> None:
        tally.numbers["drawn"] += 1
        tally.add(drawn, seeds)

    began, busy = perf_counter(), process_time()
    draw()
    for title, counted in (
        ("", tally.numbers), ("nodes drawn", tally.types), ("runs ended", tally.ended),
        ("failures handled", tally.failures),
    ):  # fmt: skip
        print("\n".join([title, *(f"  {what:<24} {n}" for what, n in counted.most_common())]))
    print(f"{perf_counter() - began:.0f} s, of which {process_time() - busy:.0f} s of this process")


if __name__ == "__main__":
    main()
