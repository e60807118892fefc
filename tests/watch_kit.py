"""Servers to watch: the real API in a thread, told events by the test; and peers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cordboard.api import ApiServer
from cordboard.config import Api
from desk.api import models
from desk.api.journal import Journal
from peer_kit.ports import free_port

TOKEN = "right-token"
T = 1_790_000_000.0

SHOP = """\
flow shop "Shop"
schema 1

start -> hello

node hello: say "Greeting"
  text = "Hello."
  -> menu

node menu: menu "Main menu"
  prompt = "Press 1."
  1 "Billing" -> pay
  2 "Repairs" -> end
  failed -> end

node pay: subflow "Pay"
  flow = "pay.flow"
  -> end

node end: hangup
"""
PAY = """\
flow pay "Collect payment"
schema 1
var digits: text

start -> ask

node ask: digits "Card number"
  prompt = "Your card."
  max = 4
  into = digits
  -> done
  failed -> done

node done: end
"""


def site(**files: str) -> models.Site:
    """A site with a shop and its sub-flow, and *files* (name without ending) instead of them."""
    texts = {"shop.flow": SHOP, "pay.flow": PAY}
    texts.update({f"{name}.flow": text for name, text in files.items()})
    return models.Site(
        name="site",
        numbers={"100": "shop.flow"},
        files=[models.SiteFile(path=path, text=text) for path, text in texts.items()],
        prompts_folder="prompts",
        languages=["en"],
        currency="EUR",
        calendars={},
        sources={"billing": False},
    )


class Facts:
    """What the server says of itself."""

    def __init__(self, told: models.Site) -> None:
        self.told = told

    def status(self) -> models.Status:
        return models.Status(
            version="1", up_seconds=5, calls_now=1, calls_served=2, line={}, problems=[]
        )

    def flows(self) -> list[models.ServedFlow]:
        return [
            models.ServedFlow(
                name="shop", title="Shop", path="shop.flow", numbers=["100"], hash="0" * 64
            )
        ]

    def site(self) -> models.Site:
        return self.told


class ApiThread:
    """The API on a free port of this machine; `tell` gives its journal an event."""

    def __init__(self, told: models.Site | None = None, port: int = 0) -> None:
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.facts = Facts(told or site())
        self.journal = Journal()
        self._loop = asyncio.new_event_loop()
        self._server = ApiServer(
            Api("127.0.0.1", self.port, TOKEN, Path("/nowhere")), self.facts, self.journal
        )
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.run(self._server.start())

    def stop(self) -> None:
        self.run(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    def tell(self, *events: Mapping[str, Any]) -> None:
        async def told() -> None:
            for event in events:
                self.journal(event)

        self.run(told())


@contextlib.contextmanager
def api(told: models.Site | None = None, port: int = 0) -> Iterator[ApiThread]:
    made = ApiThread(told, port)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@contextlib.contextmanager
def peer(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """The address of one that gives each connection to *answer*, which may do nothing at all."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    found, _ = listening.accept()
                    kept.append(found)
                    answer(found)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    for one in kept:
        one.close()


def event(call: str, kind: str, t: float = 0.0, **fields: Any) -> dict[str, Any]:
    """An event *t* seconds after `T`."""
    return {"t": T + t, "call": call, "event": kind, **fields}


def incoming(call: str, t: float = 0.0, caller: str = "138001") -> dict[str, Any]:
    return event(
        call, "incoming", t, flow="shop", caller=caller, called="100", trunk=None, channel="sip"
    )


def enter(call: str, node: str, t: float, flow: str = "shop") -> dict[str, Any]:
    return event(call, "enter", t, flow=flow, node=node)


def leave(call: str, node: str, port: str | int, t: float, flow: str = "shop") -> dict[str, Any]:
    return event(call, "leave", t, flow=flow, node=node, port=port)


def whole_call(call: str, t: float = 0.0, caller: str = "138001") -> list[dict[str, Any]]:
    """A call through shop and pay, which the caller ends in the menu when it comes there again."""
    return [
        incoming(call, t, caller),
        event(call, "answered", t),
        enter(call, "hello", t),
        event(call, "say", t, text="Hello."),
        leave(call, "hello", "next", t + 2),
        enter(call, "menu", t + 2),
        event(call, "say", t + 2, text="Press 1."),
        event(call, "key", t + 5, key="1", source="rfc4733"),
        leave(call, "menu", 1, t + 5),
        enter(call, "pay", t + 5),
        enter(call, "ask", t + 5, "pay"),
        event(call, "say", t + 5, text="Your card."),
        event(call, "key", t + 8, key="••••", source="rfc4733"),
        event(call, "variable", t + 8, name="digits", value="••••"),
        leave(call, "ask", "next", t + 8, "pay"),
        enter(call, "done", t + 8, "pay"),
        leave(call, "done", "next", t + 8, "pay"),
        leave(call, "pay", "next", t + 8),
        enter(call, "end", t + 8),
        event(call, "hangup", t + 9, by="us", cause="normal"),
    ]
