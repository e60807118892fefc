"""Runs SIPp on a scenario and keeps what it said, sent and received."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from peer_kit.ports import free_port
from peer_kit.scenario import Scenario

_callers = itertools.count(13800001000)
_PATIENCE = 90
SCENARIOS = Path(__file__).parents[1] / "peers" / "sipp"
"""Scenarios of the project that are files of their own."""
_MESSAGE = re.compile(
    r"^-{20,} (\d{4}-\d\d-\d\d)[\sT]+(\d\d:\d\d:\d\d\.\d+)[^\n]*\n"
    r"UDP message (sent|received)[^\n]*\n\n(.*?)(?=^-{20,} \d{4}|\Z)",
    re.M | re.S,
)


class Message(NamedTuple):
    """One message in SIPp's log; *at* is like ``time.time()``."""

    at: float
    sent: bool
    text: str

    @property
    def first(self) -> str:
        """The first line."""
        return self.text.split("\n", 1)[0].strip()

    def header(self, name: str) -> str:
        """The first value of a header, "" when it is missing."""
        found = re.search(rf"^{name}\s*:\s*(.*?)\s*$", self.text, re.M | re.I)
        return found[1] if found else ""


class Sipp:
    """A SIPp process; use it as an asynchronous context manager.

    *service* is the called number, *rtp* the port that `Scenario` offers, *files* are copied to
    where SIPp runs.
    """

    def __init__(
        self,
        scenario: Scenario | Path,
        to: int | str = 0,
        *,
        service: str = "100",
        rtp: int = 9,
        host: str = "127.0.0.1",
        port: int = 0,
        caller: str = "",
        options: Sequence[str] = (),
        calls: int = 1,
        files: Sequence[Path] = (),
    ) -> None:
        self.caller = caller or str(next(_callers))
        self.host, self.port = host, port or free_port(host)
        self._folder = Path(tempfile.mkdtemp(prefix="sipp-"))
        for file in files:
            shutil.copy(file, self._folder)
        if isinstance(scenario, Scenario):
            scenario = scenario.write(self._folder / "scenario.xml")
        self._to = [f"127.0.0.1:{to}" if isinstance(to, int) else to] if to else []
        self._here = f"{host}:{self.port}"
        self._command = [
            "-sf", str(scenario), "-s", service, "-i", host, "-p", str(self.port),
            "-bind_local", "-mi", host, "-m", str(calls), "-key", "caller", self.caller,
            "-key", "rtp", str(rtp), "-nostdin", "-trace_msg", "-message_file", "messages",
            "-trace_err", "-error_file", "errors", "-timeout", f"{_PATIENCE}s", "-timeout_error",
            "-cp", str(free_port()), *options,
        ]  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None

    def through(self, to: str, here: str) -> None:
        """Send to *to*, and tell others that we are at *here*: a proxy stands between."""
        self._to, self._here = [to], here

    async def __aenter__(self) -> Sipp:
        with (self._folder / "screen").open("wb") as screen:
            self._process = await asyncio.create_subprocess_exec(
                *("sipp", *self._to, *self._command, "-key", "here", self._here),
                cwd=self._folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=screen,
                stderr=screen,
                env={**os.environ, "TERM": "dumb"},
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.end()
        if error is not None and isinstance(error, Exception):
            error.add_note(self.report())
        shutil.rmtree(self._folder, ignore_errors=True)

    async def end(self) -> None:
        """Kill it, as if its telephone had lost its power."""
        assert self._process
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def finished(self) -> int:
        """Wait for the end; SIPp's exit code: 0 when all calls went as the scenario says."""
        assert self._process
        async with asyncio.timeout(_PATIENCE + 20):
            return await self._process.wait()

    async def succeeds(self) -> list[Message]:
        """Wait for the end, which must be a good one; the messages of the call."""
        code = await self.finished()
        assert code == 0, f"SIPp ended with {code}"
        return self.messages()

    def messages(self) -> list[Message]:
        """What was sent and received so far."""
        path = self._folder / "messages"
        text = path.read_text(errors="replace") if path.exists() else ""
        found = []
        for day, clock, way, message in _MESSAGE.findall(text):
            at = datetime.fromisoformat(f"{day} {clock}").timestamp()
            found.append(Message(at, way == "sent", message.strip("\r\n") + "\n"))
        return found

    async def until(self, sent: bool, begin: str) -> Message:
        """Wait for a message that begins with *begin*, and give it."""
        async with asyncio.timeout(30):
            while True:
                for message in self.messages():
                    if message.sent == sent and message.text.startswith(begin):
                        return message
                await asyncio.sleep(0.05)

    def report(self) -> str:
        """For a failed test: errors, and the messages in short."""
        errors = self._folder / "errors"
        said = errors.read_text(errors="replace")[-1500:] if errors.exists() else ""
        screen = (self._folder / "screen").read_text(errors="replace")
        lines = [f"{'->' if m.sent else '<-'} {m.first}" for m in self.messages()[-40:]]
        return "\n".join(
            [f"SIPp ({self.caller}):", *lines, said, screen[-300:] if not lines else ""]
        )
