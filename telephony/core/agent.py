"""The user agent: requests and responses find their session here (RFC 3261 8, 12).

Pure and timed: `handle(event, now)` takes messages, commands and the passing of time, and gives
back datagrams to send and things to tell the calls above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from telephony.core.dialog import Dialog, DialogKey, from_invite
from telephony.core.info import KEY_TYPES, key_in
from telephony.core.message import MAGIC_COOKIE, Request, Response
from telephony.core.offer_answer import Negotiation
from telephony.core.session import TABLE
from telephony.core.session_parts import SDP, offer_in
from telephony.core.session_types import (
    Asked,
    Credentials,
    Incoming,
    Pressed,
    Replied,
    Session,
    Told,
)
from telephony.core.strays import release
from telephony.core.timers import Timers
from telephony.core.transaction_types import (
    LIFETIME,
    Abandon,
    Answered,
    Arrived,
    Client,
    Closed,
    Drop,
    Fire,
    Hop,
    Received,
    Respond,
    Send,
    Server,
    Start,
    Stray,
    Wake,
)
from telephony.core.transaction_types import Action as TransactionAction
from telephony.core.transactions import Transactions
from telephony.core.uri import UriError, parse_uri

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"
_METHODS = frozenset({"INVITE", "BYE", "OPTIONS", "INFO", "REGISTER"})
_SCHEMES = frozenset({"sip", "sips", "tel"})


class Command(NamedTuple):
    """A word of the user to a session: an event of `session.TABLE` and what belongs to it.

    ``prepare`` (`Negotiation`), ``ring`` (status), ``answer``, ``reject`` (`Refusal`),
    ``hangup``, ``modify`` (True to hold).
    """

    session: Session
    name: str
    argument: Any = None


class Place(NamedTuple):
    """Send the INVITE of a session made by `Agent.outgoing`."""

    session: Session


class Ask(NamedTuple):
    """Send a request outside of any call; the final response is `Replied` to *owner*."""

    request: Request
    hop: Hop
    owner: Any


Event: TypeAlias = Received | Respond | Drop | Wake | Command | Place | Ask
Action: TypeAlias = Send | Told


class Agent:
    """All sessions of one endpoint.

    *sent_by* gives our ``host:port`` as the peer at a hop can reach it; *token* fresh random text
    fit for tags and branches; *random* a number from 0 to 1.
    """

    allow = ALLOW

    def __init__(
        self,
        *,
        sent_by: Callable[[Hop], str],
        token: Callable[[], str],
        random: Callable[[], float],
        most: int = 100_000,
    ) -> None:
        self.sent_by, self.token, self.random = sent_by, token, random
        self.timers = Timers()
        self.transactions = Transactions(self.timers, most)
        self.dialogs: dict[DialogKey, Session] = {}
        self.buried: dict[tuple[str, str], Session] = {}
        self.strays_until = 0.0
        """Until when phones that rang before our start are taken back (see `strays`)."""
        self._out: list[Action] = []

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event; *now* is seconds on any monotonic clock."""
        match event:
            case Received() | Respond() | Drop():
                self._process(self.transactions.handle(event, now), now)
            case Wake():
                for owner, name in self.timers.due(now):
                    if isinstance(owner, Session):
                        self._fire(owner, name, now)
                    else:
                        self._process(self.transactions.handle(Fire(owner, name), now), now)
            case Command(session, name, argument):
                self.run(session, name, argument, now)
            case Place(session):
                assert session.invite is not None
                session.client = self.request(session.invite, session.dialog.hop, session, now)
            case Ask(request, hop, owner):
                self.request(request, hop, owner, now)
        out, self._out = self._out, []
        return out

    def next_wakeup(self) -> float | None:
        """When `Wake` is due."""
        return self.timers.next_wakeup()

    def outgoing(
        self,
        uri: str,
        hop: Hop,
        caller: str,
        negotiation: Negotiation,
        *,
        credentials: Credentials | None = None,
        headers: Iterable[tuple[str, str]] = (),
        late_offer: bool = False,
    ) -> Session:
        """A session that calls *uri* by way of *hop*; send its INVITE with `Place`.

        *caller* is the From value without a tag; with *late_offer* the peer makes the offer.
        """
        dialog = Dialog(f"{self.token()}@{self.sent_by(hop)}", caller, self.token(), hop)
        dialog.target, dialog.remote = uri, f"<{uri}>"
        invite = dialog.request("INVITE", self.via(hop))
        invite.add("Contact", self.contact(hop))
        invite.add("Allow", ALLOW)
        for name, value in headers:
            invite.add(name, value)
        if not late_offer:
            invite.add(*SDP)
            invite.body = negotiation.offer()
        session = Session(dialog, invite, uac=True)
        session.negotiation, session.credentials = negotiation, credentials
        return session

    def left(self, dialog: Dialog, credentials: Credentials | None) -> Session:
        """A session that stands since before this agent was made; it can only be hung up."""
        session = Session(dialog, None, uac=True)
        session.state, session.credentials = "up", credentials
        self.index(session, dialog)
        return session

    # --- what sessions ask of us (`session_types.UserAgent`) --------------------------------------

    def run(self, session: Session, event: str, message: Any, now: float) -> bool:
        """Give *event* to the session's table; False when it has no row for it now."""
        row = TABLE.get((session.state, event))
        if row is None:
            return False
        session.state, effects = row
        for effect in effects:
            effect(self, session, message, now)
        return True

    def respond(self, tx: Server, response: Response, now: float) -> Send | None:
        """Answer a request; what went out, when something did."""
        sent = None
        for action in self.transactions.handle(Respond(tx, response), now):
            if isinstance(action, Send):
                self._out.append(action)
                sent = action
        return sent

    def request(self, request: Request, hop: Hop, owner: Any, now: float) -> Client:
        """Send a request in a new transaction."""
        self._process(self.transactions.handle(Start(request, hop, owner), now), now)
        return self.transactions.clients[f"{request.via.branch}|{request.method}"]

    def abandon(self, tx: Client, now: float) -> None:
        """Wait for no response any more."""
        self.transactions.handle(Abandon(tx), now)

    def send(self, data: bytes, hop: Hop) -> Send:
        """Send octets outside of any transaction."""
        sent = Send(data, hop)
        self._out.append(sent)
        return sent

    def tell(self, told: Told) -> None:
        """Tell the user."""
        self._out.append(told)

    def start_timer(self, session: Session, name: str, when: float) -> None:
        """Give the event *name* to *session* at *when*; replaces a timer of that name."""
        self.timers.cancel(session.timers.get(name))
        session.timers[name] = self.timers.set(when, session, name)

    def stop_timers(self, session: Session, *names: str) -> None:
        """Forget these timers, all without names."""
        for name in names or tuple(session.timers):
            self.timers.cancel(session.timers.pop(name, None))

    def via(self, hop: Hop) -> str:
        """A Via value with a fresh branch for a request towards *hop*."""
        return f"SIP/2.0/UDP {self.sent_by(hop)};branch={MAGIC_COOKIE}{self.token()};rport"

    def contact(self, hop: Hop) -> str:
        """Our Contact as *hop* can reach it."""
        return f"<sip:cordboard@{self.sent_by(hop)}>"

    def index(self, session: Session, dialog: Dialog) -> None:
        """Let requests within *dialog* find *session*."""
        self.dialogs[dialog.key] = session

    def forget(self, session: Session) -> None:
        """Let no dialog find *session* any more."""
        self.dialogs.pop(session.dialog.key, None)
        for dialog in session.early.values():
            self.dialogs.pop(dialog.key, None)

    def bury(self, session: Session, now: float) -> None:
        """Keep *session* for `LIFETIME`, so that a late 2xx finds it."""
        self.buried[session.dialog.call_id, session.dialog.local_tag] = session
        self.start_timer(session, "buried", now + LIFETIME)

    # --- what the transactions bring --------------------------------------------------------------

    def _fire(self, session: Session, name: str, now: float) -> None:
        session.timers.pop(name, None)
        if name == "buried":
            del self.buried[session.dialog.call_id, session.dialog.local_tag]
        else:
            self.run(session, name, None, now)

    def _process(self, actions: list[TransactionAction], now: float) -> None:
        for action in actions:
            match action:
                case Send():
                    self._out.append(action)
                case Arrived(request, tx):
                    if tx is None:
                        self._acknowledged(request, action, now)
                    else:
                        self._arrived(request, tx, action, now)
                case Answered(tx, response):
                    self._answered(tx, response, action, now)
                case Stray(response, source):
                    self._stray(response, source, now)
                case Closed(tx) if isinstance(tx.owner, Session):
                    acks = tx.owner.acks
                    for key in [key for key in acks if key[0] == tx.key]:
                        del acks[key]

    def _stray(self, response: Response, source: Hop, now: float) -> None:
        """A 2xx that is late, or answers an INVITE of the server that was here before us."""
        key = response.call_id, response.from_.tag
        if session := self.buried.get(key):
            self.run(session, "again", ("", response), now)
        elif now < self.strays_until and response.via.sent_by == self.sent_by(source):
            if (*key, response.to.tag) not in self.dialogs:
                self._out += release(response, source, self.via)

    def _acknowledged(self, ack: Request, arrived: Arrived, now: float) -> None:
        session = self.dialogs.get((ack.call_id, ack.to.tag, ack.from_.tag))
        if session and session.answer_200 and ack.cseq.number == session.pending_cseq:
            self.run(session, "ACK", arrived, now)

    def _arrived(self, request: Request, tx: Server, arrived: Arrived, now: float) -> None:
        method = request.method
        if method == "CANCEL":
            self._cancel(request, tx, now)
            return
        if method not in _METHODS:
            self._refuse(request, tx, 405, now, ("Allow", ALLOW))
            return
        unknown = request.values("require")
        if unknown:
            self._refuse(request, tx, 420, now, ("Unsupported", ", ".join(unknown)))
        elif request.to.tag:
            self._within(request, tx, arrived, now)
        elif method == "INVITE":
            self._invite(request, tx, arrived.source, now)
        elif method in ("BYE", "INFO"):
            self._refuse(request, tx, 481, now)
        else:
            self._out.append(Asked(request, tx, arrived.source))

    def _refuse(
        self, request: Request, tx: Server, status: int, now: float, *headers: tuple[str, str]
    ) -> None:
        self.respond(tx, request.reply(status, to_tag=self.token(), headers=headers), now)

    def _cancel(self, cancel: Request, tx: Server, now: float) -> None:
        """9.2: the CANCEL is answered by itself; it acts only before the final response."""
        invite = self.transactions.find_invite(cancel)
        if invite is None:
            self._refuse(cancel, tx, 481, now)
            return
        session: Session | None = invite.user
        self.respond(tx, cancel.reply(200, to_tag=invite.tag), now)
        if session:
            self.run(session, "CANCEL", None, now)

    def _within(self, request: Request, tx: Server, arrived: Arrived, now: float) -> None:
        """A request within a dialog (12.2.2)."""
        key = request.call_id, request.to.tag, request.from_.tag
        session = self.dialogs.get(key)
        if session is None:
            self._refuse(request, tx, 481, now)
            return
        dialog = session.early.get(request.from_.tag, session.dialog)
        method = request.method
        if not dialog.in_order(request):
            self._refuse(request, tx, 500, now)
        elif method == "INFO":
            self._info(session, request, tx, now)
        elif method == "OPTIONS":
            self.respond(tx, request.reply(200, headers=[("Allow", ALLOW)]), now)
        elif method == "REGISTER":
            self._refuse(request, tx, 405, now, ("Allow", ALLOW))
        elif not self.run(session, method, arrived, now):
            self._refuse(request, tx, 481, now)

    def _info(self, session: Session, request: Request, tx: Server, now: float) -> None:
        kind = request.content_type
        if request.body and kind not in KEY_TYPES:
            self._refuse(request, tx, 415, now, ("Accept", ", ".join(sorted(KEY_TYPES))))
            return
        self.respond(tx, request.reply(200), now)
        if key := key_in(kind, request.body):
            self._out.append(Pressed(session, key))

    def _invite(self, request: Request, tx: Server, source: Hop, now: float) -> None:
        """A new call (8.2, 13.3.1)."""
        try:
            scheme = parse_uri(request.uri).scheme
        except UriError as error:
            response = request.reply(400, f"Bad Request-URI: {error}"[:60], to_tag=self.token())
            self.respond(tx, response, now)
            return
        if scheme not in _SCHEMES:
            self._refuse(request, tx, 416, now)
            return
        offer, understood = offer_in(request)
        if not understood:
            self._refuse(request, tx, 415, now, ("Accept", "application/sdp"))
            return
        dialog = from_invite(request, self.token(), source)
        session = Session(dialog, request, uac=False)
        session.server, session.body = tx, offer
        tx.user, tx.tag = session, dialog.local_tag
        self.index(session, dialog)
        expires = request.get("expires")
        if expires.isascii() and expires.isdigit():
            self.start_timer(session, "expired", now + int(expires[:9]))  # 13.3.1
        self._out.append(Incoming(session, request, source))

    def _answered(self, tx: Client, response: Response, answered: Answered, now: float) -> None:
        owner, status = tx.owner, response.status
        if not isinstance(owner, Session):
            if owner is not None and status >= 200:
                self._out.append(Replied(owner, response, answered.local))
            return
        if tx.key.endswith("|BYE"):
            if status >= 200:
                challenged = status in (401, 407)
                self.run(owner, "BYE challenge" if challenged else "BYE done", response, now)
            return
        if tx is not owner.client:
            if 200 <= status < 300:
                self.run(owner, "again", (tx.key, response), now)
            return
        if status < 200:
            word = "provisional"
        elif status < 300:
            word = "success"
        else:
            word = "challenge" if status in (401, 407) else "failure"
        self.run(owner, f"re-{word}" if owner.modifying else word, answered, now)
