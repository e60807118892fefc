"""Be the caller of a flow in the terminal: read what is heard, press keys, hang up."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from rich.console import Console

from contact_center.store.settings import Declared
from cordboard.config import ConfigError, load_config
from cordboard.data import open_data
from cordboard.outside import Outside, simulated
from cordboard.simulator import HELP, NoData, Person, Read, lines_from
from cordboard.strategies.expressions import FlowExpressions
from cordboard.surroundings import surroundings
from cordboard.watcher import Watcher
from flow_runtime.call_tests import (
    CallTest,
    CannotSave,
    OpenData,
    Recorder,
    SavedTests,
    verdict,
)
from flow_runtime.call_tests.rehearsal import Rehearsal, foreseen
from flow_runtime.clock import VirtualLoop, run_virtual
from flow_runtime.core.interpreter import Ended
from flow_runtime.core.program import Program
from flow_runtime.core.suggest import suggest
from flow_runtime.driver import run_call
from flow_runtime.flow_files import UNREADABLE, load_flow
from flow_runtime.perform.data import notes
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from nodes.catalogue import library_problems
from telephony.line import Call
from telephony.simulated import Callee, SimulatedLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard simulate``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"when it is your turn, type:\n{HELP}\nThe end of the input hangs up."
    parser.add_argument("file", type=Path, metavar="FILE", help="the flow")
    parser.add_argument("--channel", choices=("voice", "text"), default="voice")
    parser.add_argument(
        "--config", type=Path, help="cordboard.toml: data sources, calendars, prompts"
    )
    parser.add_argument("--caller", default="13800000001", metavar="NUMBER", help="who calls")
    parser.add_argument("--called", default="100", metavar="NUMBER", help="the dialled number")
    parser.add_argument(
        "--at", metavar="TIME", help='when the call comes, "2026-11-23T10:00+08:00"; default: now'
    )
    parser.add_argument(
        "--away",
        metavar="LIST",
        help='agents who take no calls at first, "1001,1002"; default: all are ready',
    )
    parser.add_argument(
        "--keys", metavar="LIST", help='what to type first, "1,,123#,hangup"; then you are asked'
    )
    parser.add_argument(
        "--save-test",
        metavar="FILE",
        type=Path,
        help="save the call as a test in FILE.call.yaml, behind the calls that are there",
    )


def run(args: argparse.Namespace) -> int:
    """Simulate one call; 1 when the flow has errors or failed, 2 when something cannot be read."""
    console = Console(highlight=False, emoji=False)  # or line 100 of a flow becomes a picture
    errors = Console(stderr=True, highlight=False, emoji=False)
    try:
        config = load_config(args.config, secrets=False) if args.config else None
        around, prompts = surroundings(config, args.file)
        start = _moment(args.at, around.zone)
        saved = SavedTests(args.save_test, args.file) if args.save_test else None
        away = _away(args.away, around.agents)
    except (ConfigError, CannotSave, ValueError) as error:
        errors.print(str(error), markup=False)
        return 2
    checked = load_flow(args.file, around, numbered=True)
    wrong = [problem.line(str(path)) for path, problem in prompts.problems]
    for line in (*library_problems(), *wrong, *checked.lines()):
        errors.print(line, markup=False, soft_wrap=True)
    program = checked.program
    if program is None:
        return 2 if any(problem.code in UNREADABLE for problem in checked.problems) else 1
    logging.basicConfig(level=logging.CRITICAL)  # what goes wrong is shown as it happens
    read = lines_from(args.keys, _reader(console))

    def open_sources() -> OpenData:
        return NoData() if config is None else open_data(config, around.zone)

    def centre_of(line: SimulatedLine, clock: VirtualLoop) -> Rehearsal | None:
        declared = foreseen(Declared() if config is None else config.centre, program)
        if not declared.queues and not declared.agents:
            return None
        expressions = FlowExpressions(around.zone)
        return Rehearsal(declared, line, clock, expressions, around.calendars, away)

    recorder = Recorder(open_sources())
    with tempfile.TemporaryDirectory(prefix="cordboard-") as folder:

        async def main(loop: VirtualLoop) -> Ended:
            outside = simulated(config, Path(folder))
            return await _simulate(
                loop, args, program, recorder, Path(folder), outside, console, read, centre_of
            )

        ended = run_virtual(main, start)
    if saved is not None:
        test = recorder.test(
            f"recorded call of {start:%Y-%m-%d %H:%M}",
            ended,
            caller=args.caller,
            called=args.called,
            at=start,
            channel=args.channel,
        )
        if not _save(test, saved, program, open_sources, console, errors):
            return 2
    return 1 if ended.by == "failure" else 0


def _save(
    test: CallTest,
    saved: SavedTests,
    program: Program,
    open_sources: Callable[[], OpenData],
    console: Console,
    errors: Console,
) -> bool:
    """Save the call, and say whether it passes as a test; False when it cannot be saved."""
    try:
        test = saved.save(test)
    except CannotSave as error:
        errors.print(str(error), markup=False, soft_wrap=True)
        return False
    console.print(f'saved as "{test.name}" in {saved.path}', markup=False, soft_wrap=True)
    failure = verdict(program, test, open_sources).lines()
    if failure:
        failure = ["but it fails when it is run again:", *failure, "change its steps by hand"]
    for line in failure:
        console.print(line, markup=False, soft_wrap=True)
    return True


async def _simulate(
    loop: VirtualLoop,
    args: argparse.Namespace,
    program: Program,
    recorder: Recorder,
    folder: Path,
    outside: Outside,
    console: Console,
    read: Read,
    centre_of: Callable[[SimulatedLine, VirtualLoop], Rehearsal | None],
) -> Ended:
    line = SimulatedLine(loop.now)
    line.callees["*"] = Callee(outcome=None)
    watcher = Watcher(console, loop.now().timestamp())
    person = Person(line, read, watcher.remark, recorder)
    served: list[asyncio.Task[Ended]] = []

    def happens(event: Mapping[str, Any]) -> None:
        recorder.event(event)
        watcher.event(event)

    centre = person.centre = centre_of(line, loop)
    services = Services(
        line, TextSpeaker(), recorder.data, loop, folder, happens,
        web=outside.web, mail=outside.mail, sms=outside.sms, pins=outside.pins,
        switchboard=None if centre is None else recorder.switchboard(centre.switchboard),
    )  # fmt: skip
    if centre is not None:
        centre.begin(services)

    def arrives(call: Call) -> None:
        served.append(asyncio.create_task(run_call(call, program, services)))

    await line.start(arrives)
    person.far = line.call(args.caller, args.called, channel=args.channel)
    recorder.watch(person.far)
    person.far.on_sound = recorder.sound
    loop.before_jump = person.idle
    try:
        with _notes_shown(watcher.remark):
            return await served[0]
    finally:
        loop.before_jump = None
        await line.stop()
        if centre is not None:
            await centre.stop()
        await recorder.data.close()
        await outside.close()


@contextmanager
def _notes_shown(show: Callable[[str], None]) -> Iterator[None]:
    """Meanwhile *show* is told what `log` nodes write: no trace has it."""
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: show(f"log: {record.getMessage()}")  # type: ignore[method-assign]
    notes.addHandler(handler)
    notes.setLevel(logging.INFO)
    notes.propagate = False
    try:
        yield
    finally:
        notes.removeHandler(handler)
        notes.propagate = True


def _away(text: str | None, agents: Collection[str]) -> list[str]:
    """The agents of ``--away``; ValueError for one whom the configuration does not have."""
    names = [] if text is None else [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if agents and name not in agents:
            raise ValueError(f'--away {text}: there is no agent "{name}"{suggest(name, agents)}')
    return names


def _moment(text: str | None, zone: tzinfo) -> datetime:
    """The time of ``--at``, in *zone* if it names none; ValueError says what to write."""
    if text is None:
        return datetime.now(zone).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--at {text}: write a time as 2026-11-23T10:00+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _reader(console: Console) -> Read:
    """Asks in a terminal; reads silently from a pipe."""
    terminal = sys.stdin.isatty()

    def read(question: str) -> str | None:
        if terminal:
            console.print(f"[bold cyan]{question}>[/] ", end="")
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    return read
