"""Draws service level and occupancy over the number of agents, as an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence

from contact_center.core.staffing import Service, Target

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 40, 50


def plot(rows: Sequence[Service], target: Target, needed: int) -> str:
    """The picture: *rows* by number of agents, the target, and the number that reaches it."""
    goal = f"{target.share * 100:g}% in {target.seconds:g} s"
    y = _y(target.share)
    parts = [
        *_grid(rows),
        f'<line class="target" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>',
        f'<text x="{_LEFT + 6}" y="{y - 5:.1f}">{goal}</text>',
        _line("occupancy", [(_x(rows, r.agents), _y(r.occupancy)) for r in rows]),
        _line("level", [(_x(rows, r.agents), _y(r.within)) for r in rows]),
    ]
    for row in rows:
        kind = "needed" if row.agents == needed else "level"
        at = f'cx="{_x(rows, row.agents):.1f}" cy="{_y(row.within):.1f}"'
        said = f"{row.agents} agents: {row.within * 100:.1f}% in time"
        parts.append(f'<circle class="{kind}" {at} r="4"><title>{said}</title></circle>')
    return "\n".join([_HEAD, *parts, "</svg>", ""])


def _x(rows: Sequence[Service], agents: int) -> float:
    first, last = rows[0].agents, rows[-1].agents
    span = _WIDTH - _LEFT - _RIGHT - 40
    return _LEFT + 20 + (span * (agents - first) / (last - first) if last > first else span / 2)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _grid(rows: Sequence[Service]) -> list[str]:
    parts = []
    for percent in range(0, 101, 20):
        y = _y(percent / 100)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text class="left" x="{_LEFT - 8}" y="{y + 4:.1f}">{percent}%</text>')
    every = max(1, len(rows) // 15)
    for row in rows[::every]:
        x, y = _x(rows, row.agents), _HEIGHT - _BOTTOM + 18
        parts.append(f'<text class="mid" x="{x:.1f}" y="{y}">{row.agents}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text class="mid" x="{middle:.1f}" y="{_HEIGHT - 10}">agents</text>')
    parts.append(f'<text class="level" x="{_LEFT}" y="22">answered in time</text>')
    parts.append(f'<text class="occupancy" x="{_LEFT + 140}" y="22">occupancy</text>')
    return parts


def _line(kind: str, points: list[tuple[float, float]]) -> str:
    shown = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{shown}"/>'


_HEAD = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">
<title>Service level by number of agents</title>
<style>
text {{ font: 13px sans-serif; fill: #333 }}
.left {{ text-anchor: end }} .mid {{ text-anchor: middle }}
line {{ stroke: #ddd }} line.target {{ stroke: #b3261e; stroke-dasharray: 5 4 }}
polyline {{ fill: none; stroke-width: 2 }}
polyline.level {{ stroke: #1f6f54 }} polyline.occupancy {{ stroke: #8a6d1d }}
text.level, circle.level {{ fill: #1f6f54 }} text.occupancy {{ fill: #8a6d1d }}
circle.needed {{ fill: #b3261e }}
</style>
<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>"""
