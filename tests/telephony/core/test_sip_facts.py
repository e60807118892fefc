import pytest

from sip_kit import request
from telephony.core.facts import called_by, caller_of, clean, headers_of
from telephony.core.message import Request
from telephony.core.wire import parse


def invite(*more: str, old: str = "<sip:200@10.0.0.2>;tag", new: str = "") -> Request:
    data = request("INVITE", *more)
    found = parse(data.replace(old.encode(), (new or old).encode()))
    assert isinstance(found, Request)
    return found


@pytest.mark.parametrize(
    ("from_", "identity", "trusted", "caller"),
    [
        ("<sip:200@h>;tag", "", False, "200"),
        ("<tel:+86-10-55>;tag", "", False, "+861055"),
        ("<sip:a%20b;x=y@h>;tag", "", False, "a b"),
        ("<sip:7%0d%0aX@h>;tag", "", False, "7\ufffd\ufffdX"),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>;tag', "", False, ""),
        ("<sip:Anonymous@10.0.0.1>;tag", "", False, ""),
        ("<sip:77@anonymous.invalid>;tag", "", False, ""),
        ("<sip:h>;tag", "", False, ""),
        ("<sip:200@h>;tag", "<sip:+1555@h>", False, "200"),
        ("<sip:200@h>;tag", "<sip:+1555@h>", True, "+1555"),
        ("<sip:anonymous@anonymous.invalid>;tag", "<tel:+1555>", True, "+1555"),
        ("<sip:200@h>;tag", "rubbish, <sip:300@h>", True, "300"),
        ("<sip:200@h>;tag", "<sip:anonymous@h>", True, "200"),
    ],
)
def test_the_caller(from_, identity, trusted, caller):
    more = [f"P-Asserted-Identity: {identity}"] if identity else []
    assert caller_of(invite(*more, new=from_), trusted=trusted) == caller


@pytest.mark.parametrize(
    ("source", "more", "called"),
    [
        ("request", (), "100"),
        ("to", (), "100"),
        ("p-called-party-id", ("P-Called-Party-ID: <sip:400@h>",), "400"),
        ("p-called-party-id", ("P-Called-Party-ID: rubbish",), "100"),
        ("p-called-party-id", (), "100"),
    ],
)
def test_the_called_number(source, more, called):
    assert called_by(invite(*more), source) == called


def test_headers_are_readable_text():
    data = request("INVITE", "Subject: one", "subject: two").replace(b"one", b"\xff\xe9one")
    message = parse(data)
    assert isinstance(message, Request)
    headers = headers_of(message)
    assert headers["subject"] == "\ufffd\ufffdone" and headers["call-id"] == "call-1"
    assert clean("\u00e9\udcff\r\n\u200b") == "\u00e9\ufffd\ufffd\ufffd\ufffd"
