"""A running `cordboard serve` in a folder of its own, and what can be asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cordboard.control import NoServer, ask
from peer_kit.ports import free_port, free_range
from peer_kit.sound import write_tone

_CONFIG = """\
[sip]
listen = ["udp:127.0.0.1:{port}"]
media_ports = "{low}-{high}"
max_calls = {calls}
{sip}
{numbers}
{more}
"""
_PATIENCE = 30.0
SERVE = (sys.executable, "-m", "cordboard", "serve")


class Site:
    """One server: its port, its process, and its folder."""

    def __init__(self, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.folder, self.port, self.process = folder, port, process

    @property
    def pid(self) -> int:
        """The process that speaks SIP."""
        return self.process.pid

    def media_pids(self) -> list[int]:
        """The media processes."""
        return [pid for pid in _children(self.pid) if b"telephony.media" in _command(pid)]

    def status(self) -> dict[str, Any]:
        """What ``cordboard status`` is told."""
        return ask(self.folder / ".cordboard", {"do": "status"})

    def log(self) -> str:
        """All that the server wrote."""
        return (self.folder / "server.log").read_text(errors="replace")

    def events(self, caller: str = "") -> list[dict[str, Any]]:
        """The trace so far, or that of the calls from *caller*."""
        lines = (self.folder / "trace.jsonl").read_text().splitlines()
        found: list[dict[str, Any]] = [json.loads(line) for line in lines]
        if not caller:
            return found
        calls = {e["call"] for e in found if e["event"] == "incoming" and e["caller"] == caller}
        return [event for event in found if event["call"] in calls]

    def recordings(self) -> list[Path]:
        """The recordings, the oldest first."""
        return sorted(self.folder.glob("recordings/**/*.wav"), key=lambda p: p.stat().st_mtime)

    async def until(
        self, reached: Callable[[], bool], what: str, patience: float = _PATIENCE
    ) -> None:
        """Wait until *reached* (asked some times a second); *what* names it when it fails."""
        deadline = time.monotonic() + patience
        while not reached():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {patience:g} s: {what}\n{self.log()[-3000:]}")
            await asyncio.sleep(0.05)

    async def idle(self, patience: float = _PATIENCE) -> None:
        """Wait until no call is left, neither at the flows nor at the line."""
        await self.until(lambda: self.calls() == 0, "no calls are left", patience)

    async def traced(self, caller: str, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for an event of a call from *caller*, and give it."""

        def found() -> list[dict[str, Any]]:
            return [
                event
                for event in self.events(caller)
                if event["event"] == kind and fields.items() <= event.items()
            ]

        await self.until(lambda: bool(found()), f"{kind} {fields} of the call from {caller}")
        return found()[0]

    def calls(self) -> int:
        """How many calls there are now."""
        status = self.status()
        return max(int(status["calls_now"]), int(status["line"]["calls"]))

    def stop(self) -> None:
        """End the server, at once if it must be."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"SIGTERM did not end it:\n{self.log()[-3000:]}") from None


def make_site(
    folder: Path,
    flows: Mapping[str, str],
    *,
    tones: Mapping[str, tuple[float, float]] | None = None,
    calls: int = 100,
    media_ports: int = 0,
    sip: str = 'drain = "0s"',
    more: str = "",
) -> int:
    """Write configuration, flows (by number) and tones (name to Hz and seconds); the SIP port.

    *media_ports* is how many ports there are in all; by default enough for *calls*.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, (low, high) = free_port(), free_range(media_ports or 4 * calls + 64)
    numbers = ["[numbers]"]
    for number, text in flows.items():
        name = number.replace("*", "-any")
        (folder / f"{name}.flow").write_text(text)
        numbers.append(f'"{number}" = "{name}.flow"')
    for name, (hertz, seconds) in (tones or {}).items():
        write_tone(folder / f"{name}.wav", hertz, seconds)
    config = _CONFIG.format(
        port=port, low=low, high=high, calls=calls, sip=sip, numbers="\n".join(numbers), more=more
    )
    (folder / "cordboard.toml").write_text(config)
    return port


@contextlib.contextmanager
def serving(
    folder: Path,
    port: int,
    *,
    command: Sequence[str] = SERVE,
    env: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """Run the server of *folder* until the end of the block; it answers when the block begins."""
    trace = folder / "trace.jsonl"
    trace.touch()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--config", str(folder / "cordboard.toml"), "--trace", str(trace)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    site = Site(folder, port, process)
    try:
        _await_start(site)
        yield site
    finally:
        site.stop()


def _await_start(site: Site) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and site.process.poll() is None:
        with contextlib.suppress(NoServer):
            site.status()
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{site.log()}")


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
