"""A real PostgreSQL for tests: its own cluster, which they may stop, halt and restart."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest


class Cluster:
    """A PostgreSQL server with its own folder and port."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._user = "postgres" if os.getuid() == 0 else None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres", autocommit=True
        )

    def make(self) -> None:
        options = ["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8"]
        subprocess.run(
            [self._programs / "initdb", *options, "-D", self._folder / "base"],
            user=self._user, check=True, capture_output=True, cwd="/",
        )  # fmt: skip

    def start(self) -> None:
        options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", self._folder]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self._folder / "base", "-p", str(self.port),
                 *options],
                user=self._user, cwd="/", stdout=log, stderr=log,
            )  # fmt: skip
        subprocess.run(
            [self._programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-t", "30"],
            capture_output=True,
        )
        for _ in range(300):
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                assert self._server.poll() is None, (self._folder / "log").read_text()
                self._server_wait(0.1)
        raise AssertionError("the server does not start")

    def _server_wait(self, seconds: float) -> None:
        assert self._server is not None
        try:
            self._server.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def pids(self) -> list[int]:
        """Its processes."""
        assert self._server is not None
        main = self._server.pid
        tasks = Path(f"/proc/{main}/task").glob("*/children")
        return [main, *(int(child) for task in tasks for child in task.read_text().split())]

    def kill(self) -> None:
        """An immediate shutdown, as after a crash."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(30)
            self._server = None


def programs() -> Path | None:
    """The folder of initdb and postgres; Debian keeps it out of the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    return Path(folders[-1]) if folders else None


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A server for a few tests; they are skipped where PostgreSQL is not installed."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="cordboard-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    made = Cluster(found, folder)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)
