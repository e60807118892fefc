"""The four transaction machines over UDP as tables (RFC 3261 17, RFC 6026, RFC 4320).

A row is ``(state, event) -> (next state, effects)``; a pair that is missing is ignored. Leaving a
state cancels its timers. "start" is the row a new transaction begins with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from telephony.core.message import Request, Response
from telephony.core.transaction_types import (
    LIFETIME,
    T2,
    T4,
    TRYING_AFTER,
    Action,
    Answered,
    Arrived,
    Client,
    Closed,
    Send,
    Server,
    Transaction,
)


class Layer(Protocol):
    """What effects may touch of the layer that runs them."""

    actions: list[Action]
    merged: dict[tuple[str, str, str], str]

    def start_timer(self, tx: Transaction, name: str, when: float) -> None:
        """A timer that lives as long as the state *tx* is in."""


Effect: TypeAlias = Callable[[Layer, Any, Any, float], None]
Table: TypeAlias = dict[tuple[str, str], tuple[str, tuple[Effect, ...]]]


# --- effects: what a row does, besides the change of state ----------------------------------------


def _resend(layer: Layer, tx: Transaction, message: Any, now: float) -> None:
    if tx.last is not None:
        layer.actions.append(Send(tx.last, tx.hop))


def _send(layer: Layer, tx: Server, response: Response, now: float) -> None:
    tx.last = response.to_bytes()
    layer.actions.append(Send(tx.last, tx.hop))


def _send_accepted(layer: Layer, tx: Server, response: Response, now: float) -> None:
    # the session repeats a 2xx until its ACK comes (13.3.1.4): nothing is kept here
    layer.actions.append(Send(response.to_bytes(), tx.hop))
    tx.last = tx.request = None


def _trying(layer: Layer, tx: Server, message: Any, now: float) -> None:
    if tx.last is None and tx.request is not None:
        _send(layer, tx, tx.request.reply(100), now)


def _forget_request(layer: Layer, tx: Transaction, message: Any, now: float) -> None:
    tx.request = None


def _forget_bytes(layer: Layer, tx: Transaction, message: Any, now: float) -> None:
    tx.last = None


def _unmerge(layer: Layer, tx: Server, response: Response, now: float) -> None:
    # peers that answer a challenge without raising CSeq are no merged request
    if response.status in (401, 407) and tx.merge_key:
        layer.merged.pop(tx.merge_key, None)


def _report(layer: Layer, tx: Client, response: Response, now: float) -> None:
    layer.actions.append(Answered(tx, response))


def _report_ack(layer: Layer, tx: Server, ack: Request, now: float) -> None:
    layer.actions.append(Arrived(ack, None, tx.hop))


def _time_out(layer: Layer, tx: Client, message: Any, now: float) -> None:
    """To its owner a time-out is a 408 (RFC 3261 8.1.3.1)."""
    if tx.request is not None:
        layer.actions.append(Answered(tx, tx.request.reply(408), True))


def _closed(layer: Layer, tx: Client, message: Any, now: float) -> None:
    layer.actions.append(Closed(tx))


def _ack(layer: Layer, tx: Client, response: Response, now: float) -> None:
    if tx.request is not None:
        tx.last = ack_for(tx.request, response).to_bytes()
    _resend(layer, tx, response, now)


def _after(name: str, seconds: float) -> Effect:
    def start(layer: Layer, tx: Transaction, message: Any, now: float) -> None:
        layer.start_timer(tx, name, now + seconds)

    return start


def _backoff(name: str, limit: float) -> Effect:
    """A retransmission timer that doubles from T1 up to *limit*."""

    def start(layer: Layer, tx: Transaction, message: Any, now: float) -> None:
        layer.start_timer(tx, name, now + tx.interval)
        tx.interval = min(2 * tx.interval, limit)

    return start


def _timer_f(layer: Layer, tx: Client, message: Any, now: float) -> None:
    layer.start_timer(tx, "F", tx.started + LIFETIME)


# --- the tables -----------------------------------------------------------------------------------

SERVER_INVITE: Table = {  # RFC 3261 17.2.1 figure 7, RFC 6026 7.1 figure 5
    ("start", "request"): ("proceeding", (_after("100", TRYING_AFTER),)),
    ("proceeding", "request"): ("proceeding", (_resend,)),
    ("proceeding", "100"): ("proceeding", (_trying,)),
    ("proceeding", "1xx"): ("proceeding", (_send,)),
    ("proceeding", "2xx"): ("accepted", (_send_accepted, _after("L", LIFETIME))),
    ("proceeding", "final"): (
        "completed",
        (_send, _forget_request, _unmerge, _backoff("G", T2), _after("H", LIFETIME)),
    ),
    ("completed", "request"): ("completed", (_resend,)),
    ("completed", "G"): ("completed", (_resend, _backoff("G", T2))),
    ("completed", "ACK"): ("confirmed", (_forget_bytes, _after("I", T4))),
    ("completed", "H"): ("terminated", ()),
    ("confirmed", "I"): ("terminated", ()),
    ("accepted", "2xx"): ("accepted", (_send_accepted,)),
    ("accepted", "ACK"): ("accepted", (_report_ack,)),
    ("accepted", "L"): ("terminated", ()),
}

SERVER_OTHER: Table = {  # RFC 3261 17.2.2 figure 8; no 1xx: RFC 4320 4.1
    ("start", "request"): ("trying", ()),
    ("trying", "final"): ("completed", (_send, _forget_request, _unmerge, _after("J", LIFETIME))),
    ("completed", "request"): ("completed", (_resend,)),
    ("completed", "J"): ("terminated", ()),
}

CLIENT_INVITE: Table = {  # RFC 3261 17.1.1 figure 5, RFC 6026 7.2 figure 3
    ("start", "request"): ("calling", (_resend, _backoff("A", LIFETIME), _after("B", LIFETIME))),
    ("calling", "A"): ("calling", (_resend, _backoff("A", LIFETIME))),
    ("calling", "B"): ("terminated", (_time_out,)),
    ("calling", "1xx"): ("proceeding", (_forget_bytes, _report)),
    ("calling", "2xx"): ("accepted", (_forget_bytes, _report, _after("M", LIFETIME))),
    ("calling", "final"): ("completed", (_ack, _report, _forget_request, _after("D", LIFETIME))),
    ("calling", "abandon"): ("terminated", ()),
    ("proceeding", "1xx"): ("proceeding", (_report,)),
    ("proceeding", "2xx"): ("accepted", (_report, _after("M", LIFETIME))),
    ("proceeding", "final"): (
        "completed",
        (_ack, _report, _forget_request, _after("D", LIFETIME)),
    ),
    ("proceeding", "abandon"): ("terminated", ()),
    ("completed", "final"): ("completed", (_resend,)),
    ("completed", "D"): ("terminated", ()),
    ("accepted", "2xx"): ("accepted", (_report,)),
    ("accepted", "M"): ("terminated", (_closed,)),
}

CLIENT_OTHER: Table = {  # RFC 3261 17.1.2 figure 6
    ("start", "request"): ("trying", (_resend, _backoff("E", T2), _timer_f)),
    ("trying", "E"): ("trying", (_resend, _backoff("E", T2))),
    ("trying", "F"): ("terminated", (_time_out,)),
    ("trying", "1xx"): ("proceeding", (_after("E", T2), _timer_f)),
    ("trying", "final"): ("completed", (_report, _forget_request, _forget_bytes, _after("K", T4))),
    ("proceeding", "E"): ("proceeding", (_resend, _after("E", T2))),
    ("proceeding", "F"): ("terminated", (_time_out,)),
    ("proceeding", "final"): (
        "completed",
        (_report, _forget_request, _forget_bytes, _after("K", T4)),
    ),
    ("completed", "K"): ("terminated", ()),
}


def _like(invite: Request, method: str) -> Request:
    """What ACK (17.1.1.3) and CANCEL (9.1) have in common with their INVITE."""
    request = Request(method, invite.uri)
    request.add("Via", str(invite.via))
    for route in invite.values("route"):
        request.add("Route", route)
    request.add("Max-Forwards", "70")
    request.add("From", invite.get("from"))
    request.add("To", invite.get("to"))
    request.add("Call-ID", invite.call_id)
    request.add("CSeq", f"{invite.cseq.number} {method}")
    return request


def ack_for(invite: Request, response: Response) -> Request:
    """The ACK of a 3xx-6xx (RFC 3261 17.1.1.3)."""
    ack = _like(invite, "ACK")
    ack.set("To", response.get("to"))
    return ack


def cancel_for(invite: Request) -> Request:
    """The CANCEL of an INVITE, in the INVITE's branch (RFC 3261 9.1)."""
    return _like(invite, "CANCEL")
