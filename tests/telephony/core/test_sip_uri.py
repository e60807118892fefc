import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from telephony.core.uri import (
    NameAddr,
    Uri,
    UriError,
    format_params,
    parse_host_port,
    parse_name_addr,
    parse_params,
    parse_uri,
    quoted,
    split_outside,
)

# text, scheme, user, number, host, port
URIS = [
    ("sip:100@10.0.0.1", "sip", "100", "100", "10.0.0.1", None),
    ("SIP:Anna@Example.COM:5070", "sip", "Anna", "Anna", "example.com", 5070),
    ("sips:example.com", "sips", "", "", "example.com", None),
    ("sip:a;x=y@h", "sip", "a;x=y", "a", "h", None),
    ("sip:100%23@h", "sip", "100%23", "100#", "h", None),
    ("sip:user?with=odd@h;lr", "sip", "user?with=odd", "user?with=odd", "h", None),
    ("sip:[2001:db8::1]:5062;transport=udp", "sip", "", "", "2001:db8::1", 5062),
    ("sip:u@[::1]", "sip", "u", "u", "::1", None),
    (
        "sip:+1-212-555-1212:pw@gw.com;user=phone",
        "sip",
        "+1-212-555-1212",
        "+12125551212",
        "gw.com",
        None,
    ),
    ("tel:+86-10-1234;phone-context=+86", "tel", "+86-10-1234", "+86101234", "", None),
    ("tel:*21#", "tel", "*21#", "*21#", "", None),
    ("mailto:a@b", "mailto", "a@b", "a@b", "", None),
]


@pytest.mark.parametrize(("text", "scheme", "user", "number", "host", "port"), URIS)
def test_uri_is_read(text, scheme, user, number, host, port):
    uri = parse_uri(text)
    assert (uri.scheme, uri.user, uri.number, uri.host, uri.port) == (
        scheme,
        user,
        number,
        host,
        port,
    )
    assert parse_uri(str(uri)) == uri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "100",
        "sip",
        "sip:",
        "1sip:a@b",
        "sip:@h",
        "sip:a@",
        "sip:a b@h",
        "sip:a@h h",
        "sip:a@h:0",
        "sip:a@h:65536",
        "sip:a@h:5x",
        "sip:a@h:999999",
        "sip:a@[::1",
        "sip:a@[zz]",
        "sip:a@[::1]x",
        "sip:a@h;x=<y>",
        'sip:a@h?x="y"',
        "sip:a@-h",
        "tel:",
        "tel:hello",
        "http:",
        "http:a b",
        "sip:a:b c@h",
    ],
)
def test_bad_uri_is_refused(text):
    with pytest.raises(UriError):
        parse_uri(text)


def test_parts_that_are_written_back():
    uri = parse_uri("sip:a:secret@H;LR;maddr=10.0.0.9;x=1?Subject=hi&a=b")
    assert uri.password == "secret"
    assert uri.params == {"lr": "", "maddr": "10.0.0.9", "x": "1"}
    assert uri.address == ("10.0.0.9", 5060)
    assert str(uri) == "sip:a:secret@h;lr;maddr=10.0.0.9;x=1?Subject=hi&a=b"
    assert parse_uri("sips:h").address == ("h", 5061)
    assert Uri(host="::1", port=5).address == ("::1", 5)


EQUIVALENT = [  # RFC 3261 19.1.4
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
    (
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ),
    ("sip:alice@h?subject=project&priority=urgent", "sip:alice@h?priority=urgent&subject=project"),
    ("tel:+1-201-555", "tel:+1201555"),
]
DIFFERENT = [
    ("sip:alice@h;transport=udp", "sip:ALICE@h;transport=udp"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
    ("sip:carol@c.com;security=on", "sip:carol@c.com;security=off"),
    ("sip:carol@c.com", "sip:carol@c.com?Subject=x"),
    ("sip:carol@c.com", "sips:carol@c.com"),
    ("tel:911", "tel:911;phone-context=+1"),
]


@pytest.mark.parametrize(("one", "other"), EQUIVALENT)
def test_equivalent(one, other):
    assert parse_uri(one).equivalent(parse_uri(other))
    assert parse_uri(other).equivalent(parse_uri(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one, other):
    assert not parse_uri(one).equivalent(parse_uri(other))
    assert not parse_uri(other).equivalent(parse_uri(one))


ADDRESSES = [
    ('"A > B, \\"C\\"" <sip:a@b>;tag=1', 'A > B, "C"', "sip:a@b", {"tag": "1"}),
    ("sip:a@b;tag=2", "", "sip:a@b", {"tag": "2"}),
    (
        'Anna B  <sip:x@y:5062;lr>;Q="a;b";flag',
        "Anna B",
        "sip:x@y:5062;lr",
        {"q": "a;b", "flag": ""},
    ),
    ("<tel:+861012>", "", "tel:+861012", {}),
    ('""<sip:a@b>', "", "sip:a@b", {}),
    ('"\\\\" <sip:a,b@c?x=y>', "\\", "sip:a,b@c?x=y", {}),
    (" <sip:a@b> ; tag = z ", "", "sip:a@b", {"tag": "z"}),
]


@pytest.mark.parametrize(("text", "display", "uri", "params"), ADDRESSES)
def test_address_is_read(text, display, uri, params):
    address = parse_name_addr(text)
    assert (address.display, str(address.uri), address.params) == (display, uri, params)
    assert address.tag == params.get("tag", "")
    assert parse_name_addr(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        '"open <sip:a@b>',
        '"a" sip:a@b',
        "<sip:a@b",
        "<sip:a@b> x",
        'x"y <sip:a@b>',
        "sip:a,b@c",
        "sip:a@b?c=d",
        "<sip:a@b>;=x",
        "<sip:a@b>;tag=",
        '<sip:a@b>;x="y',
        "*",
    ],
)
def test_bad_address_is_refused(text):
    with pytest.raises(UriError):
        parse_name_addr(text)


def test_params():
    assert parse_params("a=1;a=2;;b") == {"a": "1", "b": ""}
    assert format_params({"a": "1", "b": "", "c": "x y", "d": "[::1]"}) == ';a=1;b;c="x y";d=[::1]'
    assert format_params({}) == ""
    assert quoted('a"\\\r\n\x7fb') == '"a\\"\\\\b"'


def test_split_outside_of_quotes_and_brackets():
    text = '<sip:a,b@c>, "x, \\"y" <sip:d@e> ,sip:f@g'
    assert list(split_outside(text, ",")) == ["<sip:a,b@c>", '"x, \\"y" <sip:d@e>', "sip:f@g"]


def test_host_and_port():
    assert parse_host_port(" h : 5060 ") == ("h", 5060)
    assert parse_host_port("[::1] : 5060") == ("::1", 5060)
    assert parse_host_port("a_b.example.") == ("a_b.example.", None)


@given(st.text(max_size=80))
@example('"' * 50)
@example("sip:" + "a" * 60 + "@")
def test_any_text_is_read_or_refused(text):
    for read in (parse_uri, parse_name_addr, parse_params, parse_host_port):
        try:
            read(text)
        except UriError:
            pass


users = st.text("abcXYZ019-_.!~*'()&=+$,;?/%", min_size=1, max_size=12).filter(
    lambda text: not text.startswith((";", "?"))
)


@given(
    user=users,
    host=st.sampled_from(["h", "a.b.example", "10.0.0.1", "2001:db8::2"]),
    port=st.none() | st.integers(1, 65535),
    display=st.text(st.characters(exclude_characters="\x7f", min_codepoint=32), max_size=20),
    tag=st.text('ab "\\;,<>@', max_size=8),
)
def test_what_is_written_is_read_back(user, host, port, display, tag):
    address = NameAddr(Uri("sip", user, host, port, {"lr": ""}), display.strip(), {"tag": tag})
    assert parse_name_addr(str(address)) == address
