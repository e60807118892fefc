"""Functions on the call's surroundings: sounds, queues and agents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flow_runtime.core.expr.facts import AGENT, QUEUE, record_of
from flow_runtime.core.expr.failure import ExpressionFailure, bad_value
from flow_runtime.core.expr.registry import Functions
from flow_runtime.core.expr.values import from_outside
from flow_runtime.core.frame import Frame, View
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import AudioFile, Silence

functions: Final = Functions()
_f = functions.declare


@_f(
    "silence(time: duration) -> prompt",
    help="Nothing to hear, for a while.",
    examples=[("[silence(2s)] == [silence(2000ms)]", "true")],
)
def _silence(value: timedelta) -> Silence:
    if not timedelta(0) <= value <= timedelta(hours=1):
        raise bad_value(phrase("a silence lasts between 0s and 1h"))
    return Silence(value.total_seconds())


@_f(
    "file(name: text) -> prompt",
    help="A sound file beside the flow or in the prompts folder.",
    examples=[('[file("jingle.wav")] == [file("jingle.wav")]', "true")],
    with_frame=True,
)
def _file(frame: Frame, name: str) -> AudioFile:
    path = frame.files(name) if frame.files is not None else None
    if path is None:
        raise ExpressionFailure(
            "unknown-file",
            phrase(
                'there is no sound file "{name}"; put it beside the flow or in the prompts folder',
                name=name,
            ),
        )
    return AudioFile(path)


@_f(
    "queue(name: text) -> record",
    help="A queue's state: waiting, wait_estimate, agents_ready, longest.",
    examples=[
        ('queue("repairs").waiting', "3"),
        ('queue("repairs").wait_estimate > 1m', "true"),
    ],
    with_frame=True,
    gives=record_of(QUEUE),
)
def _queue(frame: Frame, name: str) -> Mapping[str, Any]:
    return _state(frame, frame.queues, "queue", name)


@_f(
    "agent(number: text) -> record",
    help="An agent's state: state.",
    examples=[('agent("1001").state', '"ready"')],
    with_frame=True,
    gives=record_of(AGENT),
)
def _agent(frame: Frame, number: str) -> Mapping[str, Any]:
    return _state(frame, frame.agents, "agent", number)


_WORDS: Final = {"queue": phrase("queue"), "agent": phrase("agent")}
_NONE_HERE: Final = {
    "queue": phrase("no queues are configured on this server"),
    "agent": phrase("no agents are configured on this server"),
}


def _state(frame: Frame, view: View | None, kind: str, name: str) -> Mapping[str, Any]:
    if view is None:
        raise ExpressionFailure("not-configured", _NONE_HERE[kind])
    state = view.get(name)
    if state is None:
        text = phrase('there is no {kind} "{name}"', kind=_WORDS[kind], name=name)
        raise ExpressionFailure(f"unknown-{kind}", text)
    record: Mapping[str, Any] = from_outside(state, frame.zone)
    return record
