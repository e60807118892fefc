"""The variables of a simulated call, with their types; what has changed is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from designer.core.simulation import Variable
from designer.look.fonts import font
from designer.look.i18n import tr
from designer.look.theme import theme

if TYPE_CHECKING:
    from designer.panels.simulator.simulation import Simulation


class VariableList(QTreeWidget):
    """Name, type, value; the tooltip has the whole value."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[Variable, ...], frozenset[str]] | None = None
        self.setObjectName("variables")
        self.setAccessibleName(tr("Variables"))
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = self.header()
        head.setStretchLastSection(True)
        for column in (0, 1):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def show_them(self, found: tuple[Variable, ...], changed: frozenset[str]) -> None:
        """Show these, and which of them have just changed."""
        if (found, changed) == self._shown:
            return
        self._shown = (found, changed)
        if self.topLevelItemCount() != len(found):
            self.clear()
            self.addTopLevelItems([QTreeWidgetItem() for _ in found])
        for row, variable in enumerate(found):
            item = self.topLevelItem(row)
            if item is not None:
                self._show(item, variable, variable.name in changed)

    def dress(self) -> None:
        """The colours of the theme have changed."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_them(*shown)

    def _show(self, item: QTreeWidgetItem, variable: Variable, changed: bool) -> None:
        value = f"← {variable.value}" if changed else variable.value
        texts = (variable.name, variable.type, value)
        for column, (text, token) in enumerate(
            zip(texts, ("text", "muted", "accent" if changed else "text"), strict=True)
        ):
            item.setText(column, text)
            item.setFont(column, font("label" if column == 1 else "code"))
            item.setForeground(column, QBrush(theme().colour(token)))
        item.setToolTip(2, variable.value)
        words = f"{variable.name} = {variable.value}"
        spoken = tr("{what}, changed", what=words) if changed else words
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)


class Variables(VariableList):
    """Those of a simulated call."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self._simulation = simulation

    def follow(self) -> None:
        """Show them as they are."""
        self.show_them(self._simulation.state.variables, self._simulation.changed_variables)
