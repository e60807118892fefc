"""SIP messages in the log, for administrators: credentials are masked."""

from __future__ import annotations

import logging
import re

from telephony.core.transaction_types import Hop

log = logging.getLogger("telephony.sip.trace")

_SECRET = re.compile(
    rb'(?im)^((?:Proxy-)?Authorization\s*:[^\r\n]*?\bresponse\s*=\s*")[^"\r\n]*(")'
)
_NONCES = re.compile(rb'(?i)\b(c?nonce\s*=\s*")[^"]*(")')
_KEYS = re.compile(rb"(?im)^(Signal\s*=\s*)\S+")
_CALL_ID = re.compile(rb"(?im)^(?:Call-ID|i)\s*:\s*(\S+)")


class Trace:
    """Logs messages that *wanted* picks: "all", a Call-ID, or an address; "" none."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self._bytes = wanted.encode()

    def note(self, arrow: str, data: bytes, hop: Hop) -> None:
        """Log *data*, that came (``<-``) from *hop* or goes (``->``) there."""
        if self.wanted != "all" and self.wanted != hop.host:
            found = _CALL_ID.search(data)
            if found is None or found[1] != self._bytes:
                return
        text = masked(data).decode("utf-8", "replace")
        log.info("%s %s:%d\n%s", arrow, hop.host, hop.port, text)


def masked(data: bytes) -> bytes:
    """*data* without what authenticates: digests, nonces, and keys in INFO bodies."""
    data = _SECRET.sub(rb"\1***\2", data)
    data = _NONCES.sub(rb"\1***\2", data)
    return _KEYS.sub(rb"\1*", data)
