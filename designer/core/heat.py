"""The heat map: what calls did in a flow, as classes of colour, counts, and a list of losses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from designer.core.compare.told import Say, english
from designer.core.marks import Ports, port_of
from designer.core.picture import Badge, CardMark, Marks, PortKey, PortMark
from flow_runtime.core.model import PortValue
from flow_runtime.core.traffic import FlowTraffic, NodeTraffic

Measure: TypeAlias = Literal["traffic", "drop", "time"]
"""What the colour of a card tells: how many came, how many hung up there, how long it took."""

_DROP: Final = 0.05
"""The share of hang-ups from which a card says so."""
_STEPS: Final = (50, 200, 700, 1500, 3000)
"""Where the classes 1 to 5 begin, for a flow whose busiest node has `_BUSY` visits."""
_BUSY: Final = 3600
_SHARES: Final = (0.02, 0.05, 0.10, 0.20, 0.40)
_SECONDS: Final = (1.0, 5.0, 15.0, 60.0, 180.0)
_SPACE: Final = "\u202f"
"""Between thousands: a narrow space that does not break."""


def heat_marks(
    traffic: FlowTraffic, ports: Ports, measure: Measure = "traffic", say: Say = english
) -> Marks:
    """Cards in the classes of *measure*, hang-ups from 5 %, counts; ways as wide as their calls."""
    bounds = bounds_of(traffic, measure)
    of_ways = bounds_of(traffic, "traffic")
    busiest = max((c for n in traffic.nodes.values() for c in n.ports.values()), default=0)
    cards: dict[str, CardMark] = {}
    marks: dict[PortKey, PortMark] = {}
    for node, names in ports.items():
        figures = traffic.nodes.get(node, NodeTraffic())
        cards[node] = _card(figures, measure, bounds, say)
        counts: Counter[PortValue] = Counter()
        for taken, times in figures.ports.items():
            counts[port_of(ports, node, taken)] += times
        for port in names:
            count = counts[port]
            share = count / busiest if busiest else 0.0
            heat = heat_class(count, of_ways) if count else None
            marks[node, port] = PortMark(heat=heat, count=count, share=share)
    return Marks(cards, marks)


def _card(figures: NodeTraffic, measure: Measure, bounds: Sequence[float], say: Say) -> CardMark:
    if not figures.visits:
        return CardMark(summary=say("no calls"))
    badge = None
    if figures.drop_off >= _DROP:
        badge = Badge("drop", say("▼ {share} hang up", share=percent(figures.drop_off)))
    median = figures.median_seconds
    time = say("not left yet") if median is None else say("median {time}", time=short_time(median))
    calls, lost = grouped(figures.visits), percent(figures.drop_off)
    pill, summary, value = {
        "traffic": (calls, time, float(figures.visits)),
        "drop": (lost, say("of {n} calls", n=calls), figures.drop_off),
        "time": ("–" if median is None else short_time(median), say("{n} calls", n=calls), median),
    }[measure]
    heat = 0 if value is None else heat_class(value, bounds)
    return CardMark(badge=badge, heat=heat, pill=pill, summary=summary)


# --- classes --------------------------------------------------------------------------------------


def bounds_of(traffic: FlowTraffic, measure: Measure) -> tuple[float, ...]:
    """Where the classes 1 to 5 begin; those of traffic are stretched to the busiest node."""
    if measure == "drop":
        return _SHARES
    if measure == "time":
        return _SECONDS
    return heat_bounds(max((n.visits for n in traffic.nodes.values()), default=0))


def heat_bounds(most: int) -> tuple[float, ...]:
    """Where the classes 1 to 5 begin, for a flow whose busiest node has *most* visits."""
    scale = max(most, 6) / _BUSY
    return tuple(bound * scale for bound in _STEPS)


def heat_class(value: float, bounds: Sequence[float]) -> int:
    """The class of *value*: how many of *bounds* it reaches."""
    return sum(value >= bound for bound in bounds)


def legend(bounds: Sequence[float], measure: Measure) -> tuple[str, ...]:
    """What each of the six classes begins with."""
    if measure == "drop":
        return ("0", *(percent(bound) for bound in bounds))
    if measure == "time":
        return ("0", *(short_time(bound) for bound in bounds))
    return ("0", *(grouped(math.ceil(bound)) for bound in bounds))


# --- lists ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loss:
    """Callers hung up in *node*: how many, and which share of those who came there."""

    node: str
    hangups: int
    share: float


def losses(traffic: FlowTraffic, nodes: Iterable[str]) -> list[Loss]:
    """Those of *nodes* in which callers hung up, the most hang-ups first."""
    found = [(node, traffic.nodes[node]) for node in nodes if node in traffic.nodes]
    lost = [Loss(node, n.hangups, n.drop_off) for node, n in found if n.hangups]
    return sorted(lost, key=lambda one: -one.hangups)


def node_figures(
    figures: NodeTraffic, names: Mapping[PortValue, str], say: Say = english
) -> list[tuple[str, str]]:
    """What is known of one node, in rows of two texts; *names* are its ports, with their labels."""
    rows = [(say("Calls in"), grouped(figures.visits))]
    if figures.median_seconds is not None:
        rows.append((say("Time here, median"), short_time(figures.median_seconds)))
    counts: Counter[str] = Counter()
    known = {str(port): label for port, label in names.items()}
    for port, times in figures.ports.items():
        counts[known.get(str(port), str(port))] += times
    for label, times in counts.most_common():
        rows.append((say("Left by {port}", port=label), _of(times, figures.visits)))
    rows.append((say("Hung up here"), _of(figures.hangups, figures.visits)))
    return rows


def _of(count: int, whole: int) -> str:
    return f"{grouped(count)} · {percent(count / whole)}" if whole else grouped(count)


# --- numbers --------------------------------------------------------------------------------------


def grouped(count: int) -> str:
    """``4 812``, with a narrow space."""
    return f"{count:,}".replace(",", _SPACE)


def percent(share: float) -> str:
    """``6.2 %``, and whole ones without a fraction."""
    value = f"{100 * share:.1f}"
    return f"{value.removesuffix('.0')} %"


def short_time(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``2:05``, ``1:02:05``."""
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
