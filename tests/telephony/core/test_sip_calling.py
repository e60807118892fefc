"""Sessions that begin with our INVITE."""

import pytest

from sip_kit import PEER, Bench, lines_of, reply, request, sdp
from telephony.core.agent import Ask
from telephony.core.message import Request
from telephony.core.session_types import Early, Ended, Rang, Replied
from telephony.core.transaction_types import Hop
from telephony.core.wire import parse

CHALLENGE = 'Digest realm="r", nonce="n{}", algorithm={}, qop="auth"'


@pytest.fixture
def bench() -> Bench:
    return Bench()


def invite(bench: Bench) -> Request:
    found = bench.last(Request, "INVITE")
    assert isinstance(found, Request)
    return found


def test_a_call_from_invite_to_bye(bench):
    session = bench.outgoing()
    sent = invite(bench)
    assert (sent.uri, sent.cseq, bench.raw[-1].hop) == ("sip:200@10.0.0.2", (1, "INVITE"), PEER)
    assert sent.get("contact") == "<sip:cordboard@10.0.0.1:5060>"
    assert sent.get("to") == "<sip:200@10.0.0.2>" and sent.from_.tag == session.dialog.local_tag
    assert bench.feed(reply(sent, 100)) == []
    assert bench.feed(reply(sent, 180)) == []
    assert bench.of(Rang) == Rang(session, 180)
    answered = reply(
        sent,
        200,
        ("Record-Route", "<sip:10.0.0.7;lr>"),
        ("Record-Route", "<sip:10.0.0.8;lr>"),
        body=sdp(),
        contact="<sip:there@10.0.0.9:5070>",
    )
    [ack] = bench.feed(answered)
    assert (ack.method, ack.uri, ack.cseq) == ("ACK", "sip:there@10.0.0.9:5070", (1, "ACK"))
    assert ack.values("route") == ["<sip:10.0.0.8;lr>", "<sip:10.0.0.7;lr>"]
    assert ack.via.branch != sent.via.branch and bench.raw[-1].hop == Hop("10.0.0.8", 5060)
    assert bench.kinds() == ["Rang", "Settled", "Taken"]
    first = bench.raw[-1]
    bench.feed(answered)
    assert bench.raw[-1] == first  # the same ACK for each repetition
    bench.wait(33)
    assert session.acks == {}
    [bye] = bench.do(session, "hangup")
    assert bye.values("route") == ["<sip:10.0.0.8;lr>", "<sip:10.0.0.7;lr>"]
    assert bye.cseq == (2, "BYE") and bye.to.tag == "peer"
    bench.feed(bye.reply(200).to_bytes())
    bench.wait(40)
    assert bench.at_rest() and bench.of(Ended) == Ended(session, "us", "normal", 0)


def test_the_peer_hangs_up(bench):
    session = bench.taken()
    data = request(
        "BYE",
        call_id=session.dialog.call_id,
        to_tag=session.dialog.local_tag,
        branch="z9hG4bKb",
    )
    assert lines_of(bench.feed(data)) == ["200"]
    assert bench.of(Ended) == Ended(session, "caller", "normal", 0)
    bench.wait(40)
    assert bench.at_rest()


@pytest.mark.parametrize("status", [302, 404, 486, 503, 603])
def test_refused(bench, status):
    session = bench.outgoing()
    [ack] = bench.feed(reply(invite(bench), status))
    assert (ack.method, ack.via.branch) == ("ACK", invite(bench).via.branch)
    ended = bench.of(Ended)
    assert (ended.session, ended.by, ended.status) == (session, "caller", status)
    assert lines_of(bench.feed(reply(invite(bench), status))) == ["ACK"]
    bench.wait(40)
    assert bench.at_rest()


def test_nobody_answers(bench):
    session = bench.outgoing()
    sent = invite(bench)
    assert lines_of(bench.wait(32)) == ["INVITE"] * 6
    assert bench.of(Ended) == Ended(session, "network", "no answer from the peer", 408)
    # a 200 that comes after all is taken back, once
    assert lines_of(bench.feed(reply(sent, 200, body=sdp()))) == ["ACK", "BYE"]
    assert lines_of(bench.feed(reply(sent, 200, body=sdp()))) == ["ACK"]
    bench.wait(33)
    assert bench.feed(reply(sent, 200, body=sdp())) == []
    bench.wait(40)
    assert bench.at_rest()


# --- giving up ------------------------------------------------------------------------------------


def test_a_cancel_waits_for_a_1xx(bench):
    """RFC 3261 9.1."""
    session = bench.outgoing()
    session.reason = "SIP;cause=200"
    assert bench.do(session, "hangup") == []
    assert bench.of(Ended).by == "us"
    [cancel] = bench.feed(reply(invite(bench), 100))
    assert (cancel.method, cancel.get("reason")) == ("CANCEL", "SIP;cause=200")
    assert cancel.via.branch == invite(bench).via.branch
    bench.feed(cancel.reply(200).to_bytes())
    assert lines_of(bench.feed(reply(invite(bench), 487))) == ["ACK"]
    assert session.state == "ended"
    bench.wait(40)
    assert bench.at_rest() and bench.kinds() == ["Ended", "Cleared"]


@pytest.mark.parametrize("ringing", [False, True])
def test_a_200_that_crosses_the_cancel_is_taken_back(bench, ringing):
    session = bench.outgoing()
    if ringing:
        bench.feed(reply(invite(bench), 180))
    bench.do(session, "hangup")
    answered = reply(invite(bench), 200, body=sdp())
    ack, bye = bench.feed(answered)
    assert (ack.method, bye.method, bye.to.tag) == ("ACK", "BYE", "peer")
    assert lines_of(bench.feed(answered)) == ["ACK"]
    bench.feed(bye.reply(200).to_bytes())
    assert session.state == "ended"
    assert lines_of(bench.feed(answered)) == ["ACK"]
    bench.wait(40)
    assert bench.at_rest() and "Taken" not in bench.kinds()


@pytest.mark.parametrize("status", [401, 486, 487, 500])
@pytest.mark.parametrize("ringing", [False, True])
def test_a_refusal_after_giving_up(bench, status, ringing):
    session = bench.outgoing(credentials=("u", "p"))
    if ringing:
        bench.feed(reply(invite(bench), 180))
    bench.do(session, "hangup")
    challenge = ("WWW-Authenticate", CHALLENGE.format(1, "MD5"))
    assert lines_of(bench.feed(reply(invite(bench), status, challenge))) == ["ACK"]
    assert session.state == "ended"


def test_a_cancel_that_brings_nothing(bench):
    """After 64*T1 the INVITE is dead; what comes later is taken back for another 32 s."""
    session = bench.outgoing()
    sent = invite(bench)
    bench.feed(reply(sent, 180))
    [cancel] = bench.do(session, "hangup")
    bench.feed(cancel.reply(200).to_bytes())
    assert bench.wait(33) == []
    assert session.state == "ended" and not bench.agent.transactions.clients
    assert lines_of(bench.feed(reply(sent, 200, body=sdp()))) == ["ACK", "BYE"]
    bench.wait(70)
    assert bench.at_rest()


def test_lost_sound_while_calling(bench):
    session = bench.outgoing()
    assert bench.do(session, "lost", "media died") == []
    assert bench.of(Ended).by == "network" and session.state == "unwanted"
    other = Bench()
    session = other.outgoing()
    other.feed(reply(invite(other), 180))
    assert lines_of(other.do(session, "lost", "media died")) == ["CANCEL"]


# --- forks ----------------------------------------------------------------------------------------


def test_the_first_of_two_forks_wins(bench):
    session = bench.outgoing()
    sent = invite(bench)
    bench.feed(reply(sent, 180, tag="one", contact="<sip:one@10.0.0.11>"))
    bench.feed(reply(sent, 183, tag="two", contact="<sip:two@10.0.0.12>", body=sdp(port=9000)))
    assert len(bench.agent.dialogs) == 2
    second = reply(sent, 200, tag="two", contact="<sip:two@10.0.0.12>", body=sdp(port=9002))
    assert lines_of(bench.feed(second)) == ["ACK"]
    assert session.dialog.remote_tag == "two" and list(bench.agent.dialogs) == [session.dialog.key]
    assert session.negotiation.agreed is not None
    assert session.negotiation.agreed.port == 9002
    late = reply(sent, 200, tag="one", contact="<sip:one@10.0.0.11>", body=sdp())
    ack, bye = bench.feed(late)
    assert (ack.method, ack.uri, ack.to.tag) == ("ACK", "sip:one@10.0.0.11", "one")
    assert (bye.method, bye.uri, bye.cseq.number) == ("BYE", "sip:one@10.0.0.11", 2)
    assert lines_of(bench.feed(late)) == ["ACK"]
    assert bench.kinds().count("Taken") == 1 and session.state == "up"


def test_a_request_within_an_early_dialog(bench):
    session = bench.outgoing()
    bench.feed(reply(invite(bench), 183, tag="one"))

    def ask(method: str, cseq: int) -> list:
        return bench.feed(
            request(
                method,
                call_id=session.dialog.call_id,
                to_tag=session.dialog.local_tag,
                from_tag="one",
                cseq=cseq,
                branch=f"z9hG4bKe{cseq}",
            )
        )

    assert lines_of(ask("OPTIONS", 1)) == ["200"]
    assert lines_of(ask("BYE", 2)) == ["481"]
    assert lines_of(ask("OPTIONS", 1)) == ["200"]  # a repetition


def test_early_dialogs_are_bounded(bench):
    session = bench.outgoing()
    for n in range(40):
        bench.feed(reply(invite(bench), 180, tag=f"tag{n}"))
    assert len(session.early) == 16
    bench.feed(reply(invite(bench), 486))
    assert not bench.agent.dialogs


# --- offer and answer -----------------------------------------------------------------------------


def test_sound_before_the_answer_is_told_of(bench):
    session = bench.outgoing()
    bench.feed(reply(invite(bench), 183, body=sdp(port=4100)))
    assert bench.of(Early) == Early(session)
    assert session.negotiation.agreed is not None and session.negotiation.agreed.port == 4100
    bench.feed(reply(invite(bench), 200, body=sdp(port=4200)))
    assert session.negotiation.agreed.port == 4200 and "Taken" in bench.kinds()


@pytest.mark.parametrize("body", [b"rubbish", sdp(formats="9")])
def test_an_early_description_nobody_can_use_does_no_harm(bench, body):
    bench.outgoing()
    bench.feed(reply(invite(bench), 183, body=body))
    assert "Early" not in bench.kinds()
    bench.feed(reply(invite(bench), 200, body=sdp()))
    assert bench.kinds()[-2:] == ["Settled", "Taken"]


def test_an_answer_that_came_early_and_is_not_repeated(bench):
    session = bench.outgoing()
    bench.feed(reply(invite(bench), 183, body=sdp(port=9000)))
    bench.feed(reply(invite(bench), 200))
    assert session.negotiation.agreed is not None
    assert session.negotiation.agreed.port == 9000


@pytest.mark.parametrize("body", [b"", sdp(port=0), sdp(formats="9"), b"v=0\r\nm=audio\r\n"])
def test_an_answer_we_cannot_use(bench, body):
    session = bench.outgoing()
    ack, bye = bench.feed(reply(invite(bench), 200, body=body))
    assert (ack.method, bye.method) == ("ACK", "BYE") and "488" in bye.get("reason")
    assert bench.kinds() == ["Ended"] and bench.of(Ended).status == 488
    assert session.state == "closing"


def test_we_may_leave_the_offer_to_the_peer(bench):
    session = bench.outgoing(late=True)
    assert invite(bench).body == b""
    [ack] = bench.feed(reply(invite(bench), 200, body=sdp(formats="8 101")))
    assert b"m=audio 20000 RTP/AVP 8 101" in ack.body and ack.content_type == "application/sdp"
    assert session.negotiation.agreed is not None
    assert session.negotiation.agreed.codec == "PCMA"
    other = Bench()
    other.outgoing(late=True)
    assert lines_of(other.feed(reply(invite(other), 200))) == ["ACK", "BYE"]


# --- digest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "header", "answer"),
    [
        (401, "WWW-Authenticate", "authorization"),
        (407, "Proxy-Authenticate", "proxy-authorization"),
    ],
)
def test_credentials(bench, status, header, answer):
    """RFC 3261 22.2: same Call-ID and From tag, CSeq + 1; SHA-256 before MD5."""
    session = bench.outgoing(credentials=("u", "p"))
    first = invite(bench)
    bench.feed(reply(first, 180, tag="early"))
    challenges = [(header, CHALLENGE.format(n, a)) for n, a in enumerate(("MD5", "SHA-256"))]
    ack, second = bench.feed(reply(first, status, *challenges))
    assert (ack.method, second.method) == ("ACK", "INVITE")
    assert second.call_id == first.call_id and second.from_.tag == first.from_.tag
    assert second.cseq.number == 2 and second.via.branch != first.via.branch
    assert second.body == first.body and second.get("contact") == first.get("contact")
    assert "SHA-256" in second.get(answer) and 'username="u"' in second.get(answer)
    assert not bench.agent.dialogs and second.to.tag == ""
    [ack] = bench.feed(reply(second, 200, body=sdp()))
    assert ack.cseq == (2, "ACK") and session.state == "up"
    [bye] = bench.do(session, "hangup")
    assert bye.cseq.number == 3


def test_wrong_credentials_are_tried_once(bench):
    bench.outgoing(credentials=("u", "wrong"))
    challenge = ("WWW-Authenticate", CHALLENGE.format(1, "MD5"))
    bench.feed(reply(invite(bench), 401, challenge))
    assert lines_of(bench.feed(reply(invite(bench), 401, challenge))) == ["ACK"]
    assert bench.of(Ended).status == 401


def test_a_stale_nonce_is_no_wrong_password(bench):
    bench.outgoing(credentials=("u", "p"))
    challenge = ("WWW-Authenticate", CHALLENGE.format(1, "MD5"))
    stale = ("WWW-Authenticate", CHALLENGE.format(2, "MD5") + ", stale=true")
    bench.feed(reply(invite(bench), 401, challenge))
    assert lines_of(bench.feed(reply(invite(bench), 401, stale))) == ["ACK", "INVITE"]
    assert 'nonce="n2"' in invite(bench).get("authorization")
    assert lines_of(bench.feed(reply(invite(bench), 401, stale))) == ["ACK"]


@pytest.mark.parametrize(
    "challenge", [(), (("WWW-Authenticate", 'Basic realm="x"'),), (("WWW-Authenticate", "?"),)]
)
def test_challenges_that_cannot_be_answered(bench, challenge):
    bench.outgoing(credentials=("u", "p"))
    assert lines_of(bench.feed(reply(invite(bench), 401, *challenge))) == ["ACK"]
    assert bench.of(Ended).status == 401


def test_a_challenged_bye(bench):
    challenge = ("Proxy-Authenticate", CHALLENGE.format(1, "MD5"))
    session = bench.outgoing(credentials=("u", "p"))
    bench.feed(reply(invite(bench), 200, body=sdp()))
    [bye] = bench.do(session, "hangup")
    [again] = bench.feed(reply(bye, 407, challenge))
    assert again.method == "BYE" and again.cseq.number == bye.cseq.number + 1
    assert again.get("proxy-authorization")
    assert bench.feed(reply(again, 407, challenge)) == []
    assert session.state == "ended"


def test_requests_outside_of_calls_are_told_to_their_owner(bench):
    for owner in ("owner", None):
        ask = parse(request("OPTIONS", branch=f"z9hG4bK{owner}"))
        assert isinstance(ask, Request)
        bench.take(bench.agent.handle(Ask(ask, PEER, owner), bench.now))
        for status in (100, 200):
            bench.feed(ask.reply(status, to_tag="x").to_bytes())
    [told] = bench.told
    assert isinstance(told, Replied) and (told.owner, told.response.status) == ("owner", 200)
