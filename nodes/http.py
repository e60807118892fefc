"""http: ask a web service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from flow_runtime.core.card import shown
from flow_runtime.core.commands import Assign, NodeFailure
from flow_runtime.core.expr.tree import Text
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, Variable, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.service_commands import HttpAnswer, HttpRequest
from flow_runtime.core.types import ANY

_OK, _FAILED = "ok", "failed"
_NO_ANSWER: Final = frozenset(
    {"http-unreachable", "http-timeout", "http-redirect", "http-too-large", "http-bad-answer"}
)
_S: Final = timedelta(seconds=1)
_URL = "https://shop.example.com/orders/4711"
_BODY = {"state": "sent", "parcels": Decimal(2)}
_GIVEN = {"url": _URL, "into": "order"}


def _failure(status: int | None, error: str, body: Any = None) -> Assign:
    number = None if status is None else Decimal(status)
    return Assign("order", {"status": number, "error": error, "body": body})


class Http(Node):
    """Ask a web service for something, or tell it something.

    What comes back is read as JSON: with `into = order`, `order.state` is a field of it. An answer
    that is no JSON is a text. A status of 200 to 299 leaves by `ok`. Any other, a server that
    cannot be reached, is too slow, or sends more than a megabyte or 10,000 values, leaves by
    `failed`, and the variable tells why: `{status: 404, error: "http-status", body: ...}`.
    Redirects are followed only within the same server, so that no answer can send the request
    elsewhere. Once begun, it is finished even when the caller hangs up meanwhile.
    """

    type, title, group, icon = "http", "Web request", "Data", "http"
    needs = "web"

    method: str = param(
        help="What to do.",
        default="GET",
        choices=("GET", "POST", "PUT", "PATCH", "DELETE"),
    )
    url: str = param(
        help='The address, for example  "https://shop.example.com/orders/{number}".',
        told="the web server's log",
    )
    headers: Mapping[str, Any] | None = param(
        help='More header fields:  {"X-Api-Key": key}.', default=None
    )
    json: Any = param(
        help="What is sent, as JSON: a record, a list, a text, a number.", default=None
    )
    timeout: timedelta = param(
        help="How long it may take in all.",
        default=5 * _S,
        low=timedelta(milliseconds=100),
        high=timedelta(minutes=2),
        unit="s",
    )
    into: Variable | None = param(
        help="The variable that gets the answer.", default=None, makes=ANY
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """A good answer, or none."""
        return (
            Port(_OK, "A status of 200 to 299.", sets=("into",)),
            Port(_FAILED, "Any other status, or no answer.", sets=("into",)),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """The server is written out; a caller should have no say in it."""
        url = draft.written.get("url")
        if not isinstance(url, Text):
            return
        first = next(iter(url.parts), "")
        begin = first if isinstance(first, str) else ""
        known = urlsplit(begin) if len(url.parts) < 2 or begin.count("/") > 2 else None
        if known is None:
            text = phrase("the server of url is computed: write it out, or a caller may choose it")
            yield Finding("computed-host", text, "url", "warning")
        elif known.scheme not in ("http", "https") or not known.hostname:
            text = phrase('url must begin with a server: "https://shop.example.com/..."')
            yield Finding("bad-url", text, "url")
        elif known.scheme == "http" and "headers" in draft.written:
            text = phrase("http sends headers in the clear: use https where they hold a key")
            yield Finding("clear-text", text, "headers", "warning")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``GET https://shop.example.com/orders/{number}``."""
        return f"{shown(draft, 'method', quoted=False)} {shown(draft, 'url', quoted=False)}"

    async def run(self) -> PortValue:
        """Ask, and keep the answer."""
        request = HttpRequest(self.method, self.url, self.headers or {}, self.json, self.timeout)
        try:
            answer = await request
        except NodeFailure as failure:
            if failure.name not in _NO_ANSWER:
                raise
            await self._keep({"status": None, "error": failure.name, "body": None})
            return _FAILED
        if 200 <= answer.status < 300:
            await self._keep(answer.body)
            return _OK
        status = Decimal(answer.status)
        await self._keep({"status": status, "error": "http-status", "body": answer.body})
        return _FAILED

    async def _keep(self, value: Any) -> None:
        if self.into:
            await Assign(self.into, value)

    examples = (
        Example(
            "The shop knows the order.",
            _GIVEN,
            [HttpRequest("GET", _URL), HttpAnswer(200, _BODY), Assign("order", _BODY), None],
            _OK,
        ),
        Example(
            "A report is handed in; nobody needs what the server says to it.",
            {"method": "POST", "url": _URL, "headers": {"X-Api-Key": "k"}, "json": {"late": True}},
            [HttpRequest("POST", _URL, {"X-Api-Key": "k"}, {"late": True}), HttpAnswer(201)],
            _OK,
        ),
        Example(
            "There is no such order.",
            _GIVEN,
            [HttpRequest("GET", _URL), HttpAnswer(404, "not found"),
             _failure(404, "http-status", "not found"), None],
            _FAILED,
        ),
        Example(
            "The shop does not answer within a second.",
            {**_GIVEN, "timeout": _S},
            [HttpRequest("GET", _URL, timeout=_S),
             NodeFailure("http-timeout", "shop.example.com did not answer within 1 s"),
             _failure(None, "http-timeout"), None],
            _FAILED,
        ),
        Example(
            "The address is none.",
            {"url": "shop"},
            [HttpRequest("GET", "shop"), NodeFailure("http-bad-request", "shop is no address")],
            ERROR,
        ),
    )  # fmt: skip
