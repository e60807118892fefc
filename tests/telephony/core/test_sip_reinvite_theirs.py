"""Calls changed by the peer: late offers, hold, moves, and what is refused of it."""

import pytest

from sip_kit import Bench, lines_of, request, sdp
from telephony.core.session_types import Ended, Incoming, Settled


@pytest.fixture
def bench() -> Bench:
    return Bench()


def bye(bench: Bench, session, **more) -> list:
    return bench.feed(
        request("BYE", to_tag=session.dialog.local_tag, branch="z9hG4bKbye", cseq=9, **more)
    )


def test_an_invite_without_offer_gets_ours(bench):
    session = bench.incoming(body=b"")
    [ok] = bench.do(session, "answer")
    assert b"m=audio 20000 RTP/AVP 0 8 101" in ok.body and bench.kinds() == ["Incoming"]
    bench.feed(
        request("ACK", to_tag=ok.to.tag, branch="z9hG4bKack", body=sdp("a=ptime:30", formats="8"))
    )
    assert bench.of(Settled).session is session
    assert session.negotiation.agreed is not None
    assert (session.negotiation.agreed.codec, session.negotiation.agreed.ptime) == ("PCMA", 30)


@pytest.mark.parametrize("body", [b"", sdp(formats="9"), b"v=1"])
def test_an_ack_without_a_usable_answer_ends_the_call(bench, body):
    session = bench.incoming(body=b"")
    bench.do(session, "answer")
    tag = session.dialog.local_tag
    [sent] = bench.feed(request("ACK", to_tag=tag, branch="z9hG4bKack", body=body))
    assert sent.method == "BYE" and "488" in sent.get("reason")
    assert bench.of(Ended).by == "network"


# --- their re-INVITE ------------------------------------------------------------------------------


def reinvite(bench: Bench, session, cseq: int, body: bytes, **more) -> list:
    tag = session.dialog.local_tag
    return bench.feed(
        request("INVITE", to_tag=tag, cseq=cseq, branch=f"z9hG4bKre{cseq}", body=body, **more)
    )


def ack(bench: Bench, session, cseq: int, body: bytes = b"") -> list:
    tag = session.dialog.local_tag
    return bench.feed(request("ACK", to_tag=tag, cseq=cseq, branch=f"z9hG4bKa{cseq}", body=body))


def agreed(session):
    return session.negotiation.agreed


def test_the_peer_holds_and_takes_back(bench):
    session = bench.answered()
    [held] = reinvite(bench, session, 2, sdp("a=sendonly"))
    assert held.status == 200 and b"a=recvonly" in held.body and b"o=- 7 8 " in held.body
    assert held.to.tag == session.dialog.local_tag and not agreed(session).send
    assert reinvite(bench, session, 2, sdp("a=sendonly")) == []  # repeated
    assert lines_of(bench.wait(0.6)) == ["200"]
    ack(bench, session, 2)
    assert bench.wait(40) == []
    [back] = reinvite(bench, session, 3, sdp())
    assert b"o=- 7 9 " in back.body and agreed(session).send
    ack(bench, session, 3)
    assert bench.kinds() == ["Incoming", "Settled", "Settled", "Settled"]


def test_a_moved_peer_is_followed(bench):
    session = bench.answered()
    data = request(
        "INVITE",
        to_tag=session.dialog.local_tag,
        cseq=2,
        branch="z9hG4bKm",
        body=sdp(host="10.0.0.9", port=5000),
    ).replace(b"Contact: <sip:200@10.0.0.2:5060>", b"Contact: <sip:moved@10.0.0.9>")
    bench.feed(data)
    assert (agreed(session).host, agreed(session).port) == ("10.0.0.9", 5000)
    ack(bench, session, 2)
    [sent] = bench.do(session, "hangup")
    assert sent.uri == "sip:moved@10.0.0.9"


def test_a_re_invite_without_offer(bench):
    session = bench.answered()
    [ok] = reinvite(bench, session, 2, b"")
    assert b"m=audio 20000 RTP/AVP 0 8 101" in ok.body
    assert lines_of(reinvite(bench, session, 3, sdp())) == ["491"]
    ack(bench, session, 2, sdp(formats="8"))
    assert agreed(session).codec == "PCMA"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (sdp(formats="9"), "application/sdp", 488),
        (b"v=0\r\nm=x\r\n", "application/sdp", 400),
        (b"hello", "text/plain", 415),
    ],
)
def test_a_refused_re_invite_keeps_the_call(bench, body, kind, status):
    session = bench.answered()
    before = agreed(session)
    [sent] = reinvite(bench, session, 2, body, content_type=kind)
    assert sent.status == status
    assert session.state == "up" and agreed(session) == before


def test_a_re_invite_that_is_never_acked_ends_the_call(bench):
    session = bench.answered()
    reinvite(bench, session, 2, sdp())
    assert lines_of(bench.wait(33))[-1] == "BYE"
    assert bench.of(Ended).by == "network"


def test_a_re_invite_before_the_ack_of_the_first(bench):
    """RFC 5407 3.1.4: the ACK was lost or is late; the peer has our 200."""
    session = bench.incoming()
    bench.do(session, "answer")
    [ok] = reinvite(bench, session, 2, sdp("a=sendonly"))
    assert ok.status == 200 and session.state == "accepted"
    assert ack(bench, session, 1) == [] and session.state == "accepted"
    ack(bench, session, 2)
    assert session.state == "up" and bench.wait(40) == []


def test_after_our_bye_there_is_no_re_invite(bench):
    session = bench.answered()
    bench.do(session, "hangup")
    assert lines_of(reinvite(bench, session, 2, sdp())) == ["481"]


def test_commands_that_come_too_late_do_nothing(bench):
    session = bench.answered()
    bye(bench, session)
    for name in ("ring", "answer", "reject", "hangup", "modify", "lost"):
        assert bench.do(session, name, None) == []
    assert isinstance(bench.told[0], Incoming) and bench.kinds().count("Ended") == 1
