"""Dialogs: a form's items in their turn, with what lets a call pass them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cordboard.vxml.document import ITEMS, Dialog, comments_above
from cordboard.vxml.elements import Content, Element
from cordboard.vxml.events import Catches, handlers_in
from cordboard.vxml.grammars import FALSE, TRUE
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_answers import Item
from cordboard.vxml.import_items import Items
from cordboard.vxml.import_questions import Questions
from cordboard.vxml.import_sounds import is_heard
from cordboard.vxml.import_ways import Ways
from cordboard.vxml.script_meaning import NONE
from cordboard.vxml.sketch import Label, Step, Target
from cordboard.vxml.translation import Context, Order, Translation, always
from cordboard.vxml.variables import DialogScope
from flow_runtime.core.expr.tree import Binary, Expr, HalfTyped, Name

_INPUTS: Final = ("field", "object", "record", "subdialog", "transfer")
_VALUED: Final = ("field", "record")
"""The items whose variable tells whether they have been filled; others get a flag."""
_VISITED: Final = ("block", "initial")
"""The items that count as filled as soon as they are visited."""


class Forms:
    """Makes the steps of dialogs."""

    def __init__(self, translation: Translation) -> None:
        self._translation = translation
        self._ways = Ways(translation)
        self._actions = Actions(translation, self._ways)
        self._questions = Questions(translation, self._actions, self._ways)
        self._items = Items(translation, self._actions, self._ways)
        self._labels: dict[int, Label] = {}
        self._outer = handlers_in(translation.document.root)
        self._ways.enter = self._named

    def document(self) -> Context:
        """The context of what stands in the document itself."""
        root = self._translation.document.root
        scope = DialogScope(self._translation.variables, None)
        return Context(None, (root,), Catches([self._outer]), scope)

    def handler(self, event: str) -> Label | None:
        """Where the document's own handler of *event* begins, None when there is none."""
        context = self.document()
        handler = context.catches.find(event)
        if handler is None:
            return None
        return self._actions.handle(handler, always(self._translation.goodbye), context)

    def enter(self, dialog: Dialog) -> Label:
        """Where *dialog* begins."""
        label = self._labels.get(dialog.number)
        if label is None:
            label = self._labels[dialog.number] = Label()
            made = self._menu if dialog.element.name == "menu" else self._form
            self._translation.later(label, lambda: made(dialog))
        return label

    def _named(self, name: str) -> Label | None:
        dialog = self._translation.document.dialog(name)
        return None if dialog is None else self.enter(dialog)

    # --- contexts -------------------------------------------------------------------------------

    def _context(self, dialog: Dialog) -> Context:
        root = self._translation.document.root
        catches = Catches([handlers_in(dialog.element), self._outer])
        scope = DialogScope(self._translation.variables, dialog)
        context = Context(dialog, (dialog.element, root), catches, scope)
        return replace(context, failure=self._failure(context))

    def _failure(self, context: Context) -> Label | None:
        """Where steps lead that fail, if a handler of the innermost element says so."""
        handler = Catches(context.catches.scopes[:1]).find("error")
        if handler is None or not handler.events:
            return None
        inside = replace(context, failure=None)
        return self._actions.handle(handler, always(self._translation.goodbye), inside)

    def _inside(self, context: Context, element: Element) -> Context:
        """The context of the form item *element*."""
        own = handlers_in(element)
        inner = replace(
            context,
            within=(element, *context.within),
            catches=Catches([own, *context.catches.scopes]),
        )
        return replace(inner, failure=self._failure(inner) or context.failure)

    # --- menus and forms --------------------------------------------------------------------------

    def _menu(self, dialog: Dialog) -> Target:
        return self._questions.menu(dialog.element, self._context(dialog))

    def _form(self, dialog: Dialog) -> Target:
        form = dialog.element
        items = form.elements(*ITEMS)
        labels = [Label() for _ in items] + [self._translation.goodbye]
        numbers = {name: n for n, item in enumerate(items) if (name := item.get("name"))}
        context = self._context(dialog)
        guarded = set(_passed_by(form, items, numbers)) | set(_given(items))
        resets = {n: self._reset(items[n], context) for n in sorted(guarded)}
        visits = [Label() for _ in items]
        comments = comments_above(form)
        context = replace(context, order=Order(numbers, labels, visits, resets))
        filled = _filled(form, items)
        for n, element in enumerate(items):
            visits[n].at = target = self._item(n, element, filled[n], context)
            if n in guarded or element.get("cond") is not None:
                target = self._guarded(element, resets.get(n), target, labels[n + 1], context)
            if isinstance(target, Step):
                target.comments[:0] = comments[id(element)]
            labels[n].at = target
        self._note_order(form, items, numbers)
        lines = list(self._entry(dialog, items, context))
        return self._actions.set(lines, labels[0], context, form)

    def _note_order(
        self, form: Element, items: Sequence[Element], numbers: Mapping[str, int]
    ) -> None:
        """Report what makes a form go through its items in another order than they stand."""
        for grammar in form.elements("grammar"):
            text = "a grammar for the whole form fills items out of turn; here they are asked"
            self._translation.lost(grammar, f"{text} one by one")
        for at, part in _moves(form, items):
            if numbers.get(part.get("nextitem") or "", 0) > at + 1:
                text = "a form comes back to the items that are skipped; here they are left out"
                self._translation.differs(part, text)

    def _entry(
        self, dialog: Dialog, items: Sequence[Element], context: Context
    ) -> Iterator[tuple[str, Expr]]:
        """What is set when the form is entered: its variables, and its items to begin with."""
        assert context.order is not None
        variables = self._translation.variables
        again = dialog.id in self._translation.document.gone_to
        for var in dialog.element.elements("var"):
            name = variables.name(dialog, var.get("name") or "var")
            if name in variables.inputs or not var.get("name"):
                continue
            if var.get("expr") is None and again:
                yield name, NONE
            yield from self._actions.assignment(var, context)
        for n, (name, empty) in context.order.resets.items():
            given = items[n].get("expr")
            if given is not None:
                value = self._translation.value(items[n], "expr", context)
                plain = empty == NONE or isinstance(value, HalfTyped)
                yield name, value if plain else Binary("!=", value, NONE)
            elif again:
                yield name, empty

    def _reset(self, element: Element, context: Context) -> tuple[str, Expr]:
        """The variable by which *element* is passed, and its value when it is not."""
        name = element.get("name")
        if element.name in _VALUED and name:
            return self._translation.variables.name(context.dialog, name), NONE
        flag = self._translation.variables.flag(element)
        return flag, FALSE

    def _guarded(
        self,
        element: Element,
        reset: tuple[str, Expr] | None,
        target: Target,
        behind: Target,
        context: Context,
    ) -> Target:
        """*target*, unless the item has been filled or its condition does not hold."""
        translation = self._translation
        if reset is not None and reset[1] == FALSE and element.name in _VISITED:
            target = self._actions.set([(reset[0], TRUE)], target, context, element)
        if element.get("cond") is not None:
            when = {"when": translation.condition(element, context)}
            two = {"true": target, "false": behind}
            target = translation.step(context, "if", element.place, when, two)
        if reset is not None:
            name, empty = reset
            test = Binary("==", Name(name), NONE) if empty == NONE else Name(name)
            open_way, passed = ("true", "false") if empty == NONE else ("false", "true")
            two = {open_way: target, passed: behind}
            target = translation.step(
                context,
                "if",
                element.place,
                {"when": test},
                dict(sorted(two.items(), reverse=True)),
            )
        return target

    # --- items ----------------------------------------------------------------------------------

    def _item(
        self, n: int, element: Element, filled: Sequence[Content], context: Context
    ) -> Target:
        order = context.order
        assert order is not None

        def then(cleared: int | None) -> Target:
            return order.labels[n + 1 if cleared is None else min(cleared, n + 1)]

        inside = self._inside(context, element)
        if element.name == "block":
            return self._actions.run(element.content, then, inside)
        name = element.get("name")
        variables = self._translation.variables
        into = variables.name(context.dialog, name) if name else variables.unnamed(element)
        reset = order.resets.get(n, ("", NONE))
        flag = None if reset[1] == NONE else reset[0]
        kept = n in order.resets and flag is None
        item = Item(element, inside, into, filled, then, kept, flag)
        match element.name:
            case "field":
                return self._questions.field(item)
            case "record":
                return self._items.record(item)
            case "transfer":
                return self._items.transfer(item)
            case "subdialog":
                return self._items.subdialog(item)
        return self._unknown(item)

    def _unknown(self, item: Item) -> Target:
        """``initial``, of which only the words are kept, and ``object``."""
        element, context = item.element, item.context
        if element.name == "object":
            text = (
                "<object> is a part of one platform; a log node that is not finished stands there"
            )
            after = self._actions.run(item.filled, item.then, context)
            return self._ways.gap(element, context, text, self._items.done(item, after))
        text = "<initial> lets a caller answer several questions at once; here it is only said"
        self._translation.lost(element, text)
        heard = [part for part in element.content if is_heard(part)]
        return self._actions.say(heard, item.then(None), context)


def _given(items: Sequence[Element]) -> Iterator[int]:
    """The items that may have a value before they are visited."""
    return (n for n, item in enumerate(items) if item.get("expr") is not None)


def _passed_by(
    form: Element, items: Sequence[Element], numbers: Mapping[str, int]
) -> Iterator[int]:
    """The items that a call may come to again although they are filled.

    They stand between an item that was cleared, or gone to, and the place where that was done.
    """
    for at, part in _moves(form, items):
        if part.name == "goto":
            to = numbers.get(part.get("nextitem") or "", at)
            yield from range(to + 1, at + 1)
            continue
        names = part.get("namelist")
        if not names:
            continue
        cleared = {numbers[name] for name in names.split() if name in numbers}
        first = min(cleared, default=at + 1)
        yield from (n for n in range(first, at + 1) if n not in cleared)


def _moves(form: Element, items: Sequence[Element]) -> Iterator[tuple[int, Element]]:
    """Each ``clear``, and each ``goto`` of an item, with the last item it may be reached from."""
    inside = {id(item): n for n, item in enumerate(items)}
    asked = max((n for n, item in enumerate(items) if item.name in _INPUTS), default=0)
    for child in form.elements():
        at = inside.get(id(child), asked)
        if child.name == "filled":
            at = max(_filling(child, items), default=asked)
        for part in child.walk():
            if part.name == "clear" or (part.name == "goto" and part.get("nextitem")):
                yield at, part


def _filling(filled: Element, items: Sequence[Element]) -> list[int]:
    """The items behind which a ``filled`` of the form acts."""
    names = (filled.get("namelist") or "").split()
    wanted = [
        n
        for n, item in enumerate(items)
        if item.name in _INPUTS and (not names or item.get("name") in names)
    ]
    return wanted if filled.get("mode") == "any" else wanted[-1:]


def _filled(form: Element, items: Sequence[Element]) -> list[list[Content]]:
    """What happens when each item is filled: its own ``filled``, and those of the form."""
    content = [[p for own in item.elements("filled") for p in own.content] for item in items]
    for whole in form.elements("filled"):
        for n in _filling(whole, items):
            content[n] += whole.content
    return content
