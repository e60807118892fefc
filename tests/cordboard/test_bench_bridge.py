"""`cordboard bench bridge` really connects calls: its far ends get the packets of others."""

from __future__ import annotations

import pytest

from cordboard.bench import bridge as bench

pytestmark = pytest.mark.peers


def test_everybody_hears_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CONFERENCES", 1)
    monkeypatch.setattr(bench, "WARM_UP", 0.3)
    monkeypatch.setattr(bench, "WINDOW", 1.0)
    figures = bench.bridge(2)
    assert figures["streams"] == 2 * 2 + 5
    assert figures["packets_expected"] == 9 * 2 * 50
    assert 0.5 < figures["packets"] / figures["packets_expected"] < 1.1
    assert figures["ms_cpu_per_bridged_call_second"] > 0
    assert figures["gap_p50_ms"] <= figures["gap_p99_ms"] <= figures["gap_max_ms"]
