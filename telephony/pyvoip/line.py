"""The line through pyVoIP: registers as one extension, takes its calls, stays registered."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from telephony.core.facts import called_by, caller_of, headers_of
from telephony.core.message import Request
from telephony.core.wire import WireError, parse
from telephony.line import Call, CallFacts, Conference, Line, LineError, Ringing, RingOptions
from telephony.media.clips import Clips
from telephony.media.files import Files
from telephony.pyvoip.call import MOST_CALLS, NAME, PyvoipCall, unsupported
from telephony.pyvoip.sound import CallSound
from telephony.pyvoip.threads import Aloud, aside
from telephony.settings import Pyvoip

if TYPE_CHECKING:
    from telephony.pyvoip.phone import Leg, Phone

log = logging.getLogger("telephony.pyvoip")

LIMITS = (
    f"at most {MOST_CALLS} calls at once, more are refused as busy",
    "G.711 mu-law only",
    "no dialling out, no connecting of calls, no hold, no keys towards the caller",
    "keys by RFC 4733 and SIP INFO, not by tones in the sound",
    "UDP only, passwords by MD5 only, lost answers are not repeated",
)
READY = 20.0
"""Seconds for the first registration: three attempts of 4 s, and their end."""
WATCH = 1.0
PAUSES = (2.0, 5.0, 10.0, 30.0)
"""Seconds before each attempt to register again after the PBX was lost; the last one repeats."""
DISK_TIME = 5.0
"""Seconds that the last recordings are given to reach the disk."""


class PyvoipLine(Line):
    """See `telephony.line.Line`. Raises `LineError` when pyVoIP is not installed."""

    name = NAME
    can = frozenset({"answer", "sound", "keys", "barge-in", "record", "hangup"})

    def __init__(self, settings: Pyvoip) -> None:
        self._settings = settings
        self._make = _phone_class()
        self._phone: Phone | None = None
        self._calls: dict[Leg, PyvoipCall] = {}
        self._sounds: WeakSet[CallSound] = WeakSet()
        self._idle = asyncio.Event()
        self._open = self._draining = False
        self._refusals: Counter[str] = Counter()
        self._served = 0
        self._on_call: Callable[[Call], None] | None = None
        self._watching: asyncio.Task[None] | None = None

    # --- the line ---------------------------------------------------------------------------------

    async def start(self, on_call: Callable[[Call], None]) -> None:
        """See `Line.start`. Raises `LineError` when the PBX does not take the registration."""
        log.warning("this line has limits: %s", "; ".join(LIMITS))
        self._on_call = on_call
        self._files = Files()
        self._clips = Clips(self._files)
        self._aloud = Aloud()
        self._open = True
        loop = asyncio.get_running_loop()
        loop.add_reader(self._files.wake, self._files.finish)
        try:
            await self._register()
        except BaseException:
            await self._close()
            raise
        self._watching = loop.create_task(self._watch())

    async def stop(self, drain: float = 0.0) -> None:
        """See `Line.stop`. While calls end, new ones get 503."""
        if not self._open:
            return
        self._draining = True
        if self._phone is not None:
            self._phone.draining = True
        if self._calls and drain > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(drain):
                    await self._idle.wait()
        if self._watching is not None:
            self._watching.cancel()
        for call in list(self._calls.values()):
            await call.hangup("shutdown")
        await self._close()

    async def dial(
        self, to: str, *, caller_id: str | None, timeout: float, near: Call | None = None
    ) -> Call:
        """Raises `Unsupported`: pyVoIP hears neither busy nor no answer, and cannot give up."""
        raise unsupported("dial")

    def ring(
        self, phone: str, options: RingOptions, *, timeout: float, near: Call | None = None
    ) -> Ringing:
        """Raises `Unsupported`, as `dial` does."""
        raise unsupported("ring a telephone")

    def watch_phones(self, told: Callable[[str, bool], None]) -> None:
        """Raises `Unsupported`: no telephones register here."""
        raise unsupported("ring a telephone")

    def conference(self, *, beeps: bool = False) -> Conference:
        """Raises `Unsupported`."""
        raise unsupported("hold a conference")

    def status(self) -> Mapping[str, Any]:
        """Calls, the registration, refusals by reason."""
        phone, settings = self._phone, self._settings
        return {
            "backend": self.name,
            "calls": len(self._calls),
            "counts": {"in": self._served},
            "registered": f"{settings.user}@{settings.host}:{settings.port}",
            "registration": phone.get_status().value.lower() if phone else "none",
            "refusals": dict(self._refusals),
        }

    # --- registration -----------------------------------------------------------------------------

    async def _register(self) -> None:
        """Start a telephone and wait until it is registered."""
        settings = self._settings
        server, account = (settings.host, settings.port), (settings.user, settings.password)
        try:
            here, sources = await aside(lambda: _addresses(*server))
            phone = self._phone = self._make(server, account, here, sources, self)
            phone.draining = self._draining
            registered = await aside(lambda: phone.register_within(READY))
        except OSError as error:
            raise LineError(
                f"[pyvoip].server {settings.host!r} cannot be reached: {error}"
            ) from error
        if registered:
            log.info("registered as %s at %s:%d", settings.user, *server)
            return
        where = f"{settings.host}:{settings.port}"
        if phone.challenged:
            raise LineError(
                f"{where} refuses the registration of {settings.user!r}; check [pyvoip].user and "
                "password"
            )
        raise LineError(f"{where} does not answer a REGISTER; check [pyvoip].server")

    async def _watch(self) -> None:
        """Register again when the PBX was lost, for as long as it takes."""
        attempt = 0
        while True:
            await asyncio.sleep(WATCH)
            if self._phone is not None and self._phone.get_status().name == "FAILED":
                pause = PAUSES[min(attempt, len(PAUSES) - 1)]
                log.error("the registration is lost; trying again in %g s", pause)
                for call in list(self._calls.values()):
                    call.leg.let_go()
                    call.end("network", "registration lost")
                await asyncio.sleep(pause)
                attempt += 1
                try:
                    await self._register()
                    attempt = 0
                except LineError as error:
                    log.error("%s", error)

    async def _close(self) -> None:
        self._open = False
        if self._phone is not None:
            await aside(self._phone.stop)
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(DISK_TIME):
                for sound in list(self._sounds):
                    await sound.whole.wait()
                self._files.close()
        loop.remove_reader(self._files.wake)
        os.close(self._files.wake)

    # --- what the telephone tells (`telephony.pyvoip.phone.Told`), in pyVoIP's threads -----------

    def called(self, leg: Leg) -> None:
        """Somebody calls."""
        self._aloud(self._incoming, leg)

    def ended(self, leg: Leg, cause: str) -> None:
        """The caller has hung up or given up."""
        self._aloud(self._ended, leg, cause)

    def key(self, leg: Leg, key: str) -> None:
        """A key by SIP INFO."""
        self._aloud(self._pressed, leg, key)

    def refused(self, reason: str) -> None:
        """A call was refused."""
        self._aloud(self._refusals.update, (reason,))

    # --- the same on the event loop ---------------------------------------------------------------

    def _incoming(self, leg: Leg) -> None:
        if self._draining:  # it came just before the telephone was told
            leg.refuse(503, "Service Unavailable")
            return
        try:
            request = parse(leg.request.raw)
            assert isinstance(request, Request)
        except WireError as error:
            log.warning("a call is refused: %s", error)
            self._refusals["malformed"] += 1
            leg.refuse(400, "Bad Request")
            return
        facts = CallFacts(
            secrets.token_hex(4),
            caller_of(request, trusted=True),
            called_by(request, "request"),
            datetime.now(UTC),
            headers=headers_of(request),
            backend=self.name,
        )
        call = self._calls[leg] = PyvoipCall(facts, leg, self._files, self._clips, self._over)
        self._sounds.add(call.sound)
        self._idle.clear()
        self._served += 1
        log.info("call from %r to %r", facts.caller, facts.called, extra={"call": facts.id})
        assert self._on_call is not None
        self._on_call(call)

    def _ended(self, leg: Leg, cause: str) -> None:
        if leg in self._calls:
            self._calls[leg].end("caller", cause)

    def _pressed(self, leg: Leg, key: str) -> None:
        if leg in self._calls:
            self._calls[leg].sound.key(key, "info")

    def _over(self, call: PyvoipCall) -> None:
        self._calls.pop(call.leg, None)
        if not self._calls:
            self._idle.set()


def _phone_class() -> type[Phone]:
    try:
        from telephony.pyvoip.phone import Phone
    except ImportError as error:
        raise LineError(
            f"the pyvoip line needs pyVoIP 1.6.8 ({error}): pip install 'cordboard[pyvoip]'"
        ) from error
    return Phone


def _addresses(host: str, port: int) -> tuple[str, tuple[str, ...]]:
    """Our address towards the PBX, and the addresses of the PBX. Raises OSError."""
    found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)
    sources = tuple(str(address[4][0]) for address in found)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(found[0][4])
        return probe.getsockname()[0], sources
