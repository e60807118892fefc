"""The embedded SIP endpoint: sockets, one timer, and the calls between them and the application."""

from __future__ import annotations

import asyncio
import logging
import random as _random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from telephony.core.agent import Agent, Ask, Command, Event
from telephony.core.facts import called_by, caller_of, headers_of
from telephony.core.load import Load
from telephony.core.message import Request
from telephony.core.offer_answer import Negotiation
from telephony.core.session_types import Asked, Incoming, Refusal, Replied, Session
from telephony.core.strays import REMEMBERED
from telephony.core.transaction_types import Drop, Hop, Received, Respond, Send, Wake
from telephony.core.wire import WireError, parse
from telephony.line import Call, CallFacts, Conference, Line, LineError, Ringing, RingOptions
from telephony.media.plane import Leg, MediaPlane
from telephony.rooms import Room
from telephony.settings import Sip
from telephony.sip.call import SipCall
from telephony.sip.dialling import Dialling
from telephony.sip.early import EarlySound
from telephony.sip.gate import Gate, Peer
from telephony.sip.leftovers import Leftovers
from telephony.sip.outbound import SipRinging, Whom, place
from telephony.sip.phones import Phones, PhoneWatch
from telephony.sip.places import Places
from telephony.sip.sockets import Sockets
from telephony.sip.trace import Trace
from telephony.sip.trunks import TrunkLine, Trunks

log = logging.getLogger("telephony.sip")

RETRY_AFTER = ("Retry-After", "10")
BUSY = 0.98
"""The share of a processor of this thread at which no more calls are taken."""
LAST_WORDS = 2.0
"""Seconds that the BYEs of the last calls are given when the line stops."""


class SipLine(Line):
    """See `telephony.line.Line`. *clock* is any monotonic clock in seconds."""

    name = "sip"
    can = frozenset(
        "answer sound keys barge-in record hangup dial ring bridge hold send-keys music "
        "conference tap".split()
    )

    def __init__(
        self,
        settings: Sip,
        plane: MediaPlane,
        *,
        clock: Callable[[], float] = time.monotonic,
        token: Callable[[], str] = lambda: secrets.token_hex(8),
        random: Callable[[], float] = _random.random,
    ) -> None:
        self._settings, self._plane = settings, plane
        self.dead_after = settings.media.dead_after
        self._clock, self._token, self._random = clock, token, random
        self._sockets = Sockets(
            self._datagram,
            self._rearm,
            public_address=settings.public_address,
            local_nets=settings.local_nets,
        )
        self.agent = Agent(sent_by=self._sockets.sent_by, token=token, random=random)
        self._phones = Phones(settings.phones, secrets.token_bytes(32), token)
        self._phone_watch = PhoneWatch(self._phones, clock)
        self._trunks = Trunks(
            settings.trunks,
            self._sockets,
            token=token,
            via=self.agent.via,
            ask=self._ask,
            clock=clock,
        )
        self._gate = Gate(settings, self.agent, self._phones, self._trunks, self._send)
        self._places = Places(settings, self._phones, self._trunks, self._sockets, clock)
        self.dialogs: Leftovers = Leftovers(self.agent, self._sockets, self._trunks, self.command)
        self._trace = Trace(settings.trace) if settings.trace else None
        self._calls: dict[str, SipCall] = {}
        self._taken = 0
        """Calls that came in; those that are dialled for them are not counted."""
        self._load = Load(BUSY, time.thread_time(), clock())
        self._counts: Counter[str] = Counter()
        self._on_call: Callable[[Call], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._idle, self._quiet = asyncio.Event(), asyncio.Event()
        self._draining = self._stopped = False

    # --- the line ---------------------------------------------------------------------------------

    async def start(self, on_call: Callable[[Call], None]) -> None:
        """See `Line.start`. Raises `LineError` when an address cannot be had."""
        self._on_call = on_call
        await self._plane.start(self._settings.media, self._settings.max_calls)
        try:
            self._sockets.open(self._settings.listen)
        except LineError:
            await self._plane.stop()
            raise
        self.agent.strays_until = self._clock() + REMEMBERED
        await self._trunks.start()
        self._rearm()
        where = ", ".join(f"udp:{host}:{port}" for host, port in self._sockets.addresses)
        log.info("listening on %s", where)

    async def stop(self, drain: float = 0.0) -> None:
        """See `Line.stop`. While calls end, new ones get 503."""
        self._draining = True
        if self._calls and drain > 0:
            log.info("draining: %d calls, at most %g s", len(self._calls), drain)
            await self._wait_idle(drain)
        for call in list(self._calls.values()):
            await call.hangup()
        await self._trunks.stop()
        with suppress(TimeoutError):
            if self.agent.dialogs:
                await asyncio.wait_for(self._quiet.wait(), LAST_WORDS)
        self._stopped = True
        self._phone_watch.stop()
        if self._timer is not None:
            self._timer.cancel()
        self._sockets.close()
        await self._plane.stop()

    async def dial(
        self, to: str, *, caller_id: str | None, timeout: float, near: Call | None = None
    ) -> Call:
        """See `Line.dial`."""
        destination, targets = await self._places.targets(to, caller_id)
        other = near.leg if isinstance(near, SipCall) else None
        waiting = other if isinstance(near, SipCall) and not near.placed else None
        whom = Whom(destination.number, destination.trunk, caller_id or "")
        return await place(
            self,
            whom,
            targets,
            other,
            timeout,
            Dialling(self.command),
            lambda leg: EarlySound(leg, waiting),
        )

    def refusal(self, to: str) -> str:
        """See `Line.refusal`."""
        return self._places.refusal(to)

    def ring(
        self, phone: str, options: RingOptions, *, timeout: float, near: Call | None = None
    ) -> Ringing:
        """See `Line.ring`. Raises `LineError` for headers that may not be set."""
        other = near.leg if isinstance(near, SipCall) else None
        return SipRinging(self, self._places, phone, options, timeout, other)

    def reachable(self, phone: str) -> bool:
        """See `Line.reachable`."""
        return ":" in phone or bool(self._phones.contacts(phone, self._clock()))

    def watch_phones(self, told: Callable[[str, bool], None]) -> None:
        """See `Line.watch_phones`."""
        self._phone_watch.begin(told)

    def conference(self, *, beeps: bool = False) -> Conference:
        """See `Line.conference`."""
        return Room(SipCall, beeps)

    def status(self) -> Mapping[str, Any]:
        """Calls, counts since the start, refusals by reason, phones, trunks."""
        return {
            "calls": len(self._calls),
            "listen": [f"udp:{host}:{port}" for host, port in self._sockets.addresses],
            "draining": self._draining,
            "counts": dict(self._counts),
            "refusals": dict(self._gate.refusals),
            "phones": self._phones.registrar.status(self._clock()),
            "trunks": self._trunks.status(),
        }

    # --- what calls need of the line, and those that are placed -----------------------------------

    def command(self, session: Session, name: str, argument: Any = None) -> None:
        """Give a command to a session now."""
        self.handle(Command(session, name, argument))

    def handle(self, event: Event) -> None:
        """Give an event to the agent now, and do what follows."""
        self._act(self.agent.handle(event, self._clock()))
        self._rearm()

    def lease(self, near: Leg | None, ipv6: bool) -> Leg | None:
        """A leg for a call that we place, None when there is none or all is stopping."""
        return None if self._draining else self._plane.lease(near, ipv6=ipv6)

    def dialled(self, whom: Whom, session: Session, leg: Leg) -> SipCall:
        """The call that was answered."""
        facts = CallFacts(
            self._call_id(),
            whom.caller,
            whom.number,
            datetime.now(UTC),
            whom.trunk,
            "out",
            backend=self.name,
        )
        return self._add(facts, session, leg)

    def stands(self, call: SipCall) -> None:
        """The call is answered, or its far end has changed it."""
        self.dialogs.keep(call.facts, call.session)

    def over(self, call: SipCall) -> None:
        """The call has ended."""
        self.dialogs.drop(call.facts.id)
        if self._calls.pop(call.facts.id, None) and call.facts.direction == "in":
            self._taken -= 1
        log.info("call ended: %s", call.cause, extra={"call": call.facts.id})
        if not self._calls:
            self._idle.set()

    # --- messages in and out ----------------------------------------------------------------------

    def _datagram(self, data: bytes, source: Hop) -> None:
        """One datagram; whatever is in it, the endpoint goes on."""
        if self._trace:
            self._trace.note("<-", data, source)
        if not data.strip(b"\r\n\0 "):
            return  # a keep-alive (RFC 5626 3.5.1)
        now = self._clock()
        try:
            message = parse(data)
            if isinstance(message, Request):
                message.stamp(source.host, source.port)
                if not self._gate.passes(message, source, now):
                    return
            self._act(self.agent.handle(Received(message, source), now))
        except WireError as error:
            self._gate.malformed(error, source, now)
        except Exception:
            self._gate.refusals["fault"] += 1
            log.exception("a message from %s:%d could not be handled", source.host, source.port)

    def _act(self, actions: list[Any]) -> None:
        for action in actions:
            match action:
                case Send(data, hop):
                    self._send(data, hop)
                case Incoming(session, request, source):
                    self._incoming(session, request, source)
                case Asked():
                    self._asked(action)
                case Replied(owner, response):
                    if isinstance(owner, TrunkLine):
                        self._trunks.replied(owner, response)
                case _:
                    if action.session.peer is not None:
                        action.session.peer.told(action)

    def _send(self, data: bytes, hop: Hop) -> None:
        if self._stopped:
            return
        if self._trace:
            self._trace.note("->", data, hop)
        self._sockets.send(data, hop)

    def _ask(self, ask: Ask) -> None:
        self.handle(ask)

    def _rearm(self) -> None:
        """Keep one timer, set to what is due first."""
        times = [self.agent.next_wakeup(), self._trunks.next_wakeup()]
        due = min((time for time in times if time is not None), default=None)
        if self._draining and not self.agent.dialogs:
            self._quiet.set()
        if due is None or self._stopped:
            return
        if self._timer is not None:
            if self._timer_at <= due:
                return
            self._timer.cancel()
        self._timer_at = due
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(max(0.0, due - self._clock()), self._wake)

    def _wake(self) -> None:
        self._timer = None
        now = self._clock()
        self._act(self.agent.handle(Wake(), now))
        self._trunks.wake(now)
        self._rearm()

    # --- requests from outside --------------------------------------------------------------------

    def _incoming(self, session: Session, request: Request, source: Hop) -> None:
        """A new call: admit it or refuse it (503 with Retry-After when full)."""
        now = self._clock()
        peer = self._gate.peer(source, now) or Peer()
        why = self._full(now)
        leg = None if why else self._plane.lease(ipv6=":" in source.host)
        if leg is None:
            why = why or "no port for sound is free, or the media process is busy"
            self._gate.note("full", source, f"503: {why}", now)
            self.command(session, "reject", Refusal(503, "", (RETRY_AFTER,)))
            return
        session.dialog.pinned = bool(peer.phone)
        negotiation = Negotiation(self.media_host(source), leg.port, self.session_id())
        self.command(session, "prepare", negotiation)
        if session.told or self._on_call is None:
            self._gate.note("not acceptable", source, "488: nothing common to talk", now)
            leg.close()
            return
        facts = CallFacts(
            self._call_id(),
            caller_of(request, trusted=bool(peer.trunk)),
            called_by(request, peer.number_from),
            datetime.now(UTC),
            peer.trunk,
            headers=headers_of(request),
            backend=self.name,
            phone=peer.phone,
            source=(source.host, source.port),
        )
        self._counts["in"] += 1
        self._taken += 1
        call = self._add(facts, session, leg)
        log.info(
            "call from %r to %r (%s:%d)",
            facts.caller,
            facts.called,
            source.host,
            source.port,
            extra={"call": facts.id},
        )
        try:
            self._on_call(call)
        except Exception:
            log.exception("the call could not be taken", extra={"call": facts.id})
            self.command(session, "reject", Refusal(500))

    def _asked(self, asked: Asked) -> None:
        """OPTIONS and REGISTER."""
        request, now = asked.request, self._clock()
        if request.method == "REGISTER":
            response = self._phones.registered(request, asked.source, now)
            if response is None:
                self._gate.note("locked out", asked.source, "REGISTER not answered: locked", now)
                self._act(self.agent.handle(Drop(asked.transaction), now))
                return
        elif self._draining:
            response = request.reply(503, to_tag=self._token(), headers=[RETRY_AFTER])
        else:
            headers = [("Allow", self.agent.allow), ("Accept", "application/sdp")]
            response = request.reply(200, to_tag=self._token(), headers=headers)
        self._act(self.agent.handle(Respond(asked.transaction, response), now))
        if request.method == "REGISTER":
            self._phone_watch.look()

    # --- helpers ----------------------------------------------------------------------------------

    def _full(self, now: float) -> str:
        """Why no call is taken now, "" when one may be."""
        if self._draining:
            return "the server is stopping"
        if self._taken >= self._settings.max_calls:
            return f"max_calls = {self._settings.max_calls} calls stand"
        return "the processor is busy" if self._load.note(time.thread_time(), now) else ""

    def _add(self, facts: CallFacts, session: Session, leg: Leg) -> SipCall:
        call = SipCall(facts, session, leg, self)
        self._calls[facts.id] = call
        self._idle.clear()
        return call

    def media_host(self, hop: Hop) -> str:
        """Our address for sound as *hop* can reach it."""
        return self._sockets.host_towards(hop.host, hop.socket)

    def _call_id(self) -> str:
        """Long enough that no two calls of a day share their recordings' names."""
        return self._token()[:12]

    def session_id(self) -> int:
        """A fresh id of a session description."""
        return int(self._random() * 2**31)

    async def _wait_idle(self, most: float) -> None:
        try:
            async with asyncio.timeout(most):
                while self._calls:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            log.warning("%d calls were still running after the drain time", len(self._calls))
