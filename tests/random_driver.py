"""Drives a run as some driver might: fitting answers, failures, and a hang-up at any point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from flow_kit import NOON
from flow_runtime.core.commands import (
    CallFlow,
    Change,
    Command,
    Dial,
    DialResult,
    HangUp,
    Hangup,
    JumpFlow,
    Keys,
    LocalCommand,
    Lookup,
    NodeFailure,
    Note,
    Play,
    ReadKeys,
    Record,
    RecordEnd,
    RejectCall,
)
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Phase, Run
from flow_runtime.core.model import PortValue
from flow_runtime.core.program import Program
from flow_runtime.core.service_commands import CheckPin, HttpAnswer, HttpRequest, PinLocked
from flow_runtime.core.sound import Recording

BUDGET = 60
"""Nodes between two waits."""
PATIENCE = 40
"""Commands after which every caller has hung up."""
FAILURES = (
    "database-timeout", "tts-failed", "disk-full", "mail-unreachable", "http-timeout",
    "sms-refused", "not-configured", "unsupported",
)  # fmt: skip


@dataclass
class Watch:
    """An observer that keeps which nodes were entered, and by which ports they were left."""

    entered: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str, PortValue]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def enter(self, flow: str, node: str) -> None:
        self.entered.append((flow, node))

    def leave(self, flow: str, node: str, port: PortValue) -> None:
        self.left.append((flow, node, port))

    def assigned(self, target: str, value: Any) -> None:
        pass

    def failed(self, flow: str, node: str, failure: NodeFailure, details: str) -> None:
        self.failures.append(failure.name)


@dataclass
class Journey:
    """One run from its start to its end, and what was seen of it.

    *tidied_by* is the flow and the node that have to be entered next when the caller has gone,
    and how many were entered before that; None where the flow has nothing to tidy.
    """

    run: Run
    seen: Watch
    commands: list[Command[Any]] = field(default_factory=list)
    tidied_by: tuple[str, str, int] | None = None


def journey(program: Program, seed: int, seen: Watch | None = None) -> tuple[Journey, Ended]:
    """Drive *program* to its end; AssertionError if it does not come to one in bounded time."""
    chance = Random(seed)
    seen = Watch() if seen is None else seen
    call = {
        "id": f"test-{seed}", "caller": chance.choice(["13800000001", ""]), "called": "100",
        "trunk": None, "started": NOON, "language": "en", "answered": False, "headers": {},
        "channel": "voice", "quality": None,
    }  # fmt: skip
    frame = Frame(now=NOON, call=call, language="en", prompts=program.surroundings.prompts)
    made = Journey(Run(program, frame, seen, BUDGET), seen)
    now, step = NOON, made.run.start(NOON)
    gone = False
    while not isinstance(step, Ended):
        made.commands.append(step)
        assert len(made.commands) < 40 * BUDGET, "the run does not end"
        assert isinstance(step, Command)
        assert not isinstance(step, LocalCommand | CallFlow | JumpFlow), step
        assert not (gone and isinstance(step, HangUp | RejectCall)), "nobody is there any more"
        now += timedelta(seconds=chance.choice([0, 0, 1, 30]))
        if not gone and (len(made.commands) > PATIENCE or chance.random() < 0.04):
            gone = True
            step = _hang_up(made, now)
        elif isinstance(step, HangUp | RejectCall):
            step = made.run.send(None, now)
        else:
            step = _answer(made, step, chance, now)
    assert made.run.send(None, now) is step and made.run.throw(Hangup(), now) is step
    return made, step


def _hang_up(made: Journey, now: datetime) -> Command[Any] | Ended:
    run = made.run
    if run.phase < Phase.PARTING and run.program.on_hangup is not None:
        tidier = run.program.steps[run.program.on_hangup].name
        made.tidied_by = run.program.name, tidier, len(made.seen.entered)
    return run.throw(Hangup(), now)


def _answer(
    made: Journey, command: Command[Any], chance: Random, now: datetime
) -> Command[Any] | Ended:
    luck = chance.random()
    if luck < 0.08:
        return made.run.throw(NodeFailure(chance.choice(FAILURES), "not today"), now)
    if luck < 0.09:
        return made.run.throw(RuntimeError("a bug in a driver"), now)
    answer = _ANSWERS.get(type(command), _nothing)
    return made.run.send(answer(command, chance), now)


def _nothing(command: Any, chance: Random) -> None:
    return None


def _keys(command: ReadKeys, chance: Random) -> Keys:
    offered = [key for key in "0123456789*#" if key not in command.end_key]
    pressed = "".join(chance.choices(offered, k=chance.randint(0, command.most)))
    if len(pressed) == command.most:
        return Keys(pressed, "full")
    return Keys(pressed, "end_key" if command.end_key and chance.random() < 0.5 else "timeout")


def _recorded(command: Record, chance: Random) -> RecordEnd:
    tape = Recording("/recordings/1.wav", chance.choice([0.2, 7.5]))
    return RecordEnd(tape, chance.choice(["silence", "key", "full"]), chance.random() < 0.8)


def _rows(command: Lookup, chance: Random) -> tuple[Mapping[str, Any], ...]:
    owed = chance.choice([Decimal("12.5"), None, "n/a", 3])
    rows = ({"owed": owed, "name": "Li Wei"}, {"owed": Decimal(0), "name": None})
    return rows[: min(chance.randint(0, 2), command.most)]


_ANSWERS: Mapping[type, Callable[[Any, Random], Any]] = {
    Play: lambda command, chance: command.interruptible and chance.random() < 0.5,
    ReadKeys: _keys,
    Record: _recorded,
    Dial: lambda command, chance: DialResult(
        chance.choice(["answered_ended", "busy", "no_answer", "failed"])
    ),
    Lookup: _rows,
    Change: lambda command, chance: chance.randint(0, 3),
    HttpRequest: lambda command, chance: HttpAnswer(
        chance.choice([200, 404]), chance.choice([None, "text", {"a": Decimal(1)}])
    ),
    PinLocked: lambda command, chance: chance.random() < 0.2,
    CheckPin: lambda command, chance: chance.choice(["ok", "wrong", "locked"]),
}


def cleaned_up(made: Journey) -> int:
    """How many of the nodes that clean up behind themselves have asked for it."""
    return sum(isinstance(c, Note) and c.text == "cleaned up" for c in made.commands)
