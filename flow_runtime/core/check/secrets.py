"""Checks of secrets: what a caller keys in as one gets into no log, trace or recording."""

from __future__ import annotations

from collections.abc import Iterator

from flow_runtime.core.check.crossing import inputs_of
from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.leaks import Leak
from flow_runtime.core.check.slots import HIDDEN, ON, RECORDING
from flow_runtime.core.check.subject import Subject, coming_by, warning
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Problem, Step


def check_secrets(subject: Subject) -> Iterator[Problem]:
    """Every leak, each with a way to it; in another flow those that come of calling it here."""
    matters = subject.slots.hidden | ON
    for name, state in subject.values.entry.items():
        node = subject.nodes.get(name) if state & matters else None
        if node is None:
            continue
        for leak in subject.crossing.leaks(subject, name, state):
            way = _way(subject, leak, state)
            place = subject.at(node.decl, leak.place)
            yield warning("secret-leak", _text(leak, coming_by(way)), place, name, way)


def _text(leak: Leak, way: str) -> str:
    where = phrase(" (in its node {inner})", inner=leak.inner) if leak.flow else ""
    says = f"{leak.flow or leak.parameter}"
    secret = phrase("{path}, which is a secret,", path=leak.path)
    match leak.how:
        case "told":
            return phrase(
                "{says} tells {secret} to {told}{where}{way}; leave it out, or write"
                " mask({path}, 0)",
                says=says,
                secret=secret,
                told=leak.told,
                where=where,
                way=way,
                path=leak.path,
            )
        case "recorded":
            return phrase(
                "{says} says {secret} while the call may be recorded{where}{way}; pause that"
                " before, by a record_call node",
                says=says,
                secret=secret,
                where=where,
                way=way,
            )
    return phrase(
        "{says} shows what is made of {secret} to the trace of the call{where}{way}; only the"
        " secret itself is masked there: write mask(...)",
        says=says,
        secret=secret,
        where=where,
        way=way,
    )


def _way(subject: Subject, leak: Leak, state: State) -> tuple[Step, ...]:
    """A way by which the secret, or the recording that runs, comes to the node of *leak*."""
    slots, node = subject.slots, subject.nodes[leak.node]
    if leak.flow:
        read = [read.path for found in inputs_of(node).values() for read in found]
        read += [path for path in slots.names() if path.startswith("contact.")]
        paths = [path for path in read if path in slots]
    else:
        paths = [leak.path]
    secrets = among = 0
    for path in paths:
        among |= slots.mask(path)
        secrets |= slots.mask(path, HIDDEN) & state
    wanted = [secrets] if secrets else []
    if leak.how == "recorded" and state & ON:
        among |= RECORDING
        wanted.append(ON)
    return subject.witness.way(leak.node, among, *wanted) or subject.shape.way_to(leak.node)
