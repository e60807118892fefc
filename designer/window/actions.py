"""The actions of a window by name: menus, toolbar, shortcuts and the command list show the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from designer.look.icons import icon


class Actions:
    """All actions of one window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._made: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}

    def add(
        self,
        name: str,
        text: str,
        do: Callable[[], object] | None = None,
        keys: str = "",
        *,
        icon: str = "",
        canvas_key: str = "",
        checks: Callable[[bool], object] | None = None,
    ) -> QAction:
        """Make an action that calls *do*, or *checks* when it is switched on or off.

        *canvas_key* is shown in menus but belongs to the canvas, which takes it when it has the
        focus: a Del in a text field must not delete a node.
        """
        shown = f"{text}\t{canvas_key}" if canvas_key else text
        action = QAction(shown, self._window)
        if keys:
            action.setShortcuts([QKeySequence(one) for one in keys.split(" ")])
        if do is not None:
            action.triggered.connect(lambda: do())
        if checks is not None:
            action.setCheckable(True)
            action.toggled.connect(checks)
        hint = keys.split(" ")[0] or canvas_key
        plain = text.replace("&", "").rstrip("…")
        action.setToolTip(f"{plain}  {native(hint)}" if hint else plain)
        action.setProperty("plain", plain)
        action.setProperty("keys", native(hint))
        self._window.addAction(action)
        self._made[name] = action
        if icon:
            self._icons[name] = icon
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def icon_of(self, name: str) -> str:
        """The icon of an action, empty when it has none."""
        return self._icons.get(name, "")

    def dress(self) -> None:
        """Icons in the colours of the theme."""
        for name, drawn in self._icons.items():
            self._made[name].setIcon(icon(drawn, "text", 18))


def native(keys: str) -> str:
    """A shortcut as this system writes it: ``Cmd`` for ``Ctrl`` on a Mac."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
