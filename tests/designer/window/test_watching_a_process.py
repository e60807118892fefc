"""A real server with a real call is watched, killed, started again, and made to hang."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from designer.server import live_socket, rest
from designer.server.address import Address
from designer.window.main_window import MainWindow
from designer.window.page import Page
from peer_kit.ports import free_port
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers

FLOW = """\
flow hello "Hello"
schema 1

start -> greet

node greet: play "Greeting"
  prompt = file("prompt.wav")
  -> pause

node pause: wait "A long wait"
  time = 60s
  -> end

node end: hangup
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site whose API listens on a port that stays the same."""
    more = f'[api]\nlisten = "127.0.0.1:{free_port()}"\n'
    (tmp_path / "sip").write_text(
        str(make_site(tmp_path / "site", {"100": FLOW}, tones={"prompt": (440.0, 0.5)}, more=more))
    )
    return tmp_path / "site"


def started(folder: Path) -> contextlib.AbstractContextManager[Site]:
    return serving(folder, int((folder.parent / "sip").read_text()))


def door(folder: Path) -> tuple[Address, str]:
    listen = (folder / "cordboard.toml").read_text().split('[api]\nlisten = "')[1].split('"')[0]
    return Address.parse(listen), (folder / "admin.token").read_text().strip()


@contextlib.contextmanager
def calling(site: Site) -> Iterator[None]:
    """A real SIP call to 100, from the built-in softphone."""
    phone = subprocess.Popen(
        [sys.executable, "-m", "cordboard", "call", f"sip:100@127.0.0.1:{site.port}",
         "--seconds", "60", "--quiet"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        phone.send_signal(signal.SIGINT)
        try:
            phone.wait(20)
        except subprocess.TimeoutExpired:
            phone.kill()
            phone.wait()


def kill(site: Site) -> None:
    """The machine loses power: no goodbye is said."""
    site.process.kill()
    site.process.wait()


class Heart:
    """Counts how often the window could do something."""

    def __init__(self) -> None:
        self.beats = 0
        self._timer = QTimer(interval=50)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        self.beats += 1


def page_of(window: MainWindow) -> Page:
    assert window.page is not None
    return window.page


def flagged(window: MainWindow, node: str) -> bool:
    page = window.page
    mark = None if page is None else page.session.marks.cards.get(node)
    return mark is not None and mark.flag is not None


def test_a_real_call_is_followed_and_a_killed_server_is_waited_for(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    watching = window.watching
    with started(folder) as site, calling(site):
        server = watching.serving.connect_to(*door(folder))
        qtbot.waitUntil(lambda: server.state == "up" and bool(server.live.calls), timeout=30_000)
        (call,) = server.live.calls
        watching.follow_call(call)
        qtbot.waitUntil(lambda: flagged(window, "pause"), timeout=30_000)
        page = page_of(window)
        assert page.session.document.text == FLOW and page.session.read_only
        heart = Heart()
        kill(site)
        qtbot.waitUntil(lambda: "Trying again in" in page.watch.text, timeout=30_000)
        qtbot.waitUntil(lambda: server.seconds_left == 1 and "1 second" in page.watch.text)
        qtbot.waitUntil(lambda: server.seconds_left > 1, timeout=30_000)
        assert "Nobody listens at" in page.watch.text and heart.beats > 10
        assert flagged(window, "pause")
    with started(folder):
        qtbot.waitUntil(lambda: server.state == "up", timeout=60_000)
        qtbot.waitUntil(lambda: "does not know this call" in page.watch.text, timeout=30_000)
        assert server.live.calls == {}


def test_a_server_that_hangs_is_given_up_and_found_again(
    window: MainWindow, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rest, live_socket):
        monkeypatch.setattr(module, "PATIENCE", 2_000)
    monkeypatch.setattr(live_socket, "_PING", 500)
    with started(folder) as site:
        server = window.watching.serving.connect_to(*door(folder))
        qtbot.waitUntil(lambda: server.state == "up", timeout=30_000)
        os.kill(site.pid, signal.SIGSTOP)
        try:
            heart = Heart()
            qtbot.waitUntil(lambda: "does not answer" in server.trouble, timeout=60_000)
            assert heart.beats > 10
        finally:
            os.kill(site.pid, signal.SIGCONT)
        qtbot.waitUntil(lambda: server.state == "up", timeout=60_000)


def test_the_token_of_the_server_is_wanted(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    with started(folder):
        address, _ = door(folder)
        server = window.watching.serving.connect_to(address, "guessed")
        qtbot.waitUntil(lambda: server.state == "refused", timeout=30_000)
        assert "admin_token" in server.trouble and server.site is None
