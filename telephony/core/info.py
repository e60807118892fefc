"""Keys in SIP INFO bodies: application/dtmf-relay (``Signal=5``) and application/dtmf (``5``)."""

from __future__ import annotations

import re

_SIGNAL = re.compile(rb"^\s*signal\s*=\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_EVENTS = {b"10": "*", b"11": "#", b"12": "A", b"13": "B", b"14": "C", b"15": "D"}
KEY_TYPES = frozenset({"application/dtmf-relay", "application/dtmf"})


def key_in(content_type: str, body: bytes) -> str:
    """The key (0-9, ``*``, ``#``, A-D) that an INFO body names, "" when it names none.

    Some peers write the event number of RFC 4733 (10 for ``*``) in place of the key.
    """
    if content_type == "application/dtmf-relay":
        found = _SIGNAL.search(body)
        text = found[1] if found else b""
    elif content_type == "application/dtmf":
        text = body.strip()
    else:
        return ""
    if text in _EVENTS:
        return _EVENTS[text]
    return text.decode().upper() if re.fullmatch(rb"[0-9*#A-Da-d]", text) else ""
