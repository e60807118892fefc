"""Checks of flows that call or jump to others: found, sound, fitting, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check.expressions import MAY_BE_MISSING
from flow_runtime.core.check.subject import Severity, Spot, error, warning
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.rules import fits
from flow_runtime.core.expr.tree import Expr, RecordOf
from flow_runtime.core.interface import Interface
from flow_runtime.core.levels import DEEPEST
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import ANY, Type


def check_subflows(spot: Spot) -> Iterator[Problem]:
    """What one node has to do with other flows; without a look at those nothing is said of them."""
    node = spot.node
    if node is None:
        return
    if spot.numbered and node.cls.returns:
        yield error(
            "end-outside-subflow",
            phrase(
                "{name} ends a sub-flow, but callers reach this flow by a number; use hangup",
                name=node.decl.name,
            ),
            node.decl.place,
            node.decl.name,
        )
    spec = _naming(node)
    if spec is None or spot.around.flows is None:
        return
    place = node.draft.written[spec.name].place
    yield from _found(spot, node, spec, place)
    face = node.draft.called
    if face is None or node.called is None or node.called.trouble():
        return
    if spec.names == "flow":
        yield from _jump(node, face, place)
        return
    yield from _inputs(node, face, spot.env)
    yield from _outputs(spot, node, face)
    yield from _recursion(node, node.called, place)
    if not face.outcomes:
        text = phrase(
            "{name} has no end node, so the call never comes back; use jump_flow", name=face.name
        )
        yield warning("no-outcome", text, place, node.decl.name)


def _naming(node: BoundNode) -> ParamSpec | None:
    """The parameter of *node* that names a flow in so many words."""
    for spec in node.cls.params.values():
        if spec.names in ("flow", "sub-flow") and isinstance(
            node.draft.constants.get(spec.name), str
        ):
            return spec
    return None


def _found(spot: Spot, node: BoundNode, spec: ParamSpec, place: Place) -> Iterator[Problem]:
    name, called = node.draft.constants[spec.name], node.called
    if called is None:
        severity: Severity = "error" if spot.around.complete else "warning"
        text = phrase('there is no flow file "{name}" as seen from this one', name=name)
        yield Problem(severity, "unknown-flow", text, place, node.decl.name)
    elif trouble := called.trouble():
        yield error(
            "broken-flow",
            phrase('"{name}" cannot be run: {trouble}', name=name, trouble=trouble),
            place,
            node.decl.name,
        )


def _jump(node: BoundNode, face: Interface, place: Place) -> Iterator[Problem]:
    """Nobody fills the inputs of a flow that is jumped to, and nobody waits for its end."""
    for name, wanted in face.inputs.items():
        if wanted.required:
            text = phrase(
                "{flow} needs its input {name}, which a jump cannot give; use subflow",
                flow=face.name,
                name=name,
            )
            yield error("missing-input", text, place, node.decl.name)
    if face.outcomes:
        text = phrase(
            "{name} is a sub-flow: it has an end node; call it with subflow", name=face.name
        )
        yield error("end-outside-subflow", text, place, node.decl.name)


# --- what goes in and comes out -------------------------------------------------------------------


def _inputs(node: BoundNode, face: Interface, env: TypeEnv) -> Iterator[Problem]:
    name, written = node.decl.name, node.draft.written.get("inputs")
    if written is not None and not isinstance(written, RecordOf):
        return
    given = {} if written is None else {pair.key: pair for pair in written.pairs}
    for key, pair in given.items():
        wanted = face.inputs.get(key)
        if wanted is None:
            text = phrase(
                "{name} has no input {key}{hint}",
                name=face.name,
                key=key,
                hint=suggest(key, face.inputs),
            )
            yield error("unknown-input", text, pair.place, name)
        else:
            yield from _value(
                pair.value,
                env,
                phrase("input {key} of {name}", key=key, name=face.name),
                wanted.type,
                name,
            )
    for key, wanted in face.inputs.items():
        if wanted.required and key not in given:
            text = phrase(
                "{name} needs its input {key}: write  inputs = {{{key}: ...}}",
                name=face.name,
                key=key,
            )
            place = node.decl.place if written is None else written.place
            yield error("missing-input", text, place, name)


def _value(value: Expr, env: TypeEnv, what: str, wanted: Type, name: str) -> Iterator[Problem]:
    """What is wrong with an input that check_expressions cannot see: its type."""
    found, problems = infer(value, env)
    if found.name == "none":
        if not wanted.optional:
            yield error(
                "type-mismatch",
                phrase("{what} needs a value, not none", what=what),
                value.place,
                name,
            )
    elif not fits(found, wanted):
        yield error(
            "type-mismatch",
            phrase("{what} is a {wanted}, not a {found}", what=what, wanted=wanted, found=found),
            value.place,
            name,
        )
    elif found.optional and not wanted.optional and found.name != "any":
        missing = [one for one in infer(value, env, wanted)[1] if one not in problems]
        text = phrase("{what} needs a value, but this may be none here{way}", what=what, way="")
        yield from (replace(one, text=text) for one in missing if one.code in MAY_BE_MISSING)


def _outputs(spot: Spot, node: BoundNode, face: Interface) -> Iterator[Problem]:
    name, written = node.decl.name, node.draft.written.get("outputs")
    names = node.draft.constants.get("outputs")
    if not isinstance(written, RecordOf) or names is None:
        return
    for pair in written.pairs:
        output, has = names[pair.key], spot.sight.types.get(pair.key, ANY)
        made = face.outputs.get(output)
        if made is None:
            text = phrase(
                "{name} has no output {output}{hint}",
                name=face.name,
                output=output,
                hint=suggest(output, face.outputs),
            )
            yield error("unknown-output", text, pair.value.place, name)
        elif not fits(made, has):
            text = phrase(
                "output {output} of {name} is a {made}, but {key} is a {has}",
                output=output,
                name=face.name,
                made=made,
                key=pair.key,
                has=has,
            )
            yield error("type-mismatch", text, pair.place, name)
        elif made.optional and not has.optional and ANY not in (made, has):
            text = phrase(
                "output {output} of {name} may be none, but {key} is a {has}",
                output=output,
                name=face.name,
                key=pair.key,
                has=has,
            )
            yield warning("possible-none", text, pair.place)


# --- for ever -------------------------------------------------------------------------------------


def _recursion(node: BoundNode, called: CalledFlow, place: Place) -> Iterator[Problem]:
    circle = _circle([called], {called.path})
    if not circle:
        return
    names = [flow.flow.name for flow in circle if flow.flow is not None]
    around = " -> ".join([*names, names[0]])
    if any(_ends_without(flow, {one.path for one in circle}) for flow in circle):
        text = phrase(
            "{around} call each other; more than {deepest} levels deep the call fails",
            around=around,
            deepest=DEEPEST,
        )
        yield warning("recursion", phrase("{text} with too-deep", text=text), place, node.decl.name)
    else:
        text = phrase(
            "{around} call each other on every way, so that no call ever comes back", around=around
        )
        yield error("recursion", text, place, node.decl.name)


def _circle(way: list[CalledFlow], seen: set[str]) -> Sequence[CalledFlow]:
    """Flows that call each other in a circle, found from the last of *way* on; empty if none."""
    for node in way[-1].whole.values():
        called = node.called
        if called is None or _jumps(node):
            continue
        paths = [flow.path for flow in way]
        if called.path in paths:
            return way[paths.index(called.path) :]
        if called.path not in seen:
            seen.add(called.path)
            if circle := _circle([*way, called], seen):
                return circle
    return ()


def _jumps(node: BoundNode) -> bool:
    spec = _naming(node)
    return spec is not None and spec.names == "flow"


def _ends_without(called: CalledFlow, paths: set[str]) -> bool:
    """Whether a call can come to an end of *called* without calling a flow of *paths*."""
    flow, nodes = called.flow, called.whole
    assert flow is not None
    todo = [flow.jump("start") or ""]
    seen = set(todo)
    while todo:
        node = nodes.get(todo.pop())
        if node is None or node.cls.ends:
            return True
        if node.called is not None and node.called.path in paths:
            continue
        for _, way in node.exits():
            target = way if isinstance(way, str) else flow.jump("on_error")
            if target is not None and target not in seen:
                seen.add(target)
                todo.append(target)
    return False
