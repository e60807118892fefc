"""db_lookup: look something up in a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flow_runtime.core.card import shown
from flow_runtime.core.commands import Assign, Lookup, NodeFailure
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, Variable, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sql import changing_word, selected_columns
from flow_runtime.core.types import LIST, RECORD
from nodes.statement import statement_problems

_SQL = "select owed from account where phone = :phone"
_BIND = {"phone": "13800000001"}
_GIVEN = {"source": "billing", "sql": _SQL, "bind": _BIND}
_S = timedelta(seconds=1)
_ROW, _OTHER = {"owed": Decimal("12.5")}, {"owed": Decimal(3)}


class DbLookup(Node):
    """Look something up in a database: a customer's account, the state of an order.

    What varies is bound: `:phone` in the statement, `bind = {phone: call.caller}`. The first row
    becomes a record, so `account.owed` is its column. The connection can only read. When the
    database does not answer within `timeout`, or refuses the statement, the call leaves by
    `error`; other calls are not delayed.
    """

    type, title, group, icon = "db_lookup", "Database lookup", "Data", "db_lookup"

    source: str = param(help="The data source's name in the configuration.", names="data")
    sql: str = param(
        help="One select statement, with :name where a value of `bind` belongs.",
        literal=True,
        template_allowed=False,
    )
    bind: Mapping[str, Any] | None = param(
        help="The values of the statement's parameters, by name.", default=None, told="trace"
    )
    into: Variable | None = param(
        help="The variable that gets the first row; none when there is no row.",
        default=None,
        makes=RECORD,
    )
    rows_into: Variable | None = param(
        help="The variable that gets the list of all rows.", default=None, makes=LIST
    )
    timeout: timedelta = param(
        help="How long the database may take.",
        default=timedelta(seconds=2),
        low=timedelta(milliseconds=10),
        high=timedelta(minutes=5),
        unit="s",
    )
    max_rows: int = param(help="The most rows that are fetched.", default=100, low=1, high=10_000)

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Whether there was a row."""
        return (
            Port("found", "There is at least one row.", sets=("into", "rows_into")),
            Port("not_found", "There is no row.", sets=("rows_into",), empties=("into",)),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """The statement has to fit its parameters, and must not change anything."""
        yield from statement_problems(draft)
        word = changing_word(draft.constants.get("sql") or "")
        if word is not None:
            yield Finding(
                "sql-changes",
                phrase("{word} changes data: use a db_change node for it", word=word),
                "sql",
            )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``owed from billing``, the columns and the source."""
        columns = selected_columns(draft.constants.get("sql") or "")
        source = shown(draft, "source", quoted=False)
        return (
            phrase("{columns} from {source}", columns=columns, source=source) if columns else source
        )

    async def run(self) -> PortValue:
        """Ask, and keep the answer."""
        most = self.max_rows if self.rows_into else 1
        rows = await Lookup(self.source, self.sql, self.bind or {}, self.timeout, most)
        if self.rows_into:
            await Assign(self.rows_into, tuple(rows))
        if self.into:
            await Assign(self.into, rows[0] if rows else None)
        return "found" if rows else "not_found"

    examples = (
        Example(
            "The caller's account is found.",
            {**_GIVEN, "into": "account"},
            [Lookup("billing", _SQL, _BIND, 2 * _S, 1), (_ROW,), Assign("account", _ROW), None],
            "found",
        ),
        Example(
            "There is no such account: the variable of an earlier lookup is emptied.",
            {**_GIVEN, "into": "account"},
            [Lookup("billing", _SQL, _BIND, 2 * _S, 1), (), Assign("account", None), None],
            "not_found",
        ),
        Example(
            "All rows are wanted, within half a second.",
            {**_GIVEN, "rows_into": "accounts", "timeout": _S / 2, "max_rows": 5},
            [
                Lookup("billing", _SQL, _BIND, _S / 2, 5),
                (_ROW, _OTHER),
                Assign("accounts", (_ROW, _OTHER)),
                None,
            ],
            "found",
        ),
        Example(
            "Is there a row at all?",
            {"source": "billing", "sql": "select 1 from outage"},
            [Lookup("billing", "select 1 from outage", {}, 2 * _S, 1), ()],
            "not_found",
        ),
        Example(
            "The database does not answer in time.",
            {**_GIVEN, "into": "account"},
            [
                Lookup("billing", _SQL, _BIND, 2 * _S, 1),
                NodeFailure("database-timeout", "billing did not answer within 2 s"),
            ],
            ERROR,
        ),
    )
