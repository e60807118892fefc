"""Headers of an INVITE that rings an agent's telephone: answer by itself, and what we add."""

from __future__ import annotations

from collections.abc import Mapping

from telephony.core.message import TOKEN

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
"""The Reason of a CANCEL when another telephone has taken the call (RFC 3326 section 2)."""
_OURS = frozenset(
    """accept allow authorization call-id contact content-disposition content-encoding
    content-length content-type cseq expires from max-forwards proxy-authorization proxy-require
    record-route require route supported to via""".split()
)


def auto_answer(place: str) -> list[tuple[str, str]]:
    """Ask a telephone to answer at once, in the ways that are in use; *place* is our host.

    Snom, Yealink and Linphone read Call-Info, Polycom and Grandstream Alert-Info, others
    Answer-Mode (RFC 5373). Each does so only if its settings allow it.
    """
    return [
        ("Alert-Info", f"<http://{place}>;info=alert-autoanswer;delay=0"),
        ("Call-Info", f"<sip:{place}>;answer-after=0"),
        ("Answer-Mode", "Auto"),
    ]


def further(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """*headers* as they may be added to an INVITE; ValueError says which may not, and why."""
    for name, value in headers.items():
        if not TOKEN.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header; use one such as X-Customer")
        if name.lower() in _OURS or len(name) == 1:
            raise ValueError(f"the header {name} is written by SIP itself; use one of your own")
        if not value.isprintable():
            raise ValueError(f"the value of {name} has a line break or a control character")
    return list(headers.items())
