"""The web client against real servers, good ones and bad ones."""

import asyncio
import gzip
import http.server
import json
import logging
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import HttpAnswer, HttpRequest
from flow_runtime.outside.web import AT_ONCE, WebClient
from outside_kit.waiting import until
from outside_kit.web_server import (
    Asked,
    WebServer,
    answer,
    by_path,
    in_turn,
    raw,
    silence,
    trickle,
)

SHORT = timedelta(milliseconds=300)
LONG = timedelta(seconds=60)


@pytest.fixture
async def web() -> AsyncIterator[WebClient]:
    client = WebClient()
    yield client
    await client.close()


async def ask(web: WebClient, url: str, **more: Any) -> HttpAnswer:
    more.setdefault("timeout", LONG)
    return await web.request(HttpRequest(more.pop("method", "GET"), url, **more))


async def failure(web: WebClient, url: str, **more: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        await ask(web, url, **more)
    return caught.value


# --- a good server --------------------------------------------------------------------------------


async def test_a_question_and_its_answer(web: WebClient) -> None:
    with WebServer(answer('{"state": "sent", "owed": 12.50}')) as server:
        got = await ask(web, server.url("/orders/4711?full=yes"))
    assert got == HttpAnswer(200, {"state": "sent", "owed": Decimal("12.50")})
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("GET", "/orders/4711?full=yes", b"")
    assert asked.headers["user-agent"] == "Cordboard"
    assert asked.headers["accept-encoding"] == "gzip"
    assert "content-type" not in asked.headers


async def test_what_is_told(web: WebClient) -> None:
    headers = {"X-Api-Key": " k7 ", "X-Count": Decimal("2.50"), "X-None": None}
    told = {"late": True, "by": Decimal("1.5"), "name": "李"}
    with WebServer(answer("", "201 Created", None)) as server:
        got = await ask(web, server.url(), method="POST", headers=headers, json=told)
    assert got == HttpAnswer(201, None)
    (asked,) = server.asked
    assert json.loads(asked.body) == {"late": True, "by": 1.5, "name": "李"}
    assert asked.headers["content-type"] == "application/json"
    assert (asked.headers["x-api-key"], asked.headers["x-count"]) == ("k7", "2.5")
    assert "x-none" not in asked.headers


async def test_a_content_type_of_ones_own_replaces_the_usual_one(web: WebClient) -> None:
    kind = {"content-type": "application/vnd.api+json"}
    with WebServer(answer()) as server:
        await ask(web, server.url(), method="PUT", headers=kind, json={})
    (asked,) = server.asked
    assert asked.headers["content-type"] == "application/vnd.api+json"
    assert not asked.twice


async def test_letters_of_other_languages_in_the_address(web: WebClient) -> None:
    with WebServer(answer()) as server:
        await ask(web, server.url("/订单/4 711?n=100%25&q=水"))
    assert server.asked[0].target == "/%E8%AE%A2%E5%8D%95/4%20711?n=100%25&q=%E6%B0%B4"


async def test_a_packed_answer_and_one_in_pieces(web: WebClient) -> None:
    packed = answer(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    pieces = raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n"
        b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    with WebServer(in_turn(packed, pieces)) as server:
        assert (await ask(web, server.url())).body == {"a": Decimal(1)}
        assert (await ask(web, server.url())).body == "abcde"
    assert server.connections == 1, "connections are kept open"


@pytest.mark.parametrize(
    ("handler", "got"),
    [
        (answer("", "204 No Content", None), HttpAnswer(204, None)),
        (answer('{"why": "gone"}', "404 Not Found"), HttpAnswer(404, {"why": "gone"})),
        (answer("<h1>oh</h1>", "500 Oh", "text/html"), HttpAnswer(500, "<h1>oh</h1>")),
        (answer("<h1>oh</h1>", "500 Oh"), HttpAnswer(500, None)),
        (answer(bytes(1_100_000), "404 Not Found", "text/html"), HttpAnswer(404, None)),
        (answer("", "302 Found", None), HttpAnswer(302, None)),
        (answer("x", "304 Not Modified", "text/plain"), HttpAnswer(304, None)),
    ],
    ids=["204", "404", "500", "500 no json", "404 huge", "302 nowhere", "304"],
)
async def test_other_statuses_are_answers_too(web: WebClient, handler: Any, got: Any) -> None:
    with WebServer(handler) as server:
        assert await ask(web, server.url()) == got


async def test_a_file_of_another_server(web: WebClient, tmp_path: Path) -> None:
    """Python's own server, which nobody here has written."""
    (tmp_path / "tariff.json").write_text('{"a": [1, 2.50]}')

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        got = await ask(web, f"{url}/tariff.json")
        missing = await ask(web, f"{url}/tariff.xml")
        server.shutdown()
    assert got == HttpAnswer(200, {"a": (Decimal(1), Decimal("2.50"))})
    assert missing.status == 404


async def test_a_cookie_is_no_business_of_the_next_caller(web: WebClient) -> None:
    with WebServer(answer("1", Set_Cookie="session=of-the-first; Path=/")) as server:
        await ask(web, server.url())
        await ask(web, server.url())
    assert "cookie" not in server.asked[1].headers


# --- limits ---------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    "handler",
    [
        silence,
        trickle(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n"),
        trickle(HEAD + b"Content-Length: 900000\r\n\r\n", b"x"),
        trickle(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "header", "body", "chunks", "continue"],
)
async def test_the_time_limit_is_one_for_everything(web: WebClient, handler: Any) -> None:
    """Each of these servers would go on for ever; some of them never pause for long."""
    with WebServer(handler) as server:
        failed = await failure(web, server.url(), timeout=SHORT)
    assert (failed.name, failed.text) == ("http-timeout", "127.0.0.1 did not answer within 0.3 s")


async def test_redirects_share_the_time_limit(web: WebClient) -> None:
    async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await answer("", "302 Found", None, Location="/next")(asked, writer)

    with WebServer(slowly) as server:
        failed = await failure(web, server.url(), timeout=SHORT)
    assert failed.name == "http-timeout"


@pytest.mark.parametrize(
    "handler",
    [
        answer(bytes(1_000_001), kind="text/plain"),
        trickle(HEAD + b"\r\n", bytes(50_000), 0),
        answer(gzip.compress(bytes(50_000_000)), kind="text/plain", Content_Encoding="gzip"),
        answer("[" + "0," * 20_000 + "0]"),
        answer("x" * 100_001, kind="text/plain"),
    ],
    ids=["large", "endless", "bomb", "many values", "long text"],
)
async def test_an_answer_that_is_too_large(web: WebClient, handler: Any) -> None:
    with WebServer(handler) as server:
        failed = await failure(web, server.url())
    assert failed.name == "http-too-large"
    assert failed.text.startswith("the answer of 127.0.0.1 cannot be used: it ")


@pytest.mark.parametrize(
    "handler",
    [
        raw(b"220 mail.example.com ESMTP\r\n", then_close=True),
        raw(b"", then_close=True),
        raw(HEAD + b"Content-Length: 10\r\n\r\nabc", then_close=True),
        raw(HEAD + b"Content-Length: ten\r\n\r\n", then_close=True),
        raw(HEAD + b"X: " + b"y" * 200_000, then_close=True),
        answer("{"),
        answer("x", kind="text/plain", Content_Encoding="br"),
        answer("x", kind="text/plain", Content_Encoding="gzip"),
        answer(gzip.compress(b"abc")[:-2], kind="text/plain", Content_Encoding="gzip"),
        answer("", "302 Found", None, Location="http://[::1"),
    ],
    ids=[
        "mail server", "hung up", "too short", "length", "endless header", "no json", "brotli",
        "no gzip", "half gzip", "bad redirect",
    ],
)  # fmt: skip
async def test_what_is_no_answer(web: WebClient, handler: Any) -> None:
    with WebServer(handler) as server:
        failed = await failure(web, server.url())
    assert failed.name == "http-bad-answer"
    assert "127.0.0.1" in failed.text


# --- redirects ------------------------------------------------------------------------------------


def to(place: str, status: str = "302 Found") -> Any:
    return answer("", status, None, Location=place)


async def test_a_redirect_within_the_server_is_followed(web: WebClient) -> None:
    handler = by_path(old=to("/newer", "301 Moved"), newer=to("new?a=1"), new=answer('"here"'))
    with WebServer(handler) as server:
        got = await ask(web, server.url("/old"), headers={"X-Api-Key": "k"})
    assert got == HttpAnswer(200, "here")
    assert [asked.target for asked in server.asked] == ["/old", "/newer", "/new?a=1"]
    assert server.asked[-1].headers["x-api-key"] == "k"


async def test_a_redirect_elsewhere_is_not_followed(web: WebClient) -> None:
    with WebServer(answer('"secret"')) as inner:
        targets = [inner.url("/admin"), inner.url(host="localhost"), "http://169.254.169.254/"]
        for target in [*targets, "ftp://127.0.0.1/x", "file:///etc/passwd"]:
            with WebServer(to(target)) as server:
                assert (await failure(web, server.url())).name == "http-redirect", target
    assert not inner.asked
    with WebServer(answer()) as server:
        server.handler = to(server.url("/x", host="localhost"))
        assert (await failure(web, server.url())).name == "http-redirect"
        assert len(server.asked) == 1


async def test_redirects_come_to_an_end(web: WebClient) -> None:
    with WebServer(to("/again")) as server:
        assert (await failure(web, server.url())).name == "http-redirect"
    assert len(server.asked) == 4


async def test_what_changes_something_is_sent_once(web: WebClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with WebServer(to("/elsewhere", "307 Temporary Redirect")) as server:
            got = await ask(web, server.url(), method=method, json={"a": Decimal(1)})
        assert got == HttpAnswer(307, None)
        assert len(server.asked) == 1


# --- what cannot be sent --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "", "shop", "/orders", "https://", "https:///x", "ftp://127.0.0.1/", "file:///etc/passwd",
        "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://127.0.0.1:x/", "http://a b/",
        "http://127.0.0.1/\r\nX: y", "http://[::1", "http://xn--.example/", "http://a%00b/",
    ],
)  # fmt: skip
async def test_an_address_that_is_none(web: WebClient, url: str) -> None:
    assert (await failure(web, url)).name == "http-bad-request"


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nY: b"}, {"X": "a\nb"}, {"X": "\0"}, {"X": "ä"}, {"X Y": "a"}, {"": "a"},
        {"X:": "a"}, {"Ä": "a"}, {"Content-Length": "5"}, {"transfer-encoding": "chunked"},
        {"Connection": "close"},
    ],
)  # fmt: skip
async def test_a_header_that_is_none(web: WebClient, headers: dict[str, str]) -> None:
    with WebServer(answer()) as server:
        failed = await failure(web, server.url(), headers=headers)
    assert failed.name == "http-bad-request"
    assert not server.asked


async def test_a_header_is_not_told_when_it_is_refused(web: WebClient) -> None:
    failed = await failure(web, "http://127.0.0.1/", headers={"X-Api-Key": "geheim-ü"})
    assert "X-Api-Key" in failed.text
    assert "geheim" not in failed.text


# --- servers that cannot be reached ---------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_nobody_listens(web: WebClient) -> None:
    failed = await failure(web, f"http://127.0.0.1:{free_port()}/")
    assert (failed.name, failed.text) == ("http-unreachable", "127.0.0.1: Connection refused")


@pytest.mark.parametrize("host", ["no-such-server.invalid", "a" * 70 + ".example", "a..b"])
async def test_a_name_that_nobody_has(web: WebClient, host: str) -> None:
    failed = await failure(web, f"http://{host}/")
    assert failed.name == "http-unreachable"
    assert failed.text.startswith(f"{host}: ") and "is the name right" in failed.text


async def test_names_that_hang_hold_up_nobody_else(
    web: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the name server of one provider is down: more look-ups hang than a loop has threads
    of its own."""
    real, over, looked_up = socket.getaddrinfo, threading.Event(), list[bytes]()

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if b"hangs.test" in host:
            looked_up.append(host)
            over.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    hanging = [asyncio.create_task(failure(web, f"http://{n}.hangs.test/")) for n in range(40)]
    try:
        await until(lambda: len(looked_up) == 40)
        with WebServer(answer('"well"')) as server:
            assert (await ask(web, server.url(host="localhost"))).body == "well"
        assert not any(task.done() for task in hanging)
        failed = await failure(web, "http://limit.hangs.test/", timeout=SHORT)
        assert failed.name == "http-timeout"
    finally:
        over.set()
    assert {failed.name for failed in await asyncio.gather(*hanging)} == {"http-unreachable"}


async def test_a_server_that_hangs_holds_up_nobody_else(web: WebClient) -> None:
    with WebServer(silence) as slow, WebServer(answer('"well"')) as good:
        hanging = [asyncio.create_task(ask(web, slow.url())) for _ in range(AT_ONCE + 20)]
        await until(lambda: len(slow.asked) == AT_ONCE)
        for _ in range(20):
            assert (await ask(web, good.url())).body == "well"
        assert len(slow.asked) == slow.connections == AT_ONCE, "the others wait for their turn"
        slow.handler = answer('"at last"')
        for task in hanging[:10]:
            task.cancel()
        late = await asyncio.gather(*hanging[AT_ONCE:])
        assert {got.body for got in late[:10]} == {"at last"}
        for task in hanging:
            task.cancel()


# --- encryption -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def secured(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


async def test_a_certificate_that_is_trusted(
    web: WebClient, authority: trustme.CA, trusting: None
) -> None:
    with WebServer(answer('"well"'), secured(authority, "127.0.0.1")) as server:
        assert (await ask(web, server.url())).body == "well"
        secret = server.url().replace("//", "//user:pass@")
        assert (await ask(web, secret)).body == "well"
    assert server.asked[1].headers["authorization"] == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize("name", ["127.0.0.1", "shop.example.com"])
async def test_a_certificate_that_is_not(web: WebClient, authority: trustme.CA, name: str) -> None:
    """One of an authority that nobody knows."""
    with WebServer(answer(), secured(authority, name)) as server:
        failed = await failure(web, server.url())
    assert failed.name == "http-unreachable"
    assert "its certificate is refused (" in failed.text and "SSL_CERT_FILE" in failed.text
    assert not server.asked


async def test_a_certificate_of_another_server(
    web: WebClient, authority: trustme.CA, trusting: None
) -> None:
    with WebServer(answer(), secured(authority, "shop.example.com")) as server:
        failed = await failure(web, server.url())
    assert failed.name == "http-unreachable"
    assert "not valid for '127.0.0.1'" in failed.text


async def test_a_server_that_does_not_encrypt(web: WebClient) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        failed = await failure(web, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert failed.name == "http-unreachable"
    assert "SSL" in failed.text


# --- nothing is left behind -----------------------------------------------------------------------


async def test_no_log_has_what_is_secret(web: WebClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with WebServer(answer('{"token": "s3"}', Set_Cookie="s4=1")) as server:
        url = server.url("/x?key=s1").replace("//", "//user:s5@")
        await ask(web, url, headers={"X-Api-Key": "s2"})
    said = caplog.text
    assert not [secret for secret in ("s1", "s2", "s3", "s4", "s5") if secret in said]


async def test_a_request_that_nobody_waits_for_is_given_up() -> None:
    """And the end of the program does not wait for the server either."""
    web = WebClient()
    with WebServer(silence) as server:
        waiting = asyncio.create_task(ask(web, server.url()))
        await until(lambda: len(server.asked) == 1)
        await web.close()
        with pytest.raises(NodeFailure, match="http-unreachable"):
            await waiting
    assert not [thread for thread in threading.enumerate() if thread.name == "web"]
