"""baresip as a telephone without a sound card: it speaks a file and keeps what it hears."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any

from peer_kit.ports import free_port
from peer_kit.sound import write_tone

_CONFIG = """\
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
audio_source aufile,{folder}/voice.wav
audio_player aubridge,ear
audio_alert aubridge,bell
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
ausrc_format s16
auplay_format s16
jitter_buffer_delay 1-5
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {folder}
module_path /usr/lib/baresip/modules
module g711.so
module sndfile.so
module aufile.so
module aubridge.so
module_tmp account.so
module_app menu.so
module ctrl_tcp.so
"""
_PATIENCE = 30.0


class Baresip:
    """One baresip process, registered when the block begins; it speaks a tone of *hertz*."""

    def __init__(
        self, folder: Path, server: int, user: str, password: str, *, hertz: float, auto: bool
    ) -> None:
        folder.mkdir()
        self._folder = folder
        self._control = free_port()
        self.events: list[dict[str, Any]] = []
        write_tone(folder / "voice.wav", hertz, 60.0)
        (folder / "config").write_text(
            _CONFIG.format(folder=folder, sip=free_port(), control=self._control)
        )
        mode = "auto" if auto else "manual"
        (folder / "accounts").write_text(
            f"<sip:{user}@127.0.0.1:{server}>;auth_pass={password};answermode={mode};regint=60\n"
        )
        self._news = asyncio.Event()

    async def __aenter__(self) -> Baresip:
        with (self._folder / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("baresip", "-4", "-v", "-f", str(self._folder)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        try:
            reader = await self._connect()
            self._listening = asyncio.create_task(self._listen(reader))
            await self._registered()
        except BaseException as error:
            await self._end()
            error.add_note(self.report())
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listening.cancel()
        self._writer.close()
        await self._end()
        if isinstance(error, Exception):
            error.add_note(self.report())

    async def command(self, name: str, params: str = "") -> None:
        """Give a command of its menu, such as ``dial``."""
        text = json.dumps({"command": name, "params": params}).encode()
        self._writer.write(b"%d:%s," % (len(text), text))
        await self._writer.drain()

    async def told(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait until it told of an event *count* times, such as ``CALL_ESTABLISHED``."""

        def found() -> list[dict[str, Any]]:
            return [event for event in self.events if event.get("type") == kind]

        async with asyncio.timeout(_PATIENCE):
            while len(found()) < count:
                self._news.clear()
                await self._news.wait()
        return found()[-1]

    def heard(self) -> list[Path]:
        """Sound files of what it heard, one a call."""
        return sorted(self._folder.glob("dump-*-dec.wav"))

    def report(self) -> str:
        """For a failed test."""
        return "baresip:\n" + (self._folder / "log").read_text(errors="replace")[-3000:]

    async def _end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 5)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _registered(self) -> None:
        """Its answer may have come before anybody listened: the log tells of it too."""
        async with asyncio.timeout(_PATIENCE):
            while "[1 binding]" not in self.report():  # noqa: ASYNC110 - it is a file
                await asyncio.sleep(0.05)

    async def _connect(self) -> asyncio.StreamReader:
        async with asyncio.timeout(_PATIENCE):
            while True:
                with contextlib.suppress(OSError):
                    reader, self._writer = await asyncio.open_connection("127.0.0.1", self._control)
                    return reader
                await asyncio.sleep(0.05)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Take netstrings that hold JSON."""
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                size = int((await reader.readuntil(b":"))[:-1])
                text = await reader.readexactly(size + 1)
                self.events.append(json.loads(text[:-1]))
                self._news.set()
