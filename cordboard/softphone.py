"""The built-in softphone: places one real call, listens, presses keys, keeps what it heard."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from telephony.line import Call, CallEnded, DialFailed, Ender, KeySource
from telephony.media.client import Plane
from telephony.settings import Listen, Media, Route, Sip, Trunk
from telephony.sip.endpoint import SipLine

QUIET = 0.9
"""Seconds of silence after which a prompt is taken to be over, and the next keys are pressed."""
PATIENCE = 10.0
"""Seconds to wait for a prompt before keys are pressed all the same."""

_TARGET = re.compile(r"(?:sip:)?([^@\s]+)@(\[[0-9a-fA-F:.]+\]|[^:@\s\[\]]+)(?::(\d+))?")
_KEYS = re.compile(r"[0-9*#A-D,]*")

Report = Callable[[str, str], None]
"""Told what happens: a word (calling, answered, heard, pressed, ended) and a text."""


class BadTarget(ValueError):
    """What should be called is not understood; the message shows how to write it."""


@dataclass(frozen=True)
class Target:
    """``sip:NUMBER@HOST:PORT``."""

    number: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read a target; raises `BadTarget`."""
        found = _TARGET.fullmatch(text.strip())
        if not found or int(found[3] or 5060) not in range(1, 65536):
            raise BadTarget(f"{text!r} cannot be called; write sip:100@127.0.0.1:5060")
        return cls(found[1], found[2].strip("[]"), int(found[3] or 5060))


@dataclass(frozen=True)
class Outcome:
    """How the call went. *seconds* is how long it was connected."""

    answered: bool
    ended_by: Ender | None
    text: str
    seconds: float = 0.0


class _Listener:
    """Notes the hang-up."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.by: Ender = "us"
        self.cause = "normal"

    def key(self, key: str, source: KeySource) -> None:
        """The far end pressed a key: nothing to do."""

    def hung_up(self, by: Ender, cause: str) -> None:
        """The call is over."""
        self.by, self.cause = by, cause
        self.ended.set()

    def media_lost(self, reason: str) -> None:
        """No sound any more: the call's end will follow."""


async def place_call(
    target: Target,
    *,
    keys: str = "",
    record: Path | None = None,
    caller: str = "cordboard",
    user: str = "",
    password: str = "",
    most: float = 120.0,
    report: Report = lambda word, text: None,
) -> Outcome:
    """Call *target* and stay until it hangs up, or for *most* seconds.

    *keys* are pressed in groups between commas, each after the prompt before it has ended.
    *record*, an absolute path, gets both directions of the sound as WAV. *user* and *password*
    answer a challenge.
    """
    if not _KEYS.fullmatch(keys):
        raise BadTarget(f'--keys {keys!r}: write keys and commas, for example "1,4711#"')
    line = SipLine(_settings(target, user, password), Plane())
    await line.start(lambda call: None)
    try:
        report("calling", f"{target.number} at {target.host}:{target.port}")
        try:
            call = await line.dial(target.number, caller_id=caller, timeout=30.0)
        except DialFailed as failure:
            return Outcome(False, None, f"{failure.outcome}: {failure.detail}")
        return await _talk(call, keys, record, most, report)
    finally:
        await line.stop()


async def _talk(call: Call, keys: str, record: Path | None, most: float, report: Report) -> Outcome:
    listener = call.listener = _Listener()
    began = time.monotonic()
    report("answered", call.codec)
    if record:
        await call.record_both(str(record))
    try:
        async with asyncio.timeout(most):
            with contextlib.suppress(CallEnded), tempfile.TemporaryDirectory() as folder:
                for group in keys.split(",") if keys else []:
                    await _until_quiet(call, Path(folder) / "heard.wav", report)
                    if group:
                        report("pressed", group)
                        await call.send_keys(group)
            await listener.ended.wait()
    except TimeoutError:
        pass
    seconds = time.monotonic() - began
    await call.hangup()
    return Outcome(True, listener.by, listener.cause, seconds)


async def _until_quiet(call: Call, scratch: Path, report: Report) -> None:
    """Return when a prompt was heard and has ended."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        done = await call.record(str(scratch), most=60.0, silence=QUIET, end_keys="")
        if done.by == "hangup":
            raise CallEnded("hung up")
        if done.spoke:
            report("heard", f"{max(0.0, done.seconds - QUIET):.1f} s of sound")
            return


def _settings(target: Target, user: str, password: str) -> Sip:
    """An endpoint that calls one peer and takes no calls."""
    family = socket.AF_INET6 if ":" in target.host else socket.AF_INET
    loopback = target.host in ("127.0.0.1", "::1", "localhost") or target.host.startswith("127.")
    here = "127.0.0.1" if loopback and family == socket.AF_INET else "0.0.0.0"
    if family == socket.AF_INET6:
        here = "::1" if loopback else "::"
    return Sip(
        listen=(Listen("udp", here, 0),),
        max_calls=2,
        dial_allow=("*",),
        local_nets=(ip_network("0.0.0.0/0"), ip_network("::/0")),
        trunks=(Trunk("target", target.host, target.port, user=user, password=password),),
        routes=(Route("*", "trunk:target"),),
        media=Media(ports=(41000, 48999)),
    )
