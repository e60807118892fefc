"""What a ``*.call.yaml`` file says: calls with their callers, their world and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from flow_runtime.call_tests.tree import Table, Tree
from flow_runtime.core.expr.values import plain_duration
from flow_runtime.core.problems import NOWHERE, Place

CALLER: Final = "13800000001"
CALLED: Final = "100"
AT: Final = datetime(2026, 11, 23, 10)  # noqa: DTZ001
"""When a call comes that does not say so: a Monday morning, in the zone of the site."""
Channel: TypeAlias = Literal["voice", "text"]


# --- the steps ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hears:
    """``hears: "press 1"`` or ``hears: t"menu"``: the caller listens until this was said.

    *text* is part of what is said, upper and lower case being one; *key* is that of a prompt.
    """

    text: str
    key: str | None = None
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        return f"hears: t{_quoted(self.key)}" if self.key else f"hears: {_quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Press:
    """``press: "12#"``: the keys are pressed one right after the other."""

    keys: str
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        return f"press: {_quoted(self.keys)}"


@dataclass(frozen=True, slots=True)
class Says:
    """``says: "billing"`` or ``says: 20s``: the caller speaks, as soon as nothing is being said.

    *time* is how long that takes, None for as long as the *text* needs.
    """

    text: str
    time: timedelta | None = None
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        return f"says: {_quoted(self.text) if self.time is None else plain_duration(self.time)}"


@dataclass(frozen=True, slots=True)
class Waits:
    """``waits: 10s``: the caller does nothing for a time."""

    time: timedelta
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        return f"waits: {plain_duration(self.time)}"


@dataclass(frozen=True, slots=True)
class Visits:
    """``visits: tell``: the call comes to this node, or came there since the last such step."""

    node: str
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        return f"visits: {self.node}"


@dataclass(frozen=True, slots=True)
class Holds:
    """``variable: {tries: 0}``: what variables of the flow hold at this moment."""

    values: Mapping[str, Tree]
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written, but for the values."""
        return f"variable: {', '.join(self.values)}"


HANGS_UP, ERROR, REJECTED, NORMAL = "hangs_up", "error", "rejected", "normal"


@dataclass(frozen=True, slots=True)
class Ends:
    """``ends: normal``: how the call ends.

    *how* is ``normal``, ``hangs_up`` (the caller does, now), ``rejected``, ``error`` (something
    failed that the flow did not handle), or else the reason of the flow's `hangup`. *detail* is
    the SIP status after ``rejected``, the failure's name after ``error``, or empty for any.
    """

    how: str
    detail: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        """As it is written."""
        return f"ends: {self.how} {self.detail}".rstrip()


Step: TypeAlias = Hears | Press | Says | Waits | Visits | Holds | Ends


# --- the world of a call --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rows:
    """A data source answers with rows; to a change, with how many they are."""

    rows: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A data source answers that as many rows were changed."""

    rows: int


@dataclass(frozen=True, slots=True)
class Fails:
    """A data source fails; *name* is the failure's stable word."""

    name: str
    text: str


DataAnswer: TypeAlias = Rows | Changed | Fails


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """A node is not run: it sets the variables *sets* and leaves by *port*.

    *port* is as it is written; *plain* when without quotes, so that it may be a number.
    """

    port: str
    plain: bool = True
    sets: Mapping[str, Tree] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class QueueScript:
    """What happens to callers of a queue: an agent answers after a time, or *refuses*."""

    answered_after: timedelta | None = None
    agent: str | None = None
    refuses: Literal["", "timeout", "full", "closed"] = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a node, in turn; *place* is where they are written."""

    answers: tuple[NodeAnswer, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class CallTest:
    """One call of a file. *at* may be naive: then it is told in the zone of the site."""

    name: str
    steps: tuple[Step, ...]
    caller: str = CALLER
    called: str = CALLED
    at: datetime = AT
    language: str | None = None
    channel: Channel = "voice"
    data: Mapping[str, tuple[DataAnswer, ...]] = field(default_factory=dict)
    customers: tuple[Table, ...] = ()
    answers: Mapping[str, Answers] = field(default_factory=dict)
    queues: Mapping[str, tuple[QueueScript, ...]] = field(default_factory=dict)
    """For each stay in a queue a script, in turn; the last one stays."""
    place: Place = field(default=NOWHERE, compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    """Where the keys of the call are written."""


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file: the path of its flow as written, relative to the file, and the calls."""

    flow: str
    calls: tuple[CallTest, ...]
    flow_place: Place = field(default=NOWHERE, compare=False)


def _quoted(text: str | None) -> str:
    return f'"{text}"'
