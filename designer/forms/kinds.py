"""Which editor a parameter gets: told by its type, its choices and what it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.editors.literals import (
    ChoiceEditor,
    DurationEditor,
    NumberEditor,
    YesNoEditor,
)
from designer.forms.editors.names import FlowEditor, NameEditor, VariableEditor
from designer.forms.field import Field
from designer.forms.labels import default_words, help_of
from designer.look.i18n import tr
from flow_runtime.core.node import ParamSpec

_DIGITS, _LETTERS, _CHECK = "1 2 3", "Abc", "✓"


def make_field(context: FormContext, cell: Cell, spec: ParamSpec) -> Field:
    """The field of a parameter."""
    made = make_editor(context, cell, spec)
    return Field(
        context,
        cell,
        made,
        help=help_of(spec),
        required=spec.required,
        optional=spec.optional,
        toggles=_toggles(spec),
        mode=_mode(spec),
    )


def make_editor(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor | None:
    """The plain editor of a parameter; None: it is an expression and nothing else."""
    if spec.variable:
        return VariableEditor(context.insight.variables)
    kind = spec.type.name
    make = _BY_TYPE.get(kind)
    if spec.choices:
        default = spec.default if isinstance(spec.default, str) else None
        return ChoiceEditor(spec.choices, default, spec.required)
    if spec.names and kind == "text":
        return _picker(context, cell, spec)
    return None if make is None else make(context, cell, spec)


def _toggles(spec: ParamSpec) -> bool:
    return not (spec.variable or spec.literal or spec.outputs or spec.type.name in ("sound", "any"))


def _mode(spec: ParamSpec) -> str:
    if spec.type.name in ("number", "duration"):
        return _DIGITS
    return _CHECK if spec.type.name == "boolean" else _LETTERS


def _picker(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    if spec.names == "strategy":
        from designer.forms.editors.strategy import StrategyEditor

        return StrategyEditor(context, cell)

    def names() -> list[str]:
        subject = context.insight.subject()
        if subject is None:
            return []
        scope = context.insight.site_names(subject)
        return list(scope.get(spec.names, ()))

    if spec.names in ("flow", "sub-flow"):
        editor = FlowEditor(names, tr("path of a flow"))
        editor.opened.connect(lambda name: context.flow_wanted(name))
        return editor
    if spec.names == "agent":
        site = context.session.site
        return NameEditor(
            names,
            _placeholder(spec),
            titles=lambda: {agent.name: agent.title for agent in site.centre().agents},
        )
    return NameEditor(names, _placeholder(spec))


def _placeholder(spec: ParamSpec) -> str:
    return default_words(spec)


def _number(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    return NumberEditor(spec.unit, _placeholder(spec))


def _duration(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    placeholder, unit = "", spec.unit or "s"
    if isinstance(spec.default, timedelta):
        count, unit = _shown_in(spec.default, unit)
        placeholder = str(count)
    return DurationEditor(unit, placeholder)


def _shown_in(value: timedelta, unit: str) -> tuple[int, str]:
    """A default in the largest unit of which it is a whole count, yet not above *unit*s of 60."""
    seconds = value.total_seconds()
    if unit == "s" and seconds and seconds % 60 == 0:
        return int(seconds // 60), "m"
    if seconds != int(seconds):
        return int(value / timedelta(milliseconds=1)), "ms"
    return int(seconds), "s"


def _yes_no(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor | None:
    """A box to tick; without a default it is a condition, which nobody answers beforehand."""
    return YesNoEditor(spec.default) if isinstance(spec.default, bool) else None


def _text(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    if not spec.template_allowed:
        from designer.forms.editors.sql import SqlEditor

        return SqlEditor(context, cell)
    placeholder = _placeholder(spec) or (tr("not set") if spec.optional else "")
    return ExpressionEditor(cell.scope, cell.wanted, prose=True, placeholder=placeholder)


def _sound(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    from designer.forms.editors.sound import SoundEditor

    return SoundEditor(context, cell, _silent_words(spec))


def _silent_words(spec: ParamSpec) -> str:
    if spec.required:
        return tr("a prompt, a text or a sound file")
    return tr("Say the prompt again") if spec.name.endswith("_prompt") else tr("nothing is said")


def _record(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    from designer.forms.editors.record import OutputsEditor, RecordEditor

    return OutputsEditor(context, cell) if spec.outputs else RecordEditor(context, cell)


def _list(context: FormContext, cell: Cell, spec: ParamSpec) -> Editor:
    from designer.forms.editors.items import ListEditor

    return ListEditor(context, cell, spec)


_BY_TYPE: Final[dict[str, Callable[[FormContext, Cell, ParamSpec], Editor | None]]] = {
    "number": _number,
    "duration": _duration,
    "boolean": _yes_no,
    "text": _text,
    "sound": _sound,
    "record": _record,
    "list": _list,
}
