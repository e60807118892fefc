"""Each figure is what its definition says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.core.statistics.figures import (
    AGENT_FIGURES,
    ESTIMATED_WAIT,
    FAIRNESS,
    FIGURES,
    THRESHOLD,
    fairness,
    jain,
)
from contact_center.core.statistics.intervals import AgentTally, QueueTally, Tally
from contact_center.core.statistics.records import Handled, Left


def tally() -> QueueTally:
    """Ten queued: six answered, three abandoned, one gone elsewhere."""
    made = QueueTally(queued=10)
    for waited in (0, 5, 19.2, 20, 20.1, 40):
        made.leave(Left("c", "q", 0, waited, "answered"))
    for waited in (3, 20, 90):
        made.leave(Left("c", "q", 0, waited, "abandoned"))
    made.leave(Left("c", "q", 0, 130, "overflowed"))
    made.handle(Handled("c", "q", "1001", 0, 100, 20, 30))
    made.handle(Handled("c", "q", "1002", 0, 50, 0, 10))
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("queued", 10),
        ("answered", 6),
        ("abandoned", 3),
        ("overflowed", 1),
        ("called_back", 0),
        ("asa", 104.3 / 6),
        ("longest_wait", 130),
        ("aht", 105),
        ("service_level_offered", 4 / 9),
        ("service_level_patient", 4 / 7),
        ("service_level_answered", 4 / 6),
        ("abandon_rate", 0.3),
    ],
)
def test_a_figure_of_a_queue(name: str, value: float) -> None:
    assert FIGURES[name].of(tally(), THRESHOLD) == pytest.approx(value)


def test_the_time_of_the_service_level_is_an_argument() -> None:
    assert FIGURES["service_level_answered"].of(tally(), 21) == pytest.approx(5 / 6)
    assert FIGURES["service_level_answered"].of(tally(), 19.9) == pytest.approx(2 / 6)


def test_nothing_happened_is_no_figure() -> None:
    none = {name for name, figure in FIGURES.items() if figure.of(QueueTally(), 20) is None}
    counts = {"queued", "answered", "abandoned", "overflowed", "called_back"}
    assert none == set(FIGURES) - counts
    assert AGENT_FIGURES["occupancy"].of(AgentTally()) is None


def test_figures_of_an_agent() -> None:
    counted = AgentTally(
        {"ready": 100, "talk": 200, "hold": 50, "wrap-up": 40, "ring": 10, "not ready": 600},
        handled=4, handling=290, missed=2,
    )  # fmt: skip
    expected = {
        "occupancy": 0.75, "signed_in": 1000, "handled": 4, "agent_aht": 72.5, "missed": 2,
    }  # fmt: skip
    assert {name: figure.of(counted) for name, figure in AGENT_FIGURES.items()} == expected
    assert not AGENT_FIGURES.keys() & FIGURES.keys(), "definitions are told by name"


def test_every_figure_has_its_definition_in_both_languages() -> None:
    pairs = [(f.title, f.definition) for f in (*FIGURES.values(), *AGENT_FIGURES.values())]
    for words in [FAIRNESS, ESTIMATED_WAIT, *(words for pair in pairs for words in pair)]:
        assert words.en and words.en.isascii()
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
    levels = {n: f.definition.en for n, f in FIGURES.items() if n.startswith("service_level")}
    assert len(set(levels.values())) == 3
    assert all("answered within T / " in definition for definition in levels.values())


@pytest.mark.parametrize(
    ("shares", "index"),
    [
        ([], None),
        ([0.5], 1.0),
        ([0.3, 0.3, 0.3], 1.0),
        ([0, 0], 1.0),
        ([1, 0, 0, 0], 0.25),
        ([1, 1, 0, 0], 0.5),
        ([3, 5, 7], 225 / (3 * 83)),
    ],
)
def test_jains_index(shares: list[float], index: float | None) -> None:
    assert jain(shares) == (None if index is None else pytest.approx(index))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(0.01, 100))
def test_jains_index_has_bounds_and_no_scale(shares: list[float], factor: float) -> None:
    index = jain(shares)
    assert index is not None
    assert 1 / len(shares) - 1e-9 <= index <= 1 + 1e-9
    assert jain([share * factor for share in shares]) == pytest.approx(index, abs=1e-6)


def test_fairness_leaves_out_who_was_not_there() -> None:
    made = Tally()
    for agent, ready in (("1001", 50), ("1002", 150)):
        made.spend(agent, "ready", ready)
        made.spend(agent, "talk", 50)
    made.spend("1003", "not ready", 999)
    assert fairness(made) == pytest.approx(jain([0.5, 0.25]))
    assert fairness(Tally()) is None
