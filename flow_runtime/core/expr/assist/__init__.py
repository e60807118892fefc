"""Help for whoever types an expression: completions, signatures, types, problems, colours."""

from flow_runtime.core.expr.assist.assistance import Assistance, assist
from flow_runtime.core.expr.assist.faults import Fault
from flow_runtime.core.expr.assist.hover import UnderCursor
from flow_runtime.core.expr.assist.offers import Completion
from flow_runtime.core.expr.assist.scope import ANYTHING, Scope, Wanted
from flow_runtime.core.expr.assist.signatures import SignatureHelp
from flow_runtime.core.expr.assist.tokens import Token, tokens_of

__all__ = [
    "ANYTHING",
    "Assistance",
    "Completion",
    "Fault",
    "Scope",
    "SignatureHelp",
    "Token",
    "UnderCursor",
    "Wanted",
    "assist",
    "tokens_of",
]
