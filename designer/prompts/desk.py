"""The prompt files of one site as an editor reads and writes them."""

from __future__ import annotations

import os
from pathlib import Path

from designer.core.prompt_tables import BrokenTable, texts, with_text, without_text
from designer.look.i18n import tr
from designer.session import Session


class PromptDesk:
    """Reads a text when it is asked for; what it writes takes the place of the file at once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that callers are spoken to in."""
        return tuple(self._session.site.languages) or ("en",)

    def table(self, language: str) -> Path:
        """The file of a language's texts."""
        return self._session.site.prompts_folder / f"{language}.toml"

    def raw(self, key: str, language: str) -> str | None:
        """The text as it stands in the file; None when there is none."""
        try:
            return texts(self._read(language)).get(key)
        except (BrokenTable, OSError, UnicodeDecodeError):
            return None

    def recording(self, key: str, language: str) -> Path | None:
        """The recording that takes precedence over the text, if there is one."""
        path = self.recording_path(key, language)
        return path if path.is_file() else None

    def recording_path(self, key: str, language: str) -> Path:
        """Where a recording of *key* belongs."""
        return self._session.site.prompts_folder / language / f"{key}.wav"

    def gaps(self, key: str) -> list[str]:
        """The languages in which nothing would be heard."""
        return [
            language
            for language in self.languages
            if self.raw(key, language) is None and self.recording(key, language) is None
        ]

    # --- writing --------------------------------------------------------------------------------

    def write(self, key: str, language: str, text: str) -> str:
        """Put *text* into the table, an empty one takes the entry out; what went wrong, or ''."""
        try:
            table = self._read(language)
            changed = with_text(table, key, text) if text else without_text(table, key)
            if changed != table:
                write_file(self.table(language), changed.encode())
        except (BrokenTable, UnicodeDecodeError) as error:
            return tr(
                "{file} cannot be read, mend it first: {why}",
                file=self.table(language).name,
                why=str(error),
            )
        except OSError as error:
            return tr(
                "{file} cannot be written: {why}. Nothing was changed.",
                file=str(self.table(language)),
                why=error.strerror or str(error),
            )
        return self._reload()

    def keep_recording(self, key: str, language: str, wav: bytes) -> str:
        """Keep a WAV file as the recording of *key*; what went wrong, or ''."""
        path = self.recording_path(key, language)
        try:
            write_file(path, wav)
        except OSError as error:
            return tr(
                "{file} cannot be written: {why}. Nothing was changed.",
                file=str(path),
                why=error.strerror or str(error),
            )
        return self._reload()

    def drop_recording(self, key: str, language: str) -> str:
        """Take a recording away, so that the text is spoken again; what went wrong, or ''."""
        try:
            self.recording_path(key, language).unlink(missing_ok=True)
        except OSError as error:
            return error.strerror or str(error)
        return self._reload()

    def _read(self, language: str) -> str:
        path = self.table(language)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _reload(self) -> str:
        try:
            self._session.reload_site()
        except ValueError as error:
            return str(error)
        return ""


def write_file(path: Path, content: bytes) -> None:
    """Write *content* whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
