"""The connection to a server: opened, watched, and opened again when it was lost."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from designer.core.live import LiveCalls, Missed, events_of
from designer.look.i18n import tr
from designer.server.address import Address
from designer.server.answers import ServedFlow, ServedSite, Status
from designer.server.live_socket import LiveSocket
from designer.server.rest import Rest, Trouble

WAITS: Final = (1, 2, 4, 8, 15, 30)
"""Seconds before each new try; the last one for all further ones."""
_GATHER: Final = 150
"""Milliseconds: a busy line is not repainted for every event."""

State = Literal["connecting", "up", "waiting", "refused", "closed"]


class Server(QObject):
    """One server. `open` it; what happens is told by the signals."""

    changed = Signal()
    """`state`, `trouble` or `seconds_left`."""
    calls_changed = Signal()
    served_changed = Signal()
    """What it serves was read, at first and again after a break."""

    def __init__(self, address: Address, token: str) -> None:
        super().__init__()
        self.address, self.token = address, token
        self.rest = Rest(address, token, self)
        self.state: State = "closed"
        self.trouble = ""
        """Why it is not up, in a sentence."""
        self.seconds_left = 0
        """Until the next try."""
        self.live = LiveCalls()
        self.site: ServedSite | None = None
        self.flows: Sequence[ServedFlow] = ()
        self._offset = 0.0
        self._tries = 0
        self._was_up = False
        self._socket: LiveSocket | None = None
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)
        self._gather = QTimer(self, singleShot=True, interval=_GATHER)
        self._gather.timeout.connect(self.calls_changed)

    def open(self) -> None:
        """Connect."""
        self._tries = 0
        self._try()

    def retry(self) -> None:
        """Try again now instead of waiting."""
        if self.state in ("waiting", "refused"):
            self._try()

    def close(self) -> None:
        """Leave the server."""
        self._second.stop()
        self._gather.stop()
        self._drop_socket()
        self.rest.close()
        self._set("closed")

    def now(self) -> float:
        """The moment by the server's clock, in seconds since the epoch."""
        return time.time() + self._offset

    def title(self, flow: str) -> str:
        """The title of a flow that is served, else its name."""
        return next((one.title or one.name for one in self.flows if one.name == flow), flow)

    # --- connecting -----------------------------------------------------------------------------

    def _try(self) -> None:
        self._second.stop()
        self._drop_socket()
        self.rest.close()
        self._set("connecting", self.trouble)
        self.rest.get("status", Status, self._answered)

    def _answered(self, answer: Status | Trouble) -> None:
        if isinstance(answer, Trouble):
            self._fail(answer)
            return
        if self.rest.moment is not None:
            self._offset = self.rest.moment - time.time()
        self.read_site()

    def read_site(self) -> None:
        """Read what it serves; `served_changed` follows."""
        self.rest.get("site", ServedSite, self._got_site)

    def _got_site(self, answer: ServedSite | Trouble) -> None:
        if isinstance(answer, Trouble):
            self._fail(answer)
            return
        self.site = answer
        self.rest.get("flows", list[ServedFlow], self._got_flows)

    def _got_flows(self, answer: list[ServedFlow] | Trouble) -> None:
        if isinstance(answer, Trouble):
            self._fail(answer)
            return
        self.flows = answer
        self.served_changed.emit()
        if self.state == "connecting":
            self._open_socket()

    def _open_socket(self) -> None:
        self._socket = LiveSocket(self.address, self.token, {}, self)
        self._socket.said.connect(self._take)
        self._socket.gone.connect(self._lost)

    def _drop_socket(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()

    # --- listening ------------------------------------------------------------------------------

    def _take(self, message: dict[str, Any]) -> None:
        try:
            changes = self.live.take(message)
        except (Missed, ValueError):
            self._lost()
            return
        if message.get("type") == "event":
            self._offset = self.live.latest - time.time()
        if self.state != "up":
            self._tries, self._was_up = 0, True
            self._set("up")
            self.calls_changed.emit()
        elif changes and not self._gather.isActive():
            self._gather.start()

    def _lost(self) -> None:
        """Find out by asking why the events have stopped, and begin anew."""
        text = tr("The connection to {server} was lost.", server=self.address.name)
        self._fail(Trouble("away", text))

    def _fail(self, trouble: Trouble) -> None:
        self._drop_socket()
        self.rest.close()
        self.live = LiveCalls()
        self.calls_changed.emit()
        hopeless = trouble.lasting and (trouble.kind == "token" or not self._was_up)
        if hopeless:
            self._set("refused", trouble.text)
            return
        self.seconds_left = WAITS[min(self._tries, len(WAITS) - 1)]
        self._tries += 1
        self._second.start()
        self._set("waiting", trouble.text)

    def _count_down(self) -> None:
        self.seconds_left -= 1
        if self.seconds_left <= 0:
            self._try()
        else:
            self.changed.emit()

    def _set(self, state: State, trouble: str = "") -> None:
        if (state, trouble) != (self.state, self.trouble) or state == "waiting":
            self.state, self.trouble = state, trouble
            self.changed.emit()


class Followed(QObject):
    """The events of one call of a server, from its first on, through breaks of the connection."""

    restarted = Signal(object)
    """All its events so far, as a list; None when the server knows the call no more."""
    happened = Signal(dict)
    """One more event."""

    def __init__(self, server: Server, call: str) -> None:
        super().__init__(server)
        self.server, self.call = server, call
        self._socket: LiveSocket | None = None
        self._again = QTimer(self, singleShot=True, interval=1000)
        self._again.timeout.connect(self._open)
        server.changed.connect(self._open)
        self._open()

    def close(self) -> None:
        """Follow it no more."""
        self.server.changed.disconnect(self._open)
        self._again.stop()
        self._drop()
        self.deleteLater()

    def _open(self) -> None:
        if self._socket is not None or self.server.state != "up":
            return
        query = {"call": self.call}
        self._socket = LiveSocket(self.server.address, self.server.token, query, self)
        self._socket.said.connect(self._take)
        self._socket.gone.connect(self._gone)

    def _drop(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()

    def _gone(self) -> None:
        self._drop()
        self._again.start()

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "event" and isinstance(message.get("event"), Mapping):
            self.happened.emit(message["event"])
            return
        try:
            self.restarted.emit(events_of(message, self.call))
        except ValueError:
            self._gone()
