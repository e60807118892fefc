"""The versions of the live rule table: published for a moment, and found by it; its decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select
from sqlalchemy.types import Double

from contact_center.core.rules import Decision
from contact_center.store.codec import dumps
from contact_center.store.statements import Op, table_of
from contact_center.store.tables import RuleDecision, RuleTable
from contact_center.store.tables.base import Outside

_TABLE: Final = table_of(RuleTable)
_DECIDED: Final = insert(RuleDecision)


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """The whole table as records (`core.rule_reading`), and from when on it holds."""

    version: int
    records: tuple[Mapping[str, Any], ...]
    activates: float
    made: float
    made_by: str


_PUBLISH: Final = insert(_TABLE).from_select(
    ["version", "rules", "activates", "made", "made_by"],
    select(
        func.coalesce(func.max(_TABLE.c.version), literal_column("0")) + 1,
        bindparam("p_rules", type_=Outside),
        bindparam("p_activates", type_=Double),
        bindparam("p_made", type_=Double),
        bindparam("p_made_by", type_=Outside),
    ),
)


def publish_rules(
    records: Sequence[Mapping[str, Any]], activates: float, made: float, by: str
) -> Op:
    """The next version of the table."""
    return _PUBLISH, {
        "p_rules": dumps(list(records)),
        "p_activates": activates,
        "p_made": made,
        "p_made_by": by,
    }


def rules_versions(connection: Connection) -> list[RulesVersion]:
    """All versions, the newest first."""
    rows = connection.execute(select(_TABLE).order_by(_TABLE.c.version.desc()))
    return [
        RulesVersion(
            row.version, tuple(json.loads(row.rules)), row.activates, row.made, row.made_by
        )
        for row in rows
    ]


def rules_in_force(versions: Sequence[RulesVersion], now: float) -> RulesVersion | None:
    """The version published last of those whose time has come; *versions* newest first."""
    return next((v for v in versions if v.activates <= now), None)


def decided(contact: str, decision: Decision, version: int, at: float) -> Op:
    """What keeps a decision with its reasons."""
    return _DECIDED, {
        "contact": contact,
        "at": at,
        "version": version,
        "rule": decision.rule,
        "kind": decision.target.kind,
        "target": decision.target.name,
        "priority": decision.priority,
        "why": decision.why,
        "passed_over": dumps(decision.passed_over),
    }


def decisions_of(connection: Connection, contact: str) -> list[Mapping[str, Any]]:
    """What the table has said of a contact, in order."""
    table = table_of(RuleDecision)
    rows = connection.execute(select(table).where(table.c.contact == contact).order_by(table.c.id))
    return [{**row._mapping, "passed_over": json.loads(row.passed_over)} for row in rows]
