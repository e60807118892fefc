"""The benchmark of the store runs, and measures what it says."""

from cordboard.bench.acd_store import RATE, acd_store


def test_it_gives_figures(url: str) -> None:
    figures = acd_store(0.4, url)
    assert figures["database"] in url
    assert figures["offers_per_second"] == RATE, "an offer was lost, or rang twice"
    assert 0 < figures["commit_p50_ms"] <= figures["commit_p99_ms"]
    assert 0 < figures["free_to_ring_p50_ms"] <= figures["free_to_ring_p99_ms"]
    assert figures["recovery_events"] > 0 and figures["recovery_s"] > 0
