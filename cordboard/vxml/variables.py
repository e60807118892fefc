"""The variables of a document: their scopes, and what each is called and typed in the flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Final

from cordboard.vxml.document import ITEMS, OUTCOME, Dialog, Document
from cordboard.vxml.elements import Element
from cordboard.vxml.script_meaning import ScriptError, number, quoted
from cordboard.vxml.script_writing import CALL_FACTS
from cordboard.vxml.sketch import Names, Step, TooLarge
from flow_runtime.core.expr.env import VIEWS, TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.rules import common
from flow_runtime.core.expr.tree import Binary, Expr, Member, Name, RecordOf, Text, Unary
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.model import TypeName
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.syntax.words import is_name
from flow_runtime.core.types import ANY, BOOLEAN, NUMBER, TEXT, Type
from nodes.catalogue import built_in

_DOCUMENT: Final = 0
"""The number of the document's scope; those of dialogs are their numbers."""
_RESULT, _SHADOW = "$result", "$shadow"
"""Behind the name of a variable that has only members: no name of a flow ends so."""
_SESSION: Final[Mapping[str, Expr]] = {
    path: Member(Name("call"), fact)
    for fact, path in (
        *((fact, path.removeprefix("session.")) for fact, path in CALL_FACTS.items()),
        ("caller", "telephone.ani"),
        ("called", "telephone.dnis"),
        ("caller", "callerid"),
        ("called", "calledid"),
    )
}
"""What a session tells, in the words of VoiceXML 2.0 and of browsers before it."""
_DECLARED: Final = frozenset({"boolean", "number", "text", "list", "record", "recording"})
_MOST: Final = 2_000


class Variables:
    """The names and types of one flow's variables.

    *known* are the types that were found out before, by the names of the flow. What the
    translation then assigns is noted, and gives the `types` it found.
    """

    def __init__(self, document: Document, first: Dialog | None, known: Mapping[str, Type]) -> None:
        self._document = document
        self._env = TypeEnv(known, open=True)
        self._types: dict[int, tuple[Expr, Type]] = {}
        self._names = Names(VIEWS)
        self._called: dict[tuple[int, str], str] = {}
        self._got: dict[str, list[Type]] = {}
        self._results: dict[str, dict[str, str]] = {}
        self._items: dict[tuple[int, str], str] = {}
        self.flags: set[str] = set()
        """Variables that tell whether an item has been visited: false at first."""
        self.undeclared: dict[str, str] = {}
        """What is used, but declared nowhere: the name in the flow, and that in the document."""
        self.inputs: dict[str, Element] = {}
        """The variables a caller fills, with their ``var``."""
        self.outputs: dict[str, None] = {}
        """The variables a caller gets back."""
        self.taken_and_returned: dict[str, None] = {}
        """Inputs that a caller should get back too, which no flow can."""
        self._back: dict[str, str] = {}
        self._interface(first)
        self._declare(_DOCUMENT, document.root)
        for dialog in document.dialogs:
            self._declare(dialog.number, dialog.element)

    # --- names ----------------------------------------------------------------------------------

    def _interface(self, first: Dialog | None) -> None:
        """Inputs and outputs come first, for their names are known to others."""
        if first is None:
            return
        reached = self._document.reached_from(first)
        back = {name for dialog in reached for name in _returned(dialog)}
        copied = set(_copied(first.element))
        if copied or any(p.name == "return" for dialog in reached for p in dialog.element.walk()):
            self._inputs(first, back - self._document.given_to(first) - copied, copied)
        for dialog in reached:
            names = list(_returned(dialog))
            local = {name for name, _ in _declared(dialog.element)} if names else set()
            for name in names:
                self._returned(dialog.number if name in local else _DOCUMENT, name)

    def _inputs(self, first: Dialog, returned: Set[str], copied: Set[str]) -> None:
        """The variables of the *first* dialog that a caller gives; *copied* are also outside."""
        for var in first.element.elements("var"):
            name = var.get("name") or ""
            if name and (name not in returned or var.get("expr") is None):
                own = self._add(first.number, name)
                self.inputs[own] = var
                if name in copied:
                    self._called[_DOCUMENT, name] = own

    def _returned(self, scope: int, name: str) -> None:
        """Several dialogs may give back a variable of their own: to a caller it is one."""
        own = self._back.get(name) or self._add(scope, name)
        self._called.setdefault((scope, name), own)
        own = self._back.setdefault(name, self._called[scope, name])
        (self.taken_and_returned if own in self.inputs else self.outputs)[own] = None

    def _declare(self, scope: int, element: Element) -> None:
        for name, part in _declared(element, inside=scope != _DOCUMENT):
            own = self._add(scope, name)
            if part.name == "subdialog":
                self._results[own] = {}

    def _add(self, scope: int, name: str) -> str:
        key = (scope, name)
        if key not in self._called:
            if len(self._called) >= _MOST:
                raise TooLarge(f"the document has more than {_MOST:,} variables")
            self._called[key] = self._names.free(name)
        return self._called[key]

    def own(self, wanted: str) -> str:
        """A variable that the document does not have."""
        return self._names.free(wanted)

    def flag(self, element: Element) -> str:
        """The variable that tells whether the form item *element* has been visited."""
        name = self._of(element, f"{element.get('name') or element.name}_done")
        self.flags.add(name)
        return name

    def unnamed(self, element: Element) -> str:
        """The variable of a form item without a name."""
        return self._of(element, element.name)

    def _of(self, element: Element, wanted: str) -> str:
        key = (id(element), wanted)
        if key not in self._items:
            self._items[key] = self._names.free(wanted)
        return self._items[key]

    def name(self, dialog: Dialog | None, name: str) -> str:
        """What the variable *name*, seen from *dialog*, is called in the flow."""
        scope = _DOCUMENT if dialog is None else dialog.number
        for key in ((scope, name), (_DOCUMENT, name)):
            if key in self._called:
                return self._called[key]
        own = self._add(_DOCUMENT, name)
        self.undeclared[own] = name
        return own

    def in_document(self, name: str) -> str:
        """What the variable *name* of the document is called in the flow."""
        return self.name(None, name)

    # --- what subdialogs give back ----------------------------------------------------------------

    def results(self, name: str) -> Mapping[str, str]:
        """The variables that get members of the result *name*, by their members."""
        return self._results.get(name, {})

    def result(self, name: str, member: str, into: str | None = None) -> str:
        """The variable that gets the *member* of a result: *into*, or one of its own."""
        members = self._results.setdefault(name, {})
        if member not in members:
            members[member] = into or self.own(f"{name}_{member}")
        return members[member]

    def has_result(self, name: str) -> bool:
        """Whether *name* is what a subdialog gave back."""
        return name in self._results

    # --- types ----------------------------------------------------------------------------------

    def type_of(self, expression: Expr) -> Type:
        """The type of *expression*, as far as it is known.

        Of long chains of operators each one is looked at once.
        """
        known = self._types.get(id(expression))
        if known is None or known[0] is not expression:
            kind = self._of_operation(expression) or infer(expression, self._env)[0]
            known = self._types[id(expression)] = (expression, kind)
        return known[1]

    def _of_operation(self, expression: Expr) -> Type | None:
        """The type of an operation by those of its sides, None when that takes more thought."""
        match expression:
            case Text():
                return TEXT
            case Binary("??", left, right):
                return common(replace(self.type_of(left), optional=False), self.type_of(right))
            case Binary("+" | "-" | "*" | "/" | "%", left, right):
                kinds = {self.type_of(left).name, self.type_of(right).name}
                if kinds <= {"number", "any"}:
                    return NUMBER if "number" in kinds else ANY
            case Binary() | Unary("not"):
                return BOOLEAN
        return None

    def gets(self, name: str, kind: Type) -> None:
        """Note that the variable *name* of the flow gets a value of type *kind*."""
        self._got.setdefault(name, []).append(kind)

    def types(self) -> dict[str, Type]:
        """The type of each variable that gets values."""
        return {name: _common(kinds) for name, kinds in self._got.items()}


class Uses:
    """The variables that steps use, and those that their nodes make."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.names: dict[str, None] = {}
        """All of them, in the order in which they occur."""
        self.made: set[str] = set()
        """Those that a node declares by filling them."""
        self.filled: set[str] = set()
        """Of these, the ones that get a value of a known type."""
        library = built_in()
        for step in steps:
            for name, value in step.parameters:
                self._look_at(name, value, library[step.type].params.get(name))

    def _look_at(self, name: str, value: Expr, spec: ParamSpec | None) -> None:
        if spec is not None and spec.outputs and isinstance(value, RecordOf):
            self.made |= {pair.key for pair in value.pairs}
            self.names |= {pair.key: None for pair in value.pairs}
            return
        if spec is not None and spec.variable and isinstance(value, Name):
            self.made.add(value.name)
            self.filled.add(value.name)
        if spec is None:
            self.names[name] = None
        for part in walk(value):
            if isinstance(part, Name) and part.name not in VIEWS:
                self.names[part.name] = None


def type_name(kind: Type) -> TypeName:
    """*kind* as it is declared."""
    return TypeName(kind.name, kind.optional and kind.name != "any")


def _common(kinds: Iterable[Type]) -> Type:
    given = list(kinds)
    names = {kind.name for kind in given} - {"none"}
    optional = any(kind.optional or kind.name == "none" for kind in given)
    name = names.pop() if len(names) == 1 else "any"
    return Type(name, optional) if name in _DECLARED else ANY


def _declared(element: Element, inside: bool = True) -> Iterator[tuple[str, Element]]:
    """The variables that *element* declares: those of items too, and of what stands *inside*."""
    parts = element.walk() if inside else _outside_dialogs(element)
    for part in parts:
        name = part.get("name")
        if name and part.name in ("var", *ITEMS):
            yield name, part


def _outside_dialogs(root: Element) -> Iterator[Element]:
    for element in root.elements():
        if element.name not in ("form", "menu"):
            yield from element.walk()


def _returned(dialog: Dialog) -> Iterator[str]:
    """The variables that *dialog* returns, but that of the outcome."""
    for part in dialog.element.walk():
        if part.name == "return":
            yield from (name for name in (part.get("namelist") or "").split() if name != OUTCOME)


def _copied(form: Element) -> Iterator[str]:
    """Inputs as exported flows take them: ``assign`` of a dialog's variable to the document's."""
    for block in form.elements("block"):
        for assign in block.elements("assign"):
            name = (assign.get("name") or "").removeprefix("document.")
            if (assign.get("name"), assign.get("expr")) == (f"document.{name}", f"dialog.{name}"):
                yield name


class DialogScope:
    """What the names of a script mean in *dialog*; *constants* are variables of known value."""

    def __init__(
        self,
        variables: Variables,
        dialog: Dialog | None,
        constants: Mapping[str, Expr] | None = None,
    ) -> None:
        self._variables = variables
        self._dialog = dialog
        self._constants = dict(constants or {})

    def knowing(self, name: str, value: Expr) -> DialogScope:
        """The same where the variable *name* of the flow has this *value*."""
        return DialogScope(self._variables, self._dialog, {**self._constants, name: value})

    def name(self, written: str) -> str:
        """What ``assign`` calls *written*; raises `ScriptError` for a member of something."""
        scope, _, plain = written.rpartition(".")
        if scope in ("document", "application"):
            return self._variables.in_document(plain)
        if scope not in ("", "dialog"):
            raise ScriptError(f"{written} is a member; a flow sets whole variables")
        return self._variables.name(self._dialog, plain)

    def variable(self, name: str, scope: str | None) -> Expr:
        """As `Scope.variable`."""
        if scope == "application" and name == "lastresult$":
            raise ScriptError("what the recogniser tells has no counterpart")
        if name.startswith("_"):
            raise ScriptError(f"{name} is told by the platform; a flow does not know it")
        plain = name.removesuffix("$")
        own = self.name(plain if scope is None else f"{scope}.{plain}")
        if plain != name:
            return Name(own + _SHADOW)
        if self._variables.has_result(own):
            return Name(own + _RESULT)
        return self._constants.get(own) or Name(own)

    def session(self, path: str) -> Expr:
        """As `Scope.session`."""
        found = _SESSION.get(path)
        if found is None:
            raise ScriptError(f"a flow does not know session.{path}")
        return found

    def member(self, base: Expr, name: str) -> Expr:
        """As `Scope.member`."""
        if not isinstance(base, Name) or is_name(base.name):
            return Member(base, name, optional=self.type_of(base).optional)
        own, _, kind = base.name.rpartition("$")
        if kind == "result":
            member = self._variables.result(own, name)
            return self._constants.get(member) or Name(member)
        return self._shadow(own, name)

    def type_of(self, expression: Expr) -> Type:
        """As `Scope.type_of`."""
        return self._variables.type_of(expression)

    def _shadow(self, own: str, name: str) -> Expr:
        """What is told beside an entry: ``entry$.utterance``, ``message$.duration``."""
        match name:
            case "utterance":
                return self._constants.get(own) or Name(own)
            case "inputmode":
                return quoted("dtmf")
            case "duration":
                return Binary("*", Member(Name(own), "seconds"), number(1000))
            case "confidence":
                return number(1)
        raise ScriptError(f"what is told by {own}$.{name} has no counterpart")
