"""Webhooks end to end: a real receiver that fails, redirects, hangs; a server that is killed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.store import outbox
from cordboard.centre.centre import Centre
from cordboard.centre.webhooks import Webhooks
from cordboard.config import parse_config
from flow_bench import ScriptedData
from flow_runtime.clock import WallClock
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from telephony.simulated import Callee, SimulatedLine

SECRET = "a secret of sixteen"
SITE = """
[webhooks.crm]
url = "{url}"
secret = "a secret of sixteen"
events = {events}
[queues.repairs]
rescue = "none"
[agents.1001]
password = "long enough"
contact = "sip:1001@192.0.2.1"
queues = {{repairs = 50}}
ready = true
"""


class Receiver:
    """A web server that takes webhooks; *answer* gives the status for the nth request."""

    def __init__(self, answer: Callable[[int], int] = lambda number: 204) -> None:
        self.got: list[tuple[dict[str, str], str]] = []
        self.paths: list[str] = []
        self.news = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                with receiver.news:
                    receiver.got.append((dict(self.headers.items()), body))
                    receiver.paths.append(self.path)
                    status = answer(len(receiver.got))
                    receiver.news.notify_all()
                self.send_response(status)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    async def requests(self, count: int) -> list[dict[str, Any]]:
        """The bodies of the first *count* requests, when they are here."""

        def waited() -> bool:
            with self.news:
                return self.news.wait_for(lambda: len(self.got) >= count, 30)

        assert await asyncio.to_thread(waited), f"{len(self.got)} of {count} requests came"
        return [json.loads(body) for _, body in self.got[:count]]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that fails is tried again soon."""
    monkeypatch.setattr(outbox, "FIRST_WAIT", 0.05)


@asynccontextmanager
async def centre(
    folder: Path, url: str, events: str = '["contact.ended"]'
) -> AsyncIterator[Centre]:
    config = parse_config(SITE.format(url=url, events=events), folder)
    clock = WallClock(UTC)
    line = SimulatedLine(clock.now)
    line.callees["sip:1001@192.0.2.1"] = Callee(outcome=None)
    made = Centre(config, line, clock, UTC, {})
    await made.start(Services(line, TextSpeaker(), ScriptedData(), clock, folder))
    made.open()
    try:
        yield made
    finally:
        await made.stop()


def calls(made: Centre, *contacts: str) -> None:
    """Callers wait, and give up."""
    for contact in contacts:
        made.switchboard.tell(ev.Enter(contact, "repairs", LONGEST_IDLE, number="138"))
        made.switchboard.tell(ev.HungUp(contact))


async def backlog(made: Centre, until: Callable[[outbox.Backlog], bool]) -> outbox.Backlog:
    """How far the webhook is, when it is so far."""

    def asked() -> outbox.Backlog:
        with made.store.database.reading.begin() as connection:
            return outbox.backlog(connection, "crm")

    async with asyncio.timeout(30):
        while not until(found := await asyncio.to_thread(asked)):
            await made.acd.flushed()
    return found


async def test_what_becomes_of_a_contact_is_told_in_signed_messages(tmp_path: Path) -> None:
    receiver = Receiver()
    events = '["contact.queued", "contact.offered", "contact.ended"]'
    async with centre(tmp_path, receiver.url, events) as made:
        calls(made, "c1")
        bodies = await receiver.requests(3)
        await backlog(made, lambda behind: behind.open == 0)
    receiver.close()
    by_name = {body["event"]: body for body in bodies}
    assert set(by_name) == {"contact.queued", "contact.offered", "contact.ended"}
    ended = by_name["contact.ended"]
    assert (ended["contact"], ended["kind"], ended["number"]) == ("c1", "call", "138")
    assert by_name["contact.offered"]["agent"] == "1001"
    assert by_name["contact.offered"]["data"]["why"]["strategy"] == "longest idle"
    assert by_name["contact.queued"]["seq"] < by_name["contact.offered"]["seq"] < ended["seq"]
    for headers, body in receiver.got:
        stamp, _, signed = headers["Cordboard-Signature"].partition(",v1=")
        text = f"{stamp.removeprefix('t=')}.{body}".encode()
        assert signed == hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        assert headers["Cordboard-Delivery"] == json.loads(body)["id"]


@pytest.mark.usefixtures("quick")
async def test_a_receiver_that_fails_first_gets_the_same_message_again(tmp_path: Path) -> None:
    receiver = Receiver(lambda number: 503 if number <= 2 else 200)
    async with centre(tmp_path, receiver.url) as made:
        calls(made, "c1")
        first, second, third = await receiver.requests(3)
        assert first == second == third
        behind = await backlog(made, lambda behind: behind.open == 0)
        assert behind.given_up == 0
    receiver.close()


@pytest.mark.usefixtures("quick")
async def test_a_redirect_is_not_followed_and_named(tmp_path: Path) -> None:
    receiver = Receiver(lambda number: 302 if number == 1 else 200)
    async with centre(tmp_path, receiver.url) as made:
        calls(made, "c1")
        await receiver.requests(1)
        behind = await backlog(made, lambda behind: bool(behind.last_error) or behind.open == 0)
        if behind.open:
            assert "redirects to /elsewhere; write that address" in behind.last_error
        await receiver.requests(2)
    assert set(receiver.paths) == {"/hook"}
    receiver.close()


async def test_what_was_not_delivered_is_sent_by_the_next_server(tmp_path: Path) -> None:
    async with centre(tmp_path, "http://127.0.0.1:9/nobody") as made:
        calls(made, "c1", "c2")
        made.switchboard.tell(ev.Enter("c3", "repairs", LONGEST_IDLE, number="139"))
        await made.acd.flushed()
        behind = await backlog(made, lambda behind: bool(behind.last_error))
        assert behind.open == 2 and "Connect" in behind.last_error
    receiver = Receiver()
    # what the last server had tried is due in five seconds
    async with centre(tmp_path, receiver.url) as made:
        bodies = await receiver.requests(3)
        await backlog(made, lambda behind: behind.open == 0)
    receiver.close()
    ended = {body["contact"]: body for body in bodies}
    assert set(ended) == {"c1", "c2", "c3"}
    assert ended["c3"]["data"] == {"cause": "system"} and ended["c3"]["number"] == "139"


async def test_a_receiver_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    release = threading.Event()

    def hangs(number: int) -> int:
        receiver.news.release()
        release.wait(30)
        receiver.news.acquire()
        return 200

    receiver = Receiver(hangs)
    async with centre(tmp_path, receiver.url) as made:
        for number in range(20):
            calls(made, f"c{number}")
            await made.acd.flushed()
        behind = await backlog(made, lambda behind: True)
        assert behind.open == 20
        release.set()
        await backlog(made, lambda behind: behind.open == 0)
    receiver.close()


@pytest.mark.usefixtures("quick")
async def test_a_receiver_that_is_away_is_left_alone_and_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(lambda number: 500 if number <= 3 else 200)
    caplog.set_level("INFO", "webhooks")
    async with centre(tmp_path, receiver.url) as made:
        calls(made, *(f"c{number}" for number in range(3)))
        await made.acd.flushed()
        await backlog(made, lambda behind: behind.open == 0)
    receiver.close()
    said = [record.getMessage() for record in caplog.records if record.name == "webhooks"]
    assert said == [
        "webhook crm: the receiver answered 500; nothing is lost, it is tried again",
        "webhook crm is delivered again",
    ]


async def test_a_message_that_is_refused_holds_up_no_other(tmp_path: Path) -> None:
    receiver = Receiver(lambda number: 400 if number == 1 else 200)
    async with centre(tmp_path, receiver.url) as made:
        calls(made, "c1")
        await receiver.requests(1)
        calls(made, "c2")
        first, second = await receiver.requests(2)  # before the first is due again
        assert (first["contact"], second["contact"]) == ("c1", "c2")
        behind = await backlog(made, lambda behind: behind.last_error != "")
        assert behind.last_error == "the receiver answered 400"
    receiver.close()


async def test_messages_for_a_webhook_that_is_no_more_are_given_up(tmp_path: Path) -> None:
    async with centre(tmp_path, "http://127.0.0.1:9/nobody") as made:
        calls(made, "c1")
        await made.acd.flushed()
    text = SITE.format(url="http://127.0.0.1:9/", events='["contact.ended"]')
    config = parse_config(text.replace("webhooks.crm", "webhooks.other"), tmp_path)
    clock = WallClock(UTC)
    line = SimulatedLine(clock.now)
    made = Centre(config, line, clock, UTC, {})
    await made.start(Services(line, TextSpeaker(), ScriptedData(), clock, tmp_path))
    await made.acd.flushed()
    with made.store.database.reading.begin() as connection:
        behind = outbox.backlog(connection, "crm")
    assert (behind.open, behind.given_up) == (0, 1)
    assert "configured no longer" in behind.last_error
    await made.stop()


def test_a_site_without_webhooks_writes_none() -> None:
    assert not Webhooks((), None).beside()  # type: ignore[arg-type]
