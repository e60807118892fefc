"""Text messages by a provider's web interface: what it is asked, and what it may answer."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import SendSms
from flow_runtime.outside.settings import SmsProvider
from flow_runtime.outside.sms import HttpTexter, request_of
from flow_runtime.outside.web import WebClient
from outside_kit.web_server import Asked, WebServer, answer, raw

MESSAGE = SendSms("+86 138 0000 0001", '100% "sicher" & {to}\n水费=12.50')


@pytest.fixture
async def web() -> AsyncIterator[WebClient]:
    client = WebClient()
    yield client
    await client.close()


async def asked(web: WebClient, path: str = "/send", template: str = "", **headers: str) -> Asked:
    with WebServer(answer('{"id": 7}', "202 Accepted")) as server:
        await HttpTexter(SmsProvider(server.url(path), template, headers), web).send(MESSAGE)
    (got,) = server.asked
    return got


async def test_in_the_address(web: WebClient) -> None:
    got = await asked(web, "/send?key=k&n={to}&t={text}")
    assert (got.method, got.body) == ("GET", b"")
    told = parse_qs(urlsplit(got.target).query, strict_parsing=True)
    assert told == {"key": ["k"], "n": [MESSAGE.to], "t": [MESSAGE.text]}


async def test_as_a_form(web: WebClient) -> None:
    got = await asked(web, template="{to}&x=1".replace("{to}", "to={to}&body={text}"))
    assert (got.method, got.headers["content-type"]) == (
        "POST",
        "application/x-www-form-urlencoded",
    )
    told = parse_qs(got.body.decode(), strict_parsing=True)
    assert told == {"to": [MESSAGE.to], "body": [MESSAGE.text], "x": ["1"]}


@pytest.mark.parametrize(
    "template",
    ['{"to": ["{to}"], "text": "» {text}", "n": 1}', ' [{"to": ["{to}"], "text": "» {text}"}]'],
)
async def test_as_json(web: WebClient, template: str) -> None:
    got = await asked(web, template=template, Authorization="Bearer k7")
    told = json.loads(got.body)
    told = told[0] if isinstance(told, list) else told
    assert (told["to"], told["text"]) == ([MESSAGE.to], "» " + MESSAGE.text)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["authorization"] == "Bearer k7"


async def test_a_content_type_of_ones_own(web: WebClient) -> None:
    kind = {"content-type": "application/vnd.sms+json"}
    got = await asked(web, template='["{to}", "{text}"]', **kind)
    assert got.headers["content-type"] == "application/vnd.sms+json"
    assert not got.twice


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text("{}toext", min_size=1))
def test_no_value_is_taken_for_a_placeholder(text: str, to: str) -> None:
    message = SendSms(f"1{to}", f"x{text}")
    form = SmsProvider("https://sms.example.com", "a={to}&b={text}&c={to}")
    _, body = request_of(form, message)
    assert body is not None
    told = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=True)
    assert told == {"a": [message.to], "b": [message.text], "c": [message.to]}
    _, body = request_of(SmsProvider("https://h", '["{to}", "{text}"]'), message)
    assert json.loads(body or b"") == [message.to, message.text]


@pytest.mark.parametrize(
    ("handler", "name", "says"),
    [
        (answer('{"error": "no credit"}', "402 Pay"), "sms-refused", "answered 402: {'error': 'no"),
        (answer("", "302 Found", None, Location="/x"), "sms-refused", "answered 302"),
        (raw(b"oh\r\n", then_close=True), "sms-refused", "SMS provider: 127.0.0.1"),
    ],
)
async def test_a_provider_that_does_not_take_it(
    web: WebClient, handler: Any, name: str, says: str
) -> None:
    with WebServer(handler) as server:
        texter = HttpTexter(SmsProvider(server.url(), "{to}{text}"), web)
        with pytest.raises(NodeFailure) as caught:
            await texter.send(MESSAGE)
    assert caught.value.name == name
    assert says in caught.value.text


async def test_a_provider_that_is_not_there(web: WebClient) -> None:
    with WebServer(answer()) as server:
        url = server.url("/?key=secret&{to}{text}")
    with pytest.raises(NodeFailure) as caught:
        await HttpTexter(SmsProvider(url), web).send(MESSAGE)
    assert caught.value.name == "sms-unreachable"
    assert "secret" not in caught.value.text


@pytest.mark.parametrize(
    ("url", "template", "says"),
    [
        ("", "", "url must begin with a server"),
        ("ftp://h/{to}{text}", "", "url must begin with a server"),
        ("https:///x{to}{text}", "", "url must begin with a server"),
        ("https://h/{to}", "", "neither url nor template holds {text}"),
        ("https://h", "a={text}", "neither url nor template holds {to}"),
        ("https://h", '{"to": {to}, "text": {text}}', "template begins like JSON, but is none"),
    ],
)
def test_what_could_never_send_a_message(url: str, template: str, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        SmsProvider(url, template)
    assert says in str(caught.value)
