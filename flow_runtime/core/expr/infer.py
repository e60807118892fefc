"""Static types of expressions, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from flow_runtime.core.expr.advice import for_name
from flow_runtime.core.expr.calls import fitting, result_of
from flow_runtime.core.expr.compile import NOT_CONSTANT, compile_expression, constant_value
from flow_runtime.core.expr.env import Standing, TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.findings import SHOWN, Findings, present
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.narrowing import narrow, path_of
from flow_runtime.core.expr.operators import candidates
from flow_runtime.core.expr.operators import result_of as operation_result
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.expr.rules import common, common_item, member, substitute
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
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.expr.values import type_of
from flow_runtime.core.expr.walk import children, too_complex, walk
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.prompts import BUILT_IN
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import ANY, BOOLEAN, NUMBER, PROMPT, TEXT, Type

__all__ = ["infer", "narrow"]


def infer(expr: Expr, env: TypeEnv, expected: Type | None = None) -> tuple[Type, list[Problem]]:
    """The type of *expr* among the names of *env*, and all that is wrong with it.

    With *expected* it must also fit where a value of that type is wanted; a text is then taken
    as a prompt where one is wanted, as the compiler does it.
    """
    reason = too_complex(expr)
    if reason is not None:
        return ANY, [Problem("error", "too-complex", reason, expr.place)]
    checker = _Checker()
    found = checker.infer(expr, env) if expected is None else checker.check(expr, env, expected)
    return found, checker.problems


_CERTAIN: Final = frozenset({"bad-value", "type-error", "out-of-range", "too-large",
                             "division-by-zero"})  # fmt: skip
"""Failures of constants that every call would meet."""

_SOME_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


class _Checker(Findings):
    """Walks an expression; problems pile up in `problems`."""

    # --- wanted types ----------------------------------------------------------------------------

    def infer(self, expr: Expr, env: TypeEnv) -> Type:
        """The type of *expr* by itself."""
        before = len(self.problems)
        found = _BY_CLASS[type(expr)](self, expr, env)
        if len(self.problems) == before and isinstance(expr, Call | Binary):
            self._try_constant(expr)
        return found

    def check(self, expr: Expr, env: TypeEnv, wanted: Type) -> Type:
        """The type of *expr*, which must fit *wanted*; handed down to branches and items."""
        match expr:
            case Text() if wanted.name in ("sound", "prompt"):
                self.infer(expr, env)
                return replace(wanted, optional=False)
            case ListOf(items) if wanted.name == "sound":
                for item in items:
                    self.check(item, env, wanted)
                return wanted
            case ListOf(items) if wanted.name == "list" and wanted.item is not None:
                item_type = wanted.item
                return Type("list", item=common_item(self.check(i, env, item_type) for i in items))
            case RecordOf() if wanted.fields is not None:
                return self._record(expr, env, wanted.fields)
            case Choice(condition, yes, no):
                self.check(condition, env, BOOLEAN)
                one = self.check(yes, narrow(condition, env, True), wanted)
                other = self.check(no, narrow(condition, env, False), wanted)
                return common(one, other) or wanted
            case Binary("??", left, right):
                first = replace(self.look(left, env), optional=False)
                if first.name != "none":
                    self.fit(left, first, wanted)
                return common(first, self.check(right, env, wanted)) or wanted
        found = self.infer(expr, env)
        self.fit(expr, found, wanted)
        return found

    def look(self, expr: Expr, env: TypeEnv) -> Type:
        """The type of *expr* where none is reckoned with: ``x == none``, ``x ?? y``, ``x?.y``."""
        return self._named(expr, env)[0] if isinstance(expr, Name) else self.infer(expr, env)

    def use(self, expr: Expr, env: TypeEnv) -> Type:
        """The type of *expr*, which must not be none."""
        found = self.infer(expr, env)
        if found.optional or found.name == "none":
            self.may_be_none(expr, found)
        return replace(found, optional=False)

    # --- one method per kind of expression -------------------------------------------------------

    def _literal(self, expr: Literal, env: TypeEnv) -> Type:
        return type_of(expr.value)

    def _half_typed(self, expr: HalfTyped, env: TypeEnv) -> Type:
        self.error(
            "half-typed", phrase("this expression is not finished: {raw}", raw=expr.raw), expr.place
        )
        return ANY

    def _text(self, expr: Text, env: TypeEnv) -> Type:
        for part in expr.parts:
            if isinstance(part, Slot):
                self._slot(part, env)
        return TEXT

    def _slot(self, slot: Slot, env: TypeEnv) -> None:
        found = self.use(slot.value, env)
        if slot.format is None:
            if found.name not in SHOWN and found.name != "none":
                advice = phrase("; write join(...)") if found.name == "list" else ""
                self.error(
                    "type-mismatch",
                    phrase("a text cannot show a {found}{advice}", found=found, advice=advice),
                    slot.place,
                )
            return
        self._format(slot.format, found, slot.place)

    def _format(self, name: str, given: Type, place: Place) -> None:
        chosen = FORMATS.get(name)
        if chosen is None:
            self.error(
                "unknown-format",
                phrase('there is no format "{name}"{hint}', name=name, hint=suggest(name, FORMATS)),
                place,
            )
        elif not chosen.fits(given) and given.name != "none":
            kinds = " or ".join(str(kind) for kind in chosen.accepts)
            text = phrase(
                "the format {name} takes {kinds}, but this is {given}",
                name=chosen.name,
                kinds=kinds,
                given=given,
            )
            self.error("type-mismatch", text, place)

    def _prompt(self, expr: PromptKey, env: TypeEnv) -> Type:
        book = env.prompts
        if book is None:
            return PROMPT
        languages = book.languages or ("en",)
        having = [language for language in languages if expr.key in book.keys(language)]
        if not having and book.find(expr.key, languages[0]) is None:
            known = {key for language in languages for key in book.keys(language)}
            near = suggest(expr.key, known - set(BUILT_IN["en"]))
            text = phrase(
                'no prompt table has "{key}"{near}; write it in {languages}.toml',
                key=expr.key,
                near=near,
                languages=languages[0],
            )
            self.error("unknown-prompt", text, expr.place)
            return PROMPT
        for language in languages:
            found = book.find(expr.key, language)
            if language not in having:
                text = phrase(
                    'there is no prompt "{key}" in {language}; write it in {language}.toml',
                    key=expr.key,
                    language=language,
                )
                self.problems.append(Problem("warning", "missing-prompt", text, expr.place))
            elif found is not None and found.text is not None and found.recording is None:
                self._prompt_text(expr, found.text, language, env)
        return PROMPT

    def _prompt_text(self, expr: PromptKey, text: Text, language: str, env: TypeEnv) -> None:
        inner = _Checker()
        if any(isinstance(part, PromptKey) for part in walk(text)):
            inner.error("bad-prompt", phrase("a prompt cannot use another prompt"), expr.place)
        else:
            inner.infer(text, env)
        for problem in inner.problems:
            said = phrase(
                'prompt "{key}" ({language}): {text}',
                key=expr.key,
                language=language,
                text=problem.text,
            )
            self.problems.append(replace(problem, text=said, place=expr.place))

    def _list_of(self, expr: ListOf, env: TypeEnv) -> Type:
        return Type("list", item=common_item(self.infer(item, env) for item in expr.items))

    def _record_of(self, expr: RecordOf, env: TypeEnv) -> Type:
        return self._record(expr, env, {})

    def _record(self, expr: RecordOf, env: TypeEnv, wanted: Mapping[str, Type]) -> Type:
        fields: dict[str, Type] = {}
        for pair in expr.pairs:
            if pair.key in fields:
                text = phrase('"{key}" is written twice in this record; keep one', key=pair.key)
                self.error("duplicate-key", text, pair.place)
            kind = wanted.get(pair.key)
            value = pair.value
            fields[pair.key] = (
                self.infer(value, env) if kind is None else self.check(value, env, kind)
            )
        for name, kind in wanted.items():
            if name not in fields and not kind.optional:
                self.error(
                    "type-mismatch", phrase('the field "{name}" is missing', name=name), expr.place
                )
        return Type("record", fields=fields)

    def _name(self, expr: Name, env: TypeEnv) -> Type:
        found, standing = self._named(expr, env)
        if standing is not None and standing.unset:
            self.unset(expr, expr.name, standing)
            return replace(found, optional=False)
        return found

    def _named(self, expr: Name, env: TypeEnv) -> tuple[Type, Standing | None]:
        """The type of the name here, and how its variable may stand."""
        found = env.lookup(expr.name)
        if found is None:
            advice = for_name(expr.name, env.names())
            self.error(
                "unknown-name",
                phrase('nothing is called "{name}"{advice}', name=expr.name, advice=advice),
                expr.place,
            )
            return ANY, None
        standing = env.standing(expr.name)
        if standing is None:
            return found, None
        self.stands(expr, standing)
        missing = standing.missing
        return (found if found.optional is missing else replace(found, optional=missing)), standing

    def _member(self, expr: Member, env: TypeEnv) -> Type:
        record = self.look(expr.object, env) if expr.optional else self.infer(expr.object, env)
        absent = record.optional or record.name == "none"
        if absent and not expr.optional:
            what = path_of(expr.object) or "..."
            self.may_be_none(expr.object, record, f"{what}?.{expr.name}")
        found = member(record, expr.name)
        if found is None and record.name != "none":
            self.no_member(expr, record)
        found = found or ANY
        path = path_of(expr)
        standing = None if path is None else env.standing(path)
        if standing is not None and not standing.none:
            return replace(found, optional=False)
        return replace(found, optional=found.optional or (absent and found.name != "any"))

    def _index(self, expr: Index, env: TypeEnv) -> Type:
        container = self.use(expr.object, env)
        if container.name == "any":
            self.use(expr.index, env)
        elif container.name == "list":
            self.check(expr.index, env, NUMBER)
            return container.item or ANY
        elif container.name == "record":
            self.check(expr.index, env, TEXT)
        elif container.name != "none":
            advice = phrase("; use slice(...)") if container.name == "text" else ""
            text = phrase(
                "only lists and records have items, this is {container}{advice}",
                container=container,
                advice=advice,
            )
            self.error("type-mismatch", text, expr.place)
        return ANY

    def _call(self, expr: Call, env: TypeEnv) -> Type:
        function = FUNCTIONS.get(expr.function)
        given = [self.infer(argument, env) for argument in expr.arguments]
        if function is None:
            near = suggest(expr.function, FUNCTIONS)
            text = phrase(
                'there is no function "{function}"{near}', function=expr.function, near=near
            )
            self.error("unknown-function", text, expr.place)
            return ANY
        matches = fitting(function, [present(kind) for kind in given])
        if not matches:
            self.no_match(expr, function, given)
            return _agreed(function)
        for argument, kind, wanted in zip(expr.arguments, given, matches[0].arguments, strict=True):
            if (kind.optional or kind.name == "none") and not wanted.optional:
                self.may_be_none(argument, kind)
        match expr:
            case Call("format", (_, Text() as name)) if name.constant is not None:
                self._format(name.constant, given[0], name.place)
        return result_of(matches, given)

    def _unary(self, expr: Unary, env: TypeEnv) -> Type:
        if expr.operator == "not":
            self.check(expr.operand, env, BOOLEAN)
            return BOOLEAN
        found = self.use(expr.operand, env)
        if found.name not in ("number", "duration", "any", "none"):
            text = phrase("only a number or a duration can be negative, not {found}", found=found)
            self.error("type-mismatch", text, expr.place)
            return NUMBER
        return found

    def _binary(self, expr: Binary, env: TypeEnv) -> Type:
        match expr.operator:
            case "and" | "or":
                self.check(expr.left, env, BOOLEAN)
                self.check(expr.right, narrow(expr.left, env, expr.operator == "and"), BOOLEAN)
                return BOOLEAN
            case "??":
                left = replace(self.look(expr.left, env), optional=False)
                right = self.infer(expr.right, env)
                return right if left.name == "none" else self._either(expr, left, right)
            case "==" | "!=":
                left, right = self._compared(expr.left, expr.right, env)
                if common(left, right) is None:
                    self.apart(expr, left, right)
                return BOOLEAN
        left, right = self.use(expr.left, env), self.use(expr.right, env)
        if "none" in (left.name, right.name):
            return ANY
        found = candidates(expr.operator, left, right)
        item = right.item or ANY
        strange = expr.operator == "in" and right.name == "list" and common(left, item) is None
        if not found or strange:
            self.apart(expr, left, right)
        return operation_result(found, left, right)

    def _compared(self, left: Expr, right: Expr, env: TypeEnv) -> tuple[Type, Type]:
        """The types of both sides of ``==``: what is compared with none may be missing."""
        if _is_none(left) or _is_none(right):
            return self.look(left, env), self.look(right, env)
        return self.infer(left, env), self.infer(right, env)

    def _choice(self, expr: Choice, env: TypeEnv) -> Type:
        self.check(expr.condition, env, BOOLEAN)
        yes = self.infer(expr.yes, narrow(expr.condition, env, True))
        no = self.infer(expr.no, narrow(expr.condition, env, False))
        return self._either(expr, yes, no)

    def _either(self, expr: Expr, one: Type, other: Type) -> Type:
        found = common(one, other)
        if found is None:
            text = phrase(
                "one side is {one}, the other {other}; make both the same type",
                one=one,
                other=other,
            )
            self.error("type-mismatch", text, expr.place)
        return found or ANY

    # --- constants -------------------------------------------------------------------------------

    def _try_constant(self, expr: Call | Binary) -> None:
        """Report what fails in every call: ``date("2026-13-01")``, a wrong pattern, ``1 / 0``."""
        expr = _sure_part(expr)
        inner = children(expr)
        if not inner or any(constant_value(part) is NOT_CONSTANT for part in inner):
            return
        try:
            compile_expression(expr)(Frame(now=_SOME_MOMENT))
        except ExpressionFailure as failure:
            if failure.name in _CERTAIN:
                self.error("bad-value", failure.text, failure.place or expr.place)


def _is_none(expr: Expr) -> bool:
    return isinstance(expr, Literal) and expr.value is None


def _agreed(function: Function) -> Type:
    """The type of a call whose arguments are wrong, if there is no doubt about it."""
    results = {substitute(signature.result, {}).name for signature in function.signatures}
    return function.signatures[0].result if len(results) == 1 and ANY.name not in results else ANY


def _sure_part(expr: Call | Binary) -> Call | Binary:
    """*expr*, or a constant that fails as surely whatever its other part holds."""
    match expr:
        case Call("matches", (_, Text() as pattern)) if pattern.constant is not None:
            return Call("matches", (Text(()), pattern), expr.place)
        case Binary("/" | "%" as symbol, _, Literal(value)) if value == 0:
            return Binary(symbol, Literal(Decimal(1), "1"), expr.right, expr.place)
    return expr


_BY_CLASS: Final[Mapping[type, Callable[[_Checker, Any, TypeEnv], Type]]] = {
    Literal: _Checker._literal,
    Text: _Checker._text,
    PromptKey: _Checker._prompt,
    ListOf: _Checker._list_of,
    RecordOf: _Checker._record_of,
    Name: _Checker._name,
    Member: _Checker._member,
    Index: _Checker._index,
    Call: _Checker._call,
    Unary: _Checker._unary,
    Binary: _Checker._binary,
    Choice: _Checker._choice,
    HalfTyped: _Checker._half_typed,
}
