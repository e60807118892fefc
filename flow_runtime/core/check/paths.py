"""Checks of ways through the flow: what is never reached, and what never ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flow_runtime.core.check.graph import Graph, Link
from flow_runtime.core.check.subject import Subject, error, route, warning
from flow_runtime.core.model import ERROR
from flow_runtime.core.problems import Problem, Step
from flow_runtime.core.trouble import BUDGET


def check_paths(subject: Subject) -> Iterator[Problem]:
    """All checks of this file; without a start there is nothing to say."""
    start = subject.jump("start")
    if start is not None:
        roots = [start, subject.jump("on_error"), subject.jump("on_hangup")]
        met = subject.graph.reachable([root for root in roots if root is not None])
        yield from _unreachable(subject, met)
        # a failure leads to on_error once in a call, so that no circle goes through it
        drawn = subject.graph.only(_drawn)
        yield from _hot_loops(subject, drawn, start, met)
        yield from _endless(subject, drawn, start, met)
    yield from _sound_after_hangup(subject)


def _unreachable(subject: Subject, met: Collection[str]) -> Iterator[Problem]:
    for name, decl in subject.decls.items():
        if name not in met:
            yield warning(
                "unreachable",
                f"no way leads to {name}; draw one or remove the node",
                decl.place,
                name,
            )


def _hot_loops(
    subject: Subject, drawn: Graph, start: str, met: Collection[str]
) -> Iterator[Problem]:
    """Circles in which nothing takes time: at best they count, at worst they never end."""
    hot = {name for name in met if not subject.waits(name)}
    for knot in drawn.knots(hot):
        circle = drawn.circle(knot[0], knot)
        path = (*subject.graph.path(start, knot[0])[:-1], *circle)
        around = route(circle)
        place = subject.decls[knot[0]].place
        if _has_way_out(subject, knot):
            yield warning(
                "loop-without-wait",
                f"the loop {around} neither waits nor asks; after {BUDGET} nodes without a pause"
                " the call fails with step-budget",
                place,
                knot[0],
                path,
            )
        else:
            yield error(
                "loop-without-wait",
                f"the loop {around} never ends, and neither waits nor asks; lead a port out of it",
                place,
                knot[0],
                path,
            )


def _endless(subject: Subject, drawn: Graph, start: str, met: Collection[str]) -> Iterator[Problem]:
    """Circles that take time but that a call can leave only by a hang-up or a failure."""
    for knot in drawn.knots(met):
        if _has_way_out(subject, knot) or not any(subject.waits(name) for name in knot):
            continue
        circle = drawn.circle(knot[0], knot)
        path = (*subject.graph.path(start, knot[0])[:-1], *circle)
        yield warning(
            "no-end",
            f"once in {knot[0]}, a call never comes to an end by itself ({route(circle)});"
            " lead a port to a hangup",
            subject.decls[knot[0]].place,
            knot[0],
            path,
        )


def _has_way_out(subject: Subject, knot: Collection[str]) -> bool:
    return any(
        subject.has_end(name)
        or any(_normal(way) and way.target not in knot for way in subject.graph.links(name))
        for name in knot
    )


def _normal(way: Link) -> bool:
    return way.port != ERROR


def _sound_after_hangup(subject: Subject) -> Iterator[Problem]:
    tidy = subject.jump("on_hangup")
    if tidy is None:
        return
    for name in subject.graph.reachable([tidy], _drawn):
        node = subject.nodes.get(name)
        if node is not None and node.speaks:
            path: tuple[Step, ...] = subject.graph.path(tidy, name, _drawn)
            yield error(
                "sound-after-hangup",
                f"{name} ({node.cls.type}) needs a caller, but on_hangup leads to it"
                f" ({route(path)}) when the caller has gone",
                node.decl.place,
                name,
                path,
            )


def _drawn(way: Link) -> bool:
    return way.drawn
