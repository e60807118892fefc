"""Calls whose flows reach beyond the call: ports, traces, and callers who hang up meanwhile."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cordboard.database import Database
from flow_bench import ScriptedData, World, play, program
from flow_runtime.clock import WallClock
from flow_runtime.core.interpreter import Ended
from flow_runtime.driver import run_call
from flow_runtime.outside.mail import SmtpMailer
from flow_runtime.outside.pins import PinStore
from flow_runtime.outside.settings import SmsProvider, Smtp
from flow_runtime.outside.sms import HttpTexter
from flow_runtime.outside.web import WebClient
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from outside_kit.mail_server import MailServer
from outside_kit.web_server import Asked, WebServer, answer
from telephony.line import Call
from telephony.simulated import FarEnd, SimulatedLine


@dataclass
class Site:
    """A line in real time whose calls are served with real services."""

    services: Services
    line: SimulatedLine
    trace: list[Mapping[str, Any]]
    flow: str = ""
    served: list[asyncio.Task[Ended]] = field(default_factory=list)

    def call(self, flow: str, caller: str = "13800000001") -> FarEnd:
        self.flow = flow
        return self.line.call(caller, "100")

    def arrive(self, call: Call) -> None:
        running = run_call(call, program(self.flow), self.services)
        self.served.append(asyncio.create_task(running))

    def events(self, name: str) -> list[Mapping[str, Any]]:
        return [event for event in self.trace if event["event"] == name]

    @property
    def left_by(self) -> dict[str, Any]:
        return {e["node"]: e["port"] for e in self.events("leave")}

    def variable(self, name: str) -> Any:
        return [e["value"] for e in self.events("variable") if e["name"] == name][-1]


@asynccontextmanager
async def site(**services: Any) -> AsyncIterator[Site]:
    clock, trace = WallClock(), list[Mapping[str, Any]]()
    line, web = SimulatedLine(clock.now), WebClient()
    world = Services(
        line, TextSpeaker(), ScriptedData(), clock, Path("/nonexistent"), trace.append,
        **{"web": web, **services},
    )  # fmt: skip
    made = Site(world, line, trace)
    await line.start(made.arrive)
    try:
        yield made
    finally:
        await asyncio.wait(made.served)
        await web.close()


def asking(url: str, timeout: str = "60s") -> str:
    return f"""
flow f
schema 1
var key: text = "k7"
start -> ask
on_hangup -> tidy
node ask: http
  url = "{url}"
  headers = {{"X-Api-Key": key}}
  timeout = {timeout}
  into = order
  ok -> end
  failed -> end
  error -> end
node end: hangup
node tidy: log
  text = "tidied up"
  -> gone
node gone: hangup
"""


# --- http -----------------------------------------------------------------------------------------


async def test_an_answer_is_a_value_of_the_flow() -> None:
    with WebServer(answer('{"owed": 12.50, "parcels": [1, null]}')) as server:
        async with site() as made:
            made.call(asking(server.url("/orders/4711?token=s1")))
            await made.served[0]
    assert made.left_by["ask"] == "ok"
    assert str(made.variable("order")["owed"]) == "12.50"
    assert server.asked[0].headers["x-api-key"] == "k7"
    (traced,) = made.events("http")
    assert (traced["url"], traced["status"]) == (server.url("/orders/4711"), 200)
    told = str([event for event in made.trace if event["event"] != "variable"])
    assert "s1" not in told and "k7" not in told, "neither query nor header is traced"


@pytest.mark.parametrize(
    ("status", "body", "port", "error"),
    [
        ("200 OK", "{", "failed", "http-bad-answer"),
        ("404 Not Found", '"no"', "failed", "http-status"),
        ("302 Found", "", "failed", "http-status"),
    ],
)
async def test_a_failure_is_told(status: str, body: str, port: str, error: str) -> None:
    with WebServer(answer(body, status)) as server:
        async with site() as made:
            made.call(asking(server.url()))
            await made.served[0]
    assert made.left_by["ask"] == port
    assert made.variable("order")["error"] == error


async def test_the_ports_of_what_never_comes(caplog: pytest.LogCaptureFixture) -> None:
    async with site() as made:
        made.call(asking("http://127.0.0.1:1/?token=s1"))
        await made.served[0]
        assert made.left_by["ask"] == "failed"
        assert made.variable("order") == {
            "status": None, "error": "http-unreachable", "body": None
        }  # fmt: skip
        made.call(asking("shop"))
        await made.served[1]
        assert made.left_by["ask"] == "error"
    assert "http http://127.0.0.1:1/: 127.0.0.1: Connection refused" in caplog.text
    assert "s1" not in caplog.text


async def test_who_hangs_up_meanwhile_does_not_cut_the_request() -> None:
    """The server has got it, so the flow gets the answer, and only then runs `on_hangup`."""
    seen, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
        loop.call_soon_threadsafe(seen.set)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(go.wait(), loop))
        await answer('"done"')(asked, writer)

    with WebServer(slowly) as server:
        async with site() as made:
            far = made.call(asking(server.url()))
            await seen.wait()
            far.hang_up()
            assert made.events("hangup") and not made.events("http")
            go.set()
            ended = await made.served[0]
    assert made.variable("order") == "done"
    assert [event["node"] for event in made.events("enter")] == ["ask", "end", "tidy", "gone"]
    assert ended.party == "caller"


async def test_one_call_that_waits_delays_no_other() -> None:
    hold = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def wait_for_one(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.target == "/slow":
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(hold.wait(), loop))
        await answer("1")(asked, writer)

    with WebServer(wait_for_one) as server:
        async with site() as made:
            made.call(asking(server.url("/slow")))
            for number in range(1, 11):
                made.call(asking(server.url("/fast")))
                await made.served[number]
            assert not made.served[0].done()
            hold.set()


# --- mail and messages ----------------------------------------------------------------------------

SENDING = """
flow f
schema 1
start -> mail
node mail: send_email
  to = "TO"
  subject = "Call of {call.caller}"
  text = "Please call back."
  -> sms
  failed -> sms
  error -> sms
node sms: send_sms
  to = call.caller
  text = "We will call you back."
  -> end
  failed -> end
  error -> end
node end: hangup
"""


async def test_both_are_sent() -> None:
    mails = MailServer()
    with mails.running(), WebServer(answer()) as provider:
        mail = SmtpMailer(Smtp("127.0.0.1", mails.port, "line@example.com"))
        web = WebClient()
        sms = HttpTexter(SmsProvider(provider.url(), '["{to}", "{text}"]'), web)
        async with site(mail=mail, sms=sms) as made:
            made.call(SENDING.replace("TO", "a@example.com"))
            await made.served[0]
        await mail.close()
        await web.close()
    assert made.left_by == {"mail": "next", "sms": "next"}
    assert mails.taken[0].message["Subject"] == "Call of 13800000001"
    assert provider.asked[0].body == b'["13800000001", "We will call you back."]'
    assert [(e["via"], e["to"]) for e in made.events("send")] == [
        ("email", "a@example.com"),
        ("sms (http)", "13800000001"),
    ]


async def test_neither_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    mails = MailServer({"a@example.com": "550 no such user"})
    with mails.running(), WebServer(answer("", "503 Busy")) as provider:
        mail = SmtpMailer(Smtp("127.0.0.1", mails.port, "line@example.com"))
        web = WebClient()
        sms = HttpTexter(SmsProvider(provider.url(), "{to}{text}"), web)
        async with site(mail=mail, sms=sms) as made:
            made.call(SENDING.replace("TO", "a@example.com"))
            await made.served[0]
            made.call(SENDING.replace("TO", "a@example.com").replace("call.caller", '""'))
            await made.served[1]
        await mail.close()
        await web.close()
    first, second = (
        {e["node"]: e["port"] for e in made.events("leave") if e["call"] == call}
        for call in dict.fromkeys(e["call"] for e in made.trace)
    )
    assert first == {"mail": "failed", "sms": "failed"}
    assert second == {"mail": "failed", "sms": "error"}, "no number is a mistake of the flow"
    assert "email to a@example.com: 127.0.0.1: a@example.com: 550 no such user" in caplog.text


async def test_a_site_without_them() -> None:
    async with site(web=None) as made:
        made.call(SENDING.replace("TO", "a@example.com"))
        await made.served[0]
        made.call(asking("https://shop.example.com/"))
        await made.served[1]
    assert made.left_by == {"mail": "error", "sms": "error", "ask": "error"}
    texts = [event["text"] for event in made.events("error")]
    assert [re.search(r"write \[\w+\] in cordboard.toml|on a server", t) for t in texts]
    assert {event["name"] for event in made.events("error")} == {"not-configured"}


# --- PINs -----------------------------------------------------------------------------------------

PIN = """
flow f
schema 1
start -> pin
node pin: pin
  account = "A-1"
  action = "ACTION"
  attempts = 2
  lock_after = 3
  ok -> end
  wrong -> end
  locked -> end
  error -> end
node end: hangup
"""


def pin_calls(folder: Path, *calls: tuple[str, list[str]]) -> tuple[list[Any], list[Any]]:
    """The ports by which callers leave who key that in, and all that was traced."""
    ports, traced = [], []
    for action, keyed in calls:

        async def scenario(world: World, keyed: list[str] = keyed) -> None:
            far = world.call()
            for keys in keyed:
                await asyncio.sleep(4)
                if keys == "hangup":
                    far.hang_up()
                else:
                    far.press(keys)
            await world.ended()
            ports.append(world.left_by.get("pin"))
            traced.extend(world.trace)
            assert isinstance(world.services.pins, PinStore)
            await world.services.pins.close()

        database = Database(f"sqlite:///{folder}/cordboard.db")
        play(PIN.replace("ACTION", action), scenario, services={"pins": PinStore(database.engine)})
        database.close()
    return ports, traced


def test_a_pin_from_call_to_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ports, traced = pin_calls(
        tmp_path,
        ("check", ["739182#", "739182#"]),
        ("set", ["739182#", "739182#"]),
        ("check", ["739182#"]),
        ("change", ["739182#", "284655#", "284655#"]),
        ("check", ["739182#", "284655#"]),
        ("check", ["111111#", "222222#"]),
        ("check", ["333333#"]),
        ("check", []),
        ("set", ["739182#", "739182#"]),
        ("check", ["739182#"]),
    )
    assert ports == [
        "wrong", "ok", "ok", "ok", "ok", "wrong", "locked", "locked", "ok", "ok"
    ]  # fmt: skip
    told = str(traced) + caplog.text
    assert not re.search("739182|284655|111111|222222|333333", told)
    assert {e["key"] for e in traced if e["event"] == "key"} <= {"***", "#"}
    results = [event["result"] for event in traced if event["event"] == "pin"]
    assert results[:3] == ["wrong", "wrong", "set"]
    assert "account A-1 is locked: too many wrong PINs" in caplog.text


def test_who_hangs_up_in_the_middle(tmp_path: Path) -> None:
    """Half a PIN is no guess; a new one that was keyed in once is not kept."""
    ports, traced = pin_calls(
        tmp_path,
        ("set", ["7391#", "7391#"]),
        ("check", ["73", "hangup"]),
        ("set", ["2846#", "hangup"]),
        ("check", ["7391#"]),
    )
    assert ports == ["ok", None, None, "ok"]
    assert [event["result"] for event in traced if event["event"] == "pin"] == ["set", "ok"]
