import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_kit import octets, request, sdp
from telephony.core.message import CSeq, Request, Response, parse_via
from telephony.core.uri import UriError
from telephony.core.wire import MAX_HEADER_BYTES, MAX_HEADERS, WireError, parse


def refused(data: bytes) -> WireError:
    with pytest.raises(WireError) as caught:
        parse(data)
    return caught.value


def test_a_request_is_read():
    message = parse(request("INVITE", "Subject: hello: world", body=sdp()))
    assert isinstance(message, Request)
    assert (message.method, message.uri) == ("INVITE", "sip:100@10.0.0.1")
    assert message.cseq == CSeq(1, "INVITE")
    assert message.from_.tag == "peer"
    assert message.to.tag == ""
    assert message.call_id == "call-1"
    assert message.via.branch == "z9hG4bKpeer1"
    assert message.via.sent_by == "10.0.0.2:5060"
    assert message.contact is not None and message.contact.uri.user == "200"
    assert message.content_type == "application/sdp"
    assert message.get("subject") == "hello: world"
    assert message.get("nothing") == ""
    assert message.body == sdp()


def test_a_response_is_read():
    data = parse(request("INVITE")).reply(486, "Not Now").to_bytes()
    message = parse(data)
    assert isinstance(message, Response)
    assert (message.status, message.reason) == (486, "Not Now")
    assert message.to_bytes() == data


def test_compact_and_folded_and_spaced():
    message = parse(
        b"INVITE sip:a@b SIP/2.0\r\n"
        b"v:  SIP / 2.0 / UDP  10.0.0.2 : 5066;branch=z9hG4bKx;\r\n"
        b"  rport\r\n"
        b"f : <sip:x@y>;tag=1\r\nt:<sip:a@b>\r\ni: c1\r\nCSEQ:  7 \t INVITE\r\n"
        b"m: <sip:x@y>\r\nk: a,\r\n\tb\r\nk: c\r\nr: <sip:r@r>\r\n"
        b"b: <sip:b@b>\r\nx: 90\r\no: talk\r\nl: 3\r\n\r\nabcdef"
    )
    assert isinstance(message, Request)
    assert message.via.port == 5066 and "rport" in message.via.params
    assert message.cseq == CSeq(7, "INVITE")
    assert message.values("supported") == ["a", "b", "c"]
    assert [message.get(n) for n in ("refer-to", "referred-by", "session-expires", "event")] == [
        "<sip:r@r>",
        "<sip:b@b>",
        "90",
        "talk",
    ]
    assert message.body == b"abc"


def test_bare_line_feeds_and_leading_line_ends():
    data = b"\r\n\r\n" + request("OPTIONS").replace(b"\r\n", b"\n")
    assert isinstance(parse(data), Request)


def test_lists_are_split_outside_of_quotes():
    message = parse(
        request("INVITE", 'Record-Route: <sip:p1;lr>, "a, b" <sip:p2;lr>', "Record-Route: <sip:p3>")
    )
    assert message.values("record-route") == ["<sip:p1;lr>", '"a, b" <sip:p2;lr>', "<sip:p3>"]


def test_octets_that_are_no_utf8_survive():
    data = request("INVITE").replace(b"<sip:200@10.0.0.2>;tag", b'"\xff\xe9" <sip:200@h>;tag')
    message = parse(data)
    assert isinstance(message, Request)
    assert b'From: "\xff\xe9" <sip:200@h>;tag=peer\r\n' in message.reply(200).to_bytes()


# what, the message, the status to answer (0: drop)
BROKEN = [
    ("nothing", b"", 0),
    ("line ends", b"\r\n\r\n", 0),
    ("noise", b"\x16\x03\x01\x02\x00hello\r\n\r\n", 0),
    ("http", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0),
    ("NUL", b"OPTIONS sip:a SIP/2.0\r\nVia: \0\r\n\r\n", 0),
    ("cut off", request("INVITE")[:120], 0),
    ("cut off at a line", request("INVITE")[:90].rpartition(b"\r\n")[0] + b"\r\n", 0),
    ("cut off before the empty line", request("INVITE").replace(b"\r\n\r\n", b"\r\n"), 0),
    ("short body", request("INVITE", body=sdp())[:-5], 400),
    ("negative length", request("INVITE").replace(b"Length: 0", b"Length: -1"), 400),
    ("odd length", request("INVITE").replace(b"Length: 0", b"Length: 0x0"), 400),
    ("huge length", request("INVITE").replace(b"Length: 0", b"Length: " + b"9" * 40), 400),
    ("two lengths", request("INVITE", "l: 0"), 400),
    ("no Call-ID", request("INVITE").replace(b"Call-ID: call-1\r\n", b""), 0),
    ("odd Call-ID", request("INVITE").replace(b"call-1", b"call 1"), 400),
    ("no From", request("INVITE").replace(b"From:", b"Frm:"), 0),
    ("no Via", request("INVITE").replace(b"Via:", b"Vya:"), 0),
    ("empty Via", request("INVITE").replace(b"Via: SIP/2.0/UDP 10.0.0.2:5060", b"Via: "), 0),
    ("two CSeq", request("INVITE", "CSeq: 1 INVITE"), 400),
    ("two To", request("INVITE", "t: <sip:x@y>"), 400),
    ("CSeq of another method", request("INVITE", cseq_method="BYE"), 400),
    ("CSeq of another case", request("INVITE", cseq_method="Invite"), 400),
    ("CSeq too large", request("INVITE", cseq=2**31), 400),
    ("CSeq of 20 digits", request("INVITE", cseq=10**20), 400),
    ("CSeq without method", request("INVITE").replace(b"CSeq: 1 INVITE", b"CSeq: 1"), 400),
    ("CSeq negative", request("INVITE", cseq=-1), 400),
    ("Max-Forwards 300", request("INVITE").replace(b"Forwards: 70", b"Forwards: 300"), 400),
    ("Max-Forwards x", request("INVITE").replace(b"Forwards: 70", b"Forwards: x"), 400),
    ("bad To", request("INVITE").replace(b"To: <sip:100", b"To: <sip 100"), 400),
    ("open quotes in To", request("INVITE").replace(b"To: <", b'To: "Mr. <'), 400),
    ("bad From", request("INVITE").replace(b"From: <", b"From: "), 400),
    ("no colon", request("INVITE", "Gibberish"), 400),
    ("odd name", request("INVITE", "Odd name: x"), 400),
    ("URI in brackets", request("INVITE", uri="<sip:a@b>"), 400),
    ("spaces in the URI", request("INVITE", uri="sip:a@b; lr"), 400),
    ("no URI", b"INVITE  SIP/2.0" + request("INVITE").partition(b" SIP/2.0")[2], 400),
    ("version 7", request("INVITE").replace(b"1 SIP/2.0\r\n", b"1 SIP/7.0\r\n", 1), 505),
    ("too many headers", request("INVITE", *["X: y"] * MAX_HEADERS), 413),
    ("a long line", request("INVITE", "X: " + "y" * 9000), 413),
    ("64 KB of headers", request("INVITE", *[f"X: {'y' * 1000}"] * 60), 413),
    ("ACK with an error", request("ACK", cseq_method="BYE"), 0),
    ("status 99", b"SIP/2.0 99 Low\r\n\r\n", 0),
    ("status 4294967301", b"SIP/2.0 4294967301 OK\r\n\r\n", 0),
    ("status x", b"SIP/2.0 x OK\r\n\r\n", 0),
    ("response of version 3", b"SIP/3.0 200 OK\r\n\r\n", 0),
    ("response without headers", b"SIP/2.0 200 OK\r\n\r\n", 0),
    ("rport x", request("INVITE", branch="z9hG4bK1;rport=x"), 0),
]


@pytest.mark.parametrize(("data", "status"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_broken_messages(data, status):
    error = refused(data)
    assert error.status == status, str(error)
    assert (error.request is not None) == (status != 0)
    if error.request is not None:
        answer = error.request.reply(status, to_tag="x").to_bytes()
        assert answer.startswith(f"SIP/2.0 {status} ".encode())
        assert b"\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKpeer1\r\n" in answer


def test_the_answer_to_a_message_too_large_is_small():
    error = refused(request("INVITE", *[f"X: {'y' * 1000}"] * 60))
    assert error.request is not None
    assert len(error.request.reply(error.status).to_bytes()) < 500 < MAX_HEADER_BYTES


# RFC 4475 in spirit: odd, and correct
ODD = [
    octets(
        "INVITE sip:vivekg@chair.dnrc.bell-labs.com;unknownparam SIP/2.0",
        "TO :\r\n sip:vivekg@chair.dnrc.bell-labs.com ;   tag    = 1918181833n",
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8',
        "MaX-fOrWaRdS: 0068",
        "Call-ID: wsinv.ndaksdj@192.0.2.1",
        "cseq: 0009\r\n  INVITE",
        "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw",
        "s :",
        "NewFangledHeader:   newfangled value\r\n continued newfangled value",
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
        " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239",
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n'
        "      newvalue ;\r\n  secondparam ; q = 0.33",
    ),
    request(
        "!interesting-Method0123456789_*+`.%indeed'~",
        uri="sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
        ":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    ),
    request("INVITE", uri="sip:sips%3Auser%40example.com@example.net"),
    request("RE%47IST%45R"),
    request("OPTIONS", uri="sip:user;par=u%40example.net@example.com"),
    request("OPTIONS", uri="nobodyKnowsThisScheme:totallyopaquecontent"),
    request("OPTIONS", uri="soap.beep://192.0.2.103:3002"),
    b"SIP/2.0 100 \xd0\x9d\xd0\xb5\xd1\x82\r\n" + request("INVITE").partition(b"\r\n")[2],
    b"SIP/2.0 200 \r\n" + request("INVITE").partition(b"\r\n")[2],
    request("OPTIONS") + b"extra octets after the body",
]


@pytest.mark.parametrize("data", ODD)
def test_odd_but_correct_messages(data):
    message = parse(data)
    assert parse(message.to_bytes()).cseq == message.cseq


def test_torture_details():
    message = parse(ODD[0])
    assert message.to.tag == "1918181833n"
    assert message.from_.display == 'J Rosenberg \\"'
    assert message.cseq == CSeq(9, "INVITE")
    assert [str(parse_via(v)) for v in message.values("via")] == [
        "SIP/2.0/UDP 192.0.2.2;branch=390skdjuw",
        "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8",
        "SIP/2.0/UDP 192.168.255.111;branch=z9hG4bK30239",
    ]
    assert message.contact is not None and message.contact.params["q"] == "0.33"


def test_no_contact_is_none():
    plain = request("OPTIONS").replace(b"Contact: <sip:200@10.0.0.2:5060>", b"Contact: *")
    assert parse(plain).contact is None


@pytest.mark.parametrize(
    ("via", "source", "stamped", "goes_to"),
    [  # RFC 3261 18.2.1 and 18.2.2, RFC 3581
        ("10.0.0.2:5066", ("10.0.0.2", 9), "10.0.0.2:5066", ("10.0.0.2", 5066)),
        ("pc.home", ("10.0.0.2", 9), "pc.home;received=10.0.0.2", ("10.0.0.2", 5060)),
        (
            "10.9.9.9;rport",
            ("10.0.0.2", 77),
            "10.9.9.9;rport=77;received=10.0.0.2",
            ("10.0.0.2", 77),
        ),
        ("10.0.0.2;maddr=10.0.0.9", ("10.0.0.2", 9), "10.0.0.2;maddr=10.0.0.9", ("10.0.0.2", 5060)),
        ("10.0.0.2;received=6.6.6.6", ("10.0.0.2", 9), "10.0.0.2", ("10.0.0.2", 5060)),
        ("[::1]:5070", ("::1", 9), "[::1]:5070", ("::1", 5070)),
    ],
)
def test_where_responses_go(via, source, stamped, goes_to):
    data = request("OPTIONS", "Via: SIP/2.0/UDP 1.1.1.1;branch=z9hG4bKb")
    data = data.replace(b"10.0.0.2:5060;branch=z9hG4bKpeer1", via.encode())
    message = parse(data)
    assert isinstance(message, Request)
    message.stamp(*source)
    assert message.values("via") == [
        f"SIP/2.0/UDP {stamped}",
        "SIP/2.0/UDP 1.1.1.1;branch=z9hG4bKb",
    ]
    assert message.via.reply_to == goes_to


def test_what_a_reply_copies():
    invite = parse(request("INVITE", "Record-Route: <sip:p;lr>", "Timestamp: 54"))
    assert isinstance(invite, Request)
    trying, ringing, busy = invite.reply(100), invite.reply(180, to_tag="u"), invite.reply(486)
    assert trying.get("timestamp") == "54" and ringing.get("timestamp") == ""
    assert (trying.values("record-route"), ringing.values("record-route")) == ([], ["<sip:p;lr>"])
    assert busy.values("record-route") == []
    assert ringing.to.tag == "u" and trying.to.tag == ""
    again = parse(request("BYE", to_tag="already"))
    assert isinstance(again, Request)
    assert again.reply(200, to_tag="other").to.tag == "already"
    assert invite.reply(299).reason == "Unknown"
    assert invite.reply(486, "Not\r\nVia: now").reason == "Not Via: now"


def test_nothing_is_smuggled_into_headers():
    message = Request("INVITE", "sip:a@b")
    with pytest.raises(ValueError):
        message.add("Subject", "x\r\nVia: evil")
    with pytest.raises(ValueError):
        message.set("X: y\r\nZ", "x")


def test_changed_headers_are_read_anew():
    message = parse(request("OPTIONS"))
    assert message.from_.tag == "peer"
    message.set("From", "<sip:x@y>;tag=new")
    assert message.from_.tag == "new"
    message.headers.remove("From")
    message.add("From", "<sip:x@y>;tag=newer")
    assert message.from_.tag == "newer"


@pytest.mark.parametrize(
    "text", ["", "SIP/2.0/UDP", "SIP/3.0/UDP h", "SIP/2.0/U@P h", "X/2.0/UDP h", "SIP/2.0/UDP h:0"]
)
def test_bad_via(text):
    with pytest.raises(UriError):
        parse_via(text)


JUNK = [b"\r\n", b",", b'"', b"<", b";", b"\0", b" "]


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(data):
    try:
        parse(data)
    except WireError:
        pass


@given(st.data())
def test_mutated_messages_are_read_or_refused_and_answerable(data):
    message = bytearray(data.draw(st.sampled_from([*ODD, request("INVITE", body=sdp())])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(message) - 1))
        what = data.draw(st.sampled_from(["drop", "change", "insert", "copy", "cut"]))
        if what == "drop":
            del message[at : at + data.draw(st.integers(1, 8))]
        elif what == "change":
            message[at] = data.draw(st.integers(0, 255))
        elif what == "insert":
            message[at:at] = data.draw(st.sampled_from(JUNK))
        elif what == "copy":
            message[at:at] = message[at : at + 40]
        else:
            del message[at:]
        if not message:
            break
    try:
        found = parse(bytes(message))
    except WireError as error:
        if error.request is not None:
            error.request.stamp("10.0.0.2", 5060)
            assert 400 <= error.status < 600
        return
    assert parse(found.to_bytes()).call_id == found.call_id
    if isinstance(found, Request):
        found.stamp("10.0.0.2", 5060)
        host, port = found.via.reply_to
        assert host and 0 <= port < 65536
        assert isinstance(parse(found.reply(200, to_tag="x").to_bytes()), Response)
