"""What the checker of expressions says, and the advice it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from flow_runtime.core.expr.advice import for_field, for_operator, for_value
from flow_runtime.core.expr.env import Standing
from flow_runtime.core.expr.narrowing import path_of
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.expr.rules import fits
from flow_runtime.core.expr.tree import Binary, Call, Expr, Member, Name
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.types import ANY, Type

SHOWN: Final = frozenset(
    {"boolean", "number", "text", "date", "time", "datetime", "duration", "any"}
)
"""The types that a text may show."""

_ADVICE: Final = {
    ("number", "text"): "number(...)",
    ("date", "text"): "date(...)",
    ("time", "text"): "time(...)",
    ("datetime", "text"): "datetime(...)",
    ("duration", "text"): "duration(...)",
    ("date", "datetime"): "date(...)",
    ("time", "datetime"): "time(...)",
    **{("text", kind): "text(...)" for kind in SHOWN},
}
"""By (wanted, given), the function that converts."""


class Findings:
    """Collects what is wrong with one expression, in `problems`.

    The subject of a problem that something may be missing is its path, such as ``account.owed``.
    That something *may* be missing is a warning: if it is, the node leaves by ``error``.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._standings: dict[int, Standing] = {}

    def stands(self, expr: Name, standing: Standing) -> None:
        """Remember how the variable that is read at *expr* may stand."""
        self._standings[id(expr)] = standing

    def error(self, code: str, text: str, place: Place) -> None:
        """Add an error."""
        self.problems.append(Problem("error", code, text, place))

    def fit(self, expr: Expr, given: Type, wanted: Type) -> None:
        """Complain if a value of type *given* cannot be used where *wanted* is."""
        if wanted.name == "any" or (wanted.optional and given.name == "none"):
            return
        if given.name == "none" or (given.optional and not wanted.optional):
            self.may_be_none(expr, given)
        if given.name != "none" and not fits(given, wanted):
            self.mismatch(expr, given, wanted)

    def may_be_none(self, expr: Expr, given: Type, advice: str = "") -> None:
        """Say that *expr*, of type *given*, may be none where a value is needed.

        *advice* is what to write there instead, by default ``expr ?? ...``.
        """
        path, standing = path_of(expr), self._standings.get(id(expr))
        if given.name == "none":
            self.error("possible-none", phrase("none cannot be used as a value here"), expr.place)
            return
        if path is None:
            advice = advice or phrase("... ?? and a value for that case")
            text = phrase("this may be none here{way}; write {advice}", way="", advice=advice)
            self._missing("possible-none", text, expr, None, certain=False)
            return
        advice = advice or f"{path} ?? ..."
        if standing is not None and standing.blank and not standing.none:
            self.unset(expr, path, standing, advice)
            return
        certain = standing is not None and not standing.there
        is_none = phrase("is none") if certain else phrase("may be none")
        text = phrase(
            '"{path}" {is_none} here{way}; check it before, or write {advice}',
            path=path,
            is_none=is_none,
            way="",
            advice=advice,
        )
        self._missing("possible-none", text, expr, path, certain)

    def unset(self, expr: Expr, path: str, standing: Standing, advice: str = "") -> None:
        """Say that the variable *path* is read before something has given it a value."""
        advice = phrase("give it one before, or write {advice}", advice=advice or f"{path} ?? ...")
        if standing.there:
            text = phrase(
                '"{path}" may have no value yet here{way}; {advice}',
                path=path,
                way="",
                advice=advice,
            )
        else:
            text = phrase(
                '"{path}" has no value here: nothing sets it before{way}; {advice}',
                path=path,
                way="",
                advice=advice,
            )
        self._missing("unset-variable", text, expr, path, not standing.there)

    def _missing(self, code: str, text: str, expr: Expr, path: str | None, certain: bool) -> None:
        """Add a problem in whose *text* the checker will fill in the ``way`` to the place."""
        severity: Literal["error", "warning"] = "error" if certain else "warning"
        self.problems.append(Problem(severity, code, text, expr.place, path))

    def mismatch(self, expr: Expr, given: Type, wanted: Type) -> None:
        """Say that *expr* has another type than is wanted."""
        advice = _ADVICE.get((wanted.name, given.name))
        hint = for_value(expr, given, wanted) or (
            phrase("; write {advice}", advice=advice) if advice else ""
        )
        text = phrase(
            "a value of type {wanted} is needed here, but this is {given}{hint}",
            wanted=wanted,
            given=given,
            hint=hint,
        )
        self.error("type-mismatch", text, expr.place)

    def no_member(self, expr: Member, record: Type) -> None:
        """Say that values of type *record* have no such field."""
        if record.fields is not None:
            text = phrase('there is no field "{name}"', name=expr.name)
        else:
            text = phrase(
                'a {type} has no fields, so there is no "{name}"',
                type=record.name,
                name=expr.name,
            )
        self.error("unknown-member", text + for_field(expr, record), expr.place)

    def no_match(self, expr: Call, function: Function, given: Sequence[Type]) -> None:
        """Say which argument does not fit, or how the function is called."""
        counted = [s for s in function.signatures if s.takes(len(given))]
        if len(counted) != 1:
            code = "type-mismatch" if counted else "wrong-arguments"
            kinds = ", ".join(str(kind) for kind in given) or phrase("nothing")
            text = phrase(
                "{function} is called as {spellings}, not with {kinds}",
                function=expr.function,
                spellings=function.spellings,
                kinds=kinds,
            )
            self.error(code, text, expr.place)
            return
        for index, (argument, kind) in enumerate(zip(expr.arguments, given, strict=True)):
            parameter = counted[0].parameter(index)
            if parameter is not None and not fits(present(kind), parameter.type, {}):
                self.mismatch(argument, kind, parameter.type)
                return
        text = phrase(
            "the arguments are of different types; {spellings}", spellings=function.spellings
        )
        self.error("type-mismatch", text, expr.place)

    def apart(self, expr: Binary, left: Type, right: Type) -> None:
        """Say that an operator has no meaning for these types."""
        advice = _ADVICE.get((left.name, right.name)) or _ADVICE.get((right.name, left.name))
        hint = (
            phrase("; convert one side with {advice}", advice=advice)
            if advice
            else for_operator(expr.operator)
        )
        text = phrase(
            "{operator} does not go with {left} and {right}{hint}",
            operator=expr.operator,
            left=left,
            right=right,
            hint=hint,
        )
        self.error("type-mismatch", text, expr.place)


def present(kind: Type) -> Type:
    """The type of a value that is there; of a bare none nothing is known."""
    return ANY if kind.name == "none" else replace(kind, optional=False)
