"""Sends text messages by a provider's web interface."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import HttpRequest, SendSms
from flow_runtime.outside.settings import SmsProvider, checked
from flow_runtime.outside.web import WebClient

_TIMEOUT: Final = timedelta(seconds=10)
_NAMES: Final = {"http-timeout": "sms-timeout", "http-unreachable": "sms-unreachable"}
_FORM: Final = "application/x-www-form-urlencoded"


def request_of(provider: SmsProvider, message: SendSms) -> tuple[HttpRequest, bytes | None]:
    """What is asked of *provider* to send *message*, and the body of that request.

    `NodeFailure` ``bad-value`` when it can be sent by nobody.
    """
    checked(message)
    escaped = {"to": quote(message.to, safe=""), "text": quote(message.text, safe="")}
    url = _filled(provider.url, escaped)
    if not provider.template:
        return HttpRequest("GET", url, provider.headers, timeout=_TIMEOUT), None
    if provider.is_json:
        values = {"to": message.to, "text": message.text}
        body, kind = json.dumps(_put_in(provider.json_template(), values)), "application/json"
    else:
        body, kind = _filled(provider.template, escaped), _FORM
    headers = dict(provider.headers)
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind
    return HttpRequest("POST", url, headers, timeout=_TIMEOUT), body.encode()


def _filled(template: str, values: Mapping[str, str]) -> str:
    """*template* with its words replaced at once: a value that holds ``{text}`` stays as it is."""
    before, *after = template.split("{to}")
    pieces = [before.replace("{text}", values["text"])]
    pieces += [piece.replace("{text}", values["text"]) for piece in after]
    return values["to"].join(pieces)


def _put_in(tree: Any, values: Mapping[str, str]) -> Any:
    match tree:
        case dict():
            return {name: _put_in(inner, values) for name, inner in tree.items()}
        case list():
            return [_put_in(inner, values) for inner in tree]
        case str():
            return _filled(tree, values)
    return tree


class HttpTexter:
    """Hands messages to a provider."""

    driver = "http"

    def __init__(self, provider: SmsProvider, web: WebClient) -> None:
        self._provider, self._web = provider, web

    async def send(self, message: SendSms) -> None:
        """See `flow_runtime.services.Texter`."""
        request, body = request_of(self._provider, message)
        try:
            answer = await self._web.request(request, body)
        except NodeFailure as failure:
            name = _NAMES.get(failure.name, "sms-refused")
            raise NodeFailure(name, f"SMS provider: {failure.text}") from None
        if not 200 <= answer.status < 300:
            text = f"the SMS provider answered {answer.status}: {str(answer.body)[:200]}"
            raise NodeFailure("sms-refused", text)
