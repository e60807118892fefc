"""Which panels a window has, and how each is joined with the flow that it shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QToolButton,
    QWidget,
)

from designer.look.fonts import width
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.panels.compare import Compare
from designer.panels.flows import Flows
from designer.panels.outline import Outline
from designer.panels.palette import Palette
from designer.panels.problems import Problems
from designer.window.docks import MakePanel, made_by
from designer.window.page import Page
from designer.window.tour import Stop
from designer.window.watch_panels import make_call, make_calls, make_heat, make_replay

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow


class Panels:
    """Fills the docks of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        left, right, bottom = window.left, window.right, window.bottom
        left.add_panel("nodes", tr("Nodes"), self._palette)
        left.add_panel("outline", tr("Outline"), self._outline)
        left.add_panel("flows", tr("Flows"), self._flows)
        missing = tr("This panel is not installed.")
        make = made_by("designer.forms", "make_form", missing)
        right.add_panel("properties", tr("Properties"), self._opening_flows(make))
        make = made_by("designer.panels.simulator", "make_phone", missing)
        right.add_panel("phone", tr("Phone"), self._leading_to_problems(make))
        bottom.add_panel("problems", tr("Problems"), self._problems)
        make = made_by("designer.panels.simulator", "make_simulator", missing)
        bottom.add_panel("simulator", tr("Simulator"), self._simulating(make))
        bottom.add_panel("text", tr("Text"), lambda page: page.make_text())
        make = made_by("designer.panels.tests", "make_tests", missing)
        bottom.add_panel("tests", tr("Tests"), self._leading_to_problems(make))
        bottom.add_panel("compare", tr("Compare"), self._compare)
        watching = window.watching
        bottom.add_shared("calls", tr("Calls"), lambda: make_calls(watching))
        bottom.add_shared("replay", tr("Replay"), lambda: make_replay(watching))
        right.add_shared("call", tr("Call"), lambda: make_call(watching))
        right.add_shared("heat", tr("Heat map"), lambda: make_heat(watching))
        self._count = QLabel()
        self._count.setProperty("role", "count")
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        bottom.tabs.tabBar().setTabButton(0, QTabBar.ButtonPosition.RightSide, self._count)
        self._filter, self._fold = QToolButton(), QToolButton()
        bottom.tabs.setCornerWidget(self._corner())
        self.dress()

    # --- panels ---------------------------------------------------------------------------------

    def _palette(self, page: Page) -> QWidget:
        palette = Palette(page.session)
        palette.wanted.connect(page.drawing.add_after_selection)
        return palette

    def _outline(self, page: Page) -> QWidget:
        outline = Outline(page.session)
        outline.form_wanted.connect(lambda _: self._window.open_form())
        outline.deletion_wanted.connect(page.drawing.deletion_wanted)
        outline.disconnection_wanted.connect(
            lambda node, port: page.drawing.disconnected((node, port))
        )
        outline.rename_wanted.connect(page.rename)
        outline.adding_wanted.connect(page.offer_nodes)
        outline.connect_wanted.connect(page.connect_from)
        return outline

    def _flows(self, page: Page) -> QWidget:
        flows = Flows(page.session)
        flows.open_wanted.connect(self._window.files.reveal_file)
        return flows

    def _problems(self, page: Page) -> QWidget:
        problems = Problems(page.session)
        problems.chosen.connect(page.choose_problem)
        problems.line_wanted.connect(page.show_line)
        problems.show_severities(self._kinds()[self._filter.text()])
        return problems

    def _opening_flows(self, make: MakePanel) -> MakePanel:
        """Panels of *make*: their links to other flows open them, what is typed counts."""

        def joined(page: Page) -> QWidget:
            panel = make(page)
            wanted = getattr(panel, "open_wanted", None)
            if wanted is not None:
                wanted.connect(self._window.files.reveal_file)
            commit = getattr(panel, "commit", None)
            if commit is not None:
                page.take_form(commit)
            return panel

        return joined

    def _leading_to_problems(self, make: MakePanel) -> MakePanel:
        """Panels of *make*, whose links to the problems bring those to the front."""

        def joined(page: Page) -> QWidget:
            panel = make(page)
            wanted = getattr(panel, "problems_wanted", None)
            if wanted is not None:
                wanted.connect(lambda: self._window.bottom.show_panel("problems"))
            return panel

        return joined

    def _simulating(self, make: MakePanel) -> MakePanel:
        """Panels of *make*, whose page knows while a call is under way."""
        leading = self._leading_to_problems(make)

        def joined(page: Page) -> QWidget:
            panel = leading(page)
            simulation = getattr(panel, "simulation", None)
            if simulation is not None:
                simulation.changed.connect(lambda: page.run(simulation.running))
            return panel

        return joined

    def _compare(self, page: Page) -> QWidget:
        panel = Compare(page.session)
        panel.compared.connect(page.show_comparison)
        return panel

    def compare_with_disk(self, page: Page) -> None:
        """Show how the open flow differs from its file."""
        panel: Any = self._window.bottom.show_panel("compare").panel(page)
        panel.with_file()

    def focus(self, panel: QWidget) -> None:
        """Put the focus into the first field of *panel*."""
        settle = getattr(panel, "settle", None)
        if settle is not None:
            settle()
        for widget in panel.findChildren(QWidget):
            if isinstance(widget, QLineEdit | QComboBox) and widget.isVisibleTo(panel):
                widget.setFocus()
                return

    # --- the strip of the bottom dock -----------------------------------------------------------

    def count_problems(self, page: Page | None) -> None:
        """The number on the tab."""
        count = 0 if page is None else len(page.session.problems)
        self._count.setText(str(count))
        self._count.setFixedWidth(22 + round(width(str(count), "counter")))
        bar = self._window.bottom.tabs.tabBar()
        bar.setTabText(0, tr("Problems"))

    def dress(self) -> None:
        """Icons in the colours of the theme."""
        self._fold.setIcon(icon("ui-chevron-down", "muted", 16))
        self._filter.setIcon(icon("ui-chevron-down", "muted", 14))

    def _corner(self) -> QWidget:
        self._filter.setProperty("role", "status")
        self._filter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._filter.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._filter.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._filter)
        for words, kinds in self._kinds().items():
            menu.addAction(words, partial(self._narrow_to, words, kinds))
        self._filter.setMenu(menu)
        self._filter.setText(tr("Errors and warnings"))
        self._filter.setAccessibleName(tr("Which problems are shown"))
        self._fold.setIconSize(QSize(16, 16))
        self._fold.setToolTip(tr("Hide this panel"))
        self._fold.setAccessibleName(tr("Hide this panel"))
        self._fold.clicked.connect(lambda: self._window.bottom.hide())
        corner = QWidget()
        corner.setObjectName("dock-corner")
        corner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(6)
        row.addWidget(self._filter)
        row.addWidget(self._fold)
        shown = self._window.bottom.tabs
        shown.currentChanged.connect(lambda at: self._filter.setVisible(at == 0))
        return corner

    def _kinds(self) -> dict[str, tuple[str, ...]]:
        return {
            tr("Errors and warnings"): ("error", "warning"),
            tr("Errors"): ("error",),
            tr("Warnings"): ("warning",),
        }

    def _narrow_to(self, words: str, kinds: tuple[str, ...]) -> None:
        """Show only problems of these *kinds*, of every flow."""
        self._filter.setText(words)
        for page in self._window.documents.pages:
            panel = self._window.bottom.hosts["problems"].panel(page)
            if isinstance(panel, Problems):
                panel.show_severities(kinds)

    # --- tour -----------------------------------------------------------------------------------

    def tour_stops(self) -> list[Stop]:
        """What is where."""
        window = self._window
        page = window.page
        for dock in (window.left, window.right, window.bottom):
            dock.show()
        return [
            (
                lambda: window.left,
                tr("Nodes"),
                tr("What a line can do. Drag one to the canvas, double-click it, or press / and "
                   "type its name."),
            ),
            (
                lambda: window.documents if page is None else page.canvas.widget,
                tr("Canvas"),
                tr("Drag from a round port to a card to say what happens next. Ctrl+wheel zooms, "
                   "Space and dragging moves the picture."),
            ),
            (
                lambda: window.right,
                tr("Properties"),
                tr("What the selected node says and does. The Phone tab lets you be the caller."),
            ),
            (
                lambda: window.bottom,
                tr("Problems"),
                tr("Checked while you draw. Choose one to see how a caller gets there."),
            ),
            (
                lambda: window.status,
                tr("Commands"),
                tr("Ctrl+K finds every command and every card. Nothing is lost: your work is kept "
                   "every few seconds."),
            ),
        ]  # fmt: skip
