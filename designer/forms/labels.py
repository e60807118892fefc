"""What parameters, ports and values are called in a form."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from designer.forms.values import UNIT_WORDS
from designer.look.i18n import language, tr
from flow_runtime.core.expr.values import split_duration
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import ParamSpec

_LABELS: Final = {
    "invalid_prompt": "Wrong key",
    "silence_prompt": "Silence",
    "sql": "SQL",
    "url": "URL",
    "pin": "PIN",
    "json": "JSON",
    "into": "Into variable",
    "rows_into": "All rows into variable",
    "bind": "Values of the statement",
    "to": "To",
}
"""Labels that a name alone does not make."""


def label_of(parameter: str) -> str:
    """The label of a parameter's field."""
    return tr(_LABELS.get(parameter) or parameter.replace("_", " ").capitalize())


def port_label(port: PortValue) -> str:
    """A port in words; its name stays what it is."""
    return tr(str(port).replace("_", " ")) if isinstance(port, str) else str(port)


def help_of(spec: ParamSpec) -> str:
    """One line: what it is for, its range, its default."""
    parts = [tr(spec.help)]
    bounds = range_of(spec)
    if bounds:
        parts.append(bounds)
    default = default_words(spec)
    if default:
        parts.append(tr("Default {value}.", value=default))
    return ("" if language() == "zh_CN" else " ").join(part for part in parts if part)


def range_of(spec: ParamSpec) -> str:
    """The bounds, such as ``1 to 20``."""
    low = None if spec.low is None else value_words(spec.low)
    high = None if spec.high is None else value_words(spec.high)
    if low is not None and high is not None:
        return tr("{low} to {high}.", low=low, high=high)
    if low is not None and spec.low:
        return tr("At least {low}.", low=low)
    return "" if high is None else tr("At most {high}.", high=high)


def default_words(spec: ParamSpec) -> str:
    """The default as a person says it; empty where there is none to tell."""
    if spec.required or spec.default is None:
        return ""
    if isinstance(spec.default, str) and spec.choices:
        return tr(spec.default)
    return value_words(spec.default)


def value_words(value: object) -> str:
    """``5 s``, ``yes``, ``3``."""
    match value:
        case bool():
            return tr("yes") if value else tr("no")
        case timedelta():
            parts = split_duration(abs(value)) or [(0, "s")]
            return " ".join(f"{count} {unit_short(unit)}" for count, unit in parts)
    return str(value)


def unit_short(unit: str) -> str:
    """``s``, ``min``."""
    return tr({"m": "min"}.get(unit, unit))


def unit_word(unit: str) -> str:
    """``seconds``; other units (``%``) are their own word."""
    return tr(UNIT_WORDS.get(unit, unit))
