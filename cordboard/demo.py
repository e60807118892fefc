"""The story of one real call, told while it happens: a server, a softphone, and the trace."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from cordboard.samples import DEFAULT, make_site, samples
from cordboard.watcher import PARTIES

CALLER = "13800000001"
KEYS = "1,2,4711#,3"
"""Balance; repairs; the meter's number; something else."""
_PATIENCE = 90.0

_MISSED = "the demonstration did not come to its end"


class DemoFailed(Exception):
    """The demonstration went wrong; the message holds what the server said."""


@dataclass(frozen=True)
class Chapter:
    """One line of the story: a sign, who acts, and what happens."""

    sign: str
    who: str
    text: str
    style: str


def tell(event: Mapping[str, Any]) -> Chapter | None:
    """One trace event as a line of the story, None for those that only engineers enjoy."""
    match event["event"]:
        case "incoming":
            text = f"{event['caller']} calls {event['called']}"
            return Chapter("☎", "call", text, "bold")
        case "answered":
            return Chapter("✓", "call", "answered", "green")
        case "enter":
            return Chapter("·", "flow", f"{event['node']}", "dim")
        case "say":
            words = event.get("text") or event.get("prompt") or ""
            return Chapter("♪", "hears", f"“{words}”", "cyan")
        case "key":
            return Chapter("⌨", "presses", str(event["key"]), "bold yellow")
        case "query":
            return Chapter("⛁", "database", event["sql"], "magenta")
        case "variable" if isinstance(event["value"], dict):
            return Chapter("⛁", "answers", _row(event["value"]), "magenta")
        case "error":
            return Chapter("!", "error", f"{event.get('name')}: {event.get('text')}", "red")
        case "hangup":
            return Chapter("✕", "call", f"hung up by {PARTIES[event['by']]}", "bold")
    return None


def _row(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{column} {value}" for column, value in row.items())


def run_demo(console: Console) -> None:
    """Serve the sample flow, call it, tell the story; raises `DemoFailed`."""
    with tempfile.TemporaryDirectory(prefix="cordboard-demo-") as name:
        folder = Path(name)
        make_site(samples()[DEFAULT], folder)
        port = _prepare(folder)
        trace, heard = folder / "trace.jsonl", folder / "heard.wav"
        console.print("[bold]Cordboard[/bold] serves the sample flow [cyan]gas_hotline.flow[/cyan]")
        console.print(f"on 127.0.0.1:{port}; a softphone in a second process places a real call.\n")
        with _server(folder, trace) as server:
            _wait_until_ready(server, folder)
            story = Story(console)
            with _softphone(port, heard) as phone:
                follow(trace, phone, story.event)
            if phone.returncode or not story.complete:
                raise DemoFailed(f"{_MISSED}:\n{_tail(folder / 'server.log')}")
        console.print()
        for line in _epilogue(folder, heard):
            console.print(line, highlight=False)


class Story:
    """Prints the chapters as they come and knows whether the call came to its proper end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: set[str] = set()

    @property
    def complete(self) -> bool:
        """Whether the call was answered, looked something up, heard it, and was hung up."""
        return {"answered", "say", "key", "query", "hangup"} <= self._seen

    def event(self, event: Mapping[str, Any]) -> None:
        """Print one event."""
        self._seen.add(event["event"])
        chapter = tell(event)
        if chapter:
            self._console.print(
                f"  {chapter.sign} [{chapter.style}]{chapter.who:>9}[/]  ", end="", highlight=False
            )
            self._console.print(
                chapter.text, style=chapter.style, markup=False, highlight=False, soft_wrap=True
            )


def follow(
    trace: Path, phone: subprocess.Popen[bytes], tell_event: Callable[[Mapping[str, Any]], None]
) -> None:
    """Hand every new line of *trace* on until the softphone has ended and all is read."""
    deadline, position = time.monotonic() + _PATIENCE, 0
    while True:
        ended = phone.poll() is not None
        if trace.exists():
            with trace.open("rb") as file:
                file.seek(position)
                for line in file:
                    if not line.endswith(b"\n"):
                        break  # half a line: the rest comes with the next look
                    position += len(line)
                    tell_event(json.loads(line))
        if ended:
            return
        if time.monotonic() > deadline:
            raise DemoFailed(f"{_MISSED}: the call takes too long")
        time.sleep(0.05)


def _prepare(folder: Path) -> int:
    """A free port, and an office that is open whatever the time of day."""
    from cordboard.bench.site import free_port

    port = free_port()
    config = folder / "cordboard.toml"
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    days = ", ".join(f'"{today + timedelta(d)}" = "00:00-24:00"' for d in (0, 1))
    text = config.read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:5060", f"127.0.0.1:{port}")
    text = text.replace('mon-fri = "08:00-18:00"', f'mon-fri = "08:00-18:00"\ndays = {{{days}}}')
    config.write_text(text, encoding="utf-8")
    return port


@contextlib.contextmanager
def _server(folder: Path, trace: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "cordboard", "serve"]
    command += ["--config", str(folder / "cordboard.toml"), "--trace", str(trace)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def _softphone(port: int, heard: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "cordboard", "call", f"sip:100@127.0.0.1:{port}"]
    command += ["--caller", CALLER, "--keys", KEYS, "--record", str(heard), "--quiet"]
    process = subprocess.Popen(command, env={**os.environ})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    from cordboard.control import NoServer, ask

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            ask(folder / ".cordboard", {"do": "status"})
            return
        except NoServer:
            time.sleep(0.1)
    raise DemoFailed(f"the server did not start:\n{_tail(folder / 'server.log')}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def _epilogue(folder: Path, heard: Path) -> Iterator[str]:
    """What the call left behind: sound at the caller's end, and a row in the database."""
    import sqlite3

    from cordboard.sound_figures import figures

    sound = figures(heard)
    yield (
        f"The softphone heard [bold]{sound.voiced:.1f} s[/bold] of sound in "
        f"{sound.seconds:.1f} s, at {sound.level:.0f} dBFS."
    )
    with contextlib.closing(sqlite3.connect(folder / "gas.db")) as database:
        row = database.execute(
            "select number, phone, meter, kind from repairs order by number desc limit 1"
        ).fetchone()
    if row is None:
        raise DemoFailed("no repair report was written to the database")
    yield f"In the database now: report {row[0]} from {row[1]}, meter {row[2]}, {row[3]}."
    yield "\nWhat next: [bold]make run[/bold] keeps serving; point a softphone at it and dial 100."
