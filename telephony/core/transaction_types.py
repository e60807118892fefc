"""What goes into the transaction layer, what comes out, and the two kinds of transactions."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from telephony.core.message import Request, Response
from telephony.core.timers import Timer

# RFC 3261 table 4; the values are for UDP
T1 = 0.5
T2 = 4.0
T4 = 5.0
LIFETIME = 64 * T1
TRYING_AFTER = 0.2
"""An INVITE that nobody has answered after this gets a 100 (17.2.1)."""


class Hop(NamedTuple):
    """Where a datagram goes or comes from. *socket* is the number of our listening socket."""

    host: str
    port: int
    socket: int = 0


# --- what comes in ------------------------------------------------------------------------------


class Received(NamedTuple):
    """A message came from the network."""

    message: Request | Response
    source: Hop


class Start(NamedTuple):
    """Send this request; responses come back for *owner*. Its top Via carries the branch."""

    request: Request
    hop: Hop
    owner: Any


class Respond(NamedTuple):
    """Send this response to a request that had `Arrived`."""

    transaction: Server
    response: Response


class Drop(NamedTuple):
    """Never answer this request and forget it (a locked-out peer learns nothing)."""

    transaction: Server


class Abandon(NamedTuple):
    """Wait no longer for a response (RFC 3261 9.1, an INVITE whose CANCEL brought nothing)."""

    transaction: Client


class Fire(NamedTuple):
    """A timer of this transaction went off, found by whoever shares the `Timers`."""

    transaction: Transaction
    name: str


class Wake(NamedTuple):
    """Time has passed."""


Event: TypeAlias = Received | Start | Respond | Drop | Abandon | Fire | Wake

# --- what goes out ------------------------------------------------------------------------------


class Send(NamedTuple):
    """Put these octets on the wire."""

    data: bytes
    hop: Hop


class Arrived(NamedTuple):
    """A request that is no repetition. *transaction* is None for an ACK, which has none."""

    request: Request
    transaction: Server | None
    source: Hop


class Answered(NamedTuple):
    """A response for the owner of a client transaction. *local*: a 408 we made at a time-out."""

    transaction: Client
    response: Response
    local: bool = False


class Stray(NamedTuple):
    """A 2xx to an INVITE whose transaction is gone (RFC 3261 13.2.2.4): sessions know it maybe."""

    response: Response
    source: Hop


class Closed(NamedTuple):
    """An answered INVITE sees no more 2xx from now on (RFC 6026 7.2, timer M)."""

    transaction: Client


Action: TypeAlias = Send | Arrived | Answered | Stray | Closed


class Server:
    """A server transaction. *request* is kept only until its final response."""

    __slots__ = (
        "hop",
        "interval",
        "key",
        "last",
        "merge_key",
        "request",
        "state",
        "tag",
        "timers",
        "user",
    )

    def __init__(self, key: str, request: Request, hop: Hop, state: str) -> None:
        self.key, self.hop, self.state = key, hop, state
        self.request: Request | None = request
        self.merge_key: tuple[str, str, str] | None = None
        self.last: bytes | None = None
        self.interval = T1
        self.timers: list[Timer] = []
        self.user: Any = None
        """Whoever may still answer finally."""
        self.tag = ""
        """The To tag of its responses, for the 200 to a CANCEL (9.2)."""


class Client:
    """A client transaction. *request* is kept only until its final response."""

    __slots__ = (
        "hop",
        "interval",
        "key",
        "last",
        "owner",
        "request",
        "started",
        "state",
        "timers",
    )

    def __init__(self, key: str, start: Start, now: float, state: str) -> None:
        self.key, self.state, self.started = key, state, now
        self.request: Request | None = start.request
        self.hop, self.owner = start.hop, start.owner
        self.last: bytes | None = start.request.to_bytes()
        self.interval = T1
        self.timers: list[Timer] = []


Transaction: TypeAlias = Server | Client
