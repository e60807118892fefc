"""pyVoIP's telephone, mended where it would lose calls, sound or threads.

Only this file touches pyVoIP. Mended are: threads that keep a finished program alive, the second
that passes before a call is handed over, running calls that are forgotten (and then deaf to BYE),
CANCEL without 487, OPTIONS and INFO without an answer, requests and sound from strangers, any
message taken for the answer to a REGISTER, 8-bit sound, a pace that drifts, ports that are taken.
"""

from __future__ import annotations

import itertools
import logging
import math
import random
import re
import secrets
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Any, Protocol

import pyVoIP.VoIP  # before its other modules, which import each other in a circle
from pyVoIP.RTP import PayloadType, RTPClient
from pyVoIP.SIP import SIPClient, SIPMessage, SIPMessageType
from pyVoIP.VoIP import CallState, PhoneStatus, VoIPCall, VoIPPhone

from telephony.core.guard import Limiter
from telephony.core.info import key_in
from telephony.pyvoip.call import MOST_CALLS
from telephony.pyvoip.streams import Inbox, Outbox

log = logging.getLogger("telephony.pyvoip")

RTP_PORTS = (10000, 19998)
"""First and last RTP port; only even ones are used."""
EXPIRES = 120
"""Seconds a registration lasts; it is renewed 5 s before."""
ANSWER_TIME = 4
"""Seconds the PBX has to answer a REGISTER; pyVoIP tries three times."""
_TO_REGISTER = re.compile(rb"^CSeq:\s*\d+\s+REGISTER", re.MULTILINE | re.IGNORECASE)
_CODECS = (PayloadType.PCMU, PayloadType.EVENT)

for _method in ("OPTIONS", "INFO"):  # else pyVoIP drops them unread, and the PBX calls us dead
    if _method not in pyVoIP.SIPCompatibleMethods:
        pyVoIP.SIPCompatibleMethods.append(_method)


class Told(Protocol):
    """Who hears of calls. The methods are called in pyVoIP's threads."""

    def called(self, leg: Leg) -> None:
        """Somebody calls."""

    def ended(self, leg: Leg, cause: str) -> None:
        """The caller has hung up or given up."""

    def key(self, leg: Leg, key: str) -> None:
        """A key by SIP INFO."""

    def refused(self, reason: str) -> None:
        """A call was refused here."""


class Stream(RTPClient):
    """A call's RTP. G.711 bytes pass through as they are; the boxes are joined by `Leg.connect`."""

    outbox: Outbox
    inbox: Inbox

    def __init__(self, ports: Iterator[int], *details: Any) -> None:
        super().__init__(*details)
        self._ports = ports
        self._started = False

    def start(self) -> None:
        """Bind the next free port and begin, once (pyVoIP starts it at every re-INVITE).

        Raises OSError when no port is free.
        """
        if self._started:
            return
        self.pmout = self.outbox  # type: ignore[assignment]  # pyVoIP only reads from it
        for port in itertools.islice(self._ports, (RTP_PORTS[1] - RTP_PORTS[0]) // 2):
            self.inPort = port
            try:
                super().start()
            except OSError:
                self.sin.close()
                continue
            self._started = True
            self.aim()
            return
        raise OSError(f"no UDP port is free in {RTP_PORTS[0]}-{RTP_PORTS[1]}")

    def aim(self) -> None:
        """Take sound from the address in the PBX's SDP alone."""
        with suppress(OSError):  # no way there now: sending fails by itself
            self.sin.connect((self.outIP, self.outPort))

    def stop(self) -> None:
        """Let both threads end; the transmitting one closes the socket."""
        self.NSD = False

    def trans(self) -> None:
        """The transmitting thread."""
        try:
            super().trans()
        finally:
            self.sin.close()

    @property
    def trans_delay_reduction(self) -> float:
        """What pyVoIP divides its sleep by: the outbox keeps the pace."""
        return math.inf

    def encode_packet(self, payload: bytes) -> bytes:
        """G.711 as the outbox gives it."""
        return payload

    def parse_packet(self, packet: bytes) -> None:
        """A datagram for the inbox."""
        self.inbox.take(packet)


class Leg(VoIPCall):
    """A call of pyVoIP. `answer`, `hangup` and `refuse` send a datagram: not for an event loop."""

    phone: Phone
    stream: Stream | None = None
    """None when the offer has no codec for both sides."""

    def create_rtp_clients(
        self,
        codecs: dict[int, PayloadType],
        ip: str,
        port: int,
        request: SIPMessage,
        baseport: int,
    ) -> None:
        """One stream, if the offer has G.711 mu-law."""
        usable = {kind: codec for kind, codec in codecs.items() if codec in _CODECS}
        if PayloadType.PCMU in usable.values() and self.stream is None:
            host = request.body["c"][0]["address"]
            details = usable, ip, port, host, baseport, self.sendmode
            self.stream = Stream(self.phone.ports, *details)
            self.RTPClients.append(self.stream)

    @property
    def event_type(self) -> int | None:
        """The payload type of telephone-event, None when the caller has none."""
        kinds = self.stream.assoc.items() if self.stream else ()
        return next((kind for kind, codec in kinds if codec is PayloadType.EVENT), None)

    def connect(self, outbox: Outbox, inbox: Inbox) -> None:
        """Say where sound comes from and goes to; before `answer`."""
        if self.stream is not None:
            self.stream.outbox, self.stream.inbox = outbox, inbox

    def renegotiate(self, request: SIPMessage) -> None:
        """A re-INVITE: the sound moves with it."""
        super().renegotiate(request)
        if self.stream is not None:
            self.stream.aim()

    def bye(self) -> None:
        """The caller has hung up."""
        super().bye()
        self.phone.forget(self)
        self.phone.told.ended(self, "normal")

    def hangup(self) -> None:
        """Send BYE. Raises `InvalidStateError` when the caller was quicker."""
        super().hangup()
        self.phone.forget(self)

    def give_up(self) -> None:
        """The caller has given up (CANCEL): the INVITE is answered with 487 (RFC 3261 9.2)."""
        if self.state == CallState.RINGING:
            self.refuse(487, "Request Terminated")
            self.phone.told.ended(self, "cancelled")

    def refuse(self, status: int, phrase: str) -> None:
        """Answer the INVITE with *status* from 300 to 699."""
        self.let_go()
        self.phone.refuse(self.request, status, phrase)

    def let_go(self) -> None:
        """End it without a word to the PBX."""
        self.state = CallState.ENDED
        self.phone.forget(self)
        if self.stream is not None:
            self.stream.stop()


class Socket(socket.socket):
    """The SIP socket. pyVoIP calls `recv` while it registers, and takes what comes for the answer.

    So `recv` waits for an answer to a REGISTER, and gives everything else to *others*.
    """

    others: Callable[[bytes, tuple[str, int]], None]

    def recv(self, size: int, flags: int = 0) -> bytes:
        """The next answer to a REGISTER. Raises TimeoutError."""
        end = time.monotonic() + ANSWER_TIME
        while select.select([self], [], [], max(0.0, end - time.monotonic()))[0]:
            data, source = self.recvfrom(size)
            if data.startswith(b"SIP/2.0") and _TO_REGISTER.search(data):
                return data
            self.others(data, source)
        raise TimeoutError("the PBX does not answer a REGISTER")


class Signalling(SIPClient):
    """pyVoIP's signalling on a port of the kernel's choice, for messages from the PBX alone."""

    phone: Phone

    def start(self) -> None:
        """Bind, register, listen."""
        self.NSD = True
        self._lines = Limiter(rate=1 / 30, burst=3.0)
        self.register_timeout, self.default_expires = ANSWER_TIME, EXPIRES
        self.s = self.out = Socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.others = self.take
        self.s.bind((self.myIP, 0))
        self.myPort = self.s.getsockname()[1]
        self.register()
        Thread(target=self.recv_loop, name="pyvoip-sip", daemon=True).start()

    def recv_loop(self) -> None:
        """The receiving thread; it outlives errors of the socket."""
        while self.NSD:
            try:
                super().recv_loop()
            except OSError as error:  # closed by `stop`, or the network is down
                if self.NSD:
                    log.warning("the SIP socket fails: %s", error)
                    time.sleep(1.0)

    def recv(self) -> None:
        """Take one datagram (BlockingIOError: there is none)."""
        self.take(*self.s.recvfrom(8192))

    def take(self, raw: bytes, source: tuple[str, int]) -> None:
        """Act on a datagram."""
        if source[0] not in self.phone.sources:
            self.phone.told.refused("stranger")
            return
        if not raw.strip(b"\r\n\0 "):
            return
        try:
            message = SIPMessage(raw)
            if message.type == SIPMessageType.MESSAGE and message.method in ("OPTIONS", "INFO"):
                self.phone.asked(message)
            else:
                self.parse_message(message)
        except Exception as error:  # whatever pyVoIP's parser trips over
            self.phone.told.refused("malformed")
            if self._lines.allow("", time.monotonic()):
                log.warning("a SIP message that pyVoIP does not understand: %r", error)

    def gen_tag(self) -> str:
        """A tag; pyVoIP's own looks through all that it ever made."""
        return secrets.token_hex(4)

    def gen_register(self, request: SIPMessage, deregister: bool = False) -> str:
        """The answer to a challenge."""
        self.phone.challenged = True
        return str(super().gen_register(request, deregister))


class Phone(VoIPPhone):
    """The extension. *sources* are the addresses of the PBX; the first is where we send.

    `start` and `stop` wait for the PBX: not for an event loop. The threads they start are
    daemons when the calling thread is one.
    """

    def __init__(
        self, server: tuple[str, int], account: tuple[str, str], here: str,
        sources: tuple[str, ...], told: Told,
    ) -> None:  # fmt: skip
        super().__init__(*server, *account, myIP=here)
        self.sources, self.told = sources, told
        self.challenged = False
        """Whether the PBX has asked for the password."""
        self.draining = False
        even = range(RTP_PORTS[0], RTP_PORTS[1] + 1, 2)
        self.ports = itertools.cycle(random.sample(even, len(even)))
        self._numbers = itertools.count(1)
        self.sip = Signalling(
            *server, *account, phone=self, myIP=here,
            callCallback=self.callback, fatalCallback=self.fatal,
        )  # fmt: skip

    def register_within(self, seconds: float) -> bool:
        """Start, and wait until the PBX has taken the registration, or pyVoIP has given up."""
        self.start()
        end = time.monotonic() + seconds
        while self._status not in (PhoneStatus.REGISTERED, PhoneStatus.FAILED):
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return self._status is PhoneStatus.REGISTERED

    def callback(self, request: SIPMessage) -> None:
        """A message of the PBX."""
        if request.type == SIPMessageType.MESSAGE and request.method == "CANCEL":
            if leg := self._leg(request):
                leg.give_up()
        else:
            super().callback(request)

    def _leg(self, request: SIPMessage) -> Leg | None:
        leg = self.calls.get(request.headers["Call-ID"])
        return leg if isinstance(leg, Leg) else None

    def _callback_MSG_Invite(self, request: SIPMessage) -> None:
        if leg := self._leg(request):
            if leg.state == CallState.ANSWERED:
                leg.renegotiate(request)
            return
        if self.draining:
            self._turn_away(request, 503, "Service Unavailable", "draining")
        elif len(self.calls) >= MOST_CALLS:
            log.warning("a call is refused as busy: pyVoIP carries %d at most", MOST_CALLS)
            self._turn_away(request, 486, "Busy Here", "full")
        elif "m" not in request.body or "c" not in request.body:
            self._turn_away(request, 488, "Not Acceptable Here", "no offer")
        else:
            self._take(request)

    def _take(self, request: SIPMessage) -> None:
        leg = Leg(
            self, CallState.RINGING, request, next(self._numbers), self.myIP, sendmode=self.recvmode
        )
        if leg.stream is None:
            log.warning("a call is refused: it offers no G.711 mu-law")
            self._turn_away(request, 488, "Not Acceptable Here", "no PCMU")
            return
        self.calls[leg.call_id] = leg
        self.send(self.sip.gen_ringing(request))
        self.told.called(leg)

    def _turn_away(self, request: SIPMessage, status: int, phrase: str, reason: str) -> None:
        self.refuse(request, status, phrase)
        self.told.refused(reason)

    def refuse(self, request: SIPMessage, status: int, phrase: str) -> None:
        """Answer an INVITE; of refusals pyVoIP has only the busy one, so that is rewritten."""
        busy = self.sip.gen_busy(request)
        self.send(busy.replace("486 Busy Here", f"{status} {phrase}", 1))

    def asked(self, request: SIPMessage) -> None:
        """OPTIONS, by which PBXes see whether we live, or INFO, which may hold a key."""
        self.send(self.sip.gen_ok(request))
        leg = self._leg(request)
        if leg is not None and request.method == "INFO":
            body = request.raw.partition(b"\r\n\r\n")[2]
            if key := key_in(request.headers.get("Content-Type", ""), body):
                self.told.key(leg, key)

    def send(self, message: str) -> None:
        """Send a message to the PBX."""
        self.sip.out.sendto(message.encode(), (self.sources[0], self.port))

    def forget(self, leg: Leg) -> None:
        """The call is over; pyVoIP itself would keep its tag for ever."""
        self.calls.pop(leg.call_id, None)
        self.sip.tagLibrary.pop(leg.call_id, None)

    def request_port(self, blocking: bool = True) -> int:
        """None yet: `Stream.start` binds the first that is free."""
        return 0

    def release_ports(self, call: VoIPCall | None = None) -> None:
        """Nothing: pyVoIP would forget running calls here."""

    def fatal(self) -> None:
        """Registering has failed three times and pyVoIP has closed its socket."""
        self._status = PhoneStatus.FAILED
