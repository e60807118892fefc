"""The backends that run the conformance suite."""

from __future__ import annotations

from line_bench.bench import Backend
from line_bench.simulated import SimulatedBackend

BACKENDS: tuple[Backend, ...] = (SimulatedBackend(),)
