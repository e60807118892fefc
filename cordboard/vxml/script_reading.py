"""ECMAScript expressions of VoiceXML documents as our expressions: a subset, without effects.

Understood are literals, variables, ``.length``, the methods and functions of `script_meaning`,
``! - + * / %``, comparisons, ``&& ||``, ``?:``, lists and records. Joining texts becomes a
template. Assignments, regular expressions, function definitions and ``new`` have no counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Final, NoReturn, Protocol

from cordboard.vxml.script_meaning import (
    FUNCTIONS,
    METHODS,
    ScriptError,
    arithmetic,
    as_number,
    choice,
    comparison,
    condition,
    equality,
    finished,
    plus,
    quoted,
    value,
)
from flow_runtime.core.expr.failure import MAX_DIGITS
from flow_runtime.core.expr.tree import (
    Binary,
    Expr,
    Index,
    ListOf,
    Literal,
    Operator,
    Pair,
    RecordOf,
    Unary,
)
from flow_runtime.core.syntax.words import is_name
from flow_runtime.core.types import Type

_DEEPEST: Final = 40
"""How deep brackets and signs may nest."""
_MOST_OPERATORS: Final = 100
"""Operators between two values: a flow takes no longer chains of them."""
_LONGEST: Final = 4_000
"""Characters of one expression."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
          |(?P<string>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")
          |(?P<name>(?:[^\W\d]|\$)[\w$]*)
          |(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()\[\]{}])
          |(?P<end>$)
          |(?P<other>[\s\S]))""",
    re.X,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\n)|([\s\S]))")
_MEANING = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_WORDS: Final[dict[str, Expr]] = {
    "true": Literal(True, "true"),
    "false": Literal(False, "false"),
    "null": Literal(None, "none"),
    "undefined": Literal(None, "none"),
}
_SCOPES = frozenset({"session", "application", "document", "dialog"})
_REFUSED = frozenset({"new", "function", "delete", "void", "this", "in", "instanceof", "var"})

_EQUALITY: dict[str, Operator] = {"==": "==", "===": "==", "!=": "!=", "!==": "!="}
_ORDER: dict[str, Operator] = {"<": "<", ">": ">", "<=": "<=", ">=": ">="}
_TERM: dict[str, Operator] = {"*": "*", "/": "/", "%": "%"}


class Scope(Protocol):
    """What the names of a document stand for; each raises `ScriptError` for what has no meaning."""

    def variable(self, name: str, scope: str | None) -> Expr:
        """The variable *name*, of ``document`` or another *scope* if one is written."""

    def session(self, path: str) -> Expr:
        """``session.`` and *path*."""

    def member(self, base: Expr, name: str) -> Expr:
        """``base.name``."""

    def type_of(self, expression: Expr) -> Type:
        """The type of *expression*, ``any`` when it is not known."""


def read_script(text: str, scope: Scope) -> Expr:
    """The value *text*; raises `ScriptError`."""
    return finished(value(_parsed(text, scope), scope.type_of))


def read_condition(text: str, scope: Scope) -> Expr:
    """The condition *text*, a boolean; raises `ScriptError`."""
    return finished(condition(_parsed(text, scope), scope.type_of))


def read_quoted(text: str) -> str | None:
    """The text that the script *text* is, None when it is anything but one in quotes."""
    tokens = list(_tokens(text)) if text.lstrip()[:1] in ("'", '"') else []
    if [kind for kind, _ in tokens] != ["string", "end"]:
        return None
    try:
        return _ESCAPE.sub(_unescaped, tokens[0][1][1:-1])
    except ScriptError:
        return None


def _parsed(text: str, scope: Scope) -> Expr:
    if len(text) > _LONGEST:
        raise ScriptError(f"it has more than {_LONGEST:,} characters")
    return _Parser(list(_tokens(text)), scope).whole()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while True:
        found = _TOKEN.match(text, position)
        assert found is not None and found.lastgroup is not None  # `other` matches everything
        kind, position = found.lastgroup, found.end()
        yield kind, found[kind]
        if kind == "end":
            return


class _Parser:
    """Recursive descent, one method for each level of tightness."""

    def __init__(self, tokens: list[tuple[str, str]], scope: Scope) -> None:
        self._tokens = tokens
        self._scope = scope
        self._at = 0
        self._depth = 0
        self._operators = 0

    def whole(self) -> Expr:
        """The expression that all tokens make up."""
        expression = self._choice()
        if self._kind != "end":
            self._fail()
        return expression

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def _sign(self) -> str:
        """The present token if it is a sign."""
        kind, text = self._tokens[self._at]
        return text if kind == "sign" else ""

    def _next(self) -> str:
        text = self._tokens[self._at][1]
        self._at += 1
        return text

    def _take(self, sign: str) -> bool:
        if self._sign != sign:
            return False
        self._at += 1
        return True

    def _operator(self, sign: str) -> bool:
        """Take an operator between two values; raises `ScriptError` when there are too many."""
        found = self._take(sign)
        self._operators += found
        if self._operators > _MOST_OPERATORS:
            raise ScriptError(f"it has more than {_MOST_OPERATORS} operators")
        return found

    def _want(self, sign: str) -> None:
        if not self._take(sign):
            self._fail()

    def _fail(self) -> NoReturn:
        kind, text = self._tokens[self._at]
        if kind == "end":
            raise ScriptError("it ends too early")
        raise ScriptError(f"{text} cannot be translated")

    # --- operators, from the loosest to the tightest ----------------------------------------------

    def _choice(self) -> Expr:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ScriptError(f"it is nested more than {_DEEPEST} deep")
        expression = self._or()
        if self._take("?"):
            yes = self._choice()
            self._want(":")
            expression = choice(expression, yes, self._choice(), self._scope.type_of)
        self._depth -= 1
        return expression

    def _or(self) -> Expr:
        left = self._and()
        while self._operator("||"):
            left = Binary("or", left, self._and())
        return left

    def _and(self) -> Expr:
        left = self._equality()
        while self._operator("&&"):
            left = Binary("and", left, self._equality())
        return left

    def _equality(self) -> Expr:
        left = self._order()
        while (operator := _EQUALITY.get(self._sign)) is not None:
            self._operator(self._sign)
            left = equality(operator, left, self._order(), self._scope.type_of)
        return left

    def _order(self) -> Expr:
        left = self._sum()
        while (operator := _ORDER.get(self._sign)) is not None:
            self._operator(self._sign)
            left = comparison(operator, left, self._sum(), self._scope.type_of)
        return left

    def _sum(self) -> Expr:
        left = self._term()
        while self._sign in ("+", "-"):
            if self._operator("+"):
                left = plus(left, self._term(), self._scope.type_of)
            elif self._operator("-"):
                left = arithmetic("-", left, self._term(), self._scope.type_of)
        return left

    def _term(self) -> Expr:
        left = self._prefix()
        while (operator := _TERM.get(self._sign)) is not None:
            self._operator(self._sign)
            left = arithmetic(operator, left, self._prefix(), self._scope.type_of)
        return left

    def _prefix(self) -> Expr:
        if self._take("!"):
            operand = condition(self._nested(self._prefix), self._scope.type_of)
            return Unary("not", operand)
        if self._take("-"):
            return Unary("-", as_number(self._nested(self._prefix), self._scope.type_of))
        if self._take("+"):
            return FUNCTIONS["Number"]([self._value(self._prefix)])
        if self._tokens[self._at] == ("name", "typeof"):
            self._next()
            return FUNCTIONS["typeof"]([self._value(self._prefix)])
        return self._postfix()

    def _value(self, read: Callable[[], Expr]) -> Expr:
        return value(self._nested(read), self._scope.type_of)

    def _nested(self, read: Callable[[], Expr]) -> Expr:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ScriptError(f"it is nested more than {_DEEPEST} deep")
        expression = read()
        self._depth -= 1
        return expression

    def _postfix(self) -> Expr:
        expression = self._primary()
        while True:
            if self._sign in (".", "["):
                expression = value(expression, self._scope.type_of)
            if self._take("."):
                name = self._name()
                if self._take("("):
                    expression = self._method(expression, name)
                elif name == "length":
                    expression = METHODS["length"]([expression])
                else:
                    expression = self._scope.member(expression, name)
            elif self._take("["):
                expression = Index(expression, self._value(self._choice))
                self._want("]")
            else:
                return expression

    def _method(self, base: Expr, name: str) -> Expr:
        arguments = self._arguments(")")
        if name not in METHODS or name == "length":
            raise ScriptError(f"the method {name}() has no counterpart")
        return METHODS[name]([base, *arguments])

    # --- leaves -----------------------------------------------------------------------------------

    def _primary(self) -> Expr:
        kind, text = self._tokens[self._at]
        if kind == "number":
            self._next()
            return _number(text)
        if kind == "string":
            self._next()
            written = _ESCAPE.sub(_unescaped, text[1:-1])
            return quoted(written)
        if kind == "name":
            self._next()
            return self._named(text)
        if self._take("("):
            expression = self._choice()
            self._want(")")
            return expression
        if self._take("["):
            return ListOf(tuple(self._arguments("]")))
        if self._take("{"):
            return self._record()
        self._fail()

    def _named(self, name: str) -> Expr:
        if name in _WORDS:
            return _WORDS[name]
        if name in _REFUSED:
            raise ScriptError(f"{name} cannot be translated")
        if name == "Math":
            self._want(".")
            name = f"Math.{self._name()}"
        if self._take("("):
            if name not in FUNCTIONS:
                raise ScriptError(f"the function {name}() has no counterpart")
            return FUNCTIONS[name](self._arguments(")"))
        if name in _SCOPES and self._sign == ".":
            path = []
            while self._take("."):
                path.append(self._name())
                if name != "session":
                    return self._scope.variable(path[0], name)
            return self._scope.session(".".join(path))
        return self._scope.variable(name, None)

    def _name(self) -> str:
        if self._kind != "name":
            self._fail()
        return self._next()

    def _arguments(self, end: str) -> list[Expr]:
        """Expressions between commas, and the *end* behind them."""
        found: list[Expr] = []
        while not self._take(end):
            if found:
                self._want(",")
            found.append(self._value(self._choice))
        return found

    def _record(self) -> Expr:
        pairs: list[Pair] = []
        while not self._take("}"):
            if pairs:
                self._want(",")
            kind, text = self._tokens[self._at]
            if kind not in ("name", "string"):
                self._fail()
            self._next()
            key = _ESCAPE.sub(_unescaped, text[1:-1]) if kind == "string" else text
            self._want(":")
            pairs.append(Pair(key, self._value(self._choice), quoted=not is_name(key)))
        return RecordOf(tuple(pairs))


def _number(text: str) -> Expr:
    if text[:2] in ("0x", "0X") or re.match(r"0\d", text):
        raise ScriptError(f"{text} is no decimal number")
    try:
        found = Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        raise ScriptError(f"{text} has too many digits") from None
    if len(text) > MAX_DIGITS or abs(found.adjusted()) > MAX_DIGITS:
        raise ScriptError(f"{text} has too many digits")
    return Literal(found, format(found, "f"))


def _unescaped(found: re.Match[str]) -> str:
    long, short, newline, sign = found.groups()
    if newline is not None:
        return ""
    if sign is not None:
        return _MEANING.get(sign, sign)
    character = chr(int(long or short, 16))
    if "\ud800" <= character <= "\udfff":
        raise ScriptError(f"{found[0]} is half a character")
    return character
