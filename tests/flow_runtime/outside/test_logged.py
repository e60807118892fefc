"""What sends nothing keeps the contract of what does: the same is refused, the rest is taken."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendEmail, SendSms
from flow_runtime.outside.logged import LogMailer, LogTexter
from flow_runtime.outside.mail import SmtpMailer
from flow_runtime.outside.settings import SmsProvider, Smtp
from flow_runtime.outside.sms import HttpTexter
from flow_runtime.outside.web import WebClient
from flow_runtime.services import Mailer, Texter
from outside_kit.mail_server import MailServer
from outside_kit.web_server import WebServer, answer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    with server.running():
        yield server


@pytest.fixture(params=["smtp", "log"])
async def mailer(request: pytest.FixtureRequest, mail_server: MailServer) -> AsyncIterator[Mailer]:
    made: Mailer = LogMailer()
    if request.param == "smtp":
        made = SmtpMailer(Smtp("127.0.0.1", mail_server.port, "line@example.com"))
    yield made
    await made.close()


@pytest.fixture(params=["http", "log"])
async def texter(request: pytest.FixtureRequest) -> AsyncIterator[Texter]:
    if request.param == "log":
        yield LogTexter()
        return
    web = WebClient()
    with WebServer(answer()) as server:
        yield HttpTexter(SmsProvider(server.url(), '["{to}", "{text}"]'), web)
    await web.close()


@pytest.mark.parametrize(
    "mail",
    [
        SendEmail("a@example.com", "Subject", "Text"),
        SendEmail("a@example.com, Li <b@example.com>", "", "Text"),
        SendEmail("a@example.com", "Only a subject"),
        SendEmail("a@例子.中国", "水", "费"),
        SendEmail("a@example.com", attachment=__file__),
    ],
)
async def test_a_mail_is_taken(mailer: Mailer, mail: SendEmail) -> None:
    await mailer.send(mail)


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        (SendEmail("nobody", "Subject", "Text"), "bad-value"),
        (SendEmail("a@example.com\nBcc: b@example.com", "Subject", "Text"), "bad-value"),
        (SendEmail("", "Subject", "Text"), "bad-value"),
        (SendEmail("a@example.com"), "bad-value"),
        (SendEmail("a@example.com", attachment="/nonexistent/1.wav"), "missing-file"),
        (SendEmail("a@example.com", attachment=str(Path(__file__).parent)), "missing-file"),
    ],
)
async def test_a_mail_is_refused(
    mailer: Mailer, mail_server: MailServer, mail: SendEmail, name: str
) -> None:
    with pytest.raises(NodeFailure) as caught:
        await mailer.send(mail)
    assert caught.value.name == name
    assert not mail_server.taken


@pytest.mark.parametrize("message", [SendSms("13800000001", "Text"), SendSms("+1 (2)", "水\n费")])
async def test_a_message_is_taken(texter: Texter, message: SendSms) -> None:
    await texter.send(message)


@pytest.mark.parametrize(
    "message",
    [SendSms("", "Text"), SendSms(" + ", "Text"), SendSms("1", ""), SendSms("1", " \n")],
)
async def test_a_message_is_refused(texter: Texter, message: SendSms) -> None:
    with pytest.raises(NodeFailure) as caught:
        await texter.send(message)
    assert caught.value.name == "bad-value"


async def test_the_log_says_that_nothing_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await LogMailer().send(SendEmail("a@example.com", "Subject", "Text"))
    await LogTexter().send(SendSms("138", "Text"))
    assert LogTexter.driver == "log"
    assert "mail NOT SENT" in caplog.text and "a@example.com: Subject" in caplog.text
    assert "SMS NOT SENT" in caplog.text and "138: Text" in caplog.text
