"""The parser's tables, worked out beforehand: lark needs 100 ms for them, at every start.

They lie in ``flow.tables.json`` with the grammar and the version of lark they were made of. When
either is another one they are made anew, in memory only. After a change of the grammar renew the
file: ``python -m flow_runtime.core.syntax.tables``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

GRAMMAR: Final = Path(__file__).with_name("flow.lark")
SAVED: Final = Path(__file__).with_name("flow.tables.json")
_STARTS: Final = ["item", "line", "spot", "expression", "prompt"]


def parser(transformer: object) -> lark.Lark:
    """The parser of the flow grammar, which calls the methods of *transformer*."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    try:
        saved = json.loads(SAVED.read_text(encoding="utf-8"), object_hook=_with_numbers)
    except (OSError, ValueError):
        saved = {}
    if saved.get("lark") != lark.__version__ or saved.get("grammar") != grammar:
        return _made(grammar, transformer)
    # As the parsers do that lark's own generator writes; it is private, hence the same version.
    load: Callable[..., lark.Lark] = lark.Lark._load_from_dict
    return load(saved["parser"], saved["memo"], transformer=transformer)


def tables() -> str:
    """What belongs into `SAVED`."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    made, memo = _made(grammar, None).memo_serialize([TerminalDef, Rule])
    saved = {"lark": lark.__version__, "grammar": grammar, "parser": made, "memo": memo}
    return json.dumps(saved, separators=(",", ":"), ensure_ascii=False) + "\n"


def _made(grammar: str, transformer: object) -> lark.Lark:
    return lark.Lark(grammar, parser="lalr", start=_STARTS, transformer=transformer)


def _with_numbers(table: dict[str, Any]) -> dict[Any, Any]:
    """JSON has only texts for keys; lark counts states and terminals by numbers."""
    first = next(iter(table), "")
    return {int(key): value for key, value in table.items()} if first.isdecimal() else table


if __name__ == "__main__":
    SAVED.write_text(tables(), encoding="utf-8")
