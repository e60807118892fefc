"""Who is let in: known peers, strangers, scanners, broken messages; said in few log lines."""

from __future__ import annotations

import ipaddress
import logging
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from telephony.core.agent import Agent
from telephony.core.guard import Limiter, is_scanner
from telephony.core.message import Request
from telephony.core.transaction_types import Hop
from telephony.core.transactions import server_key
from telephony.core.wire import WireError
from telephony.settings import NumberSource, Sip
from telephony.sip.phones import Phones
from telephony.sip.trunks import Trunks

log = logging.getLogger("telephony.sip")


@dataclass(frozen=True, slots=True)
class Peer:
    """Who sent a request. *trunk* is "" for phones and allowed networks."""

    trunk: str = ""
    phone: str = ""
    number_from: NumberSource = "request"


class Gate:
    """Judges requests that begin something new. *reply* sends octets to a hop."""

    def __init__(
        self,
        settings: Sip,
        agent: Agent,
        phones: Phones,
        trunks: Trunks,
        reply: Callable[[bytes, Hop], None],
    ) -> None:
        self._agent, self._phones, self._trunks, self._reply = agent, phones, trunks, reply
        self._allow = settings.allow
        self._open_registrar = bool(settings.phones)
        self._replies = Limiter(rate=2.0, burst=10.0)
        self._registers = Limiter(rate=10.0, burst=50.0)
        self._lines = Limiter(rate=1 / 30, burst=2.0)
        self._all_lines = Limiter(rate=1.0, burst=20.0)
        self.refusals: Counter[str] = Counter()
        self._is_allowed = lru_cache(maxsize=4096)(self._in_allow)

    def peer(self, source: Hop, now: float) -> Peer | None:
        """Who sends from *source*, None for a stranger."""
        if trunk := self._trunks.at(source.host):
            return Peer(trunk=trunk.trunk.name, number_from=trunk.trunk.number_from)
        if name := self._phones.name_at(source, now):
            return Peer(phone=name)
        return Peer() if self._is_allowed(source.host) else None

    def passes(self, request: Request, source: Hop, now: float) -> bool:
        """Whether *request* may reach the agent; refused here, statelessly, when not."""
        method = request.method
        if method == "ACK":
            return True
        if request.to.tag or method == "CANCEL":
            return self._belongs(request, method) or self.peer(source, now) is not None
        if is_scanner(request.get("user-agent")):
            self.note("scanner", source, "a scanner's User-Agent: not answered", now)
            return False
        if method == "REGISTER" and self._open_registrar:
            if self._registers.allow(source.host, now):
                return True
            self.note("too many REGISTER", source, "too many REGISTER requests", now)
            return False
        if self.peer(source, now) is not None:
            return True
        self.note(
            "stranger",
            source,
            f"{method} from an unknown peer refused; known are [sip].allow, trunks and "
            "registered phones",
            now,
        )
        self._answer(request, 403, source, now)
        return False

    def malformed(self, error: WireError, source: Hop, now: float) -> None:
        """A datagram that is no message: one line in the log, an answer where one is due."""
        self.note("malformed", source, f"malformed message: {error}", now)
        if error.status and error.request is not None:
            self._answer(error.request, error.status, source, now)

    def note(self, kind: str, source: Hop, text: str, now: float) -> None:
        """Count a refusal; log it unless the same was logged lately."""
        self.refusals[kind] += 1
        key = kind, source.host
        if self._lines.allow(key, now) and self._all_lines.allow("", now):
            more = self._lines.dropped(key)
            log.warning(
                "%s:%d: %s%s",
                source.host,
                source.port,
                text,
                f" ({more} more like this since the last line)" if more else "",
            )

    def _belongs(self, request: Request, method: str) -> bool:
        """Whether a dialog or a transaction of ours knows *request*."""
        agent = self._agent
        if method == "CANCEL":
            return agent.transactions.find_invite(request) is not None
        key = request.call_id, request.to.tag, request.from_.tag
        return key in agent.dialogs or server_key(request, method) in agent.transactions.servers

    def _answer(self, request: Request, status: int, source: Hop, now: float) -> None:
        """Answer without keeping anything (8.2.7): the tag follows from the request."""
        if self._replies.allow(source.host, now):
            tag = f"{zlib.crc32(request.get('via').encode('utf-8', 'replace')):08x}"
            self._reply(request.reply(status, to_tag=tag).to_bytes(), source)

    def _in_allow(self, host: str) -> bool:
        address = ipaddress.ip_address(host)
        return any(address in net for net in self._allow)
