"""Other digits in place of the secrets of a recorded call: the same ones wherever they turn up."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from flow_runtime.call_tests.tree import Items, Scalar, Table, Tree

_BETWEEN_DIGITS: Final = r"[\s,.\-]*"
_TRIES: Final = 1000
_CHANCE: Final = random.SystemRandom()


class Disguise:
    """Gives each secret a stand-in of the same length, made by chance.

    Nobody can tell the secret by it. A flow that compares what was keyed in with a row of a
    database goes the same way with both replaced. A secret of one digit is replaced among the
    keys alone: in texts it would be everywhere.
    """

    def __init__(self) -> None:
        self._stand_ins: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def hide(self, keys: Sequence[str]) -> list[str]:
        """*keys*, which are a secret together, with other digits; ``*`` and ``#`` stay."""
        secret = "".join(key for key in keys if key.isdigit())
        if not secret:
            return list(keys)
        digits = iter(self._stand_in(secret))
        return [next(digits) if key.isdigit() else key for key in keys]

    def text(self, text: str) -> str:
        """*text* with every secret replaced that stands in it, also spelt: ``1 2 3 4``."""
        if self._pattern is None:
            return text
        return self._pattern.sub(self._spelt, text)

    def tree(self, tree: Tree) -> Tree:
        """*tree* with every secret replaced in its values."""
        match tree:
            case Table():
                return self.table(tree)
            case Items(items):
                return Items(tuple(self.tree(item) for item in items))
            case Scalar(text, True):
                return Scalar(self._stand_ins.get(text, text) if len(text) > 1 else text)
        return Scalar(self.text(tree.text), plain=False)

    def table(self, table: Table) -> Table:
        """`tree` for a row."""
        return Table(tuple((key, self.tree(value)) for key, value in table.pairs))

    def _stand_in(self, secret: str) -> str:
        if secret not in self._stand_ins:
            taken = {secret, *self._stand_ins, *self._stand_ins.values()}
            made = (_digits_like(secret) for _ in range(_TRIES))
            self._stand_ins[secret] = next((digits for digits in made if digits not in taken), "0")
            spelt = sorted((s for s in self._stand_ins if len(s) > 1), key=len, reverse=True)
            words = "|".join(_BETWEEN_DIGITS.join(digits) for digits in spelt)
            self._pattern = re.compile(words) if words else None
        return self._stand_ins[secret]

    def _spelt(self, found: re.Match[str]) -> str:
        """The stand-in with the commas and blanks of what was found."""
        digits = iter(self._stand_ins["".join(c for c in found[0] if c.isdigit())])
        return "".join(next(digits) if c.isdigit() else c for c in found[0])


def _digits_like(secret: str) -> str:
    """As many digits by chance; a number stays one, without a 0 before it."""
    digits = [_CHANCE.choice("0123456789") for _ in secret]
    if len(secret) > 1 and (secret[0] == "0") != (digits[0] == "0"):
        digits[0] = "0" if secret[0] == "0" else _CHANCE.choice("123456789")
    return "".join(digits)
