"""Collects what is wrong with a call test while it is read, so that one mistake hides no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flow_runtime.call_tests.tree import Items, Scalar, Table, Tree
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.suggest import suggest

_KINDS = {Scalar: phrase("a text"), Items: phrase("a list"), Table: phrase("a mapping")}


class Notes:
    """The problems found so far, and readers of the common shapes that add to them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, text: str, place: Place) -> None:
        """One problem more."""
        self.problems.append(Problem("error", code, text, place))

    def missing(self, key: str, advice: str, place: Place) -> None:
        """*key* has to be written but is not."""
        self.add(
            "test-missing", phrase("{key} is missing: {advice}", key=key, advice=advice), place
        )

    def table(self, tree: Tree, known: Sequence[str], what: str) -> Mapping[str, Tree]:
        """The entries of a mapping whose keys have to be *known*; those with no value are out."""
        if not isinstance(tree, Table):
            keys = ", ".join(known)
            text = phrase(
                "{what} is a mapping with the keys {keys}, not {kinds}",
                what=what,
                keys=keys,
                kinds=_KINDS[type(tree)],
            )
            self.add("test-value", text, tree.place)
            return {}
        fields: dict[str, Tree] = {}
        for key, value in tree.pairs:
            if key.text not in known:
                near = suggest(key.text, known, len(known))
                self.add(
                    "test-key",
                    phrase('{what} has no key "{text}"{near}', what=what, text=key.text, near=near),
                    key.place,
                )
            elif isinstance(value, Scalar) and value.empty:
                self.add("test-value", phrase("{text} has no value", text=key.text), key.place)
                fields[key.text] = value
            else:
                fields[key.text] = value
        return fields

    def items(self, tree: Tree, key: str) -> Sequence[Tree]:
        """The items of a list."""
        if isinstance(tree, Items):
            if not tree.items:
                self.add("test-value", phrase("{key} is empty", key=key), tree.place)
            return tree.items
        if not (isinstance(tree, Scalar) and tree.empty):  # that was said already
            text = phrase(
                '{key} is a list: each item begins with "- ", not {kinds}',
                key=key,
                kinds=_KINDS[type(tree)],
            )
            self.add("test-value", text, tree.place)
        return ()

    def scalar(self, tree: Tree, key: str) -> Scalar:
        """A text; an empty one when there is something else."""
        if isinstance(tree, Scalar):
            return tree
        self.add(
            "test-value",
            phrase("{key} is a text, not {kinds}", key=key, kinds=_KINDS[type(tree)]),
            tree.place,
        )
        return Scalar("", place=tree.place)

    def text(
        self, fields: Mapping[str, Tree], key: str, default: str, *, empty: bool = False
    ) -> str:
        """The text of *key*, which must not be ``""`` unless *empty* allows it."""
        if key not in fields:
            return default
        scalar = self.scalar(fields[key], key)
        if not scalar.text and not scalar.plain and not empty:
            self.add("test-value", phrase("{key} is empty", key=key), scalar.place)
        return scalar.text
