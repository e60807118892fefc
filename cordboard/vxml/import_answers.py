"""Where the answers to a question lead, and in which variable they are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cordboard.vxml.elements import Comment, Content, Element
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_content import branches
from cordboard.vxml.sketch import Target
from cordboard.vxml.translation import Context, Then, Translation
from flow_runtime.core.expr.tree import Expr


@dataclass(frozen=True)
class Item:
    """A form item: its variable *into*, what is *filled* then, and where the call goes on.

    *kept*: the form itself looks at the variable. *flag* is set when the item has its value, if
    the form has to know it and the variable cannot tell.
    """

    element: Element
    context: Context
    into: str
    filled: Sequence[Content]
    then: Then
    kept: bool = False
    flag: str | None = None

    @property
    def name(self) -> str | None:
        """What the document calls it."""
        return self.element.get("name") or None


class After:
    """Finds where each of several known values of an item leads."""

    def __init__(self, translation: Translation, actions: Actions, item: Item) -> None:
        self._actions = actions
        self._item = item
        self._mentions = translation.mentions(item.name, item.context)

    def ways(self) -> Callable[[Expr], Target]:
        """A function from the value to the step behind it.

        It leads straight into the branch of the value where all that happens begins with an
        ``if``, and keeps the value where something else needs it.
        """
        item = self._item
        content = [p for p in item.filled if not isinstance(p, Comment) and not _is_blank(p)]
        first = content[0] if content else None
        if isinstance(first, Element) and first.name == "if":
            return self._by_branch(first, content[1:])
        whole = self._actions.run(content, item.then, item.context)
        noted = item.kept or self._mentions > 0

        def way(value: Expr) -> Target:
            return self._noted(value, whole) if noted else whole

        return way

    def _by_branch(self, test: Element, rest: Sequence[Content]) -> Callable[[Expr], Target]:
        item, run = self._item, self._actions.run
        inner = [inside for _, inside in branches(test)]
        tested = sum(_mentioned(item.name, head.get("cond")) for head, _ in branches(test))
        noted = item.kept or self._mentions > tested
        known: dict[int | None, Target] = {}
        behind: dict[int | None, Target] = {}

        def then(cleared: int | None) -> Target:
            if cleared not in behind:
                behind[cleared] = run(rest, item.then, item.context, cleared)
            return behind[cleared]

        def way(value: Expr) -> Target:
            at = self._actions.chosen(test, item.into, value, item.context)
            if at not in known:
                if at is None:
                    known[at] = run([test, *rest], item.then, item.context)
                else:
                    known[at] = run(inner[at] if at >= 0 else [], then, item.context)
            return self._noted(value, known[at]) if noted or at is None else known[at]

        return way

    def _noted(self, value: Expr, target: Target) -> Target:
        return self._actions.set([(self._item.into, value)], target, self._item.context)


def taken_over(translation: Translation, item: Item) -> Item:
    """*item* with the variable that it fills in the end.

    Where all that happens to the item's own variable is that it is assigned to another at once,
    that other one is filled instead.
    """
    filled = item.filled
    at = next((n for n, part in enumerate(filled) if isinstance(part, Element)), None)
    first = None if at is None else filled[at]
    if at is None or not isinstance(first, Element) or first.name != "assign" or item.kept:
        return item
    to = first.get("name") or ""
    if to.rpartition(".")[0] not in ("", "document", "dialog") or first.get("expr") != item.name:
        return item
    if item.name is None or translation.mentions(item.name, item.context) > 1:
        return item
    into = item.context.scope.name(to)
    return replace(item, into=into, filled=[*filled[:at], *filled[at + 1 :]])


def _mentioned(name: str | None, script: str | None) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", script)) if name and script else 0


def _is_blank(part: Content) -> bool:
    return isinstance(part, str) and not part.strip()
