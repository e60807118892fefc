"""What the View menu does: zoom, text, docks, themes, languages, and where the focus goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication, QWidget

from designer.canvas.engines import Engine
from designer.look.theme import Choice as ThemeChoice

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_STEP: Final = 1.25


class ViewCommands:
    """The commands of one window that change nothing but what is seen."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def fit(self) -> None:
        """Show all of the flow."""
        page = self._window.page
        if page is not None:
            page.canvas.fit()

    def fit_selection(self) -> None:
        """Show what is selected as large as possible."""
        page = self._window.page
        if page is not None and page.session.selected:
            page.canvas.fit(page.session.selected)

    def zoom(self, factor: float) -> None:
        """Set the zoom."""
        page = self._window.page
        if page is not None:
            page.canvas.zoom(factor)

    def zoom_by(self, steps: int) -> None:
        """Zoom in or out."""
        page = self._window.page
        if page is not None:
            page.canvas.zoom(page.canvas.zoom_factor() * _STEP**steps)

    def toggle_text(self) -> None:
        """Show or hide the text beside the canvas; what is shown gets the focus."""
        page = self._window.page
        if page is None:
            return
        text = page.show_text(not page.text_shown)
        if page.text_shown and text is not None:
            text.setFocus()
        else:
            page.canvas.widget.setFocus()
        self._window.actions_["text"].setChecked(page.text_shown)

    def next_area(self, by: int) -> None:
        """F6: toolbar, palette, canvas, form, bottom dock, status line."""
        areas = [area for area in self._window.areas() if area.isVisible()]
        focused = QApplication.focusWidget()
        at = next((n for n, area in enumerate(areas) if _holds(area, focused)), -1)
        for step in range(1, len(areas) + 1):
            area = areas[(at + by * step) % len(areas)]
            target = _focusable(area)
            if target is not None:
                target.setFocus()
                return

    def theme(self, choice: ThemeChoice) -> None:
        """Use another theme."""
        self._window.program.choose_theme(choice)

    def canvas(self, engine: Engine) -> None:
        """Draw flows with another view."""
        self._window.program.choose_canvas(engine)

    def language(self, name: str) -> None:
        """Speak another language."""
        self._window.program.choose_language(name)


def _holds(area: QWidget, focused: QWidget | None) -> bool:
    return focused is not None and (area is focused or area.isAncestorOf(focused))


def _focusable(area: QWidget) -> QWidget | None:
    """The first widget in *area* that takes the focus."""
    from PySide6.QtCore import Qt

    for widget in (area, *area.findChildren(QWidget)):
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and widget.isVisible() and widget.isEnabled():
            return widget
    return None
