import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_kit import sdp
from telephony.core.offer_answer import Agreed, Negotiation, NotAcceptable
from telephony.core.sdp import SdpError, from_body, parse, render


def ours() -> Negotiation:
    return Negotiation("10.0.0.1", 20000, 7)


def lines(body: bytes) -> list[str]:
    return body.decode().split("\r\n")


def media_lines(body: bytes) -> list[str]:
    return [line for line in lines(body) if line.startswith("m=")]


def version(body: bytes) -> str:
    return next(line for line in lines(body) if line.startswith("o=")).split()[2]


def test_a_usual_offer_is_answered():
    negotiation = ours()
    assert lines(negotiation.answer(sdp())) == [
        "v=0",
        "o=- 7 7 IN IP4 10.0.0.1",
        "s=-",
        "c=IN IP4 10.0.0.1",
        "t=0 0",
        "m=audio 20000 RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=sendrecv",
        "",
    ]
    assert negotiation.agreed == Agreed("10.0.0.2", 4000, "PCMU", 0, 101, 20, True, True, 4001)


@pytest.mark.parametrize(
    ("offer", "codec", "payload_type"),
    [
        (sdp(formats="8 0"), "PCMA", 8),
        (sdp(formats="9 18 8"), "PCMA", 8),
        (sdp("a=rtpmap:97 pcma/8000/1", formats="97"), "PCMA", 97),
        (sdp(formats="0").replace(b"a=rtpmap:0 PCMU/8000\r\n", b""), "PCMU", 0),
        (sdp("a=rtpmap:0 EVIL/1", formats="0 8"), "PCMA", 8),
        (sdp("a=rtpmap:300 PCMU/8000", formats="300 x 8"), "PCMA", 8),
    ],
)
def test_the_first_codec_we_speak_is_taken(offer, codec, payload_type):
    negotiation = ours()
    negotiation.answer(offer)
    assert negotiation.agreed is not None
    assert (negotiation.agreed.codec, negotiation.agreed.payload_type) == (codec, payload_type)


@pytest.mark.parametrize(
    ("extra", "formats", "event"),
    [
        ("a=rtpmap:96 telephone-event/8000", "0 96", 96),
        ("a=rtpmap:96 TELEPHONE-EVENT/8000/1", "0 96", 96),
        ("a=rtpmap:96 telephone-event/16000", "0 96", None),
        ("a=x", "0", None),
        ("a=rtpmap:200 telephone-event/8000", "0 200", None),
    ],
)
def test_the_offers_event_number_is_reused(extra, formats, event):
    negotiation = ours()
    answer = negotiation.answer(sdp(extra, formats=formats))
    assert negotiation.agreed is not None and negotiation.agreed.event_type == event
    assert (b"telephone-event" in answer) == (event is not None)
    if event:
        assert f"a=rtpmap:{event} telephone-event/8000".encode() in answer
        assert f"a=rtpmap:{event} ".encode() in negotiation.offer()


@pytest.mark.parametrize(
    ("said", "taken"), [("10", 10), ("30", 30), ("60", 60), ("25", 20), ("x", 20), ("20.5", 20)]
)
def test_ptime(said, taken):
    negotiation = ours()
    answer = negotiation.answer(sdp(f"a=ptime:{said}"))
    assert negotiation.agreed is not None and negotiation.agreed.ptime == taken
    assert f"a=ptime:{taken}" in lines(answer)


@pytest.mark.parametrize(
    ("attribute", "host", "hold", "answered", "send", "receive"),
    [  # RFC 3264 6.1 and 8.4
        ("sendrecv", "10.0.0.2", False, "sendrecv", True, True),
        ("sendonly", "10.0.0.2", False, "recvonly", False, True),
        ("recvonly", "10.0.0.2", False, "sendonly", True, False),
        ("inactive", "10.0.0.2", False, "inactive", False, False),
        ("sendrecv", "0.0.0.0", False, "recvonly", False, True),
        ("recvonly", "0.0.0.0", False, "inactive", False, False),
        ("inactive", "0.0.0.0", False, "inactive", False, False),
        ("sendrecv", "10.0.0.2", True, "sendonly", True, False),
        ("sendonly", "10.0.0.2", True, "inactive", False, False),
    ],
)
def test_hold(attribute, host, hold, answered, send, receive):
    negotiation = ours()
    negotiation.hold = hold
    answer = negotiation.answer(sdp(f"a={attribute}", host=host))
    assert f"a={answered}" in lines(answer)
    assert negotiation.agreed is not None
    assert (negotiation.agreed.send, negotiation.agreed.receive) == (send, receive)


def test_a_direction_for_the_whole_session_counts():
    offer = sdp().replace(b"t=0 0", b"t=0 0\r\na=sendonly\r\na=tool:x")
    assert "a=recvonly" in lines(ours().answer(offer))


def test_other_media_are_refused_in_their_place():
    offer = (
        b"v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nt=0 0\r\n"
        b"m=video 5000/2 RTP/AVP 96 97\r\nc=IN IP4 10.0.0.2\r\n"
        b"m=audio 5002 RTP/SAVP 0\r\nc=IN IP4 10.0.0.2\r\n"
        b"m=audio 5004 RTP/AVP 9\r\nc=IN IP4 10.0.0.2\r\n"
        b"m=audio 5005 RTP/AVP 0\r\nc=IN IP6 ::9\r\n"
        b"m=audio 5006 RTP/AVP 0\r\nc=IN IP4 10.0.0.9\r\na=rtcp:6000\r\n"
        b"m=image 5008 udptl t38\r\n"
    )
    negotiation = ours()
    wanted = [
        "m=video 0 RTP/AVP 96",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 0 RTP/AVP 9",
        "m=audio 0 RTP/AVP 0",
        "m=audio 20000 RTP/AVP 0",
        "m=image 0 udptl t38",
    ]
    assert media_lines(negotiation.answer(offer)) == wanted
    assert negotiation.agreed == Agreed("10.0.0.9", 5006, "PCMU", 0, None, 20, True, True, 6000)
    again = media_lines(negotiation.offer())  # they keep their places (RFC 3264 8)
    assert again[:4] + again[5:] == wanted[:4] + wanted[5:] and again[4].startswith("m=audio 20000")
    their_answer = sdp(formats="0").replace(
        b"m=audio", b"m=video 0 RTP/AVP 96\r\n" * 4 + b"m=audio"
    )
    assert negotiation.accept(their_answer).port == 4000


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        (sdp(formats="9 101"), "no common codec"),
        (sdp(port=0), "no audio"),
        (sdp().replace(b"m=audio", b"m=video"), "no audio"),
        (sdp().replace(b"c=IN IP4 10.0.0.2\r\n", b""), "no audio"),
        (sdp().replace(b"RTP/AVP", b"RTP/SAVPF"), "RTP/SAVPF is not spoken"),
        (b"v=0\r\n", "no audio"),
    ],
)
def test_offers_that_cannot_be_met(offer, why):
    negotiation = ours()
    negotiation.answer(sdp())
    before = negotiation.agreed
    with pytest.raises(NotAcceptable, match=why):
        negotiation.answer(offer)
    assert negotiation.agreed == before


@pytest.mark.parametrize(
    "offer",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        sdp().replace(b"m=audio 4000", b"m=audio"),
        sdp().replace(b"m=audio 4000 RTP/AVP 0 101", b"m=audio 4000 RTP/AVP"),
        sdp(port=99999),
        sdp().replace(b"4000", b"-4"),
        sdp().replace(b"IN IP4 10.0.0.2\r\nt=", b"IN ATM x\r\nt="),
        sdp() + b"m=audio 0 RTP/AVP 0\r\n" * 40,
        sdp() + b"a=x\r\n" * 10_000,
    ],
)
def test_what_is_no_description(offer):
    with pytest.raises(SdpError):
        ours().answer(offer)


def test_the_version_rises_only_on_change():
    negotiation = ours()
    first = negotiation.answer(sdp())
    assert version(first) == "7"
    assert negotiation.answer(sdp(version=2)) == first
    held = negotiation.answer(sdp("a=sendonly"))
    assert version(held) == "8"
    assert negotiation.answer(sdp("a=sendonly")) == held
    assert version(negotiation.answer(sdp())) == "9"


def test_two_of_us_agree():
    one, other = ours(), Negotiation("10.0.0.2", 4000, 1)
    assert one.accept(other.answer(one.offer())).codec == "PCMU"
    assert other.agreed == Agreed("10.0.0.1", 20000, "PCMU", 0, 101, 20, True, True, 20001)
    one.hold = True
    assert one.accept(other.answer(one.offer())).send
    assert one.agreed is not None and not one.agreed.receive
    assert other.agreed is not None and not other.agreed.send


def test_the_codec_in_use_stays():
    negotiation = ours()
    negotiation.answer(sdp(formats="8"))
    assert media_lines(negotiation.offer()) == ["m=audio 20000 RTP/AVP 8 0 101"]
    negotiation.answer(sdp(formats="0 8"))
    assert negotiation.agreed is not None and negotiation.agreed.codec == "PCMA"


@pytest.mark.parametrize(
    "answer", [sdp(port=0), sdp(formats="9"), b"v=0\r\n", sdp().replace(b"m=audio", b"m=video")]
)
def test_answers_that_are_none(answer):
    negotiation = ours()
    negotiation.offer()
    with pytest.raises(NotAcceptable):
        negotiation.accept(answer)
    assert negotiation.agreed is None


@pytest.mark.parametrize(
    ("rtcp", "port"),
    [("a=rtcp:53020", 53020), ("a=rtcp:53020 IN IP4 1.2.3.4", 53020), ("a=rtcp:x", 4001)],
)
def test_the_rtcp_attribute(rtcp, port):
    negotiation = ours()
    negotiation.answer(sdp(rtcp))
    assert negotiation.agreed is not None and negotiation.agreed.rtcp_port == port


def test_the_last_port_has_no_rtcp():
    negotiation = ours()
    negotiation.answer(sdp(port=65535))
    assert negotiation.agreed is not None and negotiation.agreed.rtcp_port == 0


def test_descriptions_in_bodies():
    assert from_body("application/sdp; charset=utf-8", b"v=0") == b"v=0"
    assert from_body("", b"v=0\r\n") == b"v=0\r\n"
    assert from_body("text/plain", b"v=0") is None
    assert from_body("multipart/mixed", b"v=0") is None
    mixed = (
        b"--b1\r\nContent-Type: application/isup\r\n\r\n\x01\x02\r\n"
        b"--b1\r\nContent-Type: Application/SDP\r\n\r\n" + sdp() + b"\r\n--b1--\r\n"
    )
    assert from_body('multipart/mixed; boundary="b1"', mixed) == sdp()
    assert from_body("multipart/mixed; boundary=b2", mixed) is None


def test_ipv6():
    assert b"o=- 1 1 IN IP6 ::1" in render("::1", 1, 1, [])
    negotiation = Negotiation("2001:db8::1", 20000, 7)
    offer = sdp().replace(b"c=IN IP4 10.0.0.2", b"c=IN IP6 2001:DB8:0::2")
    assert b"c=IN IP6 2001:db8::1" in negotiation.answer(offer)
    assert negotiation.agreed is not None and negotiation.agreed.host == "2001:db8::2"
    with pytest.raises(NotAcceptable, match="10.0.0.2 cannot be reached by IP6"):
        negotiation.accept(sdp())
    with pytest.raises(SdpError, match="address"):
        negotiation.answer(offer.replace(b"DB8:0::2", b"DB8:::2"))


@pytest.mark.parametrize(
    ("lines", "ptime"),
    [
        (["a=maxptime:10"], 10),
        (["a=ptime:60", "a=maxptime:30"], 30),
        (["a=ptime:20", "a=maxptime:15"], 10),
        (["a=maxptime:150"], 20),
        (["a=ptime:50"], 50),
        (["a=ptime:120"], 20),
        (["a=ptime:20.0"], 20),
    ],
)
def test_packets_are_never_longer_than_the_peer_allows(lines, ptime):
    negotiation = ours()
    assert f"a=ptime:{ptime}".encode() in negotiation.answer(sdp(*lines))
    assert negotiation.agreed is not None and negotiation.agreed.ptime == ptime


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_octets_are_read_or_refused(data):
    for body in (data, b"v=0\r\n" + data):
        try:
            parse(body)
        except SdpError:
            pass


@given(st.data())
def test_mutated_offers_are_answered_or_refused(data):
    offer = bytearray(sdp("a=ptime:30", "a=rtcp:4001", "a=sendonly"))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(offer) - 1))
        end = at + data.draw(st.integers(0, 6))
        offer[at:end] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"\r\n", b" ", b"99999"])
        )
    negotiation = ours()
    try:
        answer = negotiation.answer(bytes(offer))
    except (SdpError, NotAcceptable):
        assert negotiation.agreed is None
        return
    assert negotiation.agreed is not None
    assert len(parse(answer).media) == len(parse(bytes(offer)).media)
