"""What the database nodes check of a statement while the flow is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from flow_runtime.core.expr.tree import RecordOf
from flow_runtime.core.node import Draft, Finding
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sql import is_one_statement, parameters
from flow_runtime.core.suggest import suggest


def statement_problems(draft: Draft) -> Iterator[Finding]:
    """Whether ``sql`` is one statement whose parameters are those of ``bind``."""
    sql = draft.constants.get("sql")
    if not isinstance(sql, str):
        return
    if not is_one_statement(sql):
        yield Finding(
            "sql-statements",
            phrase("sql holds several statements: draw a node for each of them"),
            "sql",
        )
    bind = draft.written.get("bind")
    if bind is not None and not isinstance(bind, RecordOf):
        return
    bound = [pair.key for pair in bind.pairs] if bind is not None else []
    wanted = parameters(sql)
    for name in wanted:
        if name not in bound:
            yield Finding(
                "sql-unbound",
                phrase(
                    ":{name} has no value: write  bind = {{{name}: ...}}{hint}",
                    name=name,
                    hint=suggest(name, bound),
                ),
                "bind" if bind is not None else "sql",
            )
    for name in bound:
        if name not in wanted:
            yield Finding(
                "sql-unused",
                phrase(
                    "{name} is bound, but the statement has no :{name}{hint}",
                    name=name,
                    hint=suggest(name, wanted),
                ),
                "bind",
                "warning",
            )
