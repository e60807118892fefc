"""Kamailio with the configuration of deploy/, on a free port."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from peer_kit.ports import free_port

CONFIG = Path(__file__).parents[2] / "deploy" / "kamailio.cfg"
_SETTINGS = "/run/cordboard-kamailio"


@contextlib.contextmanager
def kamailio(port: int, nodes: Sequence[int]) -> Iterator[None]:
    """An edge on *port* in front of the servers at the ports *nodes*, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="edge-"))  # a short path: it holds Unix sockets
    text = CONFIG.read_text()
    assert _SETTINGS in text and "127.0.0.1:5060" in text
    text = text.replace(_SETTINGS, str(folder)).replace("127.0.0.1:5060", f"127.0.0.1:{port}")
    (folder / "kamailio.cfg").write_text(text)
    servers = "".join(f"1 sip:127.0.0.1:{node}\n" for node in nodes)
    (folder / "dispatcher.list").write_text(servers)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["kamailio", "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-w", str(folder)],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_start(process, port, folder / "log")
        yield
    except BaseException as error:
        error.add_note(f"kamailio:\n{(folder / 'log').read_text(errors='replace')[-3000:]}")
        raise
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _await_start(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", free_port()))
        probe.settimeout(0.3)
        here = "{}:{}".format(*probe.getsockname())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            branch = f"z9hG4bK{time.monotonic_ns()}"
            text = (
                f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {here};"
                f"branch={branch}\r\nFrom: <sip:test@{here}>;tag=t\r\n"
                f"To: <sip:127.0.0.1:{port}>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\n"
                "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
            )
            with contextlib.suppress(OSError):
                probe.sendto(text.encode(), ("127.0.0.1", port))
                if probe.recv(4096).startswith(b"SIP/2.0 200"):
                    return
    raise AssertionError(f"Kamailio did not start:\n{log.read_text(errors='replace')[-3000:]}")
