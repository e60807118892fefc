"""Where the answers to a question lead, and in which variable they are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cordboard.vxml.elements import Comment, Content, Element
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_content import branches
from cordboard.vxml.sketch import Target
from cordboard.vxml.translation import Context, Then
from flow_runtime.core.expr.tree import Expr


class After:
    """Finds where each of several known values of an item leads."""

    def __init__(self, actions: Actions, context: Context, then: Then, kept: bool) -> None:
        self._actions = actions
        self._context = context
        self._then = then
        self._kept = kept

    def ways(
        self, name: str | None, into: str, filled: Sequence[Content]
    ) -> Callable[[Expr], Target]:
        """A function from the value to the step behind it; *name* is that of the document."""
        content = [p for p in filled if not isinstance(p, Comment) and not _is_blank(p)]
        first = content[0] if content else None
        if isinstance(first, Element) and first.name == "if":
            return self._by_branch(name, into, first, content[1:])
        whole = self._actions.run(content, self._then, self._context)
        noted = self._kept or _mentions(name, self._context) > 0

        def way(value: Expr) -> Target:
            return self._noted(into, value, whole) if noted else whole

        return way

    def _by_branch(
        self, name: str | None, into: str, test: Element, rest: Sequence[Content]
    ) -> Callable[[Expr], Target]:
        inner = [inside for _, inside in branches(test)]
        tested = sum(_mentioned(name, head.get("cond")) for head, _ in branches(test))
        noted = self._kept or _mentions(name, self._context) > tested
        known: dict[int | None, Target] = {}
        behind: dict[int | None, Target] = {}

        def then(cleared: int | None) -> Target:
            if cleared not in behind:
                behind[cleared] = self._actions.run(rest, self._then, self._context, cleared)
            return behind[cleared]

        def way(value: Expr) -> Target:
            at = self._actions.chosen(test, into, value, self._context)
            if at not in known:
                if at is None:
                    known[at] = self._actions.run([test, *rest], self._then, self._context)
                else:
                    inside = inner[at] if at >= 0 else []
                    known[at] = self._actions.run(inside, then, self._context)
            target = known[at]
            return self._noted(into, value, target) if noted or at is None else target

        return way

    def _noted(self, into: str, value: Expr, target: Target) -> Target:
        return self._actions.set([(into, value)], target, self._context)


def taken_over(
    name: str | None, into: str, filled: Sequence[Content], context: Context, kept: bool
) -> tuple[str, Sequence[Content]]:
    """The variable that an item fills, and what else happens then.

    Where all that happens to the item's own variable is that it is assigned to another at once,
    that other one is filled instead.
    """
    for at, part in enumerate(filled):
        if isinstance(part, Element):
            written = part.get("name") or ""
            if (
                part.name == "assign"
                and not kept
                and name
                and (part.get("expr") or "") == name
                and written.rpartition(".")[0] in ("", "document", "dialog")
                and _mentions(name, context) == 1
            ):
                return context.scope.name(written), [*filled[:at], *filled[at + 1 :]]
            break
    return into, filled


def _mentions(name: str | None, context: Context) -> int:
    """How often scripts that can see the item's variable mention it."""
    if not name or context.dialog is None:
        return 0
    return context.dialog.mentions[name]


def _mentioned(name: str | None, script: str | None) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", script)) if name and script else 0


def _is_blank(part: Content) -> bool:
    return isinstance(part, str) and not part.strip()
