"""The conformance suite itself: a line that breaks its word must fail it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from line_bench.backends import BACKENDS
from line_bench.bench import Bench, tone_seconds
from line_bench.scenario import play_or_refuse
from line_bench.simulated import SimulatedBackend
from line_bench.table import FEATURES, page, rows
from telephony.line import Call, DialFailed, Unsupported
from telephony.simulated import SimulatedCall, SimulatedLine
from telephony.simulated.wav import Stretch, Track, write


async def must_not_run(bench: Bench) -> None:
    raise AssertionError("a scenario of a missing feature was played")


def run(lacks: str, features: Sequence[str], folder: Path) -> None:
    """Ask the simulated line, which says that it lacks *lacks*, for *features*."""

    async def scenario(bench: Bench) -> None:
        bench.line.can = SimulatedLine.can - {lacks}
        await play_or_refuse(bench, tuple(features), must_not_run)

    if failure := SimulatedBackend().run({"it": (scenario, folder)})["it"]:
        raise failure


@pytest.mark.parametrize(
    "feature",
    [
        "sound",
        "record",
        "bridge",
        "hold",
        "send-keys",
        "dial",
        "ring",
        "music",
        "conference",
        "tap",
    ],
)
def test_a_line_that_says_no_but_does_it_fails(feature: str, tmp_path: Path) -> None:
    with pytest.raises((pytest.fail.Exception, DialFailed), match="DID NOT RAISE|no_answer"):
        run(feature, [feature], tmp_path)


@pytest.mark.parametrize("feature", ["record", "hold"])
def test_a_line_that_refuses_by_name_passes(
    feature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: Call, *args: object, **options: object) -> None:
        raise Unsupported("simulated", feature, "use another")

    monkeypatch.setattr(SimulatedCall, feature, refuse)
    run(feature, [feature], tmp_path)


def test_a_refusal_in_another_name_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: Call) -> None:
        raise Unsupported("sip", "hold", "use another")

    monkeypatch.setattr(SimulatedCall, "hold", refuse)
    with pytest.raises(AssertionError):
        run("hold", ["hold"], tmp_path)


def test_tones_are_measured_by_their_frequency(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    write(str(path), [Track([Stretch(0, 1, 440.0), Stretch(2, 2.5, 1000.0)])], 0, 3)
    assert tone_seconds(path, 440) == pytest.approx(1.0, abs=0.03)
    assert tone_seconds(path, 1000) == pytest.approx(0.5, abs=0.03)
    assert tone_seconds(path, 700) == 0


def test_the_page_in_docs_is_the_suite_as_it_is() -> None:
    """Whether the cells are true is what the suite itself tests."""
    made = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert made == page({}), "run: python tests/line_bench/table.py docs/conformance.md"


def test_every_feature_is_tested_and_every_claim_is_one() -> None:
    assert {feature for row in rows() for feature in row.features} == set(FEATURES)
    assert all(backend.can <= set(FEATURES) for backend in BACKENDS)


def test_an_outcome_other_than_passed_is_shown() -> None:
    row = next(rows())
    text = page({(row.name, "sip"): "**FAILS**"})
    assert f"| {row.text} | yes | **FAILS** | yes |" in text
