"""The INVITE session as a table: calls in and out, from the INVITE to the last BYE (RFC 3261 13).

Races are the reason for the table: a CANCEL that crosses the 200, a 200 after the CANCEL, a BYE
before the ACK, forks that are answered twice (RFC 5407 names most of them). Re-INVITEs are in
`reinvite`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from telephony.core import reinvite
from telephony.core.dialog import from_response
from telephony.core.message import Request, Response
from telephony.core.offer_answer import NotAcceptable, SdpError
from telephony.core.sdp import from_body
from telephony.core.session_parts import acknowledge, credentials_for, send_200, tell_ended
from telephony.core.session_types import (
    Cleared,
    Early,
    Ender,
    Rang,
    Refusal,
    Session,
    Settled,
    Taken,
    UserAgent,
)
from telephony.core.transaction_tables import cancel_for
from telephony.core.transaction_types import LIFETIME, Arrived
from telephony.core.uri import quoted

RING_AGAIN = 60.0
"""A provisional response is repeated this often, so that proxies keep waiting (13.3.1.1)."""

Effect: TypeAlias = Callable[[UserAgent, Session, Any, float], None]
Table: TypeAlias = dict[tuple[str, str], tuple[str, tuple[Effect, ...]]]


# --- the called side ------------------------------------------------------------------------------


def _respond(
    ua: UserAgent,
    session: Session,
    status: int,
    reason: str,
    headers: Iterable[tuple[str, str]],
    now: float,
) -> None:
    """Answer the INVITE of a call that has no final response yet."""
    assert session.server is not None and session.invite is not None
    tag = session.dialog.local_tag
    ua.respond(
        session.server, session.invite.reply(status, reason, to_tag=tag, headers=headers), now
    )


def _prepare(ua: UserAgent, session: Session, negotiation: Any, now: float) -> None:
    """The user has a port: judge the offer now, so that a hopeless call never rings."""
    session.negotiation = negotiation
    if session.body is None:
        return
    try:
        session.body = negotiation.answer(session.body)
    except SdpError:
        ua.run(session, "reject", Refusal(400, "Bad Session Description"), now)
    except NotAcceptable as error:
        warning = f"305 cordboard {quoted(str(error))}"
        ua.run(session, "reject", Refusal(488, "", (("Warning", warning),)), now)


def _ring(ua: UserAgent, session: Session, status: Any, now: float) -> None:
    session.rang = status or session.rang or 180
    contact = [("Contact", ua.contact(session.dialog.hop))]
    _respond(ua, session, session.rang, "", contact, now)
    ua.start_timer(session, "ring again", now + RING_AGAIN)


def _ring_again(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    _ring(ua, session, session.rang, now)


def _accept(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """Send the 200, with the answer or, when no offer came, with ours (13.3.1.4)."""
    assert session.server is not None and session.invite is not None
    invite, session.invite = session.invite, None
    body, session.body = session.body, None
    session.awaits_answer = body is None
    if body is None:
        body = session.negotiation.offer()
    send_200(ua, session, invite, session.server, body, now)
    session.server.user, session.server = None, None
    ua.stop_timers(session, "ring again", "expired")
    if not session.awaits_answer:
        ua.tell(Settled(session))


def _refuse(ua: UserAgent, session: Session, refusal: Any, now: float) -> None:
    """Send a final response other than 2xx and be done."""
    if not isinstance(refusal, Refusal):
        refusal = Refusal(480)
    _respond(ua, session, refusal.status, refusal.reason, refusal.headers, now)
    tell_ended(ua, session, "us", f"refused with {refusal.status}", refusal.status)
    _gone(ua, session, None, now)


def _terminated(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """487 to the INVITE that was cancelled (9.2, 15.1.2)."""
    _respond(ua, session, 487, "", (), now)
    tell_ended(ua, session, "caller", "cancelled", 487)
    _gone(ua, session, None, now)


def _expired(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """Nobody answered within the time that the INVITE itself gives (13.3.1)."""
    tell_ended(ua, session, "caller", "the INVITE expired", 487)
    _terminated(ua, session, None, now)


def _no_ack(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """Nobody acknowledged the 200 for 64*T1: BYE (13.3.1.4)."""
    tell_ended(ua, session, "network", "the 200 was never acknowledged", 408)
    _bye(ua, session, None, now)


# --- the calling side -----------------------------------------------------------------------------


def _progress(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """A 1xx: it may begin an early dialog (12.1.2) and bring early media."""
    response: Response = answered.response
    if response.status == 100:
        return
    tag = response.to.tag
    if tag and tag not in session.early and len(session.early) < 16:
        dialog = session.early[tag] = from_response(session.dialog, response)
        ua.index(session, dialog)
    body = from_body(response.get("content-type"), response.body) if response.body else None
    ua.tell(Rang(session, response.status))
    if body is None or session.invite is None or not session.invite.body:
        return
    session.body = body
    try:
        session.negotiation.accept(body)
    except (SdpError, NotAcceptable):  # the 2xx has the last word
        return
    ua.tell(Early(session))


def _take(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """The first 2xx: it makes the dialog (13.2.2.4); the other early dialogs are dropped."""
    response: Response = answered.response
    ua.stop_timers(session)
    ua.forget(session)
    dialog = from_response(session.dialog, response)
    session.early.clear()
    session.dialog, session.client, session.tried = dialog, None, 0
    ua.index(session, dialog)
    body = from_body(response.get("content-type"), response.body) if response.body else None
    early, session.body = session.body, None
    offered = session.invite is not None and bool(session.invite.body)
    session.invite = None
    answer, why = None, ""
    try:
        if not offered:
            answer = session.negotiation.answer(body or b"")
        else:
            session.negotiation.accept(body or early or b"")
    except (SdpError, NotAcceptable) as error:
        why = str(error)
    acknowledge(ua, session, dialog, answered.transaction.key, response, answer)
    if why:
        session.reason = 'SIP;cause=488;text="Not Acceptable Here"'
        tell_ended(ua, session, "network", f"answered, but {why}", 488)
        ua.run(session, "hangup", None, now)
        return
    ua.tell(Settled(session))
    ua.tell(Taken(session))


def _take_back(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """A 2xx that came after we gave up: ACK and BYE."""
    session.client = session.invite = None
    ua.stop_timers(session)
    ua.forget(session)
    response = answered.response
    session.dialog = from_response(session.dialog, response)
    ua.index(session, session.dialog)
    acknowledge(ua, session, session.dialog, answered.transaction.key, response, None)
    _bye(ua, session, None, now)


def _again(ua: UserAgent, session: Session, found: Any, now: float) -> None:
    """A 2xx once more, or the 2xx of another fork: ACK again, or ACK and BYE (13.2.2.4)."""
    key, response = found
    tag = response.to.tag
    known = session.acks.get((key, tag))
    if known is not None:
        ua.send(known.data, known.hop)
    elif tag == session.dialog.remote_tag:
        acknowledge(ua, session, session.dialog, key, response, None)
    else:
        fork = from_response(session.dialog, response)
        fork.local_cseq = response.cseq.number
        acknowledge(ua, session, fork, key, response, None)
        ua.request(fork.request("BYE", ua.via(fork.next_hop())), fork.next_hop(), None, now)


def _give_up(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """CANCEL; when 64*T1 bring no final response the INVITE is dead (9.1)."""
    assert session.invite is not None and session.client is not None
    cancel = cancel_for(session.invite)
    if session.reason:
        cancel.add("Reason", session.reason)
    ua.request(cancel, session.client.hop, None, now)
    ua.start_timer(session, "cancel over", now + LIFETIME)


def _failed(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """A final response that is no 2xx."""
    status, reason = answered.response.status, answered.response.reason
    by: Ender = "network" if answered.local else "caller"
    cause = "no answer from the peer" if answered.local else f"{status} {reason}"
    tell_ended(ua, session, by, cause, status)
    _gone(ua, session, None, now)
    if answered.local:
        ua.bury(session, now)


def _try_again(ua: UserAgent, session: Session, answered: Any, now: float) -> None:
    """The same INVITE with credentials: Call-ID, From tag and headers stay, CSeq + 1 (22.2)."""
    old, before = session.invite, session.client
    assert old is not None and before is not None
    header = credentials_for(ua, session, answered.response, "INVITE", old.uri)
    if header is None:
        ua.run(session, "failure", answered, now)
        return
    invite = Request("INVITE", old.uri, old.body)
    for name, values in old.headers.items():
        for value in values:
            invite.add(name, value)
    session.dialog.local_cseq += 1
    invite.set("Via", ua.via(before.hop))
    invite.set("CSeq", f"{session.dialog.local_cseq} INVITE")
    invite.set(*header)
    ua.forget(session)
    session.early.clear()
    session.invite = invite
    session.client = ua.request(invite, before.hop, session, now)


# --- both -----------------------------------------------------------------------------------------


def _bye(ua: UserAgent, session: Session, challenge: Any, now: float) -> None:
    """Send BYE; with a *challenge*, once more with credentials."""
    ua.stop_timers(session)
    session.answer_200 = None
    dialog = session.dialog
    hop = dialog.next_hop()
    bye = dialog.request("BYE", ua.via(hop))
    if session.reason:
        bye.add("Reason", session.reason)
    if isinstance(challenge, Response):
        header = credentials_for(ua, session, challenge, "BYE", bye.uri)
        if header is None:
            ua.run(session, "BYE done", None, now)
            return
        bye.add(*header)
    else:
        session.tried = 0
    ua.request(bye, hop, session, now)


def _ok(ua: UserAgent, session: Session, arrived: Any, now: float) -> None:
    """200 to a BYE, whoever sent his first (15.1.2, RFC 5407 3.1.5)."""
    ua.respond(arrived.transaction, arrived.request.reply(200), now)


def _ended_by_us(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    tell_ended(ua, session, "us", "normal", 0)


def _ended_by_peer(ua: UserAgent, session: Session, arrived: Arrived, now: float) -> None:
    tell_ended(ua, session, "caller", arrived.request.get("reason", "normal"), 0)


def _gone(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """Nothing more is expected: drop what is kept."""
    ua.stop_timers(session)
    ua.forget(session)
    if session.server is not None:
        session.server.user = None
    session.server = session.client = session.invite = session.answer_200 = None
    session.body = None
    if session.uac:
        ua.tell(Cleared(session))


def _bury(ua: UserAgent, session: Session, message: Any, now: float) -> None:
    """The CANCEL brought nothing: the INVITE is dead, but a late 2xx is still to be taken back."""
    assert session.client is not None
    ua.abandon(session.client, now)
    _gone(ua, session, None, now)
    ua.bury(session, now)


def _lost(ua: UserAgent, session: Session, why: Any, now: float) -> None:
    tell_ended(ua, session, "network", str(why))


# --- the table: (state, event) -> (next state, effects); a pair that is missing is ignored --------

TABLE: Table = {
    # called: the user has not yet found a port for it, or the will
    ("offered", "prepare"): ("incoming", (_prepare,)),
    ("offered", "reject"): ("ended", (_refuse,)),
    ("offered", "hangup"): ("ended", (_refuse,)),
    # called: nothing final sent yet
    ("incoming", "ring"): ("incoming", (_ring,)),
    ("incoming", "ring again"): ("incoming", (_ring_again,)),  # 13.3.1.1
    ("incoming", "answer"): ("accepted", (_accept,)),  # 13.3.1.4
    ("incoming", "reject"): ("ended", (_refuse,)),  # 13.3.1.3
    ("incoming", "hangup"): ("ended", (_refuse,)),
    ("incoming", "lost"): ("ended", (_lost, _refuse)),
    ("incoming", "CANCEL"): ("ended", (_terminated,)),  # 9.2
    ("incoming", "expired"): ("ended", (_expired,)),  # 13.3.1
    ("incoming", "BYE"): ("ended", (_ok, _terminated)),  # 15.1.2
    ("incoming", "INVITE"): ("incoming", (reinvite.too_early,)),  # 14.2
    # called: the 200 waits for its ACK; a CANCEL comes too late and changes nothing (9.2)
    ("accepted", "ACK"): ("up", (reinvite.acked,)),
    ("accepted", "resend"): ("accepted", (reinvite.resend,)),
    ("accepted", "no ACK"): ("closing", (_no_ack,)),
    ("accepted", "INVITE"): ("accepted", (reinvite.invited,)),  # RFC 5407 3.1.4
    ("accepted", "BYE"): ("ended", (_ok, _ended_by_peer, _gone)),  # RFC 5407 3.1.3
    ("accepted", "hangup"): ("leaving", (_ended_by_us,)),
    ("accepted", "lost"): ("leaving", (_lost,)),
    ("accepted", "modify"): ("accepted", (reinvite.modify,)),
    # called: we want to hang up, but a BYE before the ACK is forbidden (15)
    ("leaving", "ACK"): ("closing", (_bye,)),
    ("leaving", "resend"): ("leaving", (reinvite.resend,)),
    ("leaving", "no ACK"): ("closing", (_bye,)),
    ("leaving", "BYE"): ("ended", (_ok, _gone)),
    # calling: nothing heard yet, so no CANCEL may be sent (9.1)
    ("dialling", "provisional"): ("ringing", (_progress,)),
    ("dialling", "success"): ("up", (_take,)),
    ("dialling", "challenge"): ("dialling", (_try_again,)),  # 22.2
    ("dialling", "failure"): ("ended", (_failed,)),
    ("dialling", "hangup"): ("unwanted", (_ended_by_us,)),
    ("dialling", "lost"): ("unwanted", (_lost,)),
    ("unwanted", "provisional"): ("cancelled", (_give_up,)),
    ("unwanted", "success"): ("closing", (_take_back,)),
    ("unwanted", "challenge"): ("ended", (_failed,)),
    ("unwanted", "failure"): ("ended", (_failed,)),
    # calling: a 1xx has come
    ("ringing", "provisional"): ("ringing", (_progress,)),
    ("ringing", "success"): ("up", (_take,)),
    ("ringing", "challenge"): ("dialling", (_try_again,)),
    ("ringing", "failure"): ("ended", (_failed,)),
    ("ringing", "hangup"): ("cancelled", (_ended_by_us, _give_up)),
    ("ringing", "lost"): ("cancelled", (_lost, _give_up)),
    ("cancelled", "success"): ("closing", (_take_back,)),  # RFC 5407 3.1.2
    ("cancelled", "challenge"): ("ended", (_failed,)),
    ("cancelled", "failure"): ("ended", (_failed,)),
    ("cancelled", "cancel over"): ("ended", (_bury,)),  # 9.1
    # talking
    ("up", "hangup"): ("closing", (_ended_by_us, _bye)),
    ("up", "lost"): ("closing", (_lost, _bye)),
    ("up", "BYE"): ("ended", (_ok, _ended_by_peer, _gone)),
    ("up", "again"): ("up", (_again,)),
    ("up", "INVITE"): ("up", (reinvite.invited,)),  # 14.2
    ("up", "ACK"): ("up", (reinvite.acked,)),
    ("up", "resend"): ("up", (reinvite.resend,)),
    ("up", "no ACK"): ("closing", (_no_ack,)),
    ("up", "modify"): ("up", (reinvite.modify,)),  # 14.1
    ("up", "modify again"): ("up", (reinvite.modify_again,)),
    ("up", "re-success"): ("up", (reinvite.modified,)),
    ("up", "re-challenge"): ("up", (reinvite.challenged,)),
    ("up", "re-failure"): ("up", (reinvite.not_modified,)),
    # our BYE is on its way; the peer's may cross it (RFC 5407 3.1.5)
    ("closing", "BYE"): ("closing", (_ok,)),
    ("closing", "BYE challenge"): ("closing", (_bye,)),
    ("closing", "BYE done"): ("ended", (_gone,)),
    ("closing", "again"): ("closing", (_again,)),
    ("closing", "re-success"): ("closing", (reinvite.only_acknowledge,)),
    # over: 2xx of late forks, and those that outlived their transaction
    ("ended", "again"): ("ended", (_again,)),
}
