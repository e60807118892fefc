"""Be the caller of a flow in the terminal: read what is heard, press keys, hang up."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from datetime import datetime, tzinfo
from pathlib import Path

from rich.console import Console

from cordboard.config import Config, ConfigError, load_config
from cordboard.data import open_data
from cordboard.simulator import HELP, NoData, Person, Read, lines_from
from cordboard.surroundings import surroundings
from cordboard.watcher import Watcher
from flow_runtime.clock import VirtualLoop, run_virtual
from flow_runtime.core.interpreter import Ended
from flow_runtime.core.program import Program
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.driver import run_call
from flow_runtime.flow_files import load_flow
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
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
        "--keys", metavar="LIST", help='what to type first, "1,,123#,hangup"; then you are asked'
    )


def run(args: argparse.Namespace) -> int:
    """Simulate one call; 1 when the flow has errors or failed, 2 when something cannot be read."""
    console = Console(highlight=False)
    errors = Console(stderr=True, highlight=False)
    try:
        config = load_config(args.config, secrets=False) if args.config else None
        around = surroundings(config, args.file)
        start = _moment(args.at, around.zone)
    except (ConfigError, ValueError) as error:
        errors.print(str(error), markup=False)
        return 2
    program = _load(args.file, around, errors)
    if program is None:
        return 1 if args.file.is_file() else 2
    logging.basicConfig(level=logging.CRITICAL)  # what goes wrong is shown as it happens
    read = lines_from(args.keys, _reader(console))
    with tempfile.TemporaryDirectory(prefix="cordboard-") as folder:

        async def main(loop: VirtualLoop) -> Ended:
            return await _simulate(loop, args, program, config, Path(folder), console, read)

        ended = run_virtual(main, start)
    return 1 if ended.by == "failure" else 0


async def _simulate(
    loop: VirtualLoop,
    args: argparse.Namespace,
    program: Program,
    config: Config | None,
    folder: Path,
    console: Console,
    read: Read,
) -> Ended:
    line = SimulatedLine(loop.now)
    line.callees["*"] = Callee(outcome=None)
    watcher = Watcher(console, loop.now().timestamp())
    person = Person(line, read, watcher.remark)
    data = NoData() if config is None else open_data(config, program.surroundings.zone)
    services = Services(line, TextSpeaker(), data, loop, folder, watcher.event)
    served: list[asyncio.Task[Ended]] = []

    def arrives(call: Call) -> None:
        served.append(asyncio.create_task(run_call(call, program, services)))

    await line.start(arrives)
    person.far = line.call(args.caller, args.called, channel=args.channel)
    loop.before_jump = person.idle
    try:
        return await served[0]
    finally:
        loop.before_jump = None
        await line.stop()
        await data.close()


def _moment(text: str | None, zone: tzinfo) -> datetime:
    """The time of ``--at``, in *zone* if it names none; ValueError says what to write."""
    if text is None:
        return datetime.now(zone)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--at {text}: write a time as 2026-11-23T10:00+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _load(file: Path, around: Surroundings, errors: Console) -> Program | None:
    """The flow made ready; its problems are printed."""
    checked = load_flow(file, around, numbered=True)
    for line in checked.lines():
        errors.print(line, markup=False, soft_wrap=True)
    return checked.program


def _reader(console: Console) -> Read:
    """Asks in a terminal; reads silently from a pipe."""
    terminal = sys.stdin.isatty()

    def read(question: str) -> str | None:
        if terminal:
            console.print(f"[bold cyan]{question}>[/] ", end="")
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    return read
