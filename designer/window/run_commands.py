"""What the Run menu does: it hands over to the simulator of the flow in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.look.i18n import tr

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow


class RunCommands:
    """The commands of one window that let calls run."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def simulate(self) -> None:
        """Begin a call, or let it go on."""
        self._tell("run")

    def step(self) -> None:
        """Go on to the next node."""
        self._tell("step")

    def stop(self) -> None:
        """End the call."""
        self._tell("stop")

    def hang_up(self) -> None:
        """The caller hangs up."""
        self._tell("hang_up")

    def toggle_breakpoint(self) -> None:
        """Stop before the selected nodes from now on, or no longer."""
        page = self._window.page
        if page is not None:
            for node in page.session.selected:
                page.drawing.breakpoint_toggled(node)

    def clear_breakpoints(self) -> None:
        """Stop nowhere."""
        page = self._window.page
        if page is not None:
            for node in page.drawing.breakpoints:
                page.drawing.breakpoint_toggled(node)

    def _tell(self, what: str) -> None:
        page = self._window.page
        if page is None:
            return
        page.take_all()
        self._window.right.show_panel("phone")
        panel: Any = self._window.bottom.show_panel("simulator").panel(page)
        do = getattr(panel, what, None)
        if do is None:
            self._window.status.showMessage(tr("The simulator is not installed"), 5000)
        else:
            do()
