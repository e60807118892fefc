"""Sessions that begin with the peer's INVITE."""

import pytest

from sip_kit import PEER, US, Bench, lines_of, request, sdp
from telephony.core.agent import ALLOW
from telephony.core.message import Response
from telephony.core.offer_answer import Negotiation
from telephony.core.session_types import Ended, Incoming, Pressed, Refusal
from telephony.core.transaction_types import Hop


@pytest.fixture
def bench() -> Bench:
    return Bench()


def bye(bench: Bench, session, **more) -> list:
    return bench.feed(
        request("BYE", to_tag=session.dialog.local_tag, branch="z9hG4bKbye", cseq=9, **more)
    )


def test_a_call_from_invite_to_bye(bench):
    session = bench.incoming("Record-Route: <sip:10.0.0.7;lr>")
    [ringing] = bench.do(session, "ring", 180)
    assert ringing.status == 180 and ringing.to.tag == session.dialog.local_tag
    assert ringing.get("contact") == "<sip:cordboard@10.0.0.1:5060>"
    assert ringing.values("record-route") == ["<sip:10.0.0.7;lr>"]
    [ok] = bench.do(session, "answer")
    assert (ok.status, ok.get("allow"), ok.content_type) == (200, ALLOW, "application/sdp")
    assert ok.to.tag == ringing.to.tag and b"m=audio 20000 RTP/AVP 0 101" in ok.body
    assert bench.kinds() == ["Incoming", "Settled"]
    bench.feed(request("ACK", to_tag=ok.to.tag, branch="z9hG4bKack"))
    assert session.state == "up" and bench.wait(60) == []
    [gone] = bye(bench, session)
    assert gone.status == 200
    assert bench.of(Ended) == Ended(session, "caller", "normal", 0)
    assert lines_of(bye(bench, session)) == ["200"]  # repeated
    bench.wait(40)
    assert bench.at_rest() and bench.kinds().count("Ended") == 1


def test_we_hang_up_by_the_route(bench):
    session = bench.answered("Record-Route: <sip:10.0.0.7:5062;lr>")
    [sent] = bench.do(session, "hangup")
    assert (sent.method, sent.uri) == ("BYE", "sip:200@10.0.0.2:5060")
    assert sent.values("route") == ["<sip:10.0.0.7:5062;lr>"]
    assert bench.raw[-1].hop == Hop("10.0.0.7", 5062)
    assert bench.of(Ended) == Ended(session, "us", "normal", 0)
    bench.feed(sent.reply(200).to_bytes())
    assert session.state == "ended"
    bench.wait(40)
    assert bench.at_rest()


def test_ringing_is_said_again_each_minute(bench):
    session = bench.incoming()
    bench.do(session, "ring", 180)
    assert lines_of(bench.wait(150)) == ["180", "180"]
    assert lines_of(bench.do(session, "ring", None)) == ["180"]
    bench.do(session, "reject", Refusal(486))
    assert bench.wait(200)[-1].status == 486 and bench.at_rest()


def test_an_invite_expires_when_it_says_so(bench):
    """RFC 3261 13.3.1."""
    session = bench.incoming("Expires: 5")
    bench.do(session, "ring", 180)
    assert bench.wait(4.9) == []
    assert lines_of(bench.wait(0.2)) == ["487"]
    assert bench.of(Ended) == Ended(session, "caller", "the INVITE expired", 487)
    bench.wait(70)
    assert bench.at_rest()
    answered = Bench()
    session = answered.incoming("Expires: 5")
    answered.do(session, "answer")
    answered.wait(20)
    assert session.state == "accepted"


def test_a_body_that_is_optional_is_passed_over(bench):
    """RFC 3261 20.11."""
    body = {"body": b"hello", "content_type": "text/plain"}
    asked = request("INVITE", "Content-Disposition: render; handling=optional", **body)
    assert bench.feed(asked) == []
    session = bench.of(Incoming).session
    bench.do(session, "prepare", Negotiation(US, 20000, 7))
    [answered] = bench.do(session, "answer")
    assert b"m=audio 20000" in answered.body


def test_a_repeated_invite_is_no_second_call(bench):
    session = bench.incoming()
    bench.do(session, "ring", 180)
    assert lines_of(bench.feed(request("INVITE", body=sdp()))) == ["180"]
    bench.do(session, "answer")
    assert bench.feed(request("INVITE", body=sdp())) == []
    bench.feed(request("ACK", to_tag=session.dialog.local_tag, branch="z9hG4bKack"))
    assert bench.feed(request("INVITE", body=sdp())) == []
    assert bench.kinds().count("Incoming") == 1


def test_the_200_is_repeated_until_the_ack_comes(bench):
    session = bench.incoming()
    bench.do(session, "answer")
    start = bench.now
    repeated = []
    while bench.now - start < 20:
        repeated += [round(bench.now - start, 1) for _ in bench.wait(0.1)]
    assert repeated == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5]
    bench.feed(request("ACK", to_tag=session.dialog.local_tag, branch="z9hG4bKack"))
    assert bench.wait(60) == [] and session.answer_200 is None


def test_a_peer_that_never_acks_gets_a_bye(bench):
    session = bench.incoming()
    bench.do(session, "answer")
    sent = bench.wait(32.2)
    assert lines_of(sent) == ["200"] * 10 + ["BYE"]
    assert bench.of(Ended).by == "network"
    bench.wait(100)
    assert bench.at_rest()


@pytest.mark.parametrize(
    ("refusal", "status", "reason"),
    [
        (Refusal(404), 404, "Not Found"),
        (Refusal(486, "Lunch"), 486, "Lunch"),
        (Refusal(503, "", (("Retry-After", "9"),)), 503, "Service Unavailable"),
    ],
)
def test_refused(bench, refusal, status, reason):
    session = bench.incoming()
    [sent] = bench.do(session, "reject", refusal)
    assert (sent.status, sent.reason) == (status, reason)
    assert bench.of(Ended) == Ended(session, "us", f"refused with {status}", status)
    bench.feed(request("ACK", to_tag=sent.to.tag))
    bench.wait(40)
    assert bench.at_rest()


def test_hung_up_while_ringing(bench):
    session = bench.incoming()
    assert lines_of(bench.do(session, "hangup")) == ["480"]
    assert bench.do(session, "hangup") == []


def test_cancelled(bench):
    session = bench.incoming()
    bench.do(session, "ring", 180)
    cancelled, terminated = bench.feed(request("CANCEL"))
    assert (cancelled.status, cancelled.cseq.method) == (200, "CANCEL")
    assert (terminated.status, terminated.cseq.method) == (487, "INVITE")
    assert cancelled.to.tag == terminated.to.tag == session.dialog.local_tag
    assert bench.of(Ended) == Ended(session, "caller", "cancelled", 487)
    assert lines_of(bench.feed(request("CANCEL"))) == ["200"]
    bench.feed(request("ACK", to_tag=terminated.to.tag))
    bench.wait(40)
    assert bench.at_rest()


def test_a_cancel_that_crosses_the_200_changes_nothing(bench):
    session = bench.incoming()
    bench.do(session, "answer")
    [sent] = bench.feed(request("CANCEL"))
    assert (sent.status, sent.to.tag) == (200, session.dialog.local_tag)
    assert session.state == "accepted"
    bench.feed(request("ACK", to_tag=session.dialog.local_tag, branch="z9hG4bKack"))
    assert session.state == "up" and "Ended" not in bench.kinds()


def test_a_cancel_for_nothing(bench):
    assert lines_of(bench.feed(request("CANCEL"))) == ["481"]


def test_no_bye_before_the_ack(bench):
    """RFC 3261 15: the called side waits for the ACK."""
    session = bench.incoming()
    bench.do(session, "answer")
    assert bench.do(session, "hangup") == []
    assert bench.of(Ended).by == "us"
    assert lines_of(bench.wait(1)) == ["200"]
    assert lines_of(
        bench.feed(request("ACK", to_tag=session.dialog.local_tag, branch="z9hG4bKack"))
    ) == ["BYE"]
    assert session.state == "closing"


def test_hung_up_and_never_acked(bench):
    session = bench.incoming()
    bench.do(session, "answer")
    bench.do(session, "hangup")
    assert lines_of(bench.wait(33))[-1] == "BYE"
    bench.wait(100)
    assert bench.at_rest() and bench.kinds().count("Ended") == 1


def test_a_bye_that_overtakes_the_ack(bench):
    session = bench.incoming()
    bench.do(session, "answer")
    assert lines_of(bye(bench, session)) == ["200"]
    assert bench.of(Ended).by == "caller" and bench.wait(20) == []


def test_a_bye_while_we_wait_for_the_ack_to_hang_up(bench):
    session = bench.incoming()
    bench.do(session, "answer")
    bench.do(session, "hangup")
    assert lines_of(bye(bench, session)) == ["200"]
    assert session.state == "ended" and bench.wait(20) == []


def test_a_bye_before_any_answer(bench):
    session = bench.incoming()
    assert lines_of(bye(bench, session)) == ["200", "487"]
    assert bench.of(Ended).by == "caller"


def test_byes_that_cross(bench):
    session = bench.answered()
    [ours] = bench.do(session, "hangup")
    assert lines_of(bye(bench, session)) == ["200"]
    bench.feed(ours.reply(481).to_bytes())
    assert session.state == "ended"
    bench.wait(40)
    assert bench.at_rest() and bench.kinds().count("Ended") == 1


def test_a_bye_nobody_answers(bench):
    session = bench.answered()
    bench.do(session, "hangup")
    bench.wait(40)
    assert session.state == "ended" and bench.at_rest()


def test_the_reason_of_a_bye_is_passed_both_ways(bench):
    session = bench.answered()
    bye(bench, session, **{})
    other = Bench()
    theirs = other.answered()
    other.feed(
        request(
            "BYE",
            "Reason: Q.850;cause=31",
            to_tag=theirs.dialog.local_tag,
            branch="z9hG4bKb",
            cseq=2,
        )
    )
    assert other.of(Ended).cause == "Q.850;cause=31"


def test_lost_sound(bench):
    session = bench.answered()
    session.reason = "Q.850;cause=41"
    [sent] = bench.do(session, "lost", "media died")
    assert (sent.method, sent.get("reason")) == ("BYE", "Q.850;cause=41")
    assert bench.of(Ended) == Ended(session, "network", "media died", 0)


def test_lost_sound_before_the_ack_and_before_the_answer(bench):
    session = bench.incoming()
    assert lines_of(bench.do(session, "lost", "media died")) == ["480"]
    assert bench.of(Ended).by == "network"
    other = Bench()
    session = other.incoming()
    other.do(session, "answer")
    assert other.do(session, "lost", "media died") == []
    assert session.state == "leaving"


# --- what is refused at once ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status", "header"),
    [
        (request("INVITE", "Require: 100rel, x", body=sdp()), 420, ("unsupported", "100rel, x")),
        (
            request("INVITE", body=b"hi", content_type="text/plain"),
            415,
            ("accept", "application/sdp"),
        ),
        (
            request("INVITE", "Content-Encoding: gzip", body=sdp()),
            415,
            ("accept", "application/sdp"),
        ),
        (request("INVITE", uri="mailto:a@b", body=sdp()), 416, None),
        (request("INVITE", uri="sip:a@h:99999", body=sdp()), 400, None),
        (request("INVITE", uri="100", body=sdp()), 400, None),
        (request("SUBSCRIBE"), 405, ("allow", ALLOW)),
        (request("UPDATE", to_tag="x"), 405, ("allow", ALLOW)),
        (request("REFER"), 405, ("allow", ALLOW)),
        (request("DANCE"), 405, ("allow", ALLOW)),
        (request("BYE"), 481, None),
        (request("INFO"), 481, None),
        (request("BYE", to_tag="nobody"), 481, None),
        (request("INVITE", to_tag="nobody", body=sdp()), 481, None),
    ],
)
def test_refused_at_once(bench, data, status, header):
    [sent] = bench.feed(data)
    assert sent.status == status and sent.to.tag
    if header:
        assert sent.get(header[0]) == header[1]
    assert bench.told == []
    if sent.cseq.method == "INVITE":
        bench.feed(request("ACK", to_tag=sent.to.tag))
    bench.wait(40)
    assert bench.at_rest()


@pytest.mark.parametrize(
    ("body", "status"), [(sdp(formats="9"), 488), (sdp(port=0), 488), (b"v=0\r\nm=audio\r\n", 400)]
)
def test_offers_that_cannot_be_met_never_ring(bench, body, status):
    session = bench.incoming(body=body, prepare=False)
    [sent] = bench.do(session, "prepare", Negotiation(US, 20000, 7))
    assert sent.status == status and session.state == "ended"
    assert ("warning" in sent.headers) == (status == 488)


def test_a_stray_ack_is_ignored(bench):
    session = bench.incoming()
    assert bench.feed(request("ACK", to_tag="x", branch="z9hG4bKack")) == []
    bench.do(session, "answer")
    wrong = request("ACK", to_tag=session.dialog.local_tag, branch="z9hG4bKack", cseq=7)
    assert bench.feed(wrong) == [] and session.state == "accepted"


def test_out_of_order(bench):
    session = bench.answered()
    tag = session.dialog.local_tag
    assert lines_of(bench.feed(request("INFO", to_tag=tag, cseq=5, branch="z9hG4bK5"))) == ["200"]
    assert lines_of(bench.feed(request("INFO", to_tag=tag, cseq=4, branch="z9hG4bK4"))) == ["500"]


def test_a_second_invite_before_the_answer(bench):
    """RFC 3261 14.2."""
    session = bench.incoming()
    tag = session.dialog.local_tag
    [sent] = bench.feed(request("INVITE", to_tag=tag, cseq=2, branch="z9hG4bK2", body=sdp()))
    assert (sent.status, sent.get("retry-after")) == (500, "5")
    assert session.state == "incoming"


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", b"signal = #\n", "#"),
        ("application/dtmf-relay", b"Signal=10\r\n", "*"),
        ("application/dtmf-relay", b"Signal=11\r\n", "#"),
        ("application/dtmf-relay", b"Signal=a\r\n", "A"),
        ("application/dtmf-relay", b"Signal=55\r\n", ""),
        ("application/dtmf-relay", b"Duration=1", ""),
        ("application/dtmf", b" 7\r\n", "7"),
        ("application/dtmf", b"16", ""),
        ("", b"", ""),
    ],
)
def test_keys_by_info(bench, kind, body, key):
    session = bench.answered()
    tag = session.dialog.local_tag
    data = request("INFO", to_tag=tag, cseq=2, branch="z9hG4bKi", body=body, content_type=kind)
    assert lines_of(bench.feed(data)) == ["200"]
    assert lines_of(bench.feed(data)) == ["200"]
    pressed = [told for told in bench.told if isinstance(told, Pressed)]
    assert pressed == ([Pressed(session, key)] if key else [])


def test_other_requests_within_a_call(bench):
    session = bench.answered()
    tag = session.dialog.local_tag

    def ask(method: str, cseq: int, **more) -> Response:
        [sent] = bench.feed(
            request(method, to_tag=tag, cseq=cseq, branch=f"z9hG4bKx{cseq}", **more)
        )
        return sent

    strange = ask("INFO", 2, body=b"<x/>", content_type="application/media_control+xml")
    assert strange.status == 415 and "application/dtmf-relay" in strange.get("accept")
    options = ask("OPTIONS", 3)
    assert (options.status, options.get("allow")) == (200, ALLOW)
    assert [ask(m, n).status for n, m in enumerate(("NOTIFY", "REFER", "REGISTER"), 4)] == [405] * 3
    assert session.state == "up"


def test_options_and_register_outside_are_for_the_user(bench):
    assert bench.feed(request("OPTIONS")) == []
    [asked] = bench.told
    assert asked.source == PEER
    assert lines_of(bench.respond(asked, 200)) == ["200"]
