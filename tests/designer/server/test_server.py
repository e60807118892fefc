"""The client of the server's API against the real API, and against peers that misbehave."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from designer.look.i18n import choose_language
from designer.server import live_socket, rest
from designer.server.address import Address
from designer.server.answers import CallEvents, FlowFigures, PastCall, traffic_of
from designer.server.connection import WAITS, Followed, Server
from designer.server.rest import Trouble
from watch_kit import TOKEN, T, api, enter, event, incoming, leave, peer, whole_call


@pytest.fixture(autouse=True)
def english(qapp: object) -> None:
    choose_language("en")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose patience after half a second."""
    for module in (rest, live_socket):
        monkeypatch.setattr(module, "PATIENCE", 500)
    monkeypatch.setattr(live_socket, "_PING", 500)


@pytest.fixture
def opened() -> Iterator[list[Server]]:
    """Servers that a test opens; they are closed behind it."""
    made: list[Server] = []
    yield made
    for server in made:
        server.close()


def connect(opened: list[Server], address: str, token: str = TOKEN) -> Server:
    server = Server(Address.parse(address), token)
    opened.append(server)
    server.open()
    return server


def until(qtbot: QtBot, server: Server, state: str) -> None:
    qtbot.waitUntil(lambda: server.state == state, timeout=15_000)


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "base", "bare"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080", False),
        ("localhost", "http://localhost", False),
        ("[::1]:8080/", "http://[::1]:8080", False),
        ("line.example.com", "https://line.example.com", False),
        ("http://line.example.com:8080", "http://line.example.com:8080", True),
        (" https://example.com/cordboard/api/ ", "https://example.com/cordboard", False),
    ],
)
def test_addresses_are_read_as_people_type_them(typed: str, base: str, bare: bool) -> None:
    address = Address.parse(typed)
    assert (address.base, address.bare) == (base, bare)
    assert (
        address.url("flows/a b/traffic", {"since": "1 & 2"}).toString(
            address.url("x").ComponentFormattingOption.FullyEncoded
        )
        == f"{base}/api/flows/a%20b/traffic?since=1%20%26%202"
    )
    assert address.live().toString() == base.replace("http", "ws", 1) + "/api/watch"


@pytest.mark.parametrize(
    "typed", ["", "http://", "ftp://example.com", "a b", "https://u:secret@x", "x?y=1", "x#y"]
)
def test_what_is_no_address_is_told(typed: str) -> None:
    with pytest.raises(ValueError) as told:
        Address.parse(typed)
    assert "secret" not in str(told.value) and "address" in str(told.value)


# --- connecting -----------------------------------------------------------------------------------


def test_a_server_is_known_with_what_it_serves_and_its_calls(
    qtbot: QtBot, opened: list[Server]
) -> None:
    with api() as running:
        running.tell(incoming("a"), enter("a", "hello", 1))
        server = connect(opened, running.address)
        until(qtbot, server, "up")
        assert server.site is not None and server.site.numbers == {"100": "shop.flow"}
        assert server.title("shop") == "Shop" and server.title("pay") == "pay"
        assert [(one.id, one.node, one.caller) for one in server.live.calls.values()] == [
            ("a", "hello", "138001")
        ]
        with qtbot.waitSignal(server.calls_changed):
            running.tell(incoming("b", 2), enter("b", "menu", 2), enter("a", "menu", 3))
        qtbot.waitUntil(lambda: len(server.live.calls) == 2)
        with qtbot.waitSignal(server.calls_changed):
            running.tell(event("a", "hangup", 4, by="caller", cause="normal"))
        qtbot.waitUntil(lambda: list(server.live.calls) == ["b"])
        assert server.now() == pytest.approx(T + 4, abs=30)


def test_a_wrong_token_is_told_and_not_tried_again(qtbot: QtBot, opened: list[Server]) -> None:
    with api() as running:
        server = connect(opened, running.address, "wrong")
        until(qtbot, server, "refused")
        assert "does not accept the token" in server.trouble and "admin_token" in server.trouble


def test_nobody_listens(qtbot: QtBot, opened: list[Server]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    server = connect(opened, address)
    until(qtbot, server, "waiting")
    assert f"Nobody listens at {address}" in server.trouble
    assert server.seconds_left == WAITS[0]
    with qtbot.waitSignal(server.changed):
        server.retry()
    qtbot.waitUntil(lambda: server.state == "waiting" and server.seconds_left == WAITS[1])


def test_a_machine_that_there_is_not(qtbot: QtBot, opened: list[Server]) -> None:
    server = connect(opened, "http://nobody.invalid")
    until(qtbot, server, "waiting")
    assert "no machine called nobody.invalid" in server.trouble


def page(found: socket.socket) -> None:
    """A web server, but none of ours."""
    found.recv(9999)
    found.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")


def elsewhere(found: socket.socket) -> None:
    found.recv(9999)
    found.sendall(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    )


def noise(found: socket.socket) -> None:
    found.recv(9999)
    found.sendall(b"220 mail.example.com ESMTP\r\n" * 40)
    found.close()


@pytest.mark.parametrize("answer", [page, elsewhere, noise])
def test_what_is_no_server_of_ours(qtbot: QtBot, opened: list[Server], answer: Any) -> None:
    with peer(answer) as address:
        server = connect(opened, address)
        qtbot.waitUntil(lambda: server.state in ("refused", "waiting"), timeout=15_000)
        words = "no Cordboard server" if answer is not noise else "closed the connection"
        assert words in server.trouble


def test_one_that_hangs_is_given_up_in_time(
    qtbot: QtBot, opened: list[Server], hasty: None
) -> None:
    with peer(lambda _: None) as address:
        server = connect(opened, address)
        until(qtbot, server, "waiting")
        assert "takes the connection but does not answer" in server.trouble


def test_a_certificate_that_is_not_trusted(qtbot: QtBot, opened: list[Server]) -> None:
    import ssl

    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def tls(found: socket.socket) -> None:
        try:
            context.wrap_socket(found, server_side=True).recv(9)
        except OSError:
            pass

    with peer(tls) as address:
        server = connect(opened, f"https://{address}")
        until(qtbot, server, "refused")
        assert "certificate of" in server.trouble and "not trusted" in server.trouble


# --- breaks ---------------------------------------------------------------------------------------


def test_a_server_that_goes_and_comes_again_is_told_anew(
    qtbot: QtBot, opened: list[Server]
) -> None:
    with api() as first:
        first.tell(incoming("a"))
        server = connect(opened, first.address)
        until(qtbot, server, "up")
    until(qtbot, server, "waiting")
    assert server.live.calls == {} and server.trouble
    with api(port=first.port) as second:
        second.tell(incoming("b"), incoming("c"))
        server.retry()
        until(qtbot, server, "up")
        assert list(server.live.calls) == ["b", "c"] and server.trouble == ""


def test_a_token_that_was_changed_meanwhile_ends_the_trying(
    qtbot: QtBot, opened: list[Server]
) -> None:
    with api() as running:
        server = connect(opened, running.address)
        until(qtbot, server, "up")
    until(qtbot, server, "waiting")
    server.rest.token = "old"
    with api(port=running.port):
        server.retry()
        until(qtbot, server, "refused")


def test_nothing_is_heard_of_a_server_that_was_left(qtbot: QtBot, opened: list[Server]) -> None:
    with api() as running:
        server = connect(opened, running.address)
        until(qtbot, server, "up")
        server.close()
        with qtbot.assertNotEmitted(server.calls_changed, wait=300):
            running.tell(incoming("a"))
        assert server.state == "closed"


# --- one call -------------------------------------------------------------------------------------


class Heard:
    """What a followed call told."""

    def __init__(self, followed: Followed) -> None:
        self.events: list[Any] = []
        self.unknown = False
        followed.restarted.connect(self._all)
        followed.happened.connect(self.events.append)

    def _all(self, events: object) -> None:
        self.unknown = events is None
        if isinstance(events, list):
            self.events[:] = events


def test_a_call_is_followed_from_its_first_event_and_through_a_break(
    qtbot: QtBot, opened: list[Server]
) -> None:
    story = whole_call("a")
    with api() as running:
        running.tell(incoming("b"), *story[:6])
        server = connect(opened, running.address)
        until(qtbot, server, "up")
        followed = Followed(server, "a")
        heard = Heard(followed)
        qtbot.waitUntil(lambda: len(heard.events) == 6)
        running.tell(enter("b", "menu", 1), *story[6:9])
        qtbot.waitUntil(lambda: heard.events == story[:9])
    until(qtbot, server, "waiting")
    with api(port=running.port) as again:
        again.tell(*story)
        server.retry()
        qtbot.waitUntil(lambda: heard.events == story, timeout=15_000)
        lost = Heard(Followed(server, "no-such"))
        qtbot.waitUntil(lambda: lost.unknown)


def test_a_past_call_and_traffic_are_asked_for(qtbot: QtBot, opened: list[Server]) -> None:
    got: list[Any] = []
    with api() as running:
        running.tell(*whole_call("a"))
        server = connect(opened, running.address)
        until(qtbot, server, "up")
        server.rest.get("calls", list[PastCall], got.append, {"state": "past"})
        server.rest.get("calls/a", CallEvents, got.append)
        server.rest.get("calls/zz", CallEvents, got.append)
        period = {"since": str(T - 10), "until": str(T + 100)}
        server.rest.get("flows/shop/traffic", FlowFigures, got.append, period)
        qtbot.waitUntil(lambda: len(got) == 4)
    by_kind = {type(one): one for one in got}
    assert [(c.id, c.by) for c in by_kind[list]] == [("a", "us")]
    assert len(by_kind[CallEvents].events) == len(whole_call("a"))
    assert by_kind[Trouble].kind == "missing" and "zz" in by_kind[Trouble].text
    menu = traffic_of(by_kind[FlowFigures]).nodes["menu"]
    assert (menu.visits, menu.hangups, dict(menu.ports)) == (1, 0, {1: 1})
    assert menu.median_seconds == pytest.approx(by_kind[FlowFigures].nodes["menu"].median_seconds)


def test_an_event_that_is_missing_is_noticed(qtbot: QtBot, opened: list[Server]) -> None:
    with api() as running:
        server = connect(opened, running.address)
        until(qtbot, server, "up")
        running.run(_skip(running.journal))
        running.tell(incoming("a"), leave("a", "hello", "next", 1))
        until(qtbot, server, "waiting")
        server.retry()
        until(qtbot, server, "up")
        assert list(server.live.calls) == ["a"]


async def _skip(journal: Any) -> None:
    journal.number += 1
