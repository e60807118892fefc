"""Voicemails: what the tables have of a message beside the engine's event."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert

from contact_center.store.statements import Op
from contact_center.store.tables import Voicemail

_NEW: Final = insert(Voicemail)


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
