"""The line at the bottom: problems, size, selection, what is saved; commands, language, zoom."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton

from designer.look.i18n import LANGUAGES, language, tr
from designer.window.actions import native
from designer.window.page import Page


class Status(QStatusBar):
    """Follows the page in front."""

    commands_wanted = Signal()
    language_wanted = Signal()
    zoom_wanted = Signal()
    problems_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._problems = self._button(self.problems_wanted)
        self._size, self._selection, self._saved = QLabel(), QLabel(), QLabel()
        for widget in (self._problems, self._size, self._selection, self._saved):
            self.addWidget(widget)
        self._commands = self._button(self.commands_wanted)
        self._commands.setText(tr("{keys} commands", keys=native("Ctrl+K")))
        self._language = self._button(self.language_wanted)
        self._language.setText(LANGUAGES[language()])
        self._zoom = self._button(self.zoom_wanted)
        for button in (self._commands, self._language, self._zoom):
            self.addPermanentWidget(button)
        self._page: Page | None = None

    def _button(self, wanted: SignalInstance[tuple[()]]) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "status")
        button.clicked.connect(wanted)
        return button

    def show_page(self, page: Page | None) -> None:
        """Tell of *page*."""
        if self._page is not None:
            self._page.session.changed.disconnect(self.refresh)
            self._page.session.problems_changed.disconnect(self.refresh)
            self._page.session.selection_changed.disconnect(self.refresh)
        self._page = page
        if page is not None:
            page.session.changed.connect(self.refresh)
            page.session.problems_changed.connect(self.refresh)
            page.session.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew."""
        page = self._page
        if page is None:
            for label in (self._problems, self._size, self._selection, self._saved, self._zoom):
                label.setText("")
            return
        self._problems.setText(problems_text(page))
        picture = page.session.picture
        wired = sum(one.source is not None for one in picture.connectors)
        self._size.setText(
            tr("{nodes} nodes · {wires} connections", nodes=len(picture.cards), wires=wired)
        )
        self._selection.setText(_selection_text(page))
        self.refresh_saved()
        self._zoom.setText(f"{round(100 * page.canvas.zoom_factor())} %")
        layout = self.layout()
        if layout is not None:
            layout.activate()  # else a cell that was empty is a sliver until the next event

    def refresh_saved(self) -> None:
        """Tell what is saved."""
        page = self._page
        if page is not None:
            self._saved.setText(_saved_text(page))

    def text(self) -> str:
        """All that it says, from left to right."""
        parts = (self._problems, self._size, self._selection, self._saved)
        return " | ".join(part.text() for part in parts)


def problems_text(page: Page) -> str:
    """``1 error, 2 warnings``."""
    found = page.session.problems
    errors = sum(problem.severity == "error" for problem in found)
    warnings = len(found) - errors
    if not found:
        return tr("No problems")
    said = []
    if errors:
        said.append(tr("1 error") if errors == 1 else tr("{n} errors", n=errors))
    if warnings:
        said.append(tr("1 warning") if warnings == 1 else tr("{n} warnings", n=warnings))
    return tr(", ").join(said)


def _selection_text(page: Page) -> str:
    nodes, sheets = page.session.selected, page.session.selected_sheets
    if len(nodes) == 1 and not sheets:
        return tr("{name} selected", name=nodes[0])
    count = len(nodes) + len(sheets)
    return tr("{n} selected", n=count) if count else ""


def _saved_text(page: Page) -> str:
    if page.session.origin:
        return tr("on {server}", server=page.session.origin)
    if page.saved_at is None:
        state = tr("Not saved yet") if page.path is None else tr("Opened")
    else:
        state = tr("Saved {time}", time=_clock(page.saved_at))
    if page.session.document.dirty:
        state = (
            tr("Not saved")
            if page.kept_at is None
            else tr("Not saved · kept {time}", time=_clock(page.kept_at))
        )
    return f"{state} · {page.keep_trouble or tr('autosave on')}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"
