"""How many flow steps a second the interpreter takes: a `set` and an `if` in a circle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Run
from flow_runtime.core.program import compile_program
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from nodes.catalogue import library

FLOW = """\
flow steps
schema 1
var n: number = 0
start -> count

node count: set
  n = n + 1
  -> done

node done: if
  when = n >= 1000000000
  true -> over
  false -> count

node over: hangup
"""
_PORTION = 20_000


def steps(seconds: float) -> Mapping[str, Any]:
    """Run the circle for about *seconds*; ``steps_per_second`` counts nodes, without an observer.

    Each portion is a run of its own, ended by its budget of nodes.
    """
    flow = parse(FLOW).flow
    assert flow is not None
    program = compile_program(flow, Surroundings(library()))
    now = datetime.now(UTC)
    done, spent = 0, 0.0
    while spent < seconds:
        run = Run(program, Frame(now=now), budget=_PORTION)
        began = perf_counter()
        run.start(now)
        spent += perf_counter() - began
        done += _PORTION
    return {
        "steps_per_second": done / spent,
        "microseconds_per_step": round(spent / done * 1e6, 3),
        "steps": done,
        "seconds": round(spent, 3),
    }
