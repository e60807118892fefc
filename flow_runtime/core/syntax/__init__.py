"""Text to model and back."""

from flow_runtime.core.syntax.expressions import print_expression, print_template
from flow_runtime.core.syntax.parser import (
    ExpressionError,
    Memory,
    Parsed,
    decode,
    parse,
    parse_expression,
    parse_template,
)
from flow_runtime.core.syntax.printer import print_flow

__all__ = [
    "ExpressionError",
    "Memory",
    "Parsed",
    "decode",
    "parse",
    "parse_expression",
    "parse_template",
    "print_expression",
    "print_flow",
    "print_template",
]
