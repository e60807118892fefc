"""Asks for the address and the token of a server."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.forms.editors.choosing import Tick
from designer.look.i18n import tr
from designer.server.address import Address
from designer.server.connection import Server
from designer.window.serving import Serving, again_in
from designer.window.settings import Settings


class ConnectDialog(QDialog):
    """Stays open until the server is up; what is wrong with it is told here."""

    def __init__(
        self, parent: QWidget, serving: Serving, settings: Settings, address: str = ""
    ) -> None:
        super().__init__(parent)
        self._serving, self._settings = serving, settings
        self._server: Server | None = None
        self.setWindowTitle(tr("Connect to a server"))
        self.setMinimumWidth(460)
        known = not address or address == settings.server
        self.address = QLineEdit(address or settings.server)
        self.token = QLineEdit(settings.token if known else "")
        self.address.setPlaceholderText("https://line.example.com:8080")
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = Tick(tr("Remember the token on this computer"))
        self.keep.setChecked(bool(settings.token))
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(54)
        self.connect_button, self.cancel = QPushButton(tr("Connect")), QPushButton(tr("Cancel"))
        self.connect_button.setProperty("primary", True)
        self.connect_button.setDefault(True)
        self._lay_out()
        self.connect_button.clicked.connect(self._go)
        self.cancel.clicked.connect(self.reject)
        self.address.textChanged.connect(self._look)
        serving.changed.connect(self._follow)
        self._look()
        (self.token if self.address.text() else self.address).setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(4)
        for words, field, help_text in (
            (tr("Address"), self.address,
             tr("[api] listen of the server's cordboard.toml; elsewhere than on this machine it "
                "is reached with https.")),
            (tr("Token"), self.token,
             tr("The content of the file that [api] admin_token names.")),
        ):  # fmt: skip
            label = QLabel(words)
            label.setProperty("role", "label")
            label.setBuddy(field)
            field.setAccessibleName(words)
            told = QLabel(help_text)
            told.setProperty("role", "help")
            told.setWordWrap(True)
            for widget in (label, field, told):
                column.addWidget(widget)
            column.addSpacing(8)
        column.addWidget(self.keep)
        column.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.connect_button)
        column.addLayout(row)

    # --- what happens ---------------------------------------------------------------------------

    def _look(self) -> None:
        """Warn of an address by which the token would be read by others."""
        try:
            bare = Address.parse(self.address.text()).bare
        except ValueError:
            bare = False
        self._say(
            tr("With http:// everybody on the way can read the token. Use https:// where you can.")
            if bare
            else "",
            "warning",
        )

    def _say(self, text: str, role: str) -> None:
        self.note.setText(text)
        self.note.setProperty("role", role)
        self.note.style().polish(self.note)

    def _go(self) -> None:
        try:
            address = Address.parse(self.address.text())
        except ValueError as reason:
            self._say(str(reason), "error")
            self.address.setFocus()
            return
        if not self.token.text().strip():
            self._say(tr("Without the token the server tells nothing."), "error")
            self.token.setFocus()
            return
        self._server = self._serving.connect_to(address, self.token.text().strip())
        self._follow()

    def _follow(self) -> None:
        server = self._server
        if server is None or server is not self._serving.server:
            return
        if server.state == "up":
            self._settings.server = server.address.base
            self._settings.token = server.token if self.keep.isChecked() else ""
            self.accept()
        elif server.state == "connecting":
            self._say(tr("Connecting…"), "help")
        elif server.state == "waiting":
            self._say(server.trouble + " " + again_in(server.seconds_left), "error")
        else:
            self._say(server.trouble, "error")

    def reject(self) -> None:
        """Give it up."""
        if self._server is not None and self._server is self._serving.server:
            self._serving.leave()
        super().reject()

    def done(self, result: int) -> None:
        """It is closed, however that came."""
        self._serving.changed.disconnect(self._follow)
        super().done(result)
