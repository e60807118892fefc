from telephony.core.digest import DigestServer, Verdict
from telephony.core.registration import RETRY, Answered, Registration, Send, Start, State, Stop

PBX = DigestServer("pbx", b"k" * 32, {"96000": "pw"}.get)


def machine() -> Registration:
    return Registration("sip:pbx.example", "96000", "pw")


def test_plain_registration_is_refreshed_in_time() -> None:
    ours = machine()
    assert ours.handle(Start(), 0.0) == [Send(1, 300)]
    assert ours.handle(Answered(1, 200, granted=100), 0.2) == []
    assert ours.state is State.REGISTERED
    wakeup = ours.next_wakeup()
    assert wakeup is not None and 50 <= wakeup < 100
    assert ours.handle(None, wakeup - 1) == []
    assert ours.handle(None, wakeup) == [Send(2, 300)]


def test_a_challenge_is_answered_once() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    (send,) = ours.handle(Answered(1, 401, challenges=tuple(PBX.challenges(0.0)), cnonce="c"), 0.0)
    assert send.cseq == 2 and send.authorization is not None
    name, value = send.authorization
    assert name == "Authorization"
    assert PBX.verify(value, "REGISTER", 0.1)[0] is Verdict.GOOD
    # a second challenge means the password is wrong: no third try at once
    again = Answered(2, 401, "Unauthorized", tuple(PBX.challenges(0.0)), cnonce="c")
    assert ours.handle(again, 1.0) == []
    assert ours.state is State.FAILED and "password" in ours.text
    assert ours.next_wakeup() == 1.0 + RETRY[0]


def test_a_proxy_challenge_takes_the_other_header() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    (send,) = ours.handle(Answered(1, 407, challenges=tuple(PBX.challenges(0.0)), cnonce="c"), 0.0)
    assert send.authorization and send.authorization[0] == "Proxy-Authorization"


def test_a_challenge_without_an_answer_fails() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    assert ours.handle(Answered(1, 401, challenges=("Basic x",)), 0.0) == []
    assert ours.state is State.FAILED


def test_failures_wait_longer_and_longer_and_then_recover() -> None:
    ours, now = machine(), 0.0
    ours.handle(Start(), now)
    waits = []
    for cseq in range(1, 8):
        ours.handle(Answered(cseq, 408), now)
        wakeup = ours.next_wakeup()
        assert wakeup is not None
        waits.append(wakeup - now)
        now = wakeup
        assert ours.handle(None, now) == [Send(cseq + 1, 300)]
    assert waits == [*RETRY, RETRY[-1], RETRY[-1]]
    assert ours.text == "registering"
    ours.handle(Answered(8, 200), now)
    assert ours.state is State.REGISTERED


def test_no_answer_and_refusal_say_what_to_look_at() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    ours.handle(Answered(1, 408), 32.0)
    assert "firewall" in ours.text
    ours.handle(None, 40.0)
    ours.handle(Answered(2, 503, "Busy"), 41.0)
    assert ours.text == "503 Busy"


def test_too_brief_is_mended() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    assert ours.handle(Answered(1, 423, least=900), 0.0) == [Send(2, 900)]
    assert ours.handle(Answered(2, 423, least=100), 0.0) == []
    assert ours.state is State.FAILED


def test_late_answers_are_ignored_and_stop_gives_back() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    assert ours.handle(Answered(7, 200), 0.0) == []
    assert ours.state is State.TRYING
    ours.handle(Answered(1, 200), 0.0)
    assert ours.handle(Stop(), 1.0) == [Send(2, 0)]
    assert ours.handle(Answered(2, 200), 1.1) == []
    assert ours.state is State.ENDED and ours.next_wakeup() is None
    assert machine().handle(Stop(), 0.0) == []
    assert machine().handle(None, 0.0) == []


def test_a_longer_interval_is_challenged_anew_and_that_is_no_wrong_password() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    ours.handle(Answered(1, 401, challenges=tuple(PBX.challenges(0.0)), cnonce="c"), 0.0)
    assert ours.handle(Answered(2, 423, least=600), 0.0) == [Send(3, 600)]
    (send,) = ours.handle(Answered(3, 401, challenges=tuple(PBX.challenges(0.0)), cnonce="c"), 0.0)
    assert send.authorization is not None and ours.state is State.TRYING


def test_a_stale_nonce_is_no_wrong_password() -> None:
    ours = machine()
    ours.handle(Start(), 0.0)
    ours.handle(Answered(1, 401, challenges=tuple(PBX.challenges(0.0)), cnonce="c"), 0.0)
    stale = tuple(PBX.challenges(1.0, stale=True))
    assert ours.handle(Answered(2, 401, challenges=stale, cnonce="c"), 0.0)
    assert ours.handle(Answered(3, 401, challenges=stale, cnonce="c"), 0.0) == []
    assert ours.state is State.FAILED
