"""Flows nobody has thought of: they print, check and run as any other.

``CORDBOARD_GENERATED_FLOWS=10000`` tries so many; benchmarks/generated_flows.py counts what is in
them.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flow_checks import check_journey, check_text_of
from flow_runtime.core.program import compile_program
from flow_strategies import Drawn, runnable_flows

MANY = int(os.environ.get("CORDBOARD_GENERATED_FLOWS", "300"))


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(runnable_flows(), st.lists(st.integers(0, 2**32), min_size=1, max_size=3))
def test_a_generated_flow_round_trips_checks_and_runs(drawn: Drawn, seeds: list[int]) -> None:
    site = drawn.site
    for name, flow in drawn.flows.items():
        check_text_of(name, flow, site)
    program = compile_program(drawn.flows["main.flow"], site)
    for seed in seeds:
        check_journey(program, seed)
