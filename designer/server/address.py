"""Where a server is, as a person types it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from PySide6.QtCore import QUrl, QUrlQuery

from designer.look.i18n import tr

_SCHEMES: Final = ("http", "https")


@dataclass(frozen=True, slots=True)
class Address:
    """The beginning of all addresses of a server, such as ``https://line.example/cordboard``."""

    base: str

    @classmethod
    def parse(cls, typed: str) -> Address:
        """Read what was typed; raises ValueError with a sentence that says how to write it.

        Without a scheme it is http on this machine, and https elsewhere.
        """
        text = typed.strip()
        if "://" not in text:
            host = QUrl("http://" + text).host()
            text = ("http://" if is_loopback(host) else "https://") + text
        url = QUrl(text, QUrl.ParsingMode.StrictMode)
        if not url.isValid() or url.scheme() not in _SCHEMES or not url.host():
            raise ValueError(
                tr("“{typed}” is no address of a server; write one like {example}.",
                   typed=typed.strip(), example="https://line.example.com:8080")
            )  # fmt: skip
        if url.userInfo() or url.hasQuery() or url.hasFragment():
            raise ValueError(
                tr("The address of {host} must have no name or password, no “?” and no “#” in it.",
                   host=url.host())
            )  # fmt: skip
        return cls(url.toString().rstrip("/").removesuffix("/api"))

    @property
    def name(self) -> str:
        """Host and port, for people."""
        return self.base.partition("://")[2]

    @property
    def bare(self) -> bool:
        """Whether the token would travel over a network for all to read."""
        return self.base.startswith("http://") and not is_loopback(QUrl(self.base).host())

    def url(self, path: str, query: dict[str, str] | None = None) -> QUrl:
        """The address of ``/api/PATH``; *path* and *query* are quoted here."""
        url = QUrl(self.base)
        whole = f"{url.path().rstrip('/')}/api/{path}"
        url.setPath(whole, QUrl.ParsingMode.DecodedMode)
        if query:
            asked = QUrlQuery()
            for name, value in query.items():
                asked.addQueryItem(name, quote(value, safe=""))
            url.setQuery(asked)
        return url

    def live(self, query: dict[str, str] | None = None) -> QUrl:
        """The address of the WebSocket."""
        url = self.url("watch", query)
        url.setScheme("wss" if url.scheme() == "https" else "ws")
        return url


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine."""
    return host in ("localhost", "::1") or host.startswith("127.")
