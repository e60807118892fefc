"""Calls changed by us: hold, refusals, glare."""

import pytest

from sip_kit import Bench, lines_of, reply, request, sdp
from telephony.core.message import Request
from telephony.core.session_types import Ended, Modified

CHALLENGE = 'Digest realm="r", nonce="n{}", algorithm={}, qop="auth"'


@pytest.fixture
def bench() -> Bench:
    return Bench()


def invite(bench: Bench) -> Request:
    found = bench.last(Request, "INVITE")
    assert isinstance(found, Request)
    return found


def test_hold_and_take_back(bench):
    session = bench.taken()
    [held] = bench.do(session, "modify", True)
    assert held.method == "INVITE" and held.to.tag == "peer" and b"a=sendonly" in held.body
    [ack] = bench.feed(reply(held, 200, body=sdp("a=recvonly"), contact="<sip:new@10.0.0.2>"))
    assert (ack.uri, ack.body) == ("sip:new@10.0.0.2", b"")
    assert bench.of(Modified).why == "" and bench.kinds()[-2:] == ["Settled", "Modified"]
    assert lines_of(bench.feed(reply(held, 200, body=sdp("a=recvonly")))) == ["ACK"]
    [back] = bench.do(session, "modify", False)
    assert b"a=sendrecv" in back.body and b"o=- 7 9 " in back.body
    bench.feed(reply(back, 200, body=sdp()))
    assert session.state == "up" and not session.modifying


@pytest.mark.parametrize("status", [400, 403, 488, 500, 603])
def test_a_refused_re_invite_keeps_the_call(bench, status):
    session = bench.taken()
    [held] = bench.do(session, "modify", True)
    assert lines_of(bench.feed(reply(held, status))) == ["ACK"]
    assert str(status) in bench.of(Modified).why
    assert session.state == "up"
    assert not session.negotiation.hold


@pytest.mark.parametrize("status", [408, 481])
def test_a_re_invite_that_shows_the_call_is_gone(bench, status):
    session = bench.taken()
    [held] = bench.do(session, "modify", True)
    assert lines_of(bench.feed(reply(held, status))) == ["ACK", "BYE"]
    assert bench.of(Ended).by == "network" and session.state == "closing"


def test_a_re_invite_nobody_answers(bench):
    session = bench.taken()
    bench.do(session, "modify", True)
    sent = bench.wait(32.2)
    assert lines_of(sent) == ["INVITE"] * 6 + ["BYE"]
    assert session.state == "closing"


def test_an_answer_to_the_re_invite_that_we_cannot_use(bench):
    session = bench.taken()
    [held] = bench.do(session, "modify", True)
    assert lines_of(bench.feed(reply(held, 200, body=sdp(port=0)))) == ["ACK"]
    assert bench.of(Modified).why and session.state == "up"


def test_a_challenged_re_invite(bench):
    session = bench.outgoing(credentials=("u", "p"))
    bench.feed(reply(invite(bench), 200, body=sdp()))
    [held] = bench.do(session, "modify", True)
    challenge = ("WWW-Authenticate", CHALLENGE.format(1, "MD5"))
    ack, again = bench.feed(reply(held, 401, challenge))
    assert again.get("authorization") and again.body == held.body
    assert lines_of(bench.feed(reply(again, 401, challenge))) == ["ACK"]
    assert "401" in bench.of(Modified).why


@pytest.mark.parametrize(("ours", "wait"), [(True, 3.05), (False, 1.0)])
def test_glare_is_waited_out(bench, ours, wait):
    """491: 2.1 to 4 s if we own the Call-ID, else 0 to 2 s (14.1); the dice say one half."""
    session = bench.taken() if ours else bench.answered()
    [held] = bench.do(session, "modify", True)
    bench.feed(reply(held, 491))
    assert not session.negotiation.hold
    assert bench.wait(wait - 0.01) == []
    [again] = bench.wait(0.02)
    assert again.method == "INVITE" and b"a=sendonly" in again.body
    bench.feed(reply(again, 200, body=sdp("a=recvonly")))
    assert bench.of(Modified).why == ""


def test_endless_glare_is_given_up(bench):
    session = bench.taken()
    bench.do(session, "modify", True)
    for _ in range(9):
        bench.feed(reply(invite(bench), 491))
        bench.wait(5)
    assert "491" in bench.of(Modified).why
    assert bench.agent.next_wakeup() is not None and session.state == "up"


def theirs(bench: Bench, session, cseq: int, method: str = "INVITE", body: bytes = b"") -> list:
    return bench.feed(
        request(
            method,
            call_id=session.dialog.call_id,
            to_tag=session.dialog.local_tag,
            cseq=cseq,
            branch=f"z9hG4bK{method}{cseq}",
            body=body,
        )
    )


def test_a_re_invite_that_meets_ours_is_refused(bench):
    session = bench.taken()
    bench.do(session, "modify", True)
    assert lines_of(theirs(bench, session, 1, body=sdp())) == ["491"]


def test_ours_waits_for_theirs(bench):
    session = bench.taken()
    assert lines_of(theirs(bench, session, 1, body=sdp())) == ["200"]
    assert bench.do(session, "modify", True) == []
    [held] = theirs(bench, session, 1, "ACK")
    assert held.method == "INVITE" and b"a=sendonly" in held.body


def test_theirs_is_answered_while_ours_waits_for_its_second_try(bench):
    session = bench.taken()
    [held] = bench.do(session, "modify", True)
    bench.feed(reply(held, 491))
    [ok] = theirs(bench, session, 1, body=sdp())
    assert ok.status == 200 and b"a=sendrecv" in ok.body
    [again] = theirs(bench, session, 1, "ACK")
    assert b"a=sendonly" in again.body
    bench.feed(reply(again, 200, body=sdp("a=recvonly")))
    assert bench.wait(10) == [] and session.state == "up"


def test_we_hang_up_during_our_re_invite(bench):
    session = bench.taken()
    [held] = bench.do(session, "modify", True)
    [bye] = bench.do(session, "hangup")
    [ack] = bench.feed(reply(held, 200, body=sdp()))
    assert ack.cseq == (held.cseq.number, "ACK")
    assert lines_of(bench.feed(reply(held, 200, body=sdp()))) == ["ACK"]
    bench.feed(reply(bye, 200))
    assert session.state == "ended" and "Modified" not in bench.kinds()
    bench.wait(80)
    assert bench.at_rest()
