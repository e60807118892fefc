"""All functions of the expression language, by name."""

from __future__ import annotations

from typing import Final

from flow_runtime.core.expr import (
    call_functions,
    list_functions,
    number_functions,
    phone_functions,
    text_functions,
    time_functions,
)
from flow_runtime.core.expr.registry import Function

FUNCTIONS: Final[dict[str, Function]] = {
    f.name: f
    for module in (
        text_functions,
        number_functions,
        list_functions,
        time_functions,
        phone_functions,
        call_functions,
    )
    for f in module.functions
}
"""In the order of the manual: texts, numbers, lists, times, telephone numbers, the call."""
