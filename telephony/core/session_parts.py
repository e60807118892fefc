"""What calls and re-INVITEs have in common: the 200 and its ACK, credentials, the end told once."""

from __future__ import annotations

from telephony.core.dialog import Dialog
from telephony.core.digest import answer as digest_answer
from telephony.core.digest import is_stale
from telephony.core.message import Request, Response
from telephony.core.sdp import from_body
from telephony.core.session_types import Ended, Ender, Session, UserAgent
from telephony.core.transaction_types import LIFETIME, T1, Server

SDP = ("Content-Type", "application/sdp")


def send_200(
    ua: UserAgent, session: Session, invite: Request, server: Server, body: bytes, now: float
) -> None:
    """Send a 200 and repeat it until its ACK comes (RFC 3261 13.3.1.4)."""
    hop = session.dialog.hop
    headers = [("Contact", ua.contact(hop)), ("Allow", ua.allow), SDP]
    response = invite.reply(200, to_tag=session.dialog.local_tag, headers=headers, body=body)
    session.answer_200 = ua.respond(server, response, now)
    session.pending_cseq = invite.cseq.number
    session.interval = T1
    ua.start_timer(session, "resend", now + T1)
    ua.start_timer(session, "no ACK", now + LIFETIME)


def acknowledge(
    ua: UserAgent,
    session: Session,
    dialog: Dialog,
    key: str,
    response: Response,
    body: bytes | None,
) -> None:
    """ACK a 2xx of transaction *key*, and remember the ACK for its repetitions (13.2.2.4)."""
    hop = dialog.next_hop()
    ack = dialog.request("ACK", ua.via(hop), response.cseq.number)
    if body is not None:
        ack.add(*SDP)
        ack.body = body
    session.acks[key, response.to.tag] = ua.send(ack.to_bytes(), hop)


def offer_in(request: Request) -> tuple[bytes | None, bool]:
    """The offer in a request's body, None without one; and whether the body may be taken at all.

    A body that is no session description is refused with 415, unless it is said to be optional
    (RFC 3261 8.2.3, 20.11).
    """
    if not request.body:
        return None, True
    offer = from_body(request.get("content-type"), request.body)
    plain = request.get("content-encoding", "identity").lower() == "identity"
    if offer is not None and plain:
        return offer, True
    disposition = "".join(request.get("content-disposition").lower().split())
    return None, ";handling=optional" in disposition


def credentials_for(
    ua: UserAgent, session: Session, challenge: Response, method: str, uri: str
) -> tuple[str, str] | None:
    """The header that answers a 401 or 407, None when we cannot or have already tried."""
    proxy = challenge.status == 407
    challenges = challenge.headers.get("proxy-authenticate" if proxy else "www-authenticate")
    session.tried += 1
    if session.credentials is None or session.tried > (2 if is_stale(challenges) else 1):
        return None
    user, password = session.credentials
    value = digest_answer(challenges, method, uri, user, password, ua.token())
    if value is None:
        return None
    return "Proxy-Authorization" if proxy else "Authorization", value


def tell_ended(ua: UserAgent, session: Session, by: Ender, cause: str, status: int = 0) -> None:
    """Tell the user, once."""
    if not session.told:
        session.told = True
        ua.tell(Ended(session, by, cause, status))
