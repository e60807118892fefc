"""Prints expressions with as few parentheses as their meaning allows."""

from __future__ import annotations

from typing import assert_never

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
    Pair,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.syntax.words import (
    half_spelling_of,
    is_name,
    long_spelling_of,
    long_text,
    quoted,
    spelling_of,
)

WIDTH = 100
"""A value that would go beyond this column is put on several lines, if it has brackets."""

# How tightly each form binds, as in the grammar: a part that binds less tightly than its place
# asks for is put in parentheses.
_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _TERM, _COALESCE, _NEGATIVE, _POSTFIX = range(10)
_BINARY = {
    "or": _OR, "and": _AND, "in": _COMPARISON, "==": _COMPARISON, "!=": _COMPARISON,
    "<": _COMPARISON, ">": _COMPARISON, "<=": _COMPARISON, ">=": _COMPARISON,
    "+": _SUM, "-": _SUM, "*": _TERM, "/": _TERM, "%": _TERM, "??": _COALESCE,
}  # fmt: skip


def print_expression(expression: Expr) -> str:
    """The canonical spelling of *expression*: one line, unless it holds a text in three quotes."""
    return _Printer("", inside_text=False).show(expression, _CHOICE)


def print_value(expression: Expr, indentation: str, column: int) -> str:
    """The spelling of a value on a line with *indentation*, after *column* characters.

    A list or record that would go beyond `WIDTH` has each of its items on a line of its own,
    with a comma behind each.
    """
    printer = _Printer(indentation, inside_text=False)
    line = printer.show(expression, _CHOICE)
    first, newline, _ = line.partition("\n")
    if column + len(first) <= WIDTH and (not newline or not _multiple(expression)):
        return line
    match expression:
        case ListOf(items=items) if items:
            inner = indentation + "  "
            rows = [print_value(item, inner, len(inner) + 1) for item in items]
            return _rows("[", rows, "]", indentation)
        case RecordOf(pairs=pairs) if pairs:
            inner = indentation + "  "
            rows = []
            for pair in pairs:
                key = _key(pair) + ": "
                rows.append(key + print_value(pair.value, inner, len(inner) + len(key) + 1))
            return _rows("{", rows, "}", indentation)
    return line


def _multiple(expression: Expr) -> bool:
    return isinstance(expression, ListOf | RecordOf)


def _rows(opener: str, rows: list[str], closer: str, indentation: str) -> str:
    return "\n".join([opener, *(f"{indentation}  {row}," for row in rows), indentation + closer])


def print_template(parts: tuple[str | Slot, ...]) -> str:
    """A text of the prompt table, as `parse_template` reads it: only braces are special."""
    printer = _Printer("", inside_text=True)
    return "".join(
        part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else printer.slot(part)
        for part in parts
    )


def _key(pair: Pair) -> str:
    plain = is_name(pair.key) or (pair.key.isascii() and pair.key.isdigit())
    return pair.key if plain and not pair.quoted else quoted(pair.key)


class _Printer:
    """Prints below a line's *indentation*; *inside_text* means inside a slot: all on one line."""

    def __init__(self, indentation: str, *, inside_text: bool) -> None:
        self._indentation = indentation
        self._inside_text = inside_text

    def show(self, expression: Expr, place: int) -> str:
        """*expression* as a part of something that wants it to bind as tightly as *place*."""
        text, tightness = self._spell(expression)
        return f"({text})" if tightness < place else text

    def _spell(self, expression: Expr) -> tuple[str, int]:
        match expression:
            case Name(name=name):
                return name, _POSTFIX
            case Literal(source=source):
                return source, _POSTFIX
            case Text():
                return self._text(expression), _POSTFIX
            case PromptKey(key=key):
                return f't"{key}"', _POSTFIX
            case HalfTyped(raw=raw):
                return f'!"{half_spelling_of(raw)}"', _POSTFIX
            case Binary() | Unary() | Choice():
                return self._operation(expression)
            case Member(object=base, name=name, optional=optional):
                return f"{self.show(base, _POSTFIX)}{'?.' if optional else '.'}{name}", _POSTFIX
            case Index(object=base, index=index):
                return f"{self.show(base, _POSTFIX)}[{self.show(index, _CHOICE)}]", _POSTFIX
            case Call(function=function, arguments=arguments):
                return f"{function}({self._all(arguments)})", _POSTFIX
            case ListOf(items=items):
                return f"[{self._all(items)}]", _POSTFIX
            case RecordOf(pairs=pairs):
                shown = [f"{_key(pair)}: {self.show(pair.value, _CHOICE)}" for pair in pairs]
                return "{" + ", ".join(shown) + "}", _POSTFIX
            case _:
                assert_never(expression)

    def _operation(self, expression: Binary | Unary | Choice) -> tuple[str, int]:
        match expression:
            case Binary(operator=operator, left=left, right=right):
                level = _BINARY[operator]
                # Comparisons do not chain; the others group to the left.
                left_level = level + 1 if level == _COMPARISON else level
                shown = f"{self.show(left, left_level)} {operator} {self.show(right, level + 1)}"
                return shown, level
            case Unary(operator="not", operand=operand):
                return f"not {self.show(operand, _NOT)}", _NOT
            case Unary(operand=operand):
                return f"-{self.show(operand, _NEGATIVE)}", _NEGATIVE
            case Choice(condition=condition, yes=yes, no=no):
                shown = (
                    f"if {self.show(condition, _CHOICE)} then {self.show(yes, _CHOICE)} "
                    f"else {self.show(no, _CHOICE)}"
                )
                return shown, _CHOICE

    def _all(self, expressions: tuple[Expr, ...]) -> str:
        return ", ".join([self.show(expression, _CHOICE) for expression in expressions])

    def _text(self, text: Text) -> str:
        if text.style == "raw" and (constant := text.constant) is not None:
            if not any(sign in constant for sign in '"\n\r'):
                return f'r"{constant}"'
        inside = _Printer(self._indentation, inside_text=True)
        long = text.style == "long" and not self._inside_text
        spell = long_spelling_of if long else spelling_of
        body = "".join(
            [spell(part) if isinstance(part, str) else inside.slot(part) for part in text.parts]
        )
        return long_text(body, self._indentation) if long else f'"{body}"'

    def slot(self, slot: Slot) -> str:
        """``{expression:format}``; a blank keeps ``{{`` from being read as a brace."""
        shown = self.show(slot.value, _CHOICE)
        gap = " " if shown.startswith("{") else ""
        return "{" + gap + shown + (f":{slot.format}" if slot.format else "") + "}"
