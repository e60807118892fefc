"""The WebSocket of a server: its messages one by one, and a word when it has gone."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWebSockets import QWebSocket

from designer.server.address import Address
from designer.server.rest import PATIENCE, request_to

_PING: Final = 10_000
"""Milliseconds between two questions whether the other end is still there."""


class LiveSocket(QObject):
    """One connection to ``/api/watch``; when it has gone, it is used up."""

    said = Signal(dict)
    """A message, as a mapping."""
    gone = Signal()
    """It could not be opened, was closed, hangs, or says what is no message."""

    def __init__(
        self, address: Address, token: str, query: dict[str, str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._over = self._heard = False
        self._socket = QWebSocket(parent=self)
        self._socket.setMaxAllowedIncomingMessageSize(64 << 20)
        self._socket.textMessageReceived.connect(self._take)
        self._socket.pong.connect(self._hear)
        self._socket.disconnected.connect(self._end)
        self._socket.errorOccurred.connect(lambda _: self._end())
        self._watch = QTimer(self, interval=PATIENCE)
        self._watch.timeout.connect(self._look)
        self._watch.start()
        self._socket.open(request_to(address.live(query), token))

    def close(self) -> None:
        """Leave without a word."""
        self._over = True
        self._watch.stop()
        self._socket.abort()
        self.deleteLater()

    def _take(self, text: str) -> None:
        if self._over:
            return
        self._heard = True
        try:
            message = msgspec.json.decode(text)
        except msgspec.DecodeError:
            message = None
        if isinstance(message, dict):
            self.said.emit(message)
        else:
            self._end()

    def _hear(self, *_: Any) -> None:
        self._heard = True

    def _look(self) -> None:
        """Was anything heard since the last look? If not, the other end is dead, or hangs."""
        if not self._heard:
            self._end()
            return
        self._heard = False
        self._watch.setInterval(_PING)
        self._socket.ping()

    def _end(self) -> None:
        if self._over:
            return
        self._over = True
        self._watch.stop()
        self.gone.emit()
