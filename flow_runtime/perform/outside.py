"""Services beyond the call: the web, mail, text messages, PINs. None of them needs the caller."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import (
    CheckPin,
    HttpAnswer,
    HttpRequest,
    PinLocked,
    PinResult,
    SendEmail,
    SendSms,
    SetPin,
)
from flow_runtime.perform.session import Performer, Performers, Session
from flow_runtime.services import Pins

log = logging.getLogger("flow")
T = TypeVar("T")


def _service(service: T | None, what: str, advice: str) -> T:
    if service is None:
        raise NodeFailure("not-configured", f"there is no {what} here; {advice}")
    return service


async def _http(session: Session, command: HttpRequest) -> HttpAnswer:
    """Ask; the trace has the address without what may be a secret in it."""
    web = _service(session.services.web, "web access", "run the flow on a server")
    url, began = _bare(command.url), asyncio.get_running_loop().time()

    def trace(**outcome: Any) -> None:
        seconds = asyncio.get_running_loop().time() - began
        session.tracer.event("http", method=command.method, url=url, seconds=seconds, **outcome)

    try:
        answer = await web.request(command)
    except NodeFailure as failure:
        trace(error=failure.name)
        log.warning("http %s: %s", url, session.tracer.masked(failure.text))
        raise
    trace(status=answer.status)
    return answer


def _bare(url: str) -> str:
    """*url* without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(no address)"
    return f"{parts.scheme}://{host}{parts.path}"


async def _mail(session: Session, command: SendEmail) -> None:
    mailer = _service(session.services.mail, "mail server", "write [smtp] in cordboard.toml")
    await _send(session, "email", command.to, mailer.send(command))


async def _sms(session: Session, command: SendSms) -> None:
    texter = _service(session.services.sms, "SMS provider", "write [sms] in cordboard.toml")
    await _send(session, f"sms ({texter.driver})", command.to, texter.send(command))


async def _send(session: Session, via: str, to: str, sending: Any) -> None:
    try:
        await sending
    except NodeFailure as failure:
        session.tracer.event("send", via=via, to=to, error=failure.name)
        log.warning("%s to %s: %s", via, to, session.tracer.masked(failure.text))
        raise
    session.tracer.event("send", via=via, to=to)


def _pins(session: Session) -> Pins:
    return _service(session.services.pins, "store of PINs", "run the flow with --config")


async def _locked(session: Session, command: PinLocked) -> bool:
    locked = await _pins(session).locked(command.account, command.lock_after)
    if locked:
        session.tracer.event("pin", account=command.account, result="locked")
    return locked


async def _check(session: Session, command: CheckPin) -> PinResult:
    result = await _pins(session).check(command.account, command.pin, command.lock_after)
    session.tracer.event("pin", account=command.account, result=result)
    if result == "locked":
        log.warning("account %s is locked: too many wrong PINs", command.account)
    return result


async def _set(session: Session, command: SetPin) -> None:
    await _pins(session).set(command.account, command.pin)
    session.tracer.event("pin", account=command.account, result="set")


PERFORMERS: Performers = {
    HttpRequest: Performer(_http, needs_call=False, cut=False),
    SendEmail: Performer(_mail, needs_call=False, cut=False),
    SendSms: Performer(_sms, needs_call=False, cut=False),
    PinLocked: Performer(_locked, needs_call=False),
    CheckPin: Performer(_check, needs_call=False, cut=False),
    SetPin: Performer(_set, needs_call=False, cut=False),
}
"""What was begun is finished even when the caller hangs up: nobody could tell whether it was."""
