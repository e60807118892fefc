"""What holds of every flow that checks without an error, and of every run of it."""

from __future__ import annotations

from flow_runtime.core.binding import BoundNode, bind_all
from flow_runtime.core.check import check_flow, has_errors
from flow_runtime.core.expr.values import type_of
from flow_runtime.core.interpreter import Ended
from flow_runtime.core.model import ERROR, Flow
from flow_runtime.core.program import Program, reached
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse, print_flow
from flow_runtime.core.types import declared
from random_driver import Journey, cleaned_up, journey


def check_text_of(name: str, flow: Flow, site: Surroundings) -> None:
    """It is written, read back as itself, written alike, and the checker finds no error."""
    text = print_flow(flow)
    parsed = parse(text)
    assert parsed.problems == () and parsed.flow == flow
    assert print_flow(parsed.flow) == text
    problems = check_flow(parsed.flow, site)
    assert not has_errors(problems), "\n".join(problem.line(name) for problem in problems)


def check_journey(program: Program, seed: int) -> tuple[Journey, Ended]:
    """The run ends, where it may and as it may, and all that had to be done on the way was."""
    made, ended = journey(program, seed)
    nodes = _nodes_of(program)
    assert ended.by in ("hangup", "end", "failure")
    if ended.by == "end":
        assert nodes[made.seen.entered[-1]].cls.ends
    for flow, name, port in made.seen.left:
        node = nodes[flow, name]
        outcome = node.cls.ends and (port is None or port == node.draft.constants.get("outcome"))
        assert port == ERROR or outcome or node.cls.port_key(port) in node.ports, (name, port)
    if made.tidied_by is not None:
        flow, tidier, before = made.tidied_by
        assert made.seen.entered[before : before + 1] == [(flow, tidier)]
    careful = sum(nodes[entered].cls.type == "careful" for entered in made.seen.entered)
    assert cleaned_up(made) == careful
    _check_variables(made)
    return made, ended


def _nodes_of(program: Program) -> dict[tuple[str, str], BoundNode]:
    """All nodes a call may come to, by flow and name."""
    return {
        (inner.name, name): node
        for inner in reached([program])
        for name, node in bind_all(
            inner.flow, inner.surroundings.nodes, inner.surroundings.flows
        ).items()
    }


def _check_variables(made: Journey) -> None:
    """Each declared variable of the flow the call ended in holds a value of its type, or none."""
    values = made.run.frame.variables
    for item in made.run.program.flow.declarations:
        kind, value = declared(item.type), values.get(item.name)
        assert kind is not None
        if value is not None:
            assert type_of(value).name == kind.name, (item.name, value)
