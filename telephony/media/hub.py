"""What a leg needs of the media process, and of what hears keys in its sound."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from telephony.core.g711_tables import Law

if TYPE_CHECKING:
    from telephony.media.leg import MediaLeg

Handler = Callable[[float], None]


class Tones(Protocol):
    """Hears in-band keys."""

    def feed(self, sound: bytes, law: Law) -> str:
        """The keys that began in *sound*."""


class Hub(Protocol):
    """What a leg needs of the process."""

    def listen(self, sock: socket.socket, handler: Handler) -> None:
        """Call *handler* when *sock* has something."""

    def unlisten(self, sock: socket.socket) -> None:
        """No more."""

    def pressed(self, leg: MediaLeg) -> None:
        """A key is down on *leg*: call `overdue` until it is up."""

    def key(self, leg: MediaLeg, key: str, source: str, now: float) -> None:
        """A key was pressed on *leg*."""
