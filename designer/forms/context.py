"""What all fields of a form share, and the places of values in a flow that they edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QObject

from designer.forms.insight import Insight
from designer.forms.playing import Player
from designer.forms.tasks import Tasks
from designer.look.i18n import tr
from designer.session import Session
from flow_runtime.core.expr.assist import ANYTHING, Scope, Wanted
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import Flow

Change: TypeAlias = Callable[[Flow], Flow]


def _nothing() -> Scope:
    return Scope()


def _anything() -> Wanted:
    return ANYTHING


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a flow: how it is read and written, and what is wanted there.

    *key* tells it from others: keystrokes in one cell are one step of undo. Writing None leaves
    the value out.
    """

    key: str
    label: str
    read: Callable[[Flow], Expr | None]
    write: Callable[[Flow, Expr | None], Flow]
    scope: Callable[[], Scope] = _nothing
    wanted: Callable[[], Wanted] = _anything


class FormContext:
    """One form's session, its insight into the flow, its worker threads and its loudspeaker.

    These two are children of *form*: a Qt parent that only Python holds may go with children
    that wait to be deleted, and PySide then crashes.
    """

    def __init__(self, session: Session, form: QObject) -> None:
        self.session = session
        self.insight = Insight(session)
        self.tasks = Tasks(form)
        self.player = Player(form)
        self.flow_wanted: Callable[[str], None] = lambda _: None
        """Opens another flow, by its path as seen from this one."""

    def put(self, cell: Cell, value: Expr | None) -> bool:
        """Write *value* into the flow; False when it is not possible now."""
        return self.change(
            tr("change {what}", what=cell.label), lambda flow: cell.write(flow, value), cell.key
        )

    def change(self, name: str, change: Change, merge: str | None = None) -> bool:
        """Make an edit; what it is about may have gone meanwhile, then nothing happens."""
        flow = self.session.flow
        if flow is None:
            return False
        try:
            changed = change(flow)
        except KeyError:
            return False
        return self.session.edit(name, changed, merge)

    def read(self, cell: Cell) -> Expr | None:
        """The value of *cell* as it is now."""
        flow = self.session.flow
        return None if flow is None else cell.read(flow)
