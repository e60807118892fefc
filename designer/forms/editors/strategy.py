"""A routing strategy: chosen by name with its definition and its parameters, or written as text."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QVBoxLayout

from contact_center.core.strategy.advice import Chosen, chosen, skill_kinds
from contact_center.core.strategy.choose import as_text
from contact_center.core.strategy.expressions import SkillKinds
from contact_center.core.strategy.names import NAMED, Named
from designer.forms.body import note
from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor, set_property
from designer.forms.editors.choosing import Chooser
from designer.forms.editors.strategy_fields import StrategyFields
from designer.forms.editors.strategy_words import StrategyWords, in_words
from designer.forms.values import words_of, words_value
from designer.look.i18n import tr
from flow_runtime.core.expr.tree import Expr

_OWN, _WRITTEN = "", "\0"
"""What the choices stand for that are no names of strategies."""
_PLAIN: Final = "longest idle"
"""What a text begins with when nothing was chosen before."""


class StrategyEditor(Editor):
    """See the module. A text that means a strategy by name to the letter is shown as that one."""

    def __init__(self, context: FormContext, cell: Cell) -> None:
        super().__init__()
        self.context, self.cell = context, cell
        self._value: Expr | None = None
        self.choice = Chooser()
        self.choice.setMaxVisibleItems(len(NAMED) + 2)
        self.choice.addItem(tr("As the queue has it"), _OWN)
        for named in NAMED.values():
            self.choice.addItem(f"{named.number}  {in_words(named.title)}", named.name)
        self.choice.insertSeparator(self.choice.count())
        self.choice.addItem(tr("Written as text"), _WRITTEN)
        self.about = note("")
        self.about.setProperty("role", "help")
        self.fields = StrategyFields(self._skill_names)
        self.words = StrategyWords(self._skills, cell.scope, context.session.site.expressions)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.choice, self.about, self.fields, self.words):
            column.addWidget(part)
        self.setFocusProxy(self.choice)
        self.follow_focus(self.choice)
        self.choice.activated.connect(lambda at: self._choose(str(self.choice.itemData(at))))
        self.fields.edited.connect(self._fill)
        self.words.typed.connect(self._write)
        for part in (self.fields, self.words):
            part.entered.connect(self.entered)
            part.left.connect(self.left)
        self.words.advised.connect(self.advised)
        self.words.left.connect(lambda: self.advised.emit(""))
        self._show(_OWN)

    # --- showing --------------------------------------------------------------------------------

    def can_show(self, value: Expr | None) -> bool:
        """Texts without slots."""
        return value is None or words_of(value) is not None

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._value = value
        text = words_of(value) or ""
        found = chosen(text)
        if not text:
            self._show(_OWN)
        elif found is None or not _in_form(found):
            self.words.show_text(text)
            self._show(_WRITTEN)
        else:
            self.fields.show_fields(found.named, found.values)
            self._show(found.named.name)

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.words.text, "wrong", wrong)

    def refresh(self) -> None:
        """See `Editor`: the queue may be another one, or have another strategy."""
        self._show(str(self.choice.currentData()))

    def name_it(self, name: str) -> None:
        """See `Editor`."""
        super().name_it(name)
        self.words.text.setAccessibleName(tr("{name}, as text", name=name))

    def _show(self, what: str) -> None:
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self.choice.findData(what))
        named = NAMED.get(what)
        self.fields.setVisible(named is not None and bool(named.fields))
        self.words.setVisible(what == _WRITTEN)
        if what == _WRITTEN:
            self.words.look()
        self.about.setText(self._own() if named is None else in_words(named.help))
        self.about.setVisible(what != _WRITTEN and bool(self.about.text()))

    def _own(self) -> str:
        """The strategy of the queue that the node names."""
        bound = self.context.insight.bound(self.cell.key.partition(".")[0])
        queue = None if bound is None else bound.draft.constants.get("queue")
        for declared in self.context.session.site.centre().queues:
            if declared.name == queue:
                found = chosen(declared.strategy)
                what = declared.strategy if found is None else in_words(found.named.title)
                return tr("Queue {queue} has: {what}", queue=queue, what=what)
        return ""

    # --- editing --------------------------------------------------------------------------------

    def _choose(self, what: str) -> None:
        self.entered.emit()  # a choice is a step of undo of its own
        before = words_of(self._value) or _PLAIN
        if what == _WRITTEN:
            found = chosen(before)
            text = before if found is None else as_text(found.named.name)
            if found is not None and found.text != found.named.name:
                text = found.text
            self.words.show_text(text.strip())
            self._put(text.strip())
        elif what in NAMED:
            named = NAMED[what]
            self.fields.show_fields(named, _defaults(named))
            self._put(named.name)
        else:
            self._put("")
        self._show(what)
        if what == _WRITTEN:
            self.words.text.setFocus()

    def _fill(self, values: dict[str, Any]) -> None:
        named = NAMED.get(str(self.choice.currentData()))
        if named is not None:
            self._put(Chosen(named, values).text)

    def _write(self, text: str) -> None:
        self._put(text)

    def _put(self, text: str) -> None:
        self._value = words_value(text, self._value) if text.strip() else None
        self.edited.emit(self._value)

    # --- what there is --------------------------------------------------------------------------

    def _skills(self) -> SkillKinds:
        return skill_kinds(self.context.session.site.centre().agents)

    def _skill_names(self) -> list[str]:
        return [name for name, kind in self._skills().items() if kind == "level"]


def _defaults(named: Named) -> dict[str, Any]:
    return {field.name: field.default for field in named.fields}


def _in_form(found: Chosen) -> bool:
    """Whether the form has a field for each value: what follows a person may be any text."""
    return all(
        field.kind != "strategy" or str(found.values[field.name]) in NAMED
        for field in found.named.fields
    )
