"""What the Check menu does: check now, and go from problem to problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.look.i18n import told, tr

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow


class CheckCommands:
    """The commands of one window that look for mistakes."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._at = -1

    def check(self) -> None:
        """Check at once, with configuration and prompts as they are now, and show what there is."""
        page = self._window.page
        if page is None:
            return
        page.take_all()
        self._window.reload_site(page)
        page.session.check_now()
        self._window.bottom.show_panel("problems")
        self._at = -1

    def step(self, by: int) -> None:
        """Go to the next problem, or the one before."""
        page = self._window.page
        if page is None:
            return
        found = page.session.problems
        if not found:
            self._window.status.showMessage(tr("No problems"), 3000)
            return
        self._at = (self._at + by) % len(found) if self._at >= 0 or by > 0 else len(found) - 1
        self._window.problems_panel(page).choose(found[self._at])
        self._window.status.showMessage(told(found[self._at].text), 5000)
