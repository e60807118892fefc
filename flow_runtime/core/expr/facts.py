"""The fields that a flow can ask of the call, a queue, an agent and a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from flow_runtime.core.types import (
    BOOLEAN,
    DATETIME,
    DURATION,
    NUMBER,
    RECORD,
    RECORDING,
    TEXT,
    Type,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One field, as the checker and the editor see it; *values* are all it can hold, if few."""

    type: Type
    help: str
    values: tuple[str, ...] = ()


Facts: TypeAlias = Mapping[str, Fact]

CALL: Final[Facts] = MappingProxyType(
    {
        "id": Fact(TEXT, "Our id of the call, the same in logs and traces."),
        "caller": Fact(TEXT, "The number that calls; empty where it is hidden."),
        "called": Fact(TEXT, "The number that was called."),
        "trunk": Fact(Type("text", optional=True), "The trunk the call came by, or none."),
        "started": Fact(DATETIME, "When the call came in."),
        "language": Fact(TEXT, "The caller's language, a tag such as zh-CN."),
        "answered": Fact(BOOLEAN, "Whether the call is answered."),
        "headers": Fact(RECORD, "Headers of the SIP request, by name in small letters."),
        "channel": Fact(TEXT, "How the caller talks to the flow.", ("voice", "text")),
        "quality": Fact(
            Type("record", optional=True), "Figures of the sound, where there are any."
        ),
    }
)
QUEUE: Final[Facts] = MappingProxyType(
    {
        "waiting": Fact(NUMBER, "How many callers wait in the queue."),
        "wait_estimate": Fact(DURATION, "How long a new caller would probably wait."),
        "agents_ready": Fact(NUMBER, "How many agents could take a call of it now."),
        "longest": Fact(DURATION, "How long the first in the queue has waited."),
    }
)
AGENT: Final[Facts] = MappingProxyType(
    {"state": Fact(TEXT, "What the agent is doing, for example ready.")}
)
_OF_A_RECORDING: Final = {
    "path": "The sound file that holds it.",
    "seconds": "How long it is, to the hundredth of a second.",
}
RECORDED: Final[Facts] = MappingProxyType(
    {name: Fact(kind, _OF_A_RECORDING[name]) for name, kind in (RECORDING.fields or {}).items()}
)
"""Each field of a recording has help here, or this module does not load."""


def record_of(facts: Facts) -> Type:
    """The type of a record with these fields."""
    return Type("record", fields=MappingProxyType({name: f.type for name, f in facts.items()}))
