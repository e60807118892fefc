"""The heat map's panel: period, colours, legend, where callers leave, and the selected node."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from designer.core.heat import Measure, bounds_of, grouped, legend, losses, node_figures, percent
from designer.core.picture import Card
from designer.forms.editors.choosing import Chooser
from designer.look.fonts import font, metrics
from designer.look.i18n import tr
from designer.look.icons import pixmap
from designer.look.theme import theme
from designer.panels.watch.heat_model import HeatModel
from designer.panels.watch.segments import Segments
from designer.panels.watch.sheet import watch_sheet
from designer.session import Session
from flow_runtime.core.traffic import NodeTraffic

_MOST_LOSSES: Final = 8


class Front(Protocol):
    """The flow in front."""

    def front(self) -> Session | None:
        """Its session."""


class HeatPanel(QWidget):
    """See the module."""

    connect_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, model: HeatModel, front: Front) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setMinimumWidth(280)
        self._model, self._front = model, front
        self.source, self.period = Chooser(), Chooser()
        self.calls = QLabel()
        self.measure = Segments(
            [("traffic", tr("Traffic")), ("drop", tr("Hang-ups")), ("time", tr("Time"))],
            tr("What is coloured"),
        )
        self.legend, self.told = Legend(), QLabel()
        self.note = QLabel()
        self.connect_button = QPushButton(tr("Connect to a server…"))
        self.open_button = QPushButton(tr("Open trace file…"))
        self.show_button = QPushButton(tr("Show the heat map"))
        self._losses, self._figures = QVBoxLayout(), QFormLayout()
        self.total, self.node = QLabel(), QLabel()
        self._lists = QWidget()
        self._lay_out()
        self._listen()
        self._dress()
        self.follow()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "help")
        self.told.setWordWrap(True)
        self.told.setProperty("role", "help")
        for widget in (self.note, self.connect_button, self.open_button, self.show_button):
            column.addWidget(widget)
        self._fields = QWidget()
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(5)
        for words, field in ((tr("From"), self.source), (tr("Period"), self.period),
                             (tr("Show"), self.measure)):  # fmt: skip
            fields.addWidget(_label(words))
            fields.addWidget(field)
            field.setAccessibleName(words)
        fields.addWidget(self.calls)
        fields.addWidget(self.legend)
        fields.addWidget(self.told)
        column.addWidget(self._fields)
        lists = QVBoxLayout(self._lists)
        lists.setContentsMargins(0, 0, 0, 0)
        lists.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(_label(tr("Where callers leave")))
        head.addStretch(1)
        self.total.setProperty("role", "help")
        head.addWidget(self.total)
        self._losses.setSpacing(2)
        self._figures.setHorizontalSpacing(10)
        self._figures.setVerticalSpacing(3)
        self._figures.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.node.setProperty("role", "title")
        for part in (_rule(), head, self._losses, _rule(), self.node, self._figures):
            lists.addLayout(part) if not isinstance(part, QWidget) else lists.addWidget(part)
        column.addWidget(self._lists)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _listen(self) -> None:
        model = self._model
        self.source.activated.connect(lambda at: model.choose_source(self.source.itemData(at)))
        self.period.activated.connect(model.choose_period)
        self.measure.chosen.connect(self._choose_measure)
        self.connect_button.clicked.connect(self.connect_wanted)
        self.open_button.clicked.connect(self.file_wanted)
        self.show_button.clicked.connect(lambda: model.switch(True))
        model.changed.connect(self.follow)
        theme().changed.connect(self._dress)

    def _choose_measure(self, name: str) -> None:
        measures: dict[str, Measure] = {"traffic": "traffic", "drop": "drop", "time": "time"}
        self._model.choose_measure(measures[name])

    # --- following ------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show the heat map's figures as they are."""
        model = self._model
        self._fill_choices()
        sources = bool(model.source)
        self.connect_button.setVisible(not sources)
        self.open_button.setVisible(not sources)
        self.show_button.setVisible(sources and not model.on)
        self._fields.setVisible(sources and model.on)
        traffic = model.traffic
        self._lists.setVisible(bool(model.on and traffic is not None and traffic.calls))
        self.note.setText(self._words())
        self.note.setVisible(bool(self.note.text()))
        self.measure.press(model.measure)
        if traffic is None:
            self.calls.setText("")
            return
        self.calls.setText(tr("{n} calls through this flow", n=grouped(traffic.calls)))
        self.legend.show_classes(legend(bounds_of(traffic, model.measure), model.measure))
        self.told.setText(self._explained())
        session = self._front.front()
        if session is not None:
            self._list_losses(session)
            self._describe(session)

    def _words(self) -> str:
        """What is to be said instead of figures."""
        model = self._model
        if not model.source:
            return tr("Where do calls go, and where do callers give up? Connect to a server, or "
                      "open a trace file, to see it on the canvas.")  # fmt: skip
        if not model.on:
            return ""
        if model.trouble:
            return model.trouble
        if not model.flow:
            return tr("Open a flow to see its traffic.")
        if model.traffic is None:
            return tr("No answer from {source} yet.", source=model.source)
        return "" if model.traffic.calls else tr("No calls in this period.")

    def _explained(self) -> str:
        return {
            "traffic": tr("Colour and width grow with traffic. Dashed: no call went there. ▼ the "
                          "share of callers who hung up there."),
            "drop": tr("The darker, the larger the share of callers who hung up there."),
            "time": tr("The darker, the longer half of the callers stayed there."),
        }[self._model.measure]  # fmt: skip

    def _fill_choices(self) -> None:
        model = self._model
        sources = model.sources()
        _fill(self.source, [words for words, _ in sources], [file for _, file in sources])
        self.source.setCurrentIndex(max(0, self.source.findData(model.from_file)))
        names = [one.name for one in model.periods()]
        _fill(self.period, names, list(range(len(names))))
        self.period.setCurrentIndex(model.period)

    # --- lists ----------------------------------------------------------------------------------

    def _list_losses(self, session: Session) -> None:
        assert self._model.traffic is not None
        cards = {card.name: card for card in session.picture.cards}
        found = losses(self._model.traffic, cards)
        whole = sum(one.hangups for one in found)
        self.total.setText(tr("{n} hang-ups", n=grouped(whole)))
        _empty(self._losses)
        for one in found[:_MOST_LOSSES]:
            share = one.hangups / found[0].hangups
            row = LossRow(cards[one.node], one.hangups, percent(one.share), share)
            row.clicked.connect(partial(self._reveal, one.node))
            self._losses.addWidget(row)

    def _reveal(self, node: str) -> None:
        session = self._front.front()
        if session is not None:
            session.reveal(node)

    def _describe(self, session: Session) -> None:
        """The figures of the selected node."""
        assert self._model.traffic is not None
        while self._figures.rowCount():
            self._figures.removeRow(0)
        name = session.selected[0] if len(session.selected) == 1 else ""
        card = session.picture.card(name) if name else None
        if card is None:
            self.node.setText(tr("Select a node to see its figures."))
            self.node.setProperty("role", "help")
        else:
            self.node.setText(card.title)
            self.node.setProperty("role", "title")
            figures = self._model.traffic.nodes.get(name, NodeTraffic())
            labels = {port.name: port.label for port in card.ports}
            for words, amount in node_figures(figures, labels, tr):
                told, value = QLabel(words), QLabel(amount)
                told.setProperty("role", "help")
                value.setProperty("role", "amount")
                value.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._figures.addRow(told, value)
        self.node.style().polish(self.node)

    def _dress(self) -> None:
        self.setStyleSheet(watch_sheet())
        self.legend.update()


class Legend(QWidget):
    """Six colours, and what each begins with."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: tuple[str, ...] = ()
        self.setFixedHeight(34)

    def show_classes(self, texts: tuple[str, ...]) -> None:
        """What the classes begin with."""
        self._texts = texts
        self.setAccessibleName(", ".join(texts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """See the class."""
        painter = QPainter(self)
        painter.setFont(font("small"))
        wide = self.width() / 6
        for at, colour in enumerate(theme().tokens.heat):
            box = QRectF(at * wide, 2, wide, 12)
            painter.fillRect(box, theme().colour(colour))
            if at < len(self._texts):
                painter.setPen(theme().colour("muted"))
                text = self._texts[at] + ("+" if at == 5 else "")
                painter.drawText(QRectF(at * wide, 16, wide, 16), Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class LossRow(QAbstractButton):
    """A node with its hang-ups, and a bar; a click selects it."""

    def __init__(self, card: Card, hangups: int, share: str, bar: float) -> None:
        super().__init__()
        self._card, self._hangups, self._share, self._bar = card, grouped(hangups), share, bar
        self.setMinimumHeight(36)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(
            tr("{title}: {n} hang-ups, {share}", title=card.title, n=hangups, share=share)
        )

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """One line and a bar."""
        return QSize(240, 36)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """See the class."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = self.width()
        tint = theme().tokens.group(self._card.group)
        painter.drawPixmap(0, 3, pixmap(self._card.icon, tint, 16))
        painter.setFont(font("label"))
        painter.setPen(theme().colour("muted"))
        painter.drawText(QRectF(wide - 60, 2, 60, 18), Qt.AlignmentFlag.AlignRight, self._share)
        painter.setPen(theme().colour("text"))
        room = wide - 24 - 120
        title = metrics("label").elidedText(self._card.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(24, 2, room + 4, 18), Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(font("label-strong"))
        painter.drawText(QRectF(wide - 120, 2, 58, 18), Qt.AlignmentFlag.AlignRight, self._hangups)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("drop"))
        painter.drawRoundedRect(QRectF(24, 23, max(3.0, (wide - 24) * self._bar), 5), 2, 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme().colour("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()


def _label(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "label")
    return label


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "rule")
    return rule


def _fill(chooser: Chooser, words: list[str], data: list[object]) -> None:
    """Offer *words*, unless they are offered already."""
    if [chooser.itemText(at) for at in range(chooser.count())] != words:
        chooser.clear()
        for text, value in zip(words, data, strict=True):
            chooser.addItem(text, value)


def _empty(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = None if item is None else item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
