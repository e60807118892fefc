"""A 2xx to an INVITE that nobody remembers: acknowledged and ended, so that no phone stays up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from telephony.core.dialog import Dialog, from_response, untagged
from telephony.core.message import Response
from telephony.core.transaction_types import Hop, Send

REMEMBERED = 180.0
"""Seconds after our start in which a phone may still answer what rang before it (timer C of
RFC 3261 16.6 ends longer rings)."""


def release(response: Response, source: Hop, via: Callable[[Hop], str]) -> Iterator[Send]:
    """ACK and BYE for a 2xx that came from *source*, each sent once: the 2xx comes again.

    They go to where it came from, whatever its Contact says: nobody else can be made a target.
    """
    early = Dialog(response.call_id, untagged(response.get("from")), response.from_.tag, source)
    early.local_cseq = response.cseq.number
    dialog = from_response(early, response)
    for request in (
        dialog.request("ACK", via(source), response.cseq.number),
        dialog.request("BYE", via(source)),
    ):
        yield Send(request.to_bytes(), source)
