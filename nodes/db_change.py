"""db_change: write to a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flow_runtime.core.commands import Assign, Change, NodeFailure
from flow_runtime.core.model import ERROR, NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, Variable, param
from flow_runtime.core.sql import changed_table
from flow_runtime.core.types import NUMBER
from nodes.statement import statement_problems

_SQL = "insert into repair (phone) values (:phone)"
_BIND = {"phone": "13800000001"}
_GIVEN = {"source": "billing", "sql": _SQL, "bind": _BIND}
_COMMAND = Change("billing", _SQL, _BIND, timedelta(seconds=2))


class DbChange(Node):
    """Write to a database: store a report, count a call, mark a bill as paid.

    The statement is one transaction: it is done wholly or not at all. What varies is bound, as in
    `db_lookup`. The data source has to be `writable` in the configuration. Once begun, the change
    is finished even when the caller hangs up meanwhile.
    """

    type, title, group, icon = "db_change", "Database change", "Data", "db_change"

    source: str = param(
        help="The data source's name in the configuration; it has to be writable.",
        names="writable data",
    )
    sql: str = param(
        help="One insert, update or delete statement, with :name where a value of `bind` belongs.",
        literal=True,
        template_allowed=False,
    )
    bind: Mapping[str, Any] | None = param(
        help="The values of the statement's parameters, by name.", default=None, told="trace"
    )
    into: Variable | None = param(
        help="The variable that gets the number of rows that were changed.",
        default=None,
        makes=NUMBER,
    )
    timeout: timedelta = param(
        help="How long the database may take; after that nothing is changed.",
        default=timedelta(seconds=2),
        low=timedelta(milliseconds=10),
        high=timedelta(minutes=5),
        unit="s",
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """The change was made."""
        return (Port(NEXT, "The change was made.", sets=("into",)),)

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """The statement has to fit its parameters."""
        yield from statement_problems(draft)

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``insert into repair``: what is done to which table."""
        return changed_table(draft.constants.get("sql") or "")

    async def run(self) -> PortValue:
        """Change, and keep the count."""
        rows = await Change(self.source, self.sql, self.bind or {}, self.timeout)
        if self.into:
            await Assign(self.into, Decimal(rows))
        return NEXT

    examples = (
        Example("A report is stored.", _GIVEN, [_COMMAND, 1], NEXT),
        Example(
            "How many rows were changed decides what is said next.",
            {**_GIVEN, "into": "stored"},
            [_COMMAND, 1, Assign("stored", Decimal(1)), None],
            NEXT,
        ),
        Example(
            "The data source is not writable.",
            _GIVEN,
            [_COMMAND, NodeFailure("read-only", "data source billing is read-only")],
            ERROR,
        ),
    )
