import pytest

from sip_kit import PEER, request
from sip_lab import Lab, asked, first_line, names
from telephony.core.transaction_tables import (
    ack_for,
    cancel_for,
)
from telephony.core.transaction_types import (
    LIFETIME,
    T1,
    T2,
    T4,
    Abandon,
    Answered,
    Arrived,
    Closed,
    Drop,
    Hop,
    Received,
    Send,
    Stray,
)
from telephony.core.wire import parse


def test_100_after_200_ms_unless_something_was_sent():
    lab = Lab()
    lab.server()
    assert lab.until(0.19) == []
    [(when, trying)] = lab.until(0.3)
    assert (when, first_line(trying)) == (0.2, "SIP/2.0 100 Trying")
    assert [first_line(a) for a in lab.feed(asked())] == ["SIP/2.0 100 Trying"]
    quick = Lab()
    tx = quick.server()
    quick.respond(tx, 180)
    assert quick.until(1.0) == []
    assert [first_line(a) for a in quick.feed(asked())] == ["SIP/2.0 180 Ringing"]


def test_a_repeated_invite_before_any_answer_is_swallowed():
    lab = Lab()
    lab.server()
    assert lab.feed(asked()) == []
    assert len(lab.layer.servers) == 1


def test_a_refusal_is_repeated_until_its_ack():
    lab = Lab()
    lab.respond(lab.server(), 486)
    times = [when for when, _ in lab.until(10.0)]
    assert times == [0.5, 1.5, 3.5, 7.5]
    assert lab.feed(asked("ACK", to_tag="us")) == []
    assert lab.feed(asked()) == []  # a late repetition of the INVITE
    assert lab.until(10.0 + T4) == []
    assert not lab.layer.servers and not lab.layer.merged


def test_an_ack_with_a_branch_of_its_own_ends_the_repetition_too():
    lab = Lab()
    tx = lab.server()
    lab.respond(tx, 404)
    assert lab.feed(asked("ACK", to_tag="us", branch="z9hG4bKodd")) == []
    assert tx.state == "confirmed"
    assert names(lab.feed(asked("ACK", to_tag="us", branch="z9hG4bKodd2"))) == ["Arrived"]


def test_a_refusal_without_ack_is_given_up():
    lab = Lab()
    lab.respond(lab.server(), 486)
    repeated = lab.until(LIFETIME + 1)
    assert repeated[-1][0] <= LIFETIME
    assert not lab.layer.servers and len(lab.layer.timers) == 0


def test_after_a_200_the_invite_is_swallowed_and_the_ack_is_reported():
    """RFC 6026: else the repeated INVITE would be a new call."""
    lab = Lab()
    tx = lab.server()
    [sent] = lab.respond(tx, 200)
    assert first_line(sent) == "SIP/2.0 200 OK"
    assert lab.feed(asked()) == []
    assert [first_line(a) for a in lab.respond(tx, 200)] == ["SIP/2.0 200 OK"]
    [ack] = lab.feed(asked("ACK", to_tag="us"))  # a peer that reuses the branch
    assert isinstance(ack, Arrived) and ack.transaction is None
    assert tx.request is None and tx.last is None
    lab.until(LIFETIME)
    assert not lab.layer.servers
    assert names(lab.feed(asked()))[-1] == "Arrived"


def test_an_ack_of_its_own_is_reported():
    lab = Lab()
    [ack] = lab.feed(asked("ACK", branch="z9hG4bKother", to_tag="us"))
    assert (ack.transaction, ack.source) == (None, PEER)
    assert not lab.layer.servers


# --- other requests to us -------------------------------------------------------------------------


def test_other_requests_are_answered_once_and_repeated_from_memory():
    lab = Lab()
    tx = lab.server("OPTIONS")
    assert lab.feed(asked("OPTIONS")) == []
    [sent] = lab.respond(tx, 200)
    assert lab.feed(asked("OPTIONS")) == [sent]
    lab.until(LIFETIME)
    assert not lab.layer.servers


def test_a_dropped_request_is_forgotten():
    lab = Lab()
    tx = lab.server("REGISTER")
    assert lab.layer.handle(Drop(tx), 0.0) == []
    assert not lab.layer.servers and not lab.layer.merged


def test_too_many_are_answered_without_memory():
    lab = Lab(most=1)
    lab.server("OPTIONS")
    [busy] = lab.feed(asked("OPTIONS", branch="z9hG4bKmore", call_id="2"))
    assert first_line(busy) == "SIP/2.0 503 Service Unavailable"
    assert b"Retry-After" in busy.data and len(lab.layer.servers) == 1


def test_the_same_request_by_another_path_is_merged():
    """RFC 3261 8.2.2.2."""
    lab = Lab()
    tx = lab.server()
    [looped] = lab.feed(asked(branch="z9hG4bKfork"))
    assert first_line(looped) == "SIP/2.0 482 Loop Detected"
    lab.respond(tx, 486)
    [looped] = lab.feed(asked(branch="z9hG4bKfork2"))
    assert first_line(looped) == "SIP/2.0 482 Loop Detected"
    assert names(lab.feed(asked("INVITE", branch="z9hG4bKother", cseq=2))) == ["Arrived"]


@pytest.mark.parametrize("method", ["INVITE", "REGISTER"])
def test_credentials_without_a_new_cseq_are_no_merged_request(method):
    lab = Lab()
    tx = lab.server(method)
    lab.respond(tx, 401)
    assert names(lab.feed(asked(method, branch="z9hG4bKagain"))) == ["Arrived"]


def test_matching():
    """RFC 3261 17.2.3: branch, sent-by, method."""
    lab = Lab()
    lab.server()
    for other in (
        request("INVITE", call_id="b", branch="z9hG4bKPEER1"),
        request("INVITE", call_id="c").replace(b"UDP 10.0.0.2:5060", b"UDP 10.0.0.2:5070"),
        request("OPTIONS", call_id="d"),
    ):
        message = parse(other)
        assert names(lab.feed(message)) == ["Arrived"]
    spelled_out = parse(request("INVITE").replace(b"UDP 10.0.0.2:5060", b"UDP 10.0.0.2"))
    assert lab.feed(spelled_out) == []


@pytest.mark.parametrize("branch", ["old", "z9hG4bK", ""])
def test_rfc_2543_elements_are_served(branch):
    lab = Lab()
    via = f";branch={branch}" if branch else ""
    data = request("INVITE").replace(b";branch=z9hG4bKpeer1", via.encode())
    invite = parse(data)
    arrived = next(a for a in lab.feed(invite) if isinstance(a, Arrived))
    assert lab.feed(parse(data)) == []
    lab.respond(arrived.transaction, 404)
    ack = request("ACK", to_tag="us").replace(b";branch=z9hG4bKpeer1", via.encode())
    assert lab.feed(parse(ack)) == []
    assert arrived.transaction.state == "confirmed"


def test_a_cancel_finds_its_invite():
    lab = Lab()
    tx = lab.server()
    cancel = asked("CANCEL")
    assert names(lab.feed(cancel)) == ["Arrived"]
    assert lab.layer.find_invite(cancel) is tx
    assert lab.layer.find_invite(asked("CANCEL", branch="z9hG4bKno")) is None


# --- our requests ---------------------------------------------------------------------------------


def test_our_invite_is_repeated_and_times_out():
    lab = Lab()
    lab.client()
    happened = lab.until(100.0)
    assert [when for when, a in happened if isinstance(a, Send)] == [
        0.5,
        1.5,
        3.5,
        7.5,
        15.5,
        31.5,
    ]
    when, answered = happened[-1]
    assert (when, answered.response.status, answered.local) == (32.0, 408, True)
    assert answered.transaction.owner == "owner"
    assert not lab.layer.clients


def test_a_1xx_ends_the_repetition():
    lab = Lab()
    tx = lab.client()
    [ringing] = lab.answer(tx, 180)
    assert isinstance(ringing, Answered) and ringing.response.status == 180
    assert lab.until(100.0) == []
    assert names(lab.answer(tx, 183)) == ["Answered"]
    assert tx.last is None


def test_a_refusal_is_acked_each_time_it_comes():
    lab = Lab()
    tx = lab.client()
    ack, answered = lab.answer(tx, 486)
    assert first_line(ack) == "ACK sip:100@10.0.0.1 SIP/2.0"
    assert answered.response.status == 486 and tx.request is None
    assert lab.answer(tx, 486) == [ack]
    assert lab.answer(tx, 180) == []
    lab.until(LIFETIME)
    assert not lab.layer.clients


def test_each_2xx_is_reported_and_the_end_of_them():
    """RFC 6026: forks may answer twice, and a lost ACK brings the 2xx again."""
    lab = Lab()
    tx = lab.client()
    assert names(lab.answer(tx, 200)) == ["Answered"]
    assert names(lab.answer(tx, 200)) == ["Answered"]
    assert lab.answer(tx, 486) == []
    assert lab.until(LIFETIME) == [(LIFETIME, Closed(tx))]
    [stray] = lab.answer(tx, 200)
    assert isinstance(stray, Stray)
    assert lab.answer(tx, 486) == []


def test_abandoned():
    lab = Lab()
    tx = lab.client()
    lab.answer(tx, 180)
    assert lab.layer.handle(Abandon(tx), 0.0) == []
    assert not lab.layer.clients and len(lab.layer.timers) == 0


def test_other_requests_of_ours():
    lab = Lab()
    lab.client("OPTIONS")
    times = [when for when, a in lab.until(100.0) if isinstance(a, Send)]
    assert times == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert not lab.layer.clients


def test_after_a_1xx_other_requests_are_repeated_each_t2():
    lab = Lab()
    tx = lab.client("OPTIONS")
    lab.until(1.0)
    assert lab.answer(tx, 100, "OPTIONS") == []
    happened = lab.until(100.0)
    assert [when for when, a in happened if isinstance(a, Send)][:2] == [1.0 + T2, 1.0 + 2 * T2]
    when, answered = happened[-1]
    assert (when, answered.response.status) == (64 * T1, 408)


def test_a_final_response_is_reported_once():
    lab = Lab()
    tx = lab.client("OPTIONS")
    assert names(lab.answer(tx, 200, "OPTIONS")) == ["Answered"]
    assert lab.answer(tx, 200, "OPTIONS") == []
    lab.until(T4)
    assert not lab.layer.clients
    assert lab.answer(tx, 200, "OPTIONS") == []  # RFC 4320 4.2: late, and nobody is asked


def test_ack_and_cancel_are_built_like_their_invite():
    invite = asked("INVITE", cseq=7)
    invite.add("Route", "<sip:p1;lr>")
    invite.add("Route", "<sip:p2;lr>")
    for built in (ack_for(invite, invite.reply(404, to_tag="b")), cancel_for(invite)):
        assert built.uri == invite.uri
        assert built.values("route") == ["<sip:p1;lr>", "<sip:p2;lr>"]
        assert built.via.branch == invite.via.branch
        assert built.cseq == (7, built.method)
        assert built.from_.tag == "peer" and built.call_id == "call-1"
    assert ack_for(invite, invite.reply(404, to_tag="b")).to.tag == "b"
    assert cancel_for(invite).to.tag == ""


def test_responses_go_back_through_the_socket_they_came_by():
    lab = Lab()
    actions = lab.layer.handle(Received(asked("OPTIONS"), Hop("10.0.0.2", 9999, 3)), 0.0)
    assert actions[0].transaction.hop == Hop("10.0.0.2", 5060, 3)
