"""Questions to a server and their answers; every failure is told in a sentence. Nothing waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import msgspec
from PySide6.QtCore import QByteArray, QObject
from PySide6.QtNetwork import (
    QNetworkAccessManager,
    QNetworkReply,
    QNetworkRequest,
    QSslError,
)

from designer.look.i18n import tr
from designer.server.address import Address

PATIENCE: Final = 8_000
"""Milliseconds without a byte after which a server is taken to hang."""
_MOST: Final = 64 << 20
"""Bytes of an answer: a server that sends more is none of ours."""
_Error: Final = QNetworkReply.NetworkError
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer. The first three will not mend themselves by waiting.

    ``token``: it is wrong; ``foreign``: no server of ours; ``certificate``: not trusted;
    ``missing``: what was asked for is not there; ``away``: not to be reached just now.
    """

    kind: Literal["token", "foreign", "certificate", "missing", "away"]
    text: str

    @property
    def lasting(self) -> bool:
        """Whether trying again is no use before a person has changed something."""
        return self.kind in ("token", "foreign", "certificate")


def request_to(url: Any, token: str) -> QNetworkRequest:
    """A request with the token, which never follows the server elsewhere."""
    made = QNetworkRequest(url)
    made.setRawHeader(QByteArray(b"Authorization"), QByteArray(f"Bearer {token}".encode()))
    made.setAttribute(
        QNetworkRequest.Attribute.RedirectPolicyAttribute,
        QNetworkRequest.RedirectPolicy.ManualRedirectPolicy,
    )
    made.setTransferTimeout(PATIENCE)
    return made


class Rest(QObject):
    """Asks one server, as the one with *token*."""

    def __init__(self, address: Address, token: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.address, self.token = address, token
        self._network = QNetworkAccessManager(self)
        self._asked: set[QNetworkReply] = set()
        self.moment: float | None = None
        """When the last answer was made, by the server's clock; None when it did not say."""

    def get(
        self,
        path: str,
        kind: type[T],
        done: Callable[[T | Trouble], object],
        query: dict[str, str] | None = None,
    ) -> None:
        """Ask for ``/api/PATH``; *done* gets the answer, a *kind*, or why there is none."""
        reply = self._network.get(request_to(self.address.url(path, query), self.token))
        broken: list[str] = []
        reply.sslErrors.connect(lambda errors: broken.extend(_words_of(errors)))
        reply.downloadProgress.connect(lambda got, _: reply.abort() if got > _MOST else None)
        self._asked.add(reply)

        def finished() -> None:
            if reply not in self._asked:
                return  # nobody waits for it any more
            self._asked.discard(reply)
            answer = self._read(reply, kind, broken)
            reply.deleteLater()
            done(answer)

        reply.finished.connect(finished)

    def close(self) -> None:
        """Nobody wants an answer any more."""
        asked, self._asked = self._asked, set()
        for reply in asked:
            reply.abort()
            reply.deleteLater()

    # --- inside ---------------------------------------------------------------------------------

    def _read(self, reply: QNetworkReply, kind: type[T], broken: list[str]) -> T | Trouble:
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        if status is None:
            return self._unreached(reply.error(), reply.errorString(), broken)
        if status in (401, 403):
            return Trouble("token", wrong_token(self.address))
        if status != 200:
            return self._refused(int(status), reply)
        self.moment = _seconds(str(bytes(reply.rawHeader("Date").data()), "latin-1"))
        try:
            return msgspec.json.decode(reply.readAll().data(), type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return self._foreign()

    def _refused(self, status: int, reply: QNetworkReply) -> Trouble:
        if status >= 500:  # also what a web server before it says while it restarts
            text = tr("{server} has trouble of its own: it answers {status}.",
                      server=self.address.name, status=status)  # fmt: skip
            return Trouble("away", text)
        try:
            detail = str(msgspec.json.decode(reply.readAll().data())["detail"])
        except (msgspec.DecodeError, KeyError, TypeError):
            return self._foreign()
        if status == 404 and detail == "Not Found":
            return self._foreign()
        return Trouble("missing", detail)

    def _foreign(self) -> Trouble:
        text = tr(
            "{server} is no Cordboard server, or one of another version. The address is that of "
            "[api] listen in its cordboard.toml.",
            server=self.address.name,
        )
        return Trouble("foreign", text)

    def _unreached(self, error: Any, words: str, broken: list[str]) -> Trouble:
        server = self.address.name
        if error == _Error.SslHandshakeFailedError or broken:
            return Trouble("certificate", untrusted(self.address, broken or [words]))
        if error == _Error.ConnectionRefusedError:
            text = tr("Nobody listens at {server}. Is the server running, and is this its [api] "
                      "listen?", server=server)  # fmt: skip
        elif error == _Error.HostNotFoundError:
            text = tr("There is no machine called {server}. Is the name right, and is there a "
                      "network?", server=server)  # fmt: skip
        elif error in (_Error.OperationCanceledError, _Error.TimeoutError):
            text = hanging(self.address)
        elif error in (_Error.ProtocolInvalidOperationError, _Error.ProtocolFailure):
            return self._foreign()
        elif error == _Error.RemoteHostClosedError:
            text = tr("{server} has closed the connection without an answer. Does it want https:// "
                      "at the beginning, or http://?", server=server)  # fmt: skip
        else:
            text = tr("{server} cannot be reached: {what}", server=server, what=words)
        return Trouble("away", text)


def wrong_token(address: Address) -> str:
    """The server does not know the token."""
    return tr("{server} does not accept the token. It is in the file that [api] admin_token of its "
              "cordboard.toml names.", server=address.name)  # fmt: skip


def untrusted(address: Address, reasons: list[str]) -> str:
    """Its certificate is not good."""
    return tr(
        "The certificate of {server} is not trusted here: {what} Let the server use one that this "
        "computer trusts, or install the authority that signed it.",
        server=address.name,
        what=" ".join(one.rstrip(".") + "." for one in dict.fromkeys(reasons)),
    )


def hanging(address: Address) -> str:
    """It takes the connection and says nothing."""
    return tr("{server} takes the connection but does not answer for {n} seconds.",
              server=address.name, n=PATIENCE // 1000)  # fmt: skip


def _words_of(errors: list[QSslError]) -> list[str]:
    return [error.errorString() for error in errors]


def _seconds(date: str) -> float | None:
    """The moment of a ``Date`` header."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return None
