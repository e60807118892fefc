"""Checks of ways through the flow: what is never reached, and what never ends."""

from __future__ import annotations

from collections.abc import Iterator

from flow_runtime.core.check.graph import Link
from flow_runtime.core.check.shape import Loop
from flow_runtime.core.check.subject import Subject, error, route, warning
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Problem, Step
from flow_runtime.core.trouble import BUDGET


def check_paths(subject: Subject) -> Iterator[Problem]:
    """All checks of this file; without a start there is nothing to say of ways from it."""
    if subject.shape.start is not None:
        yield from _unreachable(subject)
        for loop in subject.shape.hot_loops:
            yield _hot(subject, loop)
        for loop in subject.shape.endless_loops:
            yield warning(
                "no-end",
                phrase(
                    "once in {node}, a call never comes to an end by itself"
                    " ({way}); lead a port to a hangup",
                    node=loop.node,
                    way=route(loop.circle),
                ),
                subject.place_of(loop.node),
                loop.node,
                _way_round(subject, loop),
            )
    yield from _sound_after_hangup(subject)


def _unreachable(subject: Subject) -> Iterator[Problem]:
    met = subject.shape.met
    if len(met) == len(subject.decls):
        return
    for name in subject.decls:
        if name not in met:
            yield warning(
                "unreachable",
                phrase("no way leads to {name}; draw one or remove the node", name=name),
                subject.place_of(name),
                name,
            )


def _hot(subject: Subject, loop: Loop) -> Problem:
    """A circle in which nothing takes time: at best it counts, at worst it never ends."""
    around, place = route(loop.circle), subject.place_of(loop.node)
    path = _way_round(subject, loop)
    if loop.way_out:
        text = phrase(
            "the loop {around} neither waits nor asks; after {budget} nodes without a pause"
            " the call fails with step-budget",
            around=around,
            budget=BUDGET,
        )
        return warning("loop-without-wait", text, place, loop.node, path)
    text = phrase(
        "the loop {around} never ends, and neither waits nor asks; lead a port out of it",
        around=around,
    )
    return error("loop-without-wait", text, place, loop.node, path)


def _way_round(subject: Subject, loop: Loop) -> tuple[Step, ...]:
    """The way to the loop and once round it."""
    return (*subject.shape.way_to(loop.node)[:-1], *loop.circle)


def _sound_after_hangup(subject: Subject) -> Iterator[Problem]:
    tidy = subject.shape.on_hangup
    if tidy is None:
        return
    for name in subject.graph.reachable([tidy], _drawn):
        node = subject.nodes.get(name)
        if node is not None and node.speaks:
            path: tuple[Step, ...] = subject.graph.path(tidy, name, _drawn)
            yield error(
                "sound-after-hangup",
                phrase(
                    "{name} ({type}) needs a caller, but on_hangup leads to it"
                    " ({way}) when the caller has gone",
                    name=name,
                    type=node.cls.type,
                    way=route(path),
                ),
                subject.place_of(name),
                name,
                path,
            )


def _drawn(way: Link) -> bool:
    return way.drawn
