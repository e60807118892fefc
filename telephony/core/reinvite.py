"""Changing a call that stands: re-INVITEs both ways, glare, late offers (RFC 3261 14)."""

from __future__ import annotations

from typing import Any

from telephony.core.message import Request
from telephony.core.offer_answer import NotAcceptable, SdpError
from telephony.core.sdp import from_body
from telephony.core.session_parts import SDP, acknowledge, credentials_for, offer_in, send_200
from telephony.core.session_types import Modified, Session, Settled, UserAgent
from telephony.core.transaction_types import T2
from telephony.core.uri import quoted

MOST_GLARES = 8
"""After so many 491 in a row the peer is taken to mean no."""


# --- theirs ---------------------------------------------------------------------------------------


def too_early(ua: UserAgent, session: Session, arrived: Any, now: float) -> None:
    """A second INVITE while the first has no final response (14.2)."""
    wait = str(round(ua.random() * 10))
    response = arrived.request.reply(
        500, to_tag=session.dialog.local_tag, headers=[("Retry-After", wait)]
    )
    ua.respond(arrived.transaction, response, now)


def invited(ua: UserAgent, session: Session, arrived: Any, now: float) -> None:
    """A re-INVITE: answered at once, or refused and all stays as it was (14.2)."""
    request: Request = arrived.request
    negotiation = session.negotiation
    unsettled = session.answer_200 is not None and session.awaits_answer
    if session.client is not None or unsettled:
        ua.respond(arrived.transaction, request.reply(491), now)
        return
    offer, understood = offer_in(request)
    if not understood:
        accept = [("Accept", "application/sdp")]
        ua.respond(arrived.transaction, request.reply(415, headers=accept), now)
        return
    try:
        body = negotiation.offer() if offer is None else negotiation.answer(offer)
    except SdpError:
        ua.respond(arrived.transaction, request.reply(400, "Bad Session Description"), now)
        return
    except NotAcceptable as error:
        warning = [("Warning", f"305 cordboard {quoted(str(error))}")]
        ua.respond(arrived.transaction, request.reply(488, headers=warning), now)
        return
    session.dialog.refresh(request)
    session.awaits_answer = offer is None
    send_200(ua, session, request, arrived.transaction, body, now)
    if offer is not None:
        ua.tell(Settled(session))


def resend(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """The 200 again, T1 after the first, then doubling up to T2 (13.3.1.4)."""
    assert session.answer_200 is not None
    ua.send(session.answer_200.data, session.answer_200.hop)
    session.interval = min(2 * session.interval, T2)
    ua.start_timer(session, "resend", now + session.interval)


def acked(ua: UserAgent, session: Session, arrived: Any, now: float) -> None:
    """The ACK of our 200; after a late offer it carries the answer."""
    ua.stop_timers(session, "resend", "no ACK")
    session.answer_200 = None
    request: Request = arrived.request
    if session.awaits_answer:
        session.awaits_answer = False
        try:
            session.negotiation.accept(from_body(request.get("content-type"), request.body) or b"")
        except (SdpError, NotAcceptable) as error:
            session.reason = 'SIP;cause=488;text="Not Acceptable Here"'
            ua.run(session, "lost", f"no usable answer in the ACK: {error}", now)
            return
        ua.tell(Settled(session))
    if session.modifying:
        modify_again(ua, session, None, now)


# --- ours -----------------------------------------------------------------------------------------


def modify(ua: UserAgent, session: Session, hold: Any, now: float) -> None:
    """Hold or take back, as soon as no other INVITE is under way in either direction (14.1)."""
    session.hold_wanted, session.modifying, session.glares = bool(hold), True, 0
    modify_again(ua, session, None, now)


def modify_again(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """Send the re-INVITE that is wanted, unless something is in its way still."""
    if session.client is None and session.answer_200 is None and session.modifying:
        session.tried = 0
        _send_invite(ua, session, None, now)


def _send_invite(
    ua: UserAgent, session: Session, authorization: tuple[str, str] | None, now: float
) -> None:
    session.negotiation.hold = session.hold_wanted
    dialog = session.dialog
    hop = dialog.next_hop()
    invite = dialog.request("INVITE", ua.via(hop))
    invite.add("Contact", ua.contact(dialog.hop))
    invite.add("Allow", ua.allow)
    if authorization is not None:
        invite.add(*authorization)
    invite.add(*SDP)
    invite.body = session.negotiation.offer()
    session.client = ua.request(invite, hop, session, now)


def modified(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """2xx to our re-INVITE."""
    only_acknowledge(ua, session, answered, now)
    response = answered.response
    try:
        session.negotiation.accept(from_body(response.get("content-type"), response.body) or b"")
    except (SdpError, NotAcceptable) as error:
        _give_up(ua, session, str(error))
        return
    session.modifying = False
    ua.tell(Settled(session))
    ua.tell(Modified(session, ""))


def only_acknowledge(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """ACK the 2xx of a re-INVITE and do no more: a BYE is on its way already."""
    session.client = None
    session.dialog.refresh(answered.response)
    acknowledge(ua, session, session.dialog, answered.transaction.key, answered.response, None)


def challenged(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """401 or 407: once more with credentials."""
    session.client = None
    uri = session.dialog.target
    header = credentials_for(ua, session, answered.response, "INVITE", uri)
    if header is None:
        not_modified(ua, session, answered, now)
    else:
        _send_invite(ua, session, header, now)


def not_modified(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """A failed re-INVITE keeps the old session, except after 481 and 408 (14.1, 12.2.1.2)."""
    session.client = None
    status, reason = answered.response.status, answered.response.reason
    if status in (408, 481):
        ua.run(session, "lost", f"re-INVITE: {status} {reason}", now)
    elif status == 491 and session.glares < MOST_GLARES:
        session.glares += 1
        session.negotiation.hold = not session.hold_wanted
        # the side that owns the Call-ID waits longer, so that the two do not meet again
        low, high = (2.1, 4.0) if session.uac else (0.0, 2.0)
        ua.start_timer(session, "modify again", now + low + (high - low) * ua.random())
    else:
        _give_up(ua, session, f"{status} {reason}")


def _give_up(ua: UserAgent, session: Session, why: str) -> None:
    session.modifying = False
    session.negotiation.hold = not session.hold_wanted
    ua.tell(Modified(session, why))
