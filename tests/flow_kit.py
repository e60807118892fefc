"""What tests of flows share: a library with a few misbehaving nodes, and a way to run a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check import check_text
from flow_runtime.core.commands import (
    Assign,
    CalendarState,
    Command,
    FindPrompt,
    HangUp,
    Hangup,
    LocalCommand,
    NodeFailure,
    Note,
    Pause,
    Play,
)
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.node import Draft, Finding, Node, Port, Variable, nodes_by_type, param
from flow_runtime.core.problems import Problem
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.sound import transcript
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from flow_runtime.core.types import RECORD
from nodes.catalogue import library

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Work(Node):
    """Writes a note; takes the outer world, but no time."""

    type, title, group, icon = "work", "Work", "Logic", "log"
    text: str = param(help="What to note.", default="work")

    async def run(self) -> PortValue:
        await Note(self.text)
        return "next"


class Careful(Node):
    """Cleans up, whatever happens; with `stubborn` it goes on as if nothing had happened."""

    type, title, group, icon = "careful", "Careful", "Logic", "log"
    waits = True
    how: str = param(help="What to do.", default="", choices=("", "stubborn", "swallow", "fail"))

    async def run(self) -> PortValue:
        try:
            await Pause(timedelta(seconds=1))
        except Hangup:
            if self.how == "swallow":
                return "next"
            raise
        finally:
            await Note("cleaned up")
            if self.how == "fail":
                raise NodeFailure("disk-full", "no space for the clean-up")
            while self.how == "stubborn":
                await Note("again")
        return "next"


class Parting(Node):
    """Hangs up and cleans up behind itself."""

    type, title, group, icon = "parting", "Parting", "Logic", "log"
    ends = True

    async def run(self) -> PortValue:
        try:
            await HangUp("enough")
        finally:
            await Note("switched off the light")


class Odd(Node):
    """Misbehaves as a plug-in may."""

    type, title, group, icon = "odd", "Odd", "Logic", "log"
    how: str = param(help="In what way.", default="crash")

    async def run(self) -> PortValue:
        match self.how:
            case "crash":
                raise ZeroDivisionError("oops")
            case "port":
                return "no such port"
            case "number":
                return 1
            case "unhashable":
                return ["next"]  # type: ignore[return-value]
            case "foreign":
                await _Foreign()
            case "variable":
                await Assign("nowhere", 1)
            case "raw":
                await Assign("amount", 0.1)
                await Assign("rows", [1, {"owed": 2}])
            case "calendar":
                await CalendarState("nowhere")
            case "prompt":
                await Play(await FindPrompt("no.such.prompt"))
            case "hangup":
                raise Hangup("node", "fed up")
            case "bug":
                await _Bug()
        return "next"

    @classmethod
    def ports(cls, draft: Draft) -> tuple[Port, ...]:
        if draft.constants["how"] == "ports":
            raise RuntimeError("no ports today")
        return (Port("next"), Port("1", required=False, stands_for="next"))

    @classmethod
    def problems(cls, draft: Draft) -> Any:
        match draft.constants["how"]:
            case "problems":
                raise RuntimeError("no problems today")
            case "how":
                yield Finding("odd-how", "how is odd", "how")
            case "where":
                yield Finding("odd-port", "the port is odd", "next", "warning")
            case "nowhere":
                yield Finding("odd-all", "everything is odd", "1")


class _Foreign:
    def __await__(self) -> Any:
        yield "not a command"


class _Bug(LocalCommand[None]):
    def apply(self, scope: Any) -> None:
        raise KeyError("a bug in a local command")


class Polite(Node):
    """Has ports that stand for something when they are not connected."""

    type, title, group, icon = "polite", "Polite", "Logic", "log"
    port: str = param(help="Leave by this one.")

    @classmethod
    def ports(cls, draft: Draft) -> tuple[Port, ...]:
        return (
            Port("next"),
            Port("same", required=False, stands_for="next"),
            Port("bye", required=False, stands_for="goodbye"),
            Port("oops", required=False, stands_for="on_error"),
            Port("round", required=False, stands_for="round"),
            Port("optional", required=False),
        )

    async def run(self) -> PortValue:
        return self.port


class Finish(Node):
    """Ends the flow and leaves the call to the driver."""

    type, title, group, icon = "finish", "Finish", "Logic", "log"
    ends = True

    async def run(self) -> PortValue:
        return "done"


class Secret(Node):
    """Keeps a secret in a variable."""

    type, title, group, icon = "secret", "Secret", "Logic", "log"
    into: Variable = param(help="Where.", makes=RECORD)
    value: Any = param(help="What.")

    async def run(self) -> PortValue:
        await Assign(self.into, self.value, secret=True)
        return "next"


class Counting(Node):
    """Has parameters with one-sided bounds, a written-out one, and a variable it does not make."""

    type, title, group, icon = "counting", "Counting", "Logic", "log"
    variable: Variable = param(help="Which.")
    steps: int = param(help="How many.", default=1, low=1)
    most: int = param(help="At most.", default=1, high=5)
    word: str = param(help="A word.", default="", literal=True)

    async def run(self) -> PortValue:
        await Note(f"{self.variable} {self.steps!r} {self.word}")
        return "next"


class Thoughtful(Node):
    """Looks at its parameters when it is made."""

    type, title, group, icon = "thoughtful", "Thoughtful", "Logic", "log"
    text: str = param(help="Not empty.", default="x")

    def __post_init__(self) -> None:
        if not self.text:
            raise NodeFailure("empty-text", "there is no text")

    async def run(self) -> PortValue:
        return "next"


LIBRARY = {
    **library(),
    **nodes_by_type([Work, Careful, Parting, Odd, Polite, Finish, Secret, Counting, Thoughtful]),
}
SITE = Surroundings(LIBRARY)


def site_with(flows: Mapping[str, str], site: Surroundings = SITE) -> Surroundings:
    """*site*, in which these flows lie in one folder, by the names of their files."""
    known: dict[str, CalledFlow] = {}

    def find(name: str) -> CalledFlow | None:
        return known.get(name)

    around = replace(site, flows=find)
    for name, text in flows.items():
        known[name] = CalledFlow(name, parse(text).flow, around)
    return around


def flow_of(text: str) -> Flow:
    """The flow of *text*, which must parse."""
    parsed = parse(text)
    assert not parsed.problems, parsed.problems
    assert parsed.flow is not None
    return parsed.flow


def program_of(text: str, site: Surroundings = SITE) -> Program:
    """*text* compiled, checked or not."""
    return compile_program(flow_of(text), site)


def problems_of(text: str, site: Surroundings = SITE, numbered: bool = False) -> list[Problem]:
    """What the checker says of *text*."""
    return check_text(text, site, numbered)[1]


def codes(text: str, site: Surroundings = SITE, numbered: bool = False) -> list[str]:
    """The codes of all problems of *text*, each with its line: ``unknown-node@4``."""
    found = problems_of(text, site, numbered)
    return [f"{problem.code}@{problem.place.line}" for problem in found]


@dataclass
class Seen:
    """An observer that keeps what it is told."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def enter(self, flow: str, node: str) -> None:
        self.events.append(("enter", node))

    def leave(self, flow: str, node: str, port: PortValue) -> None:
        self.events.append(("leave", node, port))

    def assigned(self, target: str, value: Any) -> None:
        self.events.append(("assigned", target, value))

    def failed(self, flow: str, node: str, failure: NodeFailure, details: str) -> None:
        self.events.append(("failed", node, failure.name))
        self.details.append(details)

    @property
    def visited(self) -> list[str]:
        return [event[1] for event in self.events if event[0] == "enter"]


class Caller:
    """Drives a run: answers every command with None, or as *answers* say by command type.

    Each command takes *pause*. An answer that is an exception is thrown in.
    """

    def __init__(
        self,
        text: str,
        answers: Mapping[type, list[Any]] | None = None,
        *,
        site: Surroundings = SITE,
        pause: timedelta = timedelta(seconds=1),
        budget: int = 10_000,
        **frame: Any,
    ) -> None:
        self.now, self.pause = NOON, pause
        self.seen = Seen()
        self.commands: list[Command[Any]] = []
        self.answers = {kind: list(given) for kind, given in (answers or {}).items()}
        program = program_of(text, site)
        full = {"prompts": site.prompts, "language": site.languages[0], **frame}
        self.run = Run(program, Frame(now=self.now, **full), self.seen, budget)

    def go(self) -> Ended:
        """Run to the end."""
        step = self.run.start(self.now)
        for _ in range(100_000):
            if isinstance(step, Ended):
                return step
            self.commands.append(step)
            self.now += self.pause
            given = self.answers.get(type(step)) or [None]
            answer = given.pop(0)
            if isinstance(answer, Exception):
                step = self.run.throw(answer, self.now)
            else:
                step = self.run.send(answer, self.now)
        raise AssertionError("the run does not end")

    @property
    def heard(self) -> list[str]:
        """The transcripts of what was played."""
        return [transcript(c.sound) for c in self.commands if isinstance(c, Play)]

    @property
    def notes(self) -> list[str]:
        """The texts that were noted."""
        return [c.text for c in self.commands if isinstance(c, Note)]
