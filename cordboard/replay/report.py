"""Both sides of a replayed day as a table for people, and as figures for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from contact_center.core.simulation.compare import (
    ALL,
    COUNTED,
    Estimate,
    Figures,
    Run,
    differences,
    estimated,
)
from contact_center.core.statistics.figures import AGENT_FIGURES, FAIRNESS, FIGURES
from cordboard.commands.staff import print_table, table_of

_ROWS: Final = (
    ("queued", "calls", ""),
    ("answered", "answered", ""),
    ("abandon_rate", "gave up", "%"),
    ("overflowed", "left at the longest wait, or full", ""),
    ("asa", "wait, mean", "s"),
    ("wait_p50", "wait of 50% at most", "s"),
    ("wait_p90", "wait of 90% at most", "s"),
    ("wait_p99", "wait of 99% at most", "s"),
    ("longest_wait", "longest wait", "s"),
    ("service_level_offered", "service level", "%"),
    ("occupancy", "occupancy of agents", "%"),
    ("fairness", "fairness (Jain)", "1"),
)
"""Figure, words, unit."""


def plain(ours: Sequence[Run], theirs: Sequence[Run]) -> dict[str, Any]:
    """For JSON: each figure with the half width of its 95 % interval."""

    def side(some: Sequence[Mapping[str, Figures]]) -> dict[str, Any]:
        return {
            name: {figure: _told(_of(some, name, figure)) for figure in some[0][name]}
            for name in some[0]
        }

    def compared(a: Sequence[Mapping[str, Figures]], b: Sequence[Mapping[str, Figures]]) -> Any:
        return {
            name: {
                figure: _told(differences([x[name] for x in a], [y[name] for y in b], figure))
                for figure in a[0][name]
            }
            for name in a[0]
        }

    queues = [r.queues for r in ours], [r.queues for r in theirs]
    agents = [r.agents for r in ours], [r.agents for r in theirs]
    return {
        "days": len(ours),
        "definitions": _definitions(),
        "proposed": {"queues": side(queues[0]), "agents": side(agents[0])},
        "against": {"queues": side(queues[1]), "agents": side(agents[1])},
        "difference": {"queues": compared(*queues), "agents": compared(*agents)},
    }


def _of(some: Sequence[Mapping[str, Figures]], name: str, figure: str) -> Estimate | None:
    return estimated(one[name].get(figure) for one in some)


def _told(found: Estimate | None) -> dict[str, float | None] | None:
    return None if found is None else {"mean": found.mean, "margin": found.margin}


def _definitions() -> dict[str, str]:
    return {
        **{name: FIGURES[name].definition.en for name in COUNTED},
        "occupancy": AGENT_FIGURES["occupancy"].definition.en,
        "fairness": FAIRNESS.en,
    }


def show(ours: Sequence[Run], theirs: Sequence[Run]) -> None:
    """Print all queues together, each of several, and the agents."""
    names = list(ours[0].queues)
    for name in names if len(names) > 2 else [ALL]:
        _show_queue(name, [run.queues[name] for run in ours], [run.queues[name] for run in theirs])
    _show_agents([run.agents for run in ours], [run.agents for run in theirs])
    if len(ours) > 1:
        print(f"Means of {len(ours)} days ± 95%; bold: more than chance.")


def _show_queue(name: str, ours: Sequence[Figures], theirs: Sequence[Figures]) -> None:
    table = table_of(name, "compared with", "proposed", "difference")
    table.columns[0].justify = "left"
    for figure, words, unit in _ROWS:
        if figure not in ours[0]:
            continue
        change = differences(ours, theirs, figure)
        sides = (estimated(day[figure] for day in side) for side in (theirs, ours))
        style = "bold" if change is not None and change.certain else None
        cells = [_cell(found, unit) for found in sides]
        table.add_row(words, *cells, _cell(change, unit, sign="+"), style=style)
    print_table(table)


def _show_agents(ours: Sequence[Mapping[str, Figures]], theirs: Sequence[Mapping[str, Figures]]
                 ) -> None:  # fmt: skip
    table = table_of("agent", "answered", "occupied", "proposed: answered", "occupied")
    table.columns[0].justify = "left"
    for name in ours[0]:
        cells = [
            _cell(_of(side, name, figure), unit)
            for side in (theirs, ours)
            for figure, unit in (("answered", ""), ("occupancy", "%"))
        ]
        table.add_row(name, *cells)
    print_table(table)


def _cell(found: Estimate | None, unit: str, sign: str = "") -> str:
    if found is None:
        return "-"
    scale, digits = (100, 1) if unit == "%" else (1, {"1": 3, "": 1, "s": 1}[unit])
    if unit == "" and found.margin is None:
        digits = 0
    margin = "" if found.margin is None else f" ± {found.margin * scale:.{digits}f}"
    ending = {"%": "%", "s": " s"}.get(unit, "")
    mean = round(found.mean * scale, digits) + 0.0  # no -0.0
    return f"{mean:{sign}.{digits}f}{margin}{ending}"
