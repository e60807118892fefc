"""Mail, sent through real servers: what arrives, and what becomes of mail that does not."""

import asyncio
import email.policy
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import trustme

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendEmail
from flow_runtime.outside import letters
from flow_runtime.outside.letters import addresses, letter
from flow_runtime.outside.mail import SmtpMailer
from flow_runtime.outside.settings import Smtp
from outside_kit.mail_server import MailServer, Taken, knows, scripted
from outside_kit.waiting import until

SENDER = "Line 水 <line@example.com>"
TO = "repairs@example.com"
MAIL = SendEmail(TO, "Repair", "It smells of gas.\n.\nHurry.")


@asynccontextmanager
async def mailer(
    port: int,
    scheme: str = "smtp",
    user: str = "",
    host: str = "127.0.0.1",
    sender: str = SENDER,
    seconds: float = 30.0,
) -> AsyncIterator[SmtpMailer]:
    made = SmtpMailer(Smtp.from_url(f"{scheme}://{user}{host}:{port}", sender), seconds)
    yield made
    await made.close()


async def sent(mail: SendEmail = MAIL, **server: Any) -> Taken:
    """*mail* as a good server gets it."""
    real = MailServer()
    with real.running(**server):
        async with mailer(real.port) as made:
            await made.send(mail)
    (taken,) = real.taken
    return taken


async def refusal(made: SmtpMailer, mail: SendEmail = MAIL) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        await made.send(mail)
    return caught.value


# --- what arrives ---------------------------------------------------------------------------------


async def test_a_mail() -> None:
    taken = await sent()
    assert (taken.sender, taken.to) == ("line@example.com", [TO])
    message = taken.message
    assert message["From"] == "Line 水 <line@example.com>"
    assert (message["To"], message["Subject"]) == (TO, "Repair")
    assert message.get_content().replace("\r\n", "\n") == "It smells of gas.\n.\nHurry.\n"
    assert message["Message-ID"].endswith("@example.com>")
    assert message["Date"] and message["Auto-Submitted"] == "auto-generated"


async def test_other_languages() -> None:
    subject = "燃气报修 " * 20 + "– Größe"
    text = "用户 13800000001 说有煤气味。\n" + "长" * 1200
    taken = await sent(SendEmail(TO, subject, text))
    assert taken.message["Subject"] == subject.strip()
    assert taken.message.get_content().splitlines() == text.splitlines()
    assert taken.raw.isascii(), "no server has to know 8-bit mail"
    assert max(map(len, taken.raw.splitlines())) <= 998


async def test_several_addresses_and_names() -> None:
    mail = SendEmail('a@example.com,"Li, Wei" <b@example.com> , c@例子.中国', "x", "y")
    taken = await sent(mail)
    assert taken.to == ["a@example.com", "b@example.com", "c@xn--fsqu00a.xn--fiqs8s"]
    assert "Li, Wei" not in taken.message["To"]


async def test_an_address_in_another_language() -> None:
    """It takes a server that knows of them (SMTPUTF8)."""
    taken = await sent(SendEmail("用户@example.com", "x", "y"), enable_SMTPUTF8=True)
    assert taken.to == ["用户@example.com"]
    assert "SMTPUTF8" in taken.options
    server = MailServer()
    with server.running(enable_SMTPUTF8=False):
        async with mailer(server.port) as made:
            failed = await refusal(made, SendEmail("用户@example.com", "x", "y"))
    assert failed.name == "mail-refused"
    assert not server.taken


async def test_a_recording_goes_along(tmp_path: Path) -> None:
    wave = bytes(range(256)) * 50
    (tmp_path / "留言.wav").write_bytes(wave)
    taken = await sent(SendEmail(TO, attachment=str(tmp_path / "留言.wav")))
    (attached,) = taken.message.iter_attachments()
    assert attached.get_content() == wave
    assert attached.get_filename() == "留言.wav"
    assert attached.get_content_type() in ("audio/x-wav", "audio/wav", "audio/vnd.wave")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tariff.pdf", "application/pdf"),
        ("notes.txt", "text/plain"),
        ("backup.tar.gz", "application/octet-stream"),
        ("thing", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"a\xff\r\n")
    (attached,) = letter(SendEmail(TO, attachment=str(tmp_path / name)), SENDER).iter_attachments()
    assert attached.get_content_type() == kind
    assert attached.get_payload(decode=True) == b"a\xff\r\n"


async def test_the_client_says_who_it_is_without_asking_a_name_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look_up(*_: Any) -> Any:
        raise AssertionError("a name is looked up")

    monkeypatch.setattr(socket, "getfqdn", look_up)
    names: list[bytes] = []

    def note(connection: socket.socket, lines: Any) -> None:
        connection.sendall(GREETING)
        names.append(lines.readline())
        connection.sendall(b"554 that is all\r\n")

    for name, told in (("line.example.com", b"line.example.com"), ("line", b"[127.0.0.1]")):
        monkeypatch.setattr(socket, "gethostname", lambda name=name: name)
        with scripted(note) as port:
            async with mailer(port) as made:
                await refusal(made)
        assert names.pop() == b"ehlo " + told + b"\r\n"


# --- what cannot be sent --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        "", " ", "nobody", "@example.com", "a@", "a@b@c", "a b@c.d", "a@b c", "a@b,,", "a@b;c@d",
        "a@b.c\nBcc: evil@example.com", "a@b.c\r\nSubject: x", "a@b.c\r", "a\0@b.c", "a@b.c\x85",
        "<a@b.c>\n", "a@b, nobody", "a@" + "ä" * 70 + ".de", "a@b\u2028c",
    ],
)  # fmt: skip
def test_no_mail_address(to: str) -> None:
    with pytest.raises(NodeFailure) as caught:
        addresses(to)
    assert caught.value.name == "bad-value"


def test_nothing_in_a_subject_makes_a_header() -> None:
    mail = SendEmail(TO, "a\r\nBcc: evil@example.com\r\n\r\nbody\0\x1b\u2028x", "text")
    message = letter(mail, SENDER)
    assert message["Subject"] == "a Bcc: evil@example.com body x"
    sent = email.message_from_bytes(bytes(message), policy=email.policy.default)
    assert sent["Bcc"] is None
    assert isinstance(sent, EmailMessage) and sent.get_content().strip() == "text"


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        (SendEmail(TO), "bad-value"),
        (SendEmail(TO, attachment="/nonexistent/1.wav"), "missing-file"),
        (SendEmail(TO, attachment="/"), "missing-file"),
        (SendEmail(TO, attachment="/dev/zero"), "missing-file"),
    ],
)
def test_no_mail_to_send(mail: SendEmail, name: str) -> None:
    with pytest.raises(NodeFailure) as caught:
        letter(mail, SENDER)
    assert caught.value.name == name


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "long.wav").open("wb") as file:
        file.truncate(letters.LARGEST + 1)
    with pytest.raises(NodeFailure, match="long.wav has 20000001 bytes"):
        letter(SendEmail(TO, attachment=str(tmp_path / "long.wav")), SENDER)


# --- servers that do not take it ------------------------------------------------------------------


async def test_the_server_is_down() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        async with mailer(probe.getsockname()[1]) as made:
            failed = await refusal(made)
    assert (failed.name, failed.text) == ("mail-unreachable", "127.0.0.1: Connection refused")


async def test_there_is_no_such_server() -> None:
    async with mailer(25, host="no-such-server.invalid") as made:
        assert (await refusal(made)).name == "mail-unreachable"


async def test_the_address_is_refused() -> None:
    server = MailServer({TO: "550 5.1.1 no such user"})
    with server.running():
        async with mailer(server.port) as made:
            failed = await refusal(made)
    assert failed.name == "mail-refused"
    assert failed.text == f"127.0.0.1: {TO}: 550 5.1.1 no such user"
    assert not server.taken


async def test_one_of_two_addresses_is_refused() -> None:
    server = MailServer({"b@example.com": "452 mailbox full"})
    with server.running():
        async with mailer(server.port) as made:
            failed = await refusal(made, SendEmail("a@example.com, b@example.com", "x", "y"))
    assert failed.name == "mail-refused"
    assert failed.text == "127.0.0.1: b@example.com: 452 mailbox full; the others were taken"
    assert [taken.to for taken in server.taken] == [["a@example.com"]]


async def test_the_mail_is_too_large_for_the_server(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(100_000))
    server = MailServer()
    with server.running(data_size_limit=10_000):
        async with mailer(server.port) as made:
            failed = await refusal(made, SendEmail(TO, attachment=str(tmp_path / "x.bin")))
    assert failed.name == "mail-refused" and "552" in failed.text


GREETING = b"220 mail.example.com\r\n"


def talk(**replies: bytes) -> Callable[[socket.socket, Any], None]:
    """A server that answers each command word with these bytes; b"" closes the connection."""

    def serve(connection: socket.socket, lines: Any) -> None:
        connection.sendall(replies.get("greeting", GREETING))
        in_text = False
        for line in lines:
            word = line.split()[0].lower().decode() if line.split() else ""
            if in_text and line != b".\r\n":
                continue
            word = "end" if in_text else word
            in_text = word == "data" and replies.get("data", b"354").startswith(b"354")
            usual = {"data": b"354 go on\r\n", "quit": b"221 bye\r\n"}.get(word, b"250 OK\r\n")
            reply = replies.get(word, usual)
            if not reply:
                return
            connection.sendall(reply)

    return serve


@pytest.mark.parametrize(
    ("replies", "name"),
    [
        ({"greeting": b"554 no\r\n"}, "mail-refused"),
        ({"greeting": b"HTTP/1.1 200 OK\r\n\r\n"}, "mail-refused"),
        ({"greeting": b"\xff\xfe\r\n"}, "mail-refused"),
        ({"ehlo": b"500 what\r\n", "helo": b"550 no\r\n"}, "mail-refused"),
        ({"ehlo": b""}, "mail-unreachable"),
        ({"mail": b"451 try later\r\n"}, "mail-refused"),
        ({"rcpt": b"550 no\r\n"}, "mail-refused"),
        ({"data": b"554 no\r\n"}, "mail-refused"),
        ({"data": b""}, "mail-unreachable"),
        ({"end": b"554 spam\r\n"}, "mail-refused"),
        ({"end": b""}, "mail-unreachable"),
        ({"mail": b"2" * 20_000}, "mail-refused"),
    ],
    ids=str,
)
async def test_what_servers_may_say(replies: dict[str, bytes], name: str) -> None:
    with scripted(talk(**replies)) as port:
        async with mailer(port) as made:
            failed = await refusal(made)
    assert failed.name == name
    assert failed.text.startswith("127.0.0.1: ")


@pytest.mark.parametrize("goodbye", [b"", b"500 what\r\n", b"\xff\r\n"])
async def test_a_rude_end_does_not_undo_a_mail(goodbye: bytes) -> None:
    with scripted(talk(quit=goodbye)) as port:
        async with mailer(port) as made:
            await made.send(MAIL)


# --- servers that hang ----------------------------------------------------------------------------


def hang(connection: socket.socket, lines: Any) -> None:
    lines.read()


def trickle(connection: socket.socket, lines: Any) -> None:
    """A greeting without end, each part of which comes in good time."""
    while True:
        connection.sendall(b"220-welcome\r\n")
        time.sleep(0.05)


def hang_after_the_text(connection: socket.socket, lines: Any) -> None:
    connection.sendall(GREETING)
    for line in lines:
        if line.startswith(b"data"):
            connection.sendall(b"354 go on\r\n")
            lines.read()
        connection.sendall(b"250 OK\r\n")


@pytest.mark.parametrize("server", [hang, trickle])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_that_hangs_is_given_up_and_its_thread_is_free_again(
    server: Any, scheme: str
) -> None:
    """More mails than there are threads, each of which has to be free for the next."""
    with scripted(server) as port:
        async with mailer(port, scheme, seconds=0.2) as made:
            first = await asyncio.gather(*(refusal(made) for _ in range(4)))
            names = {failed.name for failed in first}
            assert names <= {"mail-timeout", "mail-unreachable"}
            await all_idle()
            again = await refusal(made)
            assert "that were given up" not in again.text
            await all_idle()


async def all_idle() -> None:
    """Wait until no thread waits for a mail server any more."""
    await until(lambda: not any(map(in_send, sys._current_frames().values())))


def in_send(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_qualname == "SmtpMailer._send":
            return True
        frame = frame.f_back
    return False


async def test_what_cannot_be_known_is_said() -> None:
    with scripted(hang_after_the_text) as port:
        async with mailer(port, seconds=0.5) as made:
            failed = await refusal(made)
    assert failed.name == "mail-timeout"
    assert failed.text.endswith("whether it was sent cannot be known")


# --- encryption and passwords ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name of this machine that does not tell that it is this machine."""
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == "mail.example.com" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return "mail.example.com"


def secured(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


USER = "line%40example.com:p%2Fw@"
LOGIN = knows("line@example.com", "p/w")


@pytest.mark.parametrize("host", ["127.0.0.1", "mail.example.com"])
async def test_it_is_encrypted_where_the_server_offers_it(
    authority: trustme.CA, far: str, host: str
) -> None:
    """A certificate that nobody knows is better than none: Debian's own servers have such."""
    server = MailServer()
    with server.running(tls_context=secured(authority, "another"), require_starttls=True):
        async with mailer(server.port, host=host) as made:
            await made.send(MAIL)
    assert server.taken[0].encrypted


async def test_a_password_is_told_to_a_server_that_proves_who_it_is(
    authority: trustme.CA, trusting: None, far: str
) -> None:
    server = MailServer()
    with server.running(
        tls_context=secured(authority, far), auth_required=True, authenticator=LOGIN
    ):
        async with mailer(server.port, user=USER, host=far) as made:
            await made.send(MAIL)
    assert (server.taken[0].encrypted, server.taken[0].user) == (True, "line@example.com")


async def test_a_password_is_told_to_nobody_else(authority: trustme.CA, far: str) -> None:
    server = MailServer()
    with server.running(tls_context=secured(authority, far), authenticator=LOGIN):
        async with mailer(server.port, user=USER, host=far) as made:
            failed = await refusal(made)
    assert failed.name == "mail-unreachable" and "SSL_CERT_FILE" in failed.text
    with server.running(auth_require_tls=False, authenticator=LOGIN):
        async with mailer(server.port, user=USER, host=far) as made:
            failed = await refusal(made)
    assert failed.name == "mail-refused" and "smtps://" in failed.text
    assert not server.taken


async def test_smtps(authority: trustme.CA, trusting: None, far: str) -> None:
    server = MailServer()
    with server.running(smtps=secured(authority, far), auth_require_tls=False, authenticator=LOGIN):
        async with mailer(server.port, "smtps", USER, far) as made:
            await made.send(MAIL)
        assert server.taken[0].user == "line@example.com"
        async with mailer(server.port, "smtps", USER.replace("p", "q"), far) as made:
            failed = await refusal(made)
        assert failed.name == "mail-refused" and "535" in failed.text
        async with mailer(server.port, "smtps", "ü:ü@", far) as made:
            assert "plain letters" in (await refusal(made)).text


async def test_smtps_with_a_certificate_that_nobody_knows(authority: trustme.CA, far: str) -> None:
    server = MailServer()
    with server.running(smtps=secured(authority, far)):
        async with mailer(server.port, "smtps", host=far) as made:
            assert (await refusal(made)).name == "mail-unreachable"
        async with mailer(server.port, "smtps") as made:
            await made.send(MAIL)
    assert len(server.taken) == 1, "on this machine it is trusted"


# --- the address of the server --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "smtp"),
    [
        ("smtp://localhost", Smtp("localhost", 25, "a@b")),
        ("smtp://[::1]:2525", Smtp("::1", 2525, "a@b")),
        ("smtps://u%40x:p%3Aw@h", Smtp("h", 465, "a@b", True, "u@x", "p:w")),
        ("smtp://h/", Smtp("h", 25, "a@b")),
    ],
)
def test_an_address_of_a_server(url: str, smtp: Smtp) -> None:
    assert Smtp.from_url(url, "a@b") == smtp
    assert "p:w" not in repr(smtp)


@pytest.mark.parametrize(
    "url", ["", "localhost", "http://h", "smtp://", "smtp://h:x", "smtp://h/a"]
)
def test_no_address_of_a_server(url: str) -> None:
    with pytest.raises(ValueError):
        Smtp.from_url(url, "a@b")
