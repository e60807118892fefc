"""What a dialled telephone lets hear before it answers: announcements, a ring-back of its own."""

from __future__ import annotations

import logging

from telephony.core.session_types import Session
from telephony.line import LineError
from telephony.media.plane import Leg
from telephony.sip.call import remote_of

log = logging.getLogger("telephony.sip")


class EarlySound:
    """Connects the dialled *leg* with the one that waits, *near*, as soon as sound is announced.

    What *near* hears meanwhile goes on until there is sound: some only announce it.
    Once the telephone answers nothing changes: the two stay connected. When it does not, `end`.
    """

    def __init__(self, leg: Leg, near: Leg | None) -> None:
        self._leg, self._near = leg, near
        self._begun = False

    def begin(self, session: Session) -> None:
        """The far end of *session* may send sound from now on."""
        agreed = session.negotiation.agreed
        assert agreed is not None
        self._leg.connect(remote_of(agreed, session.dialog.hop.host))
        if self._near is None or self._begun:
            return
        try:
            self._near.bridge(self._leg, once_heard=True)
        except LineError as error:
            log.info("the dialled side is not heard before it answers: %s", error)
            return
        self._begun = True

    def end(self) -> None:
        """The call came to nothing: *near* is on its own again."""
        if self._begun and self._near is not None:
            self._near.part()
