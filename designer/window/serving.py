"""The server that the program is connected to, and the flows that it runs, as read-only pages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from designer.look.i18n import tr
from designer.server.mirror import Mirror
from designer.session import Session
from designer.site import Site
from flow_runtime.core.model import Flow
from flow_runtime.core.syntax import parse

if TYPE_CHECKING:
    from designer.server.address import Address
    from designer.server.answers import ServedSite
    from designer.server.connection import Server

OpenServed = Callable[["ServedSite", Path], Site]
"""Makes the site of what a server serves, whose files lie in a folder; raises ValueError."""


class Serving(QObject):
    """At most one server. Its site is laid down in a folder of its own, for this time only."""

    changed = Signal()
    """Another server, or none; or it is up, away, or counts down to the next try."""
    calls_changed = Signal()
    served_changed = Signal()
    """What it serves was read: `site` and the flows may be others."""

    def __init__(self, open_served: OpenServed | None) -> None:
        super().__init__()
        self._open_served = open_served
        self.server: Server | None = None
        self.site: Site | None = None
        self.trouble = ""
        """Why its site cannot be drawn here."""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._mirror: Mirror | None = None
        self._parsed: dict[str, Flow | None] = {}

    # --- the server -----------------------------------------------------------------------------

    def connect_to(self, address: Address, token: str) -> Server:
        """Connect to another server."""
        from designer.server.connection import Server

        self.leave()
        server = self.server = Server(address, token)
        server.changed.connect(self.changed)
        server.calls_changed.connect(self.calls_changed)
        server.served_changed.connect(self._served)
        self.changed.emit()
        server.open()
        return server

    def leave(self) -> None:
        """Be connected to none."""
        server, self.server = self.server, None
        if server is None:
            return
        for signal in (server.changed, server.calls_changed, server.served_changed):
            signal.disconnect()
        server.close()
        server.deleteLater()
        self.site, self.trouble = None, ""
        self.changed.emit()
        self.calls_changed.emit()

    def close(self) -> None:
        """The program ends."""
        self.leave()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    # --- what it serves -------------------------------------------------------------------------

    def path_of(self, flow: str) -> Path | None:
        """Where the flow of this name lies here."""
        return None if self._mirror is None else self._mirror.by_name.get(flow)

    def owns(self, path: Path) -> bool:
        """Whether *path* is a flow of the server."""
        return self._mirror is not None and path in self._mirror.texts

    def name_of(self, path: Path) -> str:
        """The name of the server's flow in *path*."""
        assert self._mirror is not None
        return next((n for n, one in self._mirror.by_name.items() if one == path), path.stem)

    def text_of(self, path: Path) -> str:
        """The text of a flow that the server runs."""
        assert self._mirror is not None
        return self._mirror.texts[path]

    def flow(self, name: str) -> Flow | None:
        """The flow of this name as the server runs it."""
        if name not in self._parsed:
            path = self.path_of(name)
            self._parsed[name] = None if path is None else parse(self.text_of(path)).flow
        return self._parsed[name]

    def is_of(self, session: Session) -> bool:
        """Whether *session* is a flow of the server that is connected."""
        return self.server is not None and session.origin == self.server.address.name

    def _served(self) -> None:
        server = self.server
        if server is None or server.site is None:
            return
        self._parsed.clear()
        self.trouble = ""
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="cordboard-server-")
            mirror = self._mirror
            place = Path(self._folder.name).resolve() / server.address.name.replace("/", "_")
            if mirror is None or mirror.folder != place:
                mirror = self._mirror = Mirror(place)
            mirror.lay(server.site)
            if self._open_served is not None:
                self.site = self._open_served(server.site, mirror.folder)
        except (OSError, ValueError) as reason:
            self.site = None
            self.trouble = tr("The flows of {server} cannot be shown here: {what}",
                              server=server.address.name, what=reason)  # fmt: skip
        self.served_changed.emit()


def again_in(seconds: int) -> str:
    """When the next try is."""
    if seconds == 1:
        return tr("Trying again in 1 second.")
    return tr("Trying again in {n} seconds.", n=seconds)
