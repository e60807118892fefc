import pytest

from sip_kit import PEER, request
from telephony.core.dialog import Dialog, from_invite, from_response
from telephony.core.message import Request
from telephony.core.transaction_types import Hop
from telephony.core.wire import parse

VIA = "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx"


def invite(*more: str) -> Request:
    found = parse(request("INVITE", *more))
    assert isinstance(found, Request)
    return found


def incoming(*more: str) -> Dialog:
    return from_invite(invite(*more), "us", PEER)


def outgoing(*headers: tuple[str, str]) -> Dialog:
    early = Dialog("call-1", "<sip:100@10.0.0.1>", "us", PEER)
    early.target, early.remote, early.local_cseq = "sip:200@10.0.0.2", "<sip:200@10.0.0.2>", 4
    return from_response(early, invite().reply(200, to_tag="peer", headers=headers))


def test_the_called_side():
    dialog = incoming("Record-Route: <sip:p1;lr>, <sip:p2;lr>")
    assert dialog.key == ("call-1", "us", "peer")
    bye = dialog.request("BYE", VIA)
    assert bye.uri == "sip:200@10.0.0.2:5060"
    assert bye.values("route") == ["<sip:p1;lr>", "<sip:p2;lr>"]
    assert bye.get("from") == "<sip:100@10.0.0.1>;tag=us"
    assert bye.get("to") == "<sip:200@10.0.0.2>;tag=peer"
    assert bye.cseq == (1, "BYE")
    assert dialog.request("INVITE", VIA).cseq == (2, "INVITE")
    assert dialog.request("ACK", VIA, 2).cseq == (2, "ACK")


def test_the_calling_side_reverses_the_routes():
    dialog = outgoing(("Record-Route", "<sip:p1;lr>"), ("Record-Route", "<sip:p2;lr>"))
    bye = dialog.request("BYE", VIA)
    assert bye.values("route") == ["<sip:p2;lr>", "<sip:p1;lr>"]
    assert bye.cseq == (5, "BYE")
    assert bye.get("to").endswith(";tag=peer")


def test_the_contact_is_the_target_and_may_change():
    dialog = outgoing(("Contact", "<sip:new@10.0.0.9:5070;x=1>"))
    assert dialog.request("BYE", VIA).uri == "sip:new@10.0.0.9:5070;x=1"
    dialog.refresh(invite())
    assert dialog.target == "sip:200@10.0.0.2:5060"
    dialog.refresh(invite().reply(200))
    assert dialog.target == "sip:200@10.0.0.2:5060"


def test_without_contact_the_from_uri_serves():
    plain = request("INVITE").replace(b"Contact: <sip:200@10.0.0.2:5060>\r\n", b"")
    message = parse(plain)
    assert isinstance(message, Request)
    assert from_invite(message, "us", PEER).target == "sip:200@10.0.0.2"


@pytest.mark.parametrize(
    ("routes", "target", "pinned", "hop"),
    [
        ((), "sip:a@10.0.0.9:5070", False, Hop("10.0.0.9", 5070, 2)),
        ((), "sip:a@10.0.0.9:5070", True, Hop("10.0.0.2", 5060, 2)),
        ((), "sip:a@pbx.example", False, Hop("pbx.example", 5060, 2)),
        ((), "tel:123", False, Hop("10.0.0.2", 5060, 2)),
        ((), "nonsense", False, Hop("10.0.0.2", 5060, 2)),
        (("<sip:10.0.0.7:5080;lr>",), "sip:a@h", True, Hop("10.0.0.7", 5080, 2)),
        (("rubbish",), "sip:a@h", False, Hop("10.0.0.2", 5060, 2)),
    ],
)
def test_where_requests_go(routes, target, pinned, hop):
    dialog = Dialog("c", "<sip:a@b>", "t", Hop("10.0.0.2", 5060, 2))
    dialog.routes, dialog.target, dialog.pinned = routes, target, pinned
    assert dialog.next_hop() == hop


def test_a_strict_router_gets_its_own_address():
    """RFC 3261 12.2.1.1, last example of 16.12."""
    dialog = incoming("Record-Route: <sip:strict.example;method=X?a=b>, <sip:loose;lr>")
    bye = dialog.request("BYE", VIA)
    assert bye.uri == "sip:strict.example"
    assert bye.values("route") == ["<sip:loose;lr>", "<sip:200@10.0.0.2:5060>"]


def test_an_unreadable_route_is_taken_for_loose():
    assert incoming("Record-Route: rubbish").request("BYE", VIA).values("route") == ["rubbish"]


def test_cseq_must_rise():
    dialog = incoming()
    for cseq, good in ((1, False), (2, True), (2, False), (9, True), (3, False)):
        message = parse(request("INFO", cseq=cseq))
        assert isinstance(message, Request)
        assert dialog.in_order(message) is good


def test_parameters_of_from_are_not_sent_back():
    data = request("INVITE").replace(b"<sip:200@10.0.0.2>;tag", b"sip:200@10.0.0.2;epid=7;tag")
    message = parse(data)
    assert isinstance(message, Request)
    assert from_invite(message, "us", PEER).request("BYE", VIA).get("to") == (
        "<sip:200@10.0.0.2>;tag=peer"
    )


def test_before_the_peer_has_a_tag():
    dialog = Dialog("c", "<sip:a@b>", "t", PEER)
    dialog.target, dialog.remote = "sip:x@y", "<sip:x@y>"
    assert dialog.request("INVITE", VIA).get("to") == "<sip:x@y>"
