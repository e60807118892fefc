"""What the designer remembers from one time to the next: choices, recent files, sizes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QByteArray, QSettings

from designer.canvas.engines import ENGINES, Engine
from designer.look.i18n import LANGUAGES, system_language
from designer.look.theme import Choice

_MOST_RECENT: Final = 10


class Settings:
    """A thin layer over QSettings: each thing has a name, a type and a default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def theme(self) -> Choice:
        """Which theme was chosen; ``system`` at first."""
        said = self._store.value("theme", "system")
        return cast(Choice, said) if said in ("system", "light", "dark") else "system"

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._store.setValue("theme", choice)

    @property
    def language(self) -> str:
        """Which language was chosen; at first that of the desktop."""
        said = self._store.value("language")
        return str(said) if said in LANGUAGES else system_language()

    @language.setter
    def language(self, name: str) -> None:
        self._store.setValue("language", name)

    @property
    def canvas(self) -> Engine:
        """Which view of flows was chosen; our own at first."""
        said = self._store.value("canvas", "scene")
        return cast(Engine, said) if said in ENGINES else "scene"

    @canvas.setter
    def canvas(self, engine: Engine) -> None:
        self._store.setValue("canvas", engine)

    @property
    def recent(self) -> Sequence[Path]:
        """The files that were open last, the latest first."""
        said = self._store.value("recent", [])
        names = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        return [Path(str(name)) for name in names]

    def add_recent(self, path: Path) -> None:
        """*path* was opened or saved."""
        others = [one for one in self.recent if one != path.resolve()]
        kept = [path.resolve(), *others][:_MOST_RECENT]
        self._store.setValue("recent", [str(one) for one in kept])

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._store.setValue("recent", [])

    @property
    def server(self) -> str:
        """The address of the server that was connected last."""
        return str(self._store.value("server", ""))

    @server.setter
    def server(self, address: str) -> None:
        self._store.setValue("server", address)

    @property
    def token(self) -> str:
        """Its token, where the person wanted it to be remembered."""
        return str(self._store.value("token", ""))

    @token.setter
    def token(self, token: str) -> None:
        if token:
            self._store.setValue("token", token)
        else:
            self._store.remove("token")

    @property
    def tour_seen(self) -> bool:
        """Whether the tour was shown, or skipped."""
        return bool(self._store.value("tour_seen", "no") == "yes")

    def see_tour(self) -> None:
        """It is not shown by itself again."""
        self._store.setValue("tour_seen", "yes")

    def bytes_of(self, name: str) -> QByteArray | None:
        """How a window was arranged, None the first time."""
        said = self._store.value(name)
        return said if isinstance(said, QByteArray) else None

    def keep_bytes(self, name: str, what: QByteArray) -> None:
        """Remember how a window is arranged."""
        self._store.setValue(name, what)
