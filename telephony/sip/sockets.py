"""The UDP sockets of the endpoint: datagrams in and out, names, and our own address."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache

from telephony.core.transaction_types import Hop
from telephony.core.uri import bracketed
from telephony.line import LineError
from telephony.settings import Listen, Network

log = logging.getLogger("telephony.sip")

BATCH = 64
"""Datagrams read in one go before timers and calls get their turn."""
_LARGEST = 65535
_BUFFER = 4 * 1024 * 1024
_NAME_LIFE = 60.0
_NAMES_KEPT = 1024


class Sockets:
    """Every listening socket, by its number. *received* gets (octets, where from)."""

    def __init__(
        self,
        received: Callable[[bytes, Hop], None],
        drained: Callable[[], None],
        *,
        public_address: str | None,
        local_nets: Sequence[Network],
    ) -> None:
        self._received, self._drained = received, drained
        self._public, self._local_nets = public_address, tuple(local_nets)
        self._sockets: list[socket.socket] = []
        self._names: dict[tuple[str, int], tuple[float, list[str]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.host_towards = lru_cache(maxsize=4096)(self._host_towards)
        self.sent_by = lru_cache(maxsize=4096)(self._sent_by)

    def open(self, listen: Sequence[Listen]) -> None:
        """Bind all; `LineError` says which address is the trouble."""
        loop = asyncio.get_running_loop()
        for entry in listen:
            if entry.transport != "udp":
                raise LineError(
                    f"{entry.transport}:{entry.host}:{entry.port}: only udp is spoken; "
                    f"write udp:{entry.host}:{entry.port} in [sip].listen"
                )
            family = socket.AF_INET6 if ":" in entry.host else socket.AF_INET
            bound = socket.socket(family, socket.SOCK_DGRAM)
            try:
                bound.bind((entry.host, entry.port))
            except OSError as error:
                bound.close()
                self.close()
                raise LineError(
                    f"cannot listen on udp:{entry.host}:{entry.port}: {error.strerror}; "
                    "is another server running there? change [sip].listen"
                ) from None
            bound.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                bound.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
            loop.add_reader(bound, self._readable, bound, len(self._sockets))
            self._sockets.append(bound)

    def close(self) -> None:
        """Close all."""
        loop = asyncio.get_running_loop()
        for bound in self._sockets:
            loop.remove_reader(bound)
            bound.close()
        self._sockets.clear()
        for task in self._tasks:
            task.cancel()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """(host, port) of each socket as bound."""
        return [bound.getsockname()[:2] for bound in self._sockets]

    def send(self, data: bytes, hop: Hop) -> None:
        """Send; a datagram that does not get away is one that was lost on the way."""
        if not is_address(hop.host):
            task = asyncio.ensure_future(self._send_named(data, hop))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        try:
            self._sockets[hop.socket].sendto(data, (hop.host, hop.port))
        except (OSError, IndexError) as error:
            log.debug("could not send to %s:%d: %s", hop.host, hop.port, error)

    async def resolve(self, host: str, port: int, number: int = 0) -> Hop:
        """The hop of a name or address; `LineError` when the name is unknown."""
        return Hop((await self.look_up(host, number))[0], port, number)

    async def look_up(self, host: str, number: int = 0) -> list[str]:
        """All addresses of a name that socket *number* can reach; `LineError` without any."""
        if is_address(host):
            return [host]
        loop = asyncio.get_running_loop()
        until, addresses = self._names.get((host, number), (0.0, []))
        if until < loop.time():
            family = self._sockets[number].family
            try:
                found = await loop.getaddrinfo(host, None, family=family, type=socket.SOCK_DGRAM)
            except OSError as error:
                raise LineError(f"the name {host} is unknown: {error.strerror}") from None
            addresses = [str(entry[4][0]) for entry in found]
            if len(self._names) >= _NAMES_KEPT:
                self._names.clear()
            self._names[host, number] = loop.time() + _NAME_LIFE, addresses
        return addresses

    def refresh(self) -> None:
        """Ask the kernel anew which of our addresses peers see: networks come and go."""
        self.host_towards.cache_clear()
        self.sent_by.cache_clear()

    async def _send_named(self, data: bytes, hop: Hop) -> None:
        try:
            known = await self.resolve(hop.host, hop.port, hop.socket)
        except LineError as error:
            log.warning("a message could not be sent: %s", error)
            return
        if self._sockets:
            self.send(data, known)

    def _readable(self, bound: socket.socket, number: int) -> None:
        for _ in range(BATCH):
            try:
                data, source = bound.recvfrom(_LARGEST)
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:  # an ICMP error of an earlier datagram
                log.debug("receiving: %s", error)
                continue
            self._received(data, Hop(source[0], source[1], number))
        self._drained()

    def _host_towards(self, host: str, number: int) -> str:
        """Our address as *host* can reach it: the public one outside of the local networks."""
        if self._public and not self._is_local(host):
            return self._public
        bound_to = str(self._sockets[number].getsockname()[0])
        if bound_to not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
            return bound_to
        family = self._sockets[number].family
        elsewhere = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            for target in (host if is_address(host) else elsewhere, elsewhere):
                try:
                    probe.connect((target, 9))  # sends nothing: asks the kernel for the way
                    return str(probe.getsockname()[0])
                except OSError:
                    continue
        return "127.0.0.1" if family == socket.AF_INET else "::1"

    def _sent_by(self, hop: Hop) -> str:
        """``host:port`` of ours for Via and Contact towards *hop*."""
        port = self._sockets[hop.socket].getsockname()[1]
        return f"{bracketed(self.host_towards(hop.host, hop.socket))}:{port}"

    def _is_local(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or any(address in net for net in self._local_nets)


@lru_cache(maxsize=4096)
def is_address(host: str) -> bool:
    """Whether *host* is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
