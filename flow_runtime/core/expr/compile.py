"""Expressions turned into closures, once per loaded flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeVar

from flow_runtime.core.expr import access
from flow_runtime.core.expr.calls import call
from flow_runtime.core.expr.code import (
    NOT_CONSTANT,
    Closure,
    Code,
    constant,
    failing,
    folded,
    needing,
)
from flow_runtime.core.expr.convert import to_number
from flow_runtime.core.expr.env import ANY_NAMES, TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.meaning import computation, equality
from flow_runtime.core.expr.rules import common_item, either
from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    HalfTyped,
    Index,
    ListOf,
    Literal,
    Member,
    Name,
    PromptKey,
    RecordOf,
    Text,
    Unary,
)
from flow_runtime.core.expr.values import check_weight, type_of
from flow_runtime.core.expr.walk import too_complex
from flow_runtime.core.expr.wording import Wording
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.types import ANY, BOOLEAN, DURATION, NUMBER, SOUND, Type

__all__ = ["NOT_CONSTANT", "compile_expression", "constant_value"]


def compile_expression(
    expr: Expr, expected: Type | None = None, env: TypeEnv = ANY_NAMES
) -> Callable[[Frame], Any]:
    """A closure that computes *expr* for a frame, as a value of type *expected*.

    *env* gives the declared types of the variables: values of known types are used as they are,
    without it everything is converted by use. The closure raises `ExpressionFailure` and no
    other exception; what the checker refuses compiles too, to a closure that fails.
    """
    return _compiled(expr, expected, env).run


def constant_value(expr: Expr, expected: Type | None = None) -> Any:
    """The value of *expr* as type *expected* when no call is needed for it, else `NOT_CONSTANT`.

    What a caller hears depends on the caller's language and is never a constant.
    """
    return _compiled(expr, expected, ANY_NAMES).constant


def _compiled(expr: Expr, expected: Type | None, env: TypeEnv) -> Code:
    reason = too_complex(expr)
    if reason is not None:
        return failing(ANY, lambda: ExpressionFailure("too-complex", reason, expr.place))
    compiler = Compiler(env)
    return compiler.code(expr) if expected is None else compiler.wanted(expr, expected)


class Compiler:
    """Compiles expressions that see the names of one environment."""

    def __init__(self, env: TypeEnv) -> None:
        self.env = env
        self.wording = Wording(self.code)

    def code(self, expr: Expr) -> Code:
        """*expr* by itself, with the type that it has by itself."""
        return _BY_CLASS[type(expr)](self, expr)

    def wanted(self, expr: Expr, wanted: Type) -> Code:
        """*expr* as a value of type *wanted*, which is handed down to its branches and items.

        So the slots of a text that is heard are spoken by their kind, wherever the text stands.
        """
        match expr:
            case Text() if wanted.name in ("sound", "prompt"):
                return self.wording.heard(expr, wanted)
            case ListOf(items) if wanted.name == "sound":
                return _joined([self.wanted(item, SOUND) for item in items])
            case ListOf(items) if wanted.name == "list" and wanted.item is not None:
                return _list(wanted, [self.wanted(item, wanted.item) for item in items], expr.place)
            case RecordOf(pairs) if wanted.fields is not None:
                fields = wanted.fields
                codes = {p.key: self.wanted(p.value, fields.get(p.key, ANY)) for p in pairs}
                return needing(_record(codes, expr.place), wanted, expr.place)
            case Choice():
                return self._choice(expr, wanted)
            case Binary("??"):
                return self._otherwise(expr, wanted)
        return needing(self.code(expr), wanted, expr.place)

    # --- one method per kind of expression -------------------------------------------------------

    def _literal(self, expr: Literal) -> Code:
        return constant(type_of(expr.value), expr.value)

    def _text(self, expr: Text) -> Code:
        return self.wording.written(expr)

    def _prompt(self, expr: PromptKey) -> Code:
        return self.wording.prompt(expr)

    def _list_of(self, expr: ListOf) -> Code:
        codes = [self.code(item) for item in expr.items]
        return _list(Type("list", item=common_item(c.type for c in codes)), codes, expr.place)

    def _record_of(self, expr: RecordOf) -> Code:
        return _record({pair.key: self.code(pair.value) for pair in expr.pairs}, expr.place)

    def _name(self, expr: Name) -> Code:
        return access.variable(expr, self.env)

    def _member(self, expr: Member) -> Code:
        contact = expr.object == Name("contact") and "contact" not in self.env.variables
        return access.field(expr, self.code(expr.object), lenient=contact)

    def _index(self, expr: Index) -> Code:
        return access.item(expr, self.code(expr.object), self.code(expr.index))

    def _call(self, expr: Call) -> Code:
        return call(expr, [self.code(argument) for argument in expr.arguments])

    def _unary(self, expr: Unary) -> Code:
        if expr.operator == "not":
            condition = self.wanted(expr.operand, BOOLEAN)
            holds = condition.run
            return folded(Code(BOOLEAN, lambda frame: not holds(frame)), condition)
        operand = self.code(expr.operand)
        if operand.type.name == "any":
            return Code(ANY, _negating(operand.run, expr.place))
        kind = DURATION if operand.type.name == "duration" else NUMBER
        operand = needing(operand, kind, expr.place)
        positive = operand.run
        return folded(Code(kind, lambda frame: -positive(frame)), operand)

    def _binary(self, expr: Binary) -> Code:
        if expr.operator in ("and", "or"):
            return self._logic(expr)
        if expr.operator == "??":
            return self._otherwise(expr)
        left, right = self.code(expr.left), self.code(expr.right)
        if expr.operator in ("==", "!="):
            return equality(expr, left, right)
        return computation(expr, left, right)

    def _logic(self, expr: Binary) -> Code:
        left, right = self.wanted(expr.left, BOOLEAN), self.wanted(expr.right, BOOLEAN)
        first, second = left.run, right.run
        if expr.operator == "and":
            both = Code(BOOLEAN, lambda frame: first(frame) and second(frame))
            return folded(both, left, right)
        either = Code(BOOLEAN, lambda frame: first(frame) or second(frame))
        return folded(either, left, right)

    def _otherwise(self, expr: Binary, wanted: Type | None = None) -> Code:
        """``left ?? right``: *right* where *left* is none."""
        left = self.code(expr.left)
        if wanted is None:
            right = self.code(expr.right)
            kind = either(replace(left.type, optional=False), right.type)
        else:
            left = needing(left, replace(wanted, optional=True), expr.left.place)
            right, kind = self.wanted(expr.right, wanted), wanted
        first, second = left.run, right.run

        def run(frame: Frame) -> Any:
            value = first(frame)
            return second(frame) if value is None else value

        return folded(Code(kind, run, sure=left.sure and right.sure), left, right)

    def _choice(self, expr: Choice, wanted: Type | None = None) -> Code:
        condition = self.wanted(expr.condition, BOOLEAN)
        yes, no = (
            self.code(branch) if wanted is None else self.wanted(branch, wanted)
            for branch in (expr.yes, expr.no)
        )
        holds, run_yes, run_no = condition.run, yes.run, no.run

        def run(frame: Frame) -> Any:
            return run_yes(frame) if holds(frame) else run_no(frame)

        kind = either(yes.type, no.type) if wanted is None else wanted
        return folded(Code(kind, run, sure=yes.sure and no.sure), condition, yes, no)

    def _half_typed(self, expr: HalfTyped) -> Code:
        text = phrase("the expression is not finished: {raw}", raw=expr.raw)
        return failing(ANY, lambda: ExpressionFailure("half-typed", text, expr.place))


_BY_CLASS: Final[Mapping[type, Callable[[Compiler, Any], Code]]] = {
    Literal: Compiler._literal,
    Text: Compiler._text,
    PromptKey: Compiler._prompt,
    ListOf: Compiler._list_of,
    RecordOf: Compiler._record_of,
    Name: Compiler._name,
    Member: Compiler._member,
    Index: Compiler._index,
    Call: Compiler._call,
    Unary: Compiler._unary,
    Binary: Compiler._binary,
    Choice: Compiler._choice,
    HalfTyped: Compiler._half_typed,
}


def _negating(run: Closure, place: Place) -> Closure:
    def negated(frame: Frame) -> Any:
        value = run(frame)
        try:
            return -(value if isinstance(value, timedelta) else to_number(value, frame))
        except ExpressionFailure as failure:
            raise failure.at(place) from None

    return negated


def _list(kind: Type, items: Sequence[Code], place: Place) -> Code:
    runs = [item.run for item in items]

    def run(frame: Frame) -> tuple[Any, ...]:
        return _weighed(tuple([compute(frame) for compute in runs]), place)

    return folded(Code(kind, run, sure=all(item.sure for item in items)), *items)


def _record(fields: Mapping[str, Code], place: Place) -> Code:
    runs = [(name, code.run) for name, code in fields.items()]

    def run(frame: Frame) -> dict[str, Any]:
        return _weighed({name: compute(frame) for name, compute in runs}, place)

    kind = Type("record", fields={name: code.type for name, code in fields.items()})
    sure = all(code.sure for code in fields.values())
    return folded(Code(kind, run, sure=sure), *fields.values())


def _joined(sounds: Sequence[Code]) -> Code:
    """Several sounds, heard in turn."""
    runs = [sound.run for sound in sounds]
    return Code(SOUND, lambda frame: tuple([item for run in runs for item in run(frame)]))


_Made = TypeVar("_Made", tuple[Any, ...], dict[str, Any])


def _weighed(made: _Made, place: Place) -> _Made:
    """A new list or record, unless it is too large."""
    try:
        check_weight(made)
    except ExpressionFailure as failure:
        raise failure.at(place) from None
    return made
