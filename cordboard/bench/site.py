"""A server of its own for a benchmark: a folder with flows and tones, and the running process."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

FLOW = """\
flow bench
schema 1
start -> menu

node menu: menu
  prompt = file("menu.wav")
  timeout = 60s
  1 -> sub
  failed -> end

node sub: play
  prompt = file("sub.wav")
  -> end

node end: hangup
"""

SHORT = """\
flow short
schema 1
start -> answer

node answer: answer
  -> stay

node stay: wait
  time = 60s
  -> end

node end: hangup
"""

CONFIG = """\
[sip]
listen = ["udp:127.0.0.1:{port}"]
media_ports = "{low}-{high}"
max_calls = {calls}
drain = "0s"
[numbers]
"100" = "bench.flow"
"102" = "short.flow"
{numbers}
[prompts]
languages = ["en"]
{more}
"""


@dataclass(frozen=True)
class Site:
    """A running server: its process id and port."""

    pid: int
    port: int
    folder: Path


def tone(path: Path, hertz: float, seconds: float) -> None:
    """Write a tone at -20 dBFS as 8 kHz WAV."""
    samples = 3276 * np.sin(2 * np.pi * hertz * np.arange(int(8000 * seconds)) / 8000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.astype("<i2").tobytes())


def free_port() -> int:
    """A UDP port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    calls: int, flows: Mapping[str, str] = MappingProxyType({}), more: str = ""
) -> Iterator[Site]:
    """Start a server for *calls* calls, wait until it answers, end it afterwards.

    *flows* are further ones by their numbers, *more* is added to the configuration.
    """
    with tempfile.TemporaryDirectory(prefix="cordboard-bench-") as name:
        folder, port = Path(name), free_port()
        tone(folder / "menu.wav", 440, 10)
        tone(folder / "sub.wav", 1000, 60)
        (folder / "bench.flow").write_text(FLOW)
        (folder / "short.flow").write_text(SHORT)
        for number, flow in flows.items():
            (folder / f"{number}.flow").write_text(flow)
        config = CONFIG.format(
            port=port,
            low=30000,
            high=30000 + 4 * calls + 199,
            calls=calls,
            numbers="\n".join(f'"{number}" = "{number}.flow"' for number in flows),
            more=more,
        )
        (folder / "cordboard.toml").write_text(config)
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "cordboard", "serve", "--config", folder / "cordboard.toml"],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _await_answer(server, port, folder / "server.log")
            yield Site(server.pid, port, folder)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _await_answer(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Ask with OPTIONS until the server answers; RuntimeError with its log when it does not."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.settimeout(0.2)
        here = "{}:{}".format(*probe.getsockname())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and server.poll() is None:
            branch = f"z9hG4bK{time.monotonic_ns()}"
            probe.sendto(
                (
                    f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {here};"
                    f"branch={branch}\r\nFrom: <sip:bench@{here}>;tag=b\r\n"
                    f"To: <sip:127.0.0.1:{port}>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\n"
                    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
                ).encode(),
                ("127.0.0.1", port),
            )
            with contextlib.suppress(OSError):
                if probe.recv(4096).startswith(b"SIP/2.0"):
                    return
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
