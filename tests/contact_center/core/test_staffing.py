"""Erlang C and Erlang A against published figures and against the models worked out by force."""

from math import factorial, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.core.staffing import (
    Load,
    Target,
    agents_needed,
    erlang_b,
    erlang_c,
    on_the_roster,
    read_target,
    service,
)

# --- published figures ----------------------------------------------------------------------------


def test_call_centre_helpers_worked_example() -> None:
    """100 calls in 30 minutes, 180 s each, 80 % in 20 s.

    Call Centre Helper, "Erlang C Formula - Made Simple With an Easy Worked Example": 10 erlangs;
    14 agents; probability of waiting 17.4 %, service level 88.8 %, ASA 7.8 s, occupancy 71.4 %;
    20 people with 30 % shrinkage.
    """
    load, target = Load(100 / 1800, 180), Target(0.8, 20)
    assert load.erlangs == pytest.approx(10)
    assert agents_needed(load, target) == 14
    found = service(load, 14, 20)
    assert found.waits == pytest.approx(0.174, abs=0.0005)
    assert found.within == pytest.approx(0.888, abs=0.0005)
    assert found.asa == pytest.approx(7.8, abs=0.05)
    assert found.occupancy == pytest.approx(0.714, abs=0.0005)
    assert on_the_roster(14, 0.3) == 20


def test_tanners_worked_example() -> None:
    """360 calls in half an hour, 4 minutes each, 55 agents.

    Mike Tanner, "The Erlang-C Formula": traffic 48, occupancy 87.3 %, probability of waiting
    0.239, average wait 8.2 s.
    """
    found = service(Load(360 / 1800, 240), 55, 15)
    assert found.occupancy == pytest.approx(0.873, abs=0.0005)
    assert found.waits == pytest.approx(0.239, abs=0.0005)
    assert found.asa == pytest.approx(8.2, abs=0.05)


def test_mandelbaum_and_zeltyns_comparison() -> None:
    """48 calls a minute of one minute, 50 agents, mean patience 2 minutes.

    Mandelbaum and Zeltyn, "The Palm/Erlang-A Queue, with Applications to Call Centers" (2005),
    comparing both models: 3.1 % abandon; average wait 20.8 s and 3.7 s, queue 17 and 3,
    utilization 96 % and 93 %, without and with abandonment.
    """
    patient, leaving = (service(Load(0.8, 60, p), 50, 20) for p in (inf, 120))
    assert patient.asa == pytest.approx(20.8, abs=0.05)
    assert patient.queue == pytest.approx(17, abs=0.5)
    assert patient.occupancy == pytest.approx(0.96)
    assert leaving.abandons == pytest.approx(0.031, abs=0.0005)
    assert leaving.queue / 0.8 == pytest.approx(3.7, abs=0.05)  # the wait of all, also who left
    assert leaving.queue == pytest.approx(3, abs=0.5)
    assert leaving.occupancy == pytest.approx(0.93, abs=0.005)


# --- the models by force --------------------------------------------------------------------------

AGENTS = st.integers(1, 30)


@given(AGENTS, st.floats(0.05, 0.98))
def test_erlang_b_and_c_are_their_series(agents: int, usage: float) -> None:
    a = agents * usage
    terms = [a**k / factorial(k) for k in range(agents + 1)]
    assert erlang_b(agents, a) == pytest.approx(terms[-1] / sum(terms), rel=1e-9)
    waiting = terms[-1] * agents / (agents - a)
    assert erlang_c(agents, a) == pytest.approx(waiting / (sum(terms[:-1]) + waiting), rel=1e-9)


def exponential(matrix: np.ndarray) -> np.ndarray:
    """By its series, of a part so small that it ends soon; the part is squared up again."""
    halvings = max(0, int(np.ceil(np.log2(np.abs(matrix).sum(axis=1).max()))) + 1)
    part = matrix / 2**halvings
    result = term = np.eye(len(matrix))
    for n in range(1, 20):
        term = term @ part / n
        result = result + term
    for _ in range(halvings):
        result = result @ result
    return result


def by_force(load: Load, agents: int, seconds: float, states: int) -> tuple[float, ...]:
    """Waiting, answered in time, abandoning and wait of the answered, from the Markov chains.

    The chain of calls in the system, cut off at *states* waiting, gives what a caller finds; a
    second chain follows that caller, with fewer and fewer before it, to the agent or away.
    """
    serve, leave = 1 / load.handling, 1 / load.patience
    chances = np.zeros(agents + states)
    chances[0] = 1
    for n in range(1, len(chances)):
        gone = min(n, agents) * serve + max(0, n - agents) * leave
        chances[n] = chances[n - 1] * load.rate / gone
        chances /= chances.max()
    chances /= chances.sum()
    found = chances[agents:]  # before the caller wait 0, 1, 2 ... others
    step = np.zeros((states + 2, states + 2))  # and answered, and gave up
    busy = agents * serve
    for before in range(states):
        on = before - 1 if before else states
        step[before, on] += busy + before * leave
        step[before, states + 1] += leave
        step[before, before] -= busy + (before + 1) * leave
    reached = (np.concatenate([found, [0, 0]]) @ exponential(step * seconds))[states]
    rates = -step[:states, :states]
    ends = np.linalg.solve(rates, step[:states, states:])  # the chance to be answered, to leave
    waited = np.linalg.solve(rates, ends[:, 0])  # the wait times being answered, on average
    return found.sum(), 1 - found.sum() + reached, found @ ends[:, 1], found @ waited


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.floats(0.2, 1.6), st.floats(0.2, 4), st.floats(0.05, 1.5))
def test_erlang_a_is_the_markov_chain(
    agents: int, usage: float, patience: float, seconds: float
) -> None:
    load = Load(agents * usage / 60, 60, 60 * patience)
    waits, within, abandons, waited = by_force(load, agents, 60 * seconds, 100)
    found = service(load, agents, 60 * seconds)
    assert found.waits == pytest.approx(waits, abs=1e-6)
    assert found.abandons == pytest.approx(abandons, abs=1e-6)
    assert found.within == pytest.approx(within, abs=1e-6)
    assert found.asa == pytest.approx(waited / (1 - abandons), rel=1e-5)


@settings(deadline=None)
@given(st.integers(1, 200), st.floats(0.1, 0.97))
def test_erlang_a_without_impatience_is_erlang_c(agents: int, usage: float) -> None:
    rate = agents * usage / 180
    patient, waiting = (
        service(Load(rate, 180), agents, 20),
        service(Load(rate, 180, 1e8), agents, 20),
    )
    assert waiting.waits == pytest.approx(patient.waits, abs=1e-3)
    assert waiting.within == pytest.approx(patient.within, abs=1e-3)
    assert waiting.abandons < 1e-3


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.001, 5),
    st.floats(5, 900),
    st.sampled_from([0.5, 30.0, 120.0, 3600.0, inf]),
    st.floats(0.5, 0.99),
    st.integers(0, 120),
)
def test_the_agents_needed_are_the_fewest(
    rate: float, handling: float, patience: float, share: float, seconds: int
) -> None:
    load = Load(rate, handling, patience)
    needed = agents_needed(load, Target(share, seconds))
    assert service(load, needed, seconds).within >= share
    assert needed == 1 or service(load, needed - 1, seconds).within < share


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 5), st.floats(5, 900), st.floats(0.1, 5000), st.integers(1, 400))
def test_shares_stay_shares(rate: float, handling: float, patience: float, agents: int) -> None:
    found = service(Load(rate, handling, patience), agents, 20)
    for share in (found.waits, found.within, found.abandons, found.occupancy):
        assert -1e-9 <= share <= 1 + 1e-9
    assert found.within <= 1 - found.abandons + 1e-7
    assert found.occupancy == pytest.approx(
        rate * handling * (1 - found.abandons) / agents, rel=1e-6
    )


def test_too_few_agents() -> None:
    found = service(Load(1, 60), 60, 20)
    assert (found.waits, found.within, found.asa) == (1, 0, inf)
    nobody = service(Load(1, 60, 30), 0, 20)
    assert (nobody.within, nobody.abandons) == (0, 1)


@pytest.mark.parametrize(
    ("text", "share", "seconds"),
    [("80% in 20s", 0.8, 20), ("99.5 % in 2m", 0.995, 120), ("90% in 0s", 0.9, 0)],
)
def test_a_target_is_read(text: str, share: float, seconds: float) -> None:
    assert read_target(text) == Target(share, seconds)


@pytest.mark.parametrize(
    "text", ["80/20", "80% in 20", "0% in 20s", "100% in 20s", "-5% in 2s", ""]
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(ValueError, match="20s"):
        read_target(text)


def test_shrinkage() -> None:
    assert [on_the_roster(7, share) for share in (0, 0.3, 0.5)] == [7, 10, 14]
    with pytest.raises(ValueError, match="shrinkage"):
        on_the_roster(7, 1)
    with pytest.raises(ValueError, match="more than zero"):
        Load(0, 60)
