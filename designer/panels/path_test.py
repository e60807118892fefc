"""Writes the path of a problem down as a call test: what is pressed, and which ways nodes go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from flow_runtime.call_tests.model import Answers, CallTest, NodeAnswer, Press, Step, Visits
from flow_runtime.core.binding import bind
from flow_runtime.core.model import ERROR, NEXT, Flow, NodeDecl
from flow_runtime.core.node import Node
from flow_runtime.core.problems import Step as Way

_LONGEST: Final = 100
"""Letters of a name: it is printed in one line when the test runs."""
_KEYS: Final = frozenset("0123456789*#")
Library = Mapping[str, type[Node]]


def path_test(
    name: str, path: Sequence[Way], flow: Flow, library: Library, called: str
) -> CallTest:
    """A call along *path* to the number *called*.

    Keys are pressed, what only speaks or sets variables is run; of any other node, such as a
    look-up or a condition, the test says by which port it is left.
    """
    shown = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    run = {way.node for way in path} - {way.node for way in path if not _runs(way, flow, library)}
    steps: list[Step] = []
    answers: dict[str, tuple[NodeAnswer, ...]] = {}
    for way in path:
        steps.append(Visits(way.node))
        if way.port is None:
            continue
        if way.node not in run:
            answers[way.node] = (*answers.get(way.node, ()), _answer(way, flow))
        elif way.port in _KEYS:
            steps.append(Press(way.port))
    stand_ins = {node: Answers(given) for node, given in answers.items()}
    return CallTest(shown, tuple(steps), called=called, answers=stand_ins)


def _runs(way: Way, flow: Flow, library: Library) -> bool:
    """Whether the caller alone, or nobody, decides how the node is left."""
    decl = flow.node(way.node)
    cls = None if decl is None else library.get(decl.type)
    if decl is None or cls is None:
        return False
    if way.port is None:
        return True
    if cls.keys_are_text and way.port in _KEYS:
        return True
    return cls.group != "Data" and _only_goes_on(decl, cls)


def _only_goes_on(decl: NodeDecl, cls: type[Node]) -> bool:
    ports = bind(replace(decl, edges=()), cls).ports
    return set(ports) <= {NEXT, ERROR}


def _answer(way: Way, flow: Flow) -> NodeAnswer:
    """The port of *way*: a number in it is a text where the flow has it in quotes."""
    assert way.port is not None
    decl = flow.node(way.node)
    written = () if decl is None else [edge.port for edge in decl.edges]
    return NodeAnswer(way.port, plain=not (way.port.isdigit() and way.port in written))
