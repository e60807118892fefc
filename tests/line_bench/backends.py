"""The backends that run the conformance suite."""

from __future__ import annotations

from line_bench.bench import Backend
from line_bench.pyvoip import PyvoipBackend
from line_bench.simulated import SimulatedBackend
from line_bench.sip import SipBackend

BACKENDS: tuple[Backend, ...] = (SimulatedBackend(), SipBackend(), PyvoipBackend())
