"""A worker process seen from the server: started when needed, guarded by a watchdog, let go."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import speech

log = logging.getLogger(__name__)

WATCHDOG = 5.0
"""Seconds for one text."""
START = 20.0
"""Seconds for a process to begin: Python and the engine have to be loaded."""
IDLE = 60.0
"""Seconds without work after which a process, and its memory, is given back."""
_STDERR_KEPT = 2000


class WorkerLost(Exception):
    """The process died, hung, or talked nonsense. It is gone; the next request starts another."""


class CannotStart(Exception):
    """The engine says that it cannot work on this machine: trying again is of no use."""


class Workshop:
    """One worker process of `speech.worker` for one engine; requests are done one at a time."""

    def __init__(
        self,
        engine: str,
        options: Mapping[str, Any],
        *,
        watchdog: float = WATCHDOG,
        idle: float = IDLE,
    ) -> None:
        self.engine = engine
        self.version: str | None = None
        """Known once the process has been started for the first time."""
        self._arguments = [engine, json.dumps(options)]
        self._watchdog, self._idle = watchdog, idle
        self._process: asyncio.subprocess.Process | None = None
        self._complaints = b""
        self._listening: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._leaving: asyncio.TimerHandle | None = None
        self._closed = False

    async def start(self) -> str:
        """Have the process running; returns the engine's version."""
        async with self._turn:
            await self._begin()
            self._rest()
        assert self.version is not None
        return self.version

    async def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have one request done; raises `WorkerLost` or `CannotStart`."""
        async with self._turn:
            process = await self._begin()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                return await self._answer(process, self._watchdog)
            except BaseException:  # a cancelled request leaves an answer that belongs to nobody
                await self._end()
                raise
            finally:
                self._rest()

    async def renew(self) -> None:
        """End the process; the next request starts another."""
        async with self._turn:
            await self._end()

    async def close(self) -> None:
        """End the process for good; a request that is being done fails at once."""
        self._closed = True
        if self._turn.locked() and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self.renew()

    async def _begin(self) -> asyncio.subprocess.Process:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        if self._process is not None and self._process.returncode is None:
            return self._process
        if self._closed:
            raise CannotStart("speech is shutting down")
        await self._end()
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "speech.worker", *self._arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env=_environment(),
        )  # fmt: skip
        self._complaints = b""
        self._listening = asyncio.create_task(self._listen(process))
        try:
            hello = await self._answer(process, START)
        except BaseException:
            await self._end()
            raise
        if "failed" in hello:
            await self._end()
            raise CannotStart(str(hello["text"]))
        self.version = str(hello["version"])
        return process

    async def _answer(self, process: asyncio.subprocess.Process, limit: float) -> Mapping[str, Any]:
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), limit)
        except TimeoutError:
            raise WorkerLost(f"no answer within {limit:g} s") from None
        if not line:
            code = await process.wait()
            raise WorkerLost(f"{_ending(code)}{self._last_words()}")
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise WorkerLost(f"an answer that is none: {line[:80]!r}")
        return answer

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Keep the last of what the process complains about: it may be the only explanation."""
        assert process.stderr is not None
        while data := await process.stderr.read(1024):
            self._complaints = (self._complaints + data)[-_STDERR_KEPT:]

    def _last_words(self) -> str:
        lines = self._complaints.decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def _rest(self) -> None:
        if self._process is not None:
            loop = asyncio.get_running_loop()
            self._leaving = loop.call_later(self._idle, self._leave)

    def _leave(self) -> None:
        """Let an idle process end by itself: its input is at an end."""
        if not self._turn.locked() and self._process is not None and self._process.stdin:
            self._process.stdin.close()
            self._process = None

    async def _end(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None


def _ending(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def _environment() -> dict[str, str]:
    """Ours, in which this very package is found, from a checkout as from an installation."""
    here = str(Path(speech.__path__[0]).parent)
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{before}" if before else here}
