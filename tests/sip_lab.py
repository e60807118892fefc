"""The transaction layer by itself, with a scripted peer and a clock that the test moves."""

from __future__ import annotations

from typing import Any

from sip_kit import PEER, request
from telephony.core.message import Request, Response
from telephony.core.transaction_types import (
    Arrived,
    Client,
    Received,
    Respond,
    Send,
    Server,
    Start,
    Wake,
)
from telephony.core.transactions import Transactions
from telephony.core.wire import parse


def asked(method: str = "INVITE", **more: Any) -> Request:
    found = parse(request(method, **more))
    assert isinstance(found, Request)
    return found


class Lab:
    """One layer and a clock."""

    def __init__(self, most: int = 100) -> None:
        self.layer, self.now = Transactions(most=most), 0.0

    def feed(self, message: Request | Response) -> list[Any]:
        return self.layer.handle(Received(message, PEER), self.now)

    def server(self, method: str = "INVITE", **more: Any) -> Server:
        return next(
            a.transaction for a in self.feed(asked(method, **more)) if isinstance(a, Arrived)
        )

    def client(self, method: str = "INVITE") -> Client:
        self.layer.handle(Start(asked(method), PEER, "owner"), self.now)
        return next(iter(self.layer.clients.values()))

    def respond(self, tx: Server, status: int) -> list[Any]:
        assert tx.request is not None or status == 200
        response = (tx.request or asked()).reply(status, to_tag="us")
        return self.layer.handle(Respond(tx, response), self.now)

    def answer(self, tx: Client, status: int, method: str = "INVITE") -> list[Any]:
        return self.feed(asked(method).reply(status, to_tag="peer"))

    def until(self, seconds: float) -> list[tuple[float, Any]]:
        """Let time pass until *seconds*; (when, action)."""
        found = []
        while (due := self.layer.next_wakeup()) is not None and due <= seconds:
            self.now = due
            found += [(round(due, 3), a) for a in self.layer.handle(Wake(), due)]
        self.now = seconds
        return found


def names(actions: list[Any]) -> list[str]:
    return [type(action).__name__ for action in actions]


def first_line(action: Send) -> str:
    return action.data.partition(b"\r\n")[0].decode()
