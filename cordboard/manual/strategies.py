"""The pages of the routing strategies by name, and of the figures of queues and agents."""

from __future__ import annotations

from contact_center.core.statistics.figures import (
    AGENT_FIGURES,
    ESTIMATED_WAIT,
    FAIRNESS,
    FIGURES,
)
from contact_center.core.strategy.choose import as_text
from contact_center.core.strategy.names import NAMED, Field, Named
from contact_center.core.strategy.terms import TERM_HELP
from cordboard.manual.markdown import block, code, page, table

_KINDS = {
    "duration": "a time, 15s",
    "skill": "a skill",
    "level": "a whole number",
    "strategy": "a strategy",
}


def strategies_page() -> str:
    """Every named strategy with its definition, fields and text; then the terms of order."""
    return page(
        "Strategies by name",
        "A queue's `strategy` is one of these names, in English or Chinese, or a text in the"
        " language of [routing strategies](../strategies.md). Totals are counted since local"
        " midnight. What is still equal is decided by a stable hash of contact, agent and day,"
        " never by the alphabet.",
        *(_section(named) for named in NAMED.values()),
        "## Terms of `order by`",
        table(
            ("term", "meaning", "含义"),
            (
                (code("skill.NAME" if by == "skill" else by), help.en, help.zh)
                for by, help in TERM_HELP.items()
            ),
        ),
    )


def _section(named: Named) -> str:
    return "\n\n".join(
        part
        for part in (
            f"## {named.number}. {named.title.en} · {named.title.zh}",
            f"Name: {code(named.name)}.",
            named.help.en,
            named.help.zh,
            table(("field", "kind", "default", "meaning", "含义"), map(_field, named.fields)),
            "As text:",
            block(as_text(named.name), "text"),
        )
        if part
    )


def _field(field: Field) -> tuple[str, ...]:
    kind = _KINDS[field.kind]
    if field.kind == "level":
        kind += f" from {field.low} to {field.high}"
    default = code(str(field.default)) if field.default != "" else "the level in the queue"
    return (code(field.name), kind, default, field.help.en, field.help.zh)


def figures_page() -> str:
    """Every figure with its definition."""
    return page(
        "Figures of queues and agents",
        "What each figure of a report or of the supervisor's screen is, exactly. They are counted"
        " for intervals of 15 minutes, an hour and a local day; intervals joined give the figures"
        " of a longer time, never averages of averages. A figure of which nothing happened is"
        " empty, not 0. T is the time of the service level: 20 s unless the queue says another;"
        " a service level is shown with the name of its denominator.",
        "## Queues",
        table(
            ("figure", "title", "definition", "名称", "定义"),
            (
                (code(f.name), f.title.en, f.definition.en, f.title.zh, f.definition.zh)
                for f in FIGURES.values()
            ),
        ),
        "## Agents",
        table(
            ("figure", "title", "definition", "名称", "定义"),
            (
                (code(f.name), f.title.en, f.definition.en, f.title.zh, f.definition.zh)
                for f in AGENT_FIGURES.values()
            ),
        ),
        "## Fairness",
        FAIRNESS.en,
        FAIRNESS.zh,
        "## Estimated wait",
        ESTIMATED_WAIT.en,
        ESTIMATED_WAIT.zh,
    )
