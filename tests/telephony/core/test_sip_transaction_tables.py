from itertools import product
from typing import Any

import pytest

from sip_lab import Lab, asked
from telephony.core.transaction_tables import (
    CLIENT_INVITE,
    CLIENT_OTHER,
    SERVER_INVITE,
    SERVER_OTHER,
)
from telephony.core.transaction_types import (
    Abandon,
    Client,
    Fire,
    Respond,
    Server,
)

TABLES = {
    "server INVITE": (SERVER_INVITE, "INVITE", True),
    "server other": (SERVER_OTHER, "OPTIONS", True),
    "client INVITE": (CLIENT_INVITE, "INVITE", False),
    "client other": (CLIENT_OTHER, "OPTIONS", False),
}
STATUS = {"1xx": 180, "2xx": 200, "final": 486}


def at(lab: Lab, name: str, state: str) -> Server | Client:
    """A transaction brought to *state* by force."""
    _, method, server = TABLES[name]
    tx: Server | Client = lab.server(method) if server else lab.client(method)
    for timer in tx.timers:
        lab.layer.timers.cancel(timer)
    tx.timers.clear()
    tx.state = state
    tx.last = b"SIP/2.0 180 before\r\n\r\n" if server else tx.last or b"OPTIONS x SIP/2.0\r\n\r\n"
    return tx


def give(lab: Lab, name: str, tx: Server | Client, event: str) -> list[Any]:
    """Let *event* happen to *tx* by the way it comes in real life."""
    _, method, _ = TABLES[name]
    if event == "abandon":
        assert isinstance(tx, Client)
        return lab.layer.handle(Abandon(tx), 0.0)
    if event in STATUS:
        response = asked(method).reply(STATUS[event], to_tag="x")
        if isinstance(tx, Server):
            return lab.layer.handle(Respond(tx, response), 0.0)
        return lab.feed(response)
    if event == "request":
        return lab.feed(asked(method))
    if event == "ACK":
        return lab.feed(asked("ACK"))
    return lab.layer.handle(Fire(tx, event), 0.0)


ROWS = [
    (name, state, event, row[0])
    for name, (table, _, _) in TABLES.items()
    for (state, event), row in table.items()
    if state != "start"
]


@pytest.mark.parametrize(("name", "state", "event", "then"), ROWS)
def test_row(name, state, event, then):
    lab = Lab()
    tx = at(lab, name, state)
    give(lab, name, tx, event)
    assert tx.state == then
    known = (lab.layer.servers if isinstance(tx, Server) else lab.layer.clients).values()
    assert (tx in known) == (then != "terminated")
    if then == "terminated":
        assert len(lab.layer.timers) == 0


PAIRS = [
    (name, state, event)
    for name, (table, _, server) in TABLES.items()
    for state, event in product(
        sorted({state for state, _ in table} - {"start"}),
        sorted({event for _, event in table} - ({"request"} if not server else set())),
    )
    if (state, event) not in table
]


@pytest.mark.parametrize(("name", "state", "event"), PAIRS)
def test_what_is_no_row_changes_nothing(name, state, event):
    lab = Lab()
    tx = at(lab, name, state)
    assert give(lab, name, tx, event) == []
    assert tx.state == state and not tx.timers


def test_every_state_is_left_in_the_end():
    for table, _, _ in TABLES.values():
        states = {state for state, _ in table}
        for state in states:
            reached, more = set(), {state}
            while more:
                reached |= more
                more = {row[0] for (s, _), row in table.items() if s in reached} - reached
            assert "terminated" in reached
