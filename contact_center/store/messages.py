"""Voicemails: what the tables have of a message beside the engine's event."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert

from contact_center.store.statements import Op
from contact_center.store.tables import Contact, Voicemail

_NEW: Final = insert(Voicemail)
_NEW_CONTACT: Final = insert(Contact)
KEPT: Final = "kept"
"""The cause with which a message ends that nobody has to answer."""


def message(contact: str, box: str, number: str, recording: str, seconds: float, now: float) -> Op:
    """What stores a message; hand it in with its `Voicemail` event.

    *recording* is the file, relative to the site's folder of recordings.
    """
    return _NEW, {
        "contact": contact,
        "box": box,
        "number": number,
        "recording": recording,
        "seconds": seconds,
        "made": now,
        "heard_by": "",
        "ended": None,
    }


def kept_message(
    contact: str, box: str, number: str, recording: str, seconds: float, now: float
) -> list[Op]:
    """What stores a message that is no work for anybody: there is no event of it."""
    _, values = message(contact, box, number, recording, seconds, now)
    return [
        (
            _NEW_CONTACT,
            {
                "id": contact,
                "kind": "voicemail",
                "number": number,
                "state": "ended",
                "queue": "",
                "agent": "",
                "began": now,
                "answered": None,
                "ended": now,
                "cause": KEPT,
            },
        ),
        (_NEW, {**values, "ended": now}),
    ]
