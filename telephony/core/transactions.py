"""The transaction layer: matching, merging, time-outs; the machines are in `transaction_tables`.

`Transactions` takes what the network brings and what its user (sessions, registrar) wants sent,
and gives back actions: datagrams to send, requests that are new, responses that matter.
"""

from __future__ import annotations

from typing import Any

from telephony.core.message import MAGIC_COOKIE, Request, Response
from telephony.core.timers import Timers
from telephony.core.transaction_tables import (
    CLIENT_INVITE,
    CLIENT_OTHER,
    SERVER_INVITE,
    SERVER_OTHER,
)
from telephony.core.transaction_types import (
    T1,
    Abandon,
    Action,
    Arrived,
    Client,
    Drop,
    Event,
    Fire,
    Hop,
    Received,
    Respond,
    Send,
    Server,
    Start,
    Stray,
    Transaction,
    Wake,
)


class Transactions:
    """All transactions of one endpoint. *most* bounds how many it keeps for others' requests."""

    def __init__(self, timers: Timers | None = None, most: int = 100_000) -> None:
        self.timers = timers if timers is not None else Timers()
        self.most = most
        self.servers: dict[str, Server] = {}
        self.clients: dict[str, Client] = {}
        self.merged: dict[tuple[str, str, str], str] = {}
        self.actions: list[Action] = []

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event; *now* is seconds on any monotonic clock."""
        match event:
            case Received(message, source):
                if isinstance(message, Request):
                    self._request(message, source, now)
                else:
                    self._response(message, source, now)
            case Respond(tx, response):
                self._run(tx, _class_of(response.status, tx.key.endswith("INVITE")), response, now)
            case Start():
                self._start(event, now)
            case Abandon(client):
                self._run(client, "abandon", None, now)
            case Drop(server):
                self._remove(server)
            case Fire(tx, name):
                self._run(tx, name, None, now)
            case Wake():
                for tx, name in self.timers.due(now):
                    self._run(tx, name, None, now)
        actions, self.actions = self.actions, []
        return actions

    def next_wakeup(self) -> float | None:
        """When `Wake` is due."""
        return self.timers.next_wakeup()

    def start_timer(self, tx: Transaction, name: str, when: float) -> None:
        """A timer that lives as long as the state *tx* is in."""
        tx.timers.append(self.timers.set(when, tx, name))

    def find_invite(self, cancel: Request) -> Server | None:
        """The INVITE transaction a CANCEL means (RFC 3261 9.2)."""
        return self.servers.get(server_key(cancel, "INVITE"))

    def _request(self, request: Request, source: Hop, now: float) -> None:
        method = request.method
        tx = self.servers.get(server_key(request, "INVITE" if method == "ACK" else method))
        if tx is not None:
            self._run(tx, "ACK" if method == "ACK" else "request", request, now)
            return
        if method == "ACK":
            if (refused := self._refused(request)) is not None:
                self._run(refused, "ACK", request, now)
            else:
                self.actions.append(Arrived(request, None, source))
            return
        hop = Hop(*request.via.reply_to, source.socket)
        if len(self.servers) >= self.most:
            busy = request.reply(503, to_tag="busy", headers=[("Retry-After", "10")])
            self.actions.append(Send(busy.to_bytes(), hop))
            return
        tx = Server(server_key(request, method), request, hop, "start")
        if self._is_merged(request, tx):
            looped = request.reply(482, to_tag="merged", headers=[("Reason", "SIP;cause=482")])
            self.actions.append(Send(looped.to_bytes(), hop))
            return
        self.servers[tx.key] = tx
        self._run(tx, "request", request, now)
        self.actions.append(Arrived(request, tx, source))

    def _refused(self, ack: Request) -> Server | None:
        """The refused INVITE that *ack* means, from peers that give its ACK another branch."""
        invite = f"{ack.cseq.number} INVITE"
        key = self.merged.get((ack.from_.tag, ack.call_id, invite))
        tx = self.servers.get(key) if key else None
        return tx if tx is not None and tx.state == "completed" else None

    def _is_merged(self, request: Request, tx: Server) -> bool:
        """The same request by another path (RFC 3261 8.2.2.2)."""
        if request.method == "CANCEL" or request.to.tag:
            return False
        key = (request.from_.tag, request.call_id, request.get("cseq"))
        if self.merged.setdefault(key, tx.key) != tx.key:
            return True
        tx.merge_key = key
        return False

    def _response(self, response: Response, source: Hop, now: float) -> None:
        method = response.cseq.method
        tx = self.clients.get(f"{response.via.branch}|{method}")  # 17.1.3
        if tx is not None:
            self._run(tx, _class_of(response.status, method == "INVITE"), response, now)
        elif method == "INVITE" and 200 <= response.status < 300:
            self.actions.append(Stray(response, source))

    def _start(self, start: Start, now: float) -> None:
        method = start.request.method
        tx = Client(f"{start.request.via.branch}|{method}", start, now, "start")
        self.clients[tx.key] = tx
        self._run(tx, "request", start.request, now)

    def _run(self, tx: Transaction, event: str, message: Any, now: float) -> None:
        invite = tx.key.endswith("|INVITE")
        if isinstance(tx, Server):
            table = SERVER_INVITE if invite else SERVER_OTHER
        else:
            table = CLIENT_INVITE if invite else CLIENT_OTHER
        row = table.get((tx.state, event))
        if row is None:
            return
        state, effects = row
        if state != tx.state:
            tx.state = state
            for timer in tx.timers:
                self.timers.cancel(timer)
            tx.timers.clear()
            tx.interval = T1
        for effect in effects:
            effect(self, tx, message, now)
        if state == "terminated":
            self._remove(tx)

    def _remove(self, tx: Transaction) -> None:
        if isinstance(tx, Client):
            self.clients.pop(tx.key, None)
            return
        self.servers.pop(tx.key, None)
        if tx.merge_key and self.merged.get(tx.merge_key) == tx.key:
            del self.merged[tx.merge_key]


def _class_of(status: int, invite: bool) -> str:
    if status < 200:
        return "1xx"
    return "2xx" if invite and status < 300 else "final"


def server_key(request: Request, method: str) -> str:
    """What makes two requests the same transaction (RFC 3261 17.2.3).

    Branches without the magic cookie come from RFC 2543 elements: the older rule serves them.
    """
    via = request.via
    branch = via.branch
    if branch.startswith(MAGIC_COOKIE) and len(branch) > len(MAGIC_COOKIE):
        return f"{branch}|{via.sent_by}|{method}"
    number = request.cseq.number
    return f"{request.uri}|{request.from_.tag}|{request.call_id}|{number}|{via}|{method}"
