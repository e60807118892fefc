"""The ways out of a node: key, the analyst's words, where it leads; keys are drawn here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.core import edits
from designer.forms.body import heading
from designer.forms.commit_line import CommitLine
from designer.forms.context import FormContext
from designer.forms.insight import Findings
from designer.forms.labels import port_label
from designer.forms.message import Message
from designer.forms.rows import Rows
from designer.forms.target import TargetLink
from designer.look.fonts import width
from designer.look.i18n import told, tr
from designer.look.icons import icon
from flow_runtime.core.binding import BoundNode, bind
from flow_runtime.core.model import ERROR, Edge, PortValue
from flow_runtime.core.node import Node
from flow_runtime.core.surroundings import Surroundings

_WIDEST: Final = 136
"""Pixels for key and words: what is longer leaves room for the target."""
_KEYS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#")


@dataclass(frozen=True, slots=True)
class Way:
    """One row: a port; *drawn* is one that is there only because it is written."""

    port: PortValue
    drawn: bool
    help: str
    required: bool
    stands_for: str | None


def ways_of(bound: BoundNode, around: Surroundings) -> list[Way]:
    """The rows of a node, without ``error``: those that are drawn first, in written order."""
    cls, decl = bound.cls, bound.decl
    bare = bind(replace(decl, edges=()), cls, around.flows).ports
    drawn: list[Way] = []
    rest: list[Way] = []
    for key in {**bound.ports, **bound.edges}:
        if key == ERROR:
            continue
        edge, port = bound.edges.get(key), bound.ports.get(key)
        name = edge.port if edge is not None else port.name if port is not None else key
        fixed = key in bare
        way = Way(
            name,
            not fixed,
            "" if port is None else port.help,
            port is not None and port.required,
            None if port is None else port.stands_for,
        )
        (rest if fixed else drawn).append(way)
    return drawn + rest


def can_draw(bound: BoundNode, around: Surroundings) -> bool:
    """Whether any key may be drawn on the node."""
    probe = replace(bound.decl, edges=(Edge(1, None),))
    return bound.cls.port_key(1) in bind(probe, bound.cls, around.flows).ports


def typed_port(text: str, cls: type[Node]) -> PortValue | None:
    """The port that *text*, as typed into a key, means; None for none."""
    text = text.strip()
    if not cls.keys_are_text and len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1] or None
    if re.fullmatch(r"0|[1-9][0-9]{0,8}", text):
        return int(text)
    return text or None


def shown_port(port: PortValue, cls: type[Node]) -> str:
    """*port* as a person types it: where a number is not its text, a text of digits is quoted."""
    if cls.keys_are_text or isinstance(port, int) or not port.isdigit():
        return str(port)
    return f'"{port}"'


class PortRows(QWidget):
    """See the module; *node* is its name."""

    def __init__(self, context: FormContext, node: str, bound: BoundNode) -> None:
        super().__init__()
        self.context, self.node = context, node
        self.session = context.session
        self._ways: list[Way] = []
        self._rows: list[PortRow] = []
        self._cls = bound.cls
        draws = can_draw(bound, self.session.around)
        self.title = heading(self._heading(draws))
        self.add = QToolButton()
        self.add.setProperty("role", "add")
        self.add.setText(tr("Add key") if self._cls.keys_are_text else tr("Add value"))
        self.add.setIcon(icon("ui-plus", "muted", 16))
        self.add.setIconSize(QSize(14, 14))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if not draws:
            self.add.hide()
        self.add.clicked.connect(self._add)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.add)
        self.rows = Rows()
        self.rows.moved.connect(self._move)
        self.rows.removed.connect(self._remove)
        self.message = Message()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.rows)
        column.addWidget(self.message)

    def _heading(self, draws: bool) -> str:
        if not draws:
            return tr("Ways out")
        return tr("Keys") if self._cls.keys_are_text else tr("Values")

    def refresh(self, bound: BoundNode) -> None:
        """The flow has changed."""
        ways = ways_of(bound, self.session.around)
        if ways != self._ways:
            self._ways = ways
            focus = self.rows.row_of(self.rows.focusWidget())
            self._rows = [PortRow(self, way, bound.cls) for way in ways]
            fixed = sum(not way.drawn for way in ways)
            names = [port_label(way.port) for way in ways]
            self.rows.set_rows(self._rows, names, fixed)
            if focus is not None and self.isVisible():
                self.rows.focus_row(min(focus, len(ways) - 1))
        for row in self._rows:
            row.show_edge(bound.edges.get(bound.cls.port_key(row.way.port)))
        wide = max((row.wanted() for row in self._rows), default=0)
        for row in self._rows:
            row.left.setFixedWidth(min(wide, _WIDEST))
        self.setVisible(bool(ways) or not self.add.isHidden())

    def show_findings(self, findings: Findings) -> None:
        """What is wrong with the ways out."""
        words = [told(p.text) for problems in findings.ports.values() for p in problems]
        wrong = {port for port, problems in findings.ports.items() if problems}
        for row in self._rows:
            row.show_wrong(row.way.port in wrong)
        self.message.say("error" if words else "help", words[0] if words else "")

    # --- edits ----------------------------------------------------------------------------------

    def _add(self) -> None:
        taken = {str(way.port) for way in self._ways}
        if self._cls.keys_are_text:
            key = next((key for key in _KEYS if key not in taken), "10")
            port = typed_port(key, self._cls)
        else:
            port = edits.free_name(taken, "value")
        assert port is not None
        self.context.change(
            tr("add {what}", what=port_label(port)),
            lambda flow: edits.draw_port(flow, self.node, port),
        )
        at = next((n for n, way in enumerate(self._ways) if way.port == port), -1)
        self.rows.focus_row(at)

    def _remove(self, number: int) -> None:
        port = self._ways[number].port
        self.context.change(
            tr("remove {what}", what=port_label(port)),
            lambda flow: edits.remove_port(flow, self.node, port),
        )
        self.rows.focus_handle(min(number, len(self._ways) - 1))

    def _move(self, number: int, to: int) -> None:
        port, other = self._ways[number].port, self._ways[to].port
        flow = self.session.flow
        decl = None if flow is None else flow.node(self.node)
        if decl is None:
            return
        at = [edge.port for edge in decl.edges].index(other)
        self.context.change(
            tr("move {what}", what=port_label(port)),
            lambda flow: edits.move_port(flow, self.node, port, at),
        )
        self.rows.focus_handle(to)

    def rename(self, old: PortValue, text: str) -> str:
        """Make another key of *old*; why not, empty when it is done."""
        new = typed_port(text, self._cls)
        if new is None:
            return tr("Type the key.")
        keys = {self._cls.port_key(way.port) for way in self._ways if way.port != old}
        if self._cls.port_key(new) in keys:
            return tr("{key} is there already.", key=new)
        done = self.context.change(
            tr("change {what}", what=port_label(old)),
            lambda flow: edits.rename_port(flow, self.node, old, new),
        )
        return "" if done else tr("This cannot be changed now.")

    def label(self, port: PortValue, words: str) -> None:
        """Give *port* the analyst's words."""
        self.context.change(
            tr("label {what}", what=port_label(port)),
            lambda flow: edits.label_port(flow, self.node, port, words),
            f"{self.node}.{port!r} label",
        )

    def lead(self, way: Way, target: str | None) -> None:
        """Let *way* lead to *target*."""
        lead(self.context, self.node, way.port, target, way.drawn)


def lead(context: FormContext, node: str, port: PortValue, target: str | None, drawn: bool) -> None:
    """Connect a port by name, or disconnect it."""
    if target is None:
        context.change(
            tr("disconnect {what}", what=port_label(port)),
            lambda flow: edits.disconnect(flow, node, port, drawn=drawn),
        )
    else:
        context.change(
            tr("connect {what}", what=port_label(port)),
            lambda flow: edits.connect(flow, node, port, target, context.session.ports_of(node)),
        )


class PortRow(QWidget):
    """Key or chip, words, arrow, target."""

    def __init__(self, owner: PortRows, way: Way, cls: type[Node]) -> None:
        super().__init__()
        self.way = way
        self._owner = owner
        left = QWidget()
        inside = QHBoxLayout(left)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        self.key: CommitLine | None = None
        name = port_label(way.port)
        if way.drawn:
            shown = shown_port(way.port, cls)
            self.key = CommitLine(partial(owner.rename, way.port), "keycap")
            self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.key.setFixedWidth(max(22, round(width(shown, "counter")) + 14))
            self.key.show_text(shown)
            self.key.setAccessibleName(tr("Key {key}", key=name))
            inside.addWidget(self.key)
        else:
            chip = QLabel(name)
            chip.setProperty("role", "chip")
            chip.setToolTip(tr(way.help))
            inside.addWidget(chip)
        self.words = QLineEdit()
        self.words.setProperty("role", "quiet")
        self.words.setMinimumWidth(36)
        self.words.setPlaceholderText("…")
        self.words.setAccessibleName(tr("Words on {port}", port=name))
        self.words.setToolTip(tr("Words on the connector"))
        self.words.textEdited.connect(lambda text: owner.label(way.port, text))
        inside.addWidget(self.words, 1)
        self.left = left
        arrow = QLabel("→")
        arrow.setProperty("role", "help")
        arrow.setFixedWidth(12)
        self.target = TargetLink(owner.session, name)
        self.target.chosen.connect(lambda target: owner.lead(way, target))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(left)
        row.addWidget(arrow)
        row.addWidget(self.target, 1)

    def show_edge(self, edge: Edge | None) -> None:
        """Words and target as the flow says."""
        words = "" if edge is None else edge.label or ""
        if self.words.text() != words:
            self.words.setText(words)
            self.words.setCursorPosition(0)
        target = None if edge is None else edge.target
        self.target.show_target(target, self._instead())

    def wanted(self) -> int:
        """How wide key and words want to be."""
        name = port_label(self.way.port)
        head = self.key.width() if self.key is not None else round(width(name, "small")) + 20
        return head + 4 + max(36, round(width(self.words.text(), "body")) + 14)

    def _instead(self) -> str:
        stands_for = self.way.stands_for
        return "" if stands_for is None else tr("as {port}", port=port_label(stands_for))

    def show_wrong(self, wrong: bool) -> None:
        """Mark it."""
        self.target.show_wrong(wrong)
