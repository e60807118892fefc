"""What webhooks are sent, and how a receiver knows that it is from us."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from contact_center.core.actions import WHAT, Persist
from contact_center.core.why import Why
from contact_center.store.codec import dumps
from desk.core.hooks import EVENTS, message, name_of, signature, url_problem


def test_a_receiver_checks_the_signature_with_a_few_lines() -> None:
    body = '{"event": "contact.ended"}'
    header = signature("a secret of ours", 1_790_000_000, body)
    fields = dict(part.split("=", 1) for part in header.split(","))
    signed = f"{fields['t']}.{body}".encode()
    expected = hmac.new(b"a secret of ours", signed, hashlib.sha256).hexdigest()
    assert fields == {"t": "1790000000", "v1": expected}
    assert signature("a secret of ours", 1_790_000_001, body) != header


def test_every_name_stands_for_a_fact_and_the_other_way_round() -> None:
    told = {name_of(Persist(what)) for what in WHAT} - {""}
    assert told == set(EVENTS)
    assert {what for what in WHAT if not name_of(Persist(what))} == {
        "audit", "withdrawn", "suspended", "joined", "on hold", "off hold",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "data"),
    [
        (Persist("queued", "c", "", "help", 0, 0, (5.0, 1.0, object())),
         {"place": 5.0, "priority": 1.0}),
        (Persist("answered", "c", "li", "help", 3, 0, 12.5), {"waited": 12.5}),
        (Persist("ended", "c", data="caller"), {"cause": "caller"}),
        (Persist("booked", "c", data=("0123", None, 1.0, 2.0, object())),
         {"number": "0123", "due": None, "place": 1.0, "priority": 2.0}),
        (Persist("parked", "c", "li"), {}),
        (Persist("state", "", "li", data=("ready", "")), {"state": "ready", "reason": ""}),
        (Persist("offered", "c", "li", data=None), {}),
    ],
)  # fmt: skip
def test_data(fact: Persist, data: object) -> None:
    told = message(fact, "boot-7", 7, 100.0, "call", "138")
    assert told["data"] == data
    assert (told["id"], told["seq"], told["contact"], told["number"]) == (
        "boot-7", 7, fact.contact, "138",
    )  # fmt: skip
    assert json.loads(dumps(told))["event"] in EVENTS


def test_why_this_agent_is_told() -> None:
    why = Why("agent", "longest idle", "any agent of the queue", ("idle",), (("li", (5.0,)),))
    told = json.loads(dumps(message(Persist("offered", "c", "li", data=why), "i", 1, 0.0, "", "")))
    assert told["data"]["why"]["candidates"] == [["li", [5.0]]]


@pytest.mark.parametrize(
    "url", ["x", "ftp://x/", "https://", "https://user:x@host/", "https://host/#a", "http://h:0/"]
)
def test_addresses_that_are_none(url: str) -> None:
    assert url_problem(url)
    assert not url_problem("https://crm.example.com:8443/hook?site=1")
