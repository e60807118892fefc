"""The text of a routing strategy while it is typed: its pieces to colour, and what may follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from contact_center.core.strategy.expressions import SkillKinds
from contact_center.core.strategy.terms import SPELLINGS, TERM_HELP, TERMS, Words
from flow_runtime.core.expr.assist import Completion, Scope, Wanted, assist
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.types import BOOLEAN, NUMBER, TEXT, Type

PIECES: Final = re.compile(
    r'(?P<comment>#[^\n]*)|(?P<text>"(?:[^"\\\n]|\\.)*"?)|(?P<number>\b[0-9]+(?:ms|[smhd])?\b)'
    r"|(?P<keyword>\b(?:require|prefer|order|by|last_agent|owner|agent|ring|all|reserve|when|until"
    r"|within|wait|for|then|any|desc|and|or|not|in|if|else)\b)"
    r"|(?P<view>\b(?:skill|level|call|contact|customer|queue|wait_estimate)\b)"
)
"""By the kinds that `designer.forms.editors.highlight` has colours for."""

Say = Callable[[Words], str]


def _english(words: Words) -> str:
    return words.en


_DESC: Final = Words("The largest goes first.", "最大的优先。")
_WORD: Final = re.compile(r"[\w.]*$")
_CONDITION: Final = re.compile(r"\b(?:require|prefer|then|agent)\s+")
_STARTS: Final = {
    "require": Words("Only these agents, always.", "始终仅限这些坐席。"),
    "prefer": Words("These agents first; who else with time.", "先这些坐席，随时间放宽。"),
    "order by": Words("Who of those who fit goes first.", "合适的坐席中谁优先。"),
    "last_agent": Words("The agent who served this customer last.", "最近服务过该客户的坐席。"),
    "owner": Words("The agent who owns the customer.", "客户的归属坐席。"),
    "agent": Words("The agent whom an expression names.", "由表达式指定的坐席。"),
    "ring all": Words("All who fit are rung at once.", "同时振铃所有合适的坐席。"),
    "reserve": Words("When reserve agents join, and leave.", "后备坐席何时加入与退出。"),
}
"""The words that begin a statement, each with what it does."""
_FOLLOW: Final[Mapping[str, tuple[str, ...]]] = {
    "prefer": ("for 20s", "then", "any"),
    "agent": ("wait 20s",),
    "last_agent": ("within 7d", "wait 15s"),
    "owner": ("wait 10s",),
    "reserve": ("when wait_estimate > 90s", "until < 40s"),
}
"""What may follow in a statement, besides conditions."""


def scope_of(site: Scope, skills: SkillKinds) -> Scope:
    """What the conditions of a strategy may use; *site* knows the facts of calls and the flow's."""
    fields = {name: NUMBER if kind == "level" else TEXT for name, kind in skills.items()}
    queue = Type("record", fields={"name": TEXT, "waiting": NUMBER})
    variables = {"skill": Type("record", fields=fields), "level": NUMBER, "queue": queue}
    known = {name: of for name, of in site.fields.items() if name in ("contact", "customer")}
    return Scope(TypeEnv(variables), dict(_ABOUT), known)


_ABOUT: Final = {
    "skill": "What the agent can: levels from 1 to 100, or words.",
    "level": "The agent's level in this queue.",
    "queue": "The queue that the contact waits in.",
}


def completions(
    text: str, cursor: int, scope: Scope, skills: SkillKinds, say: Say = _english
) -> list[Completion]:
    """What may stand at *cursor*, in the order to show it; *say* chooses the language of helps."""
    start = max(text.rfind(";", 0, cursor), text.rfind("\n", 0, cursor)) + 1
    if "#" in text[start:cursor]:
        return []
    statement = text[start:cursor].lstrip()
    begun = cursor - len(statement)
    first = statement.split(" ", 1)[0]
    if " " not in statement or statement in ("order ", "ring "):
        return list(_fitting(_starts(say), statement, begun, cursor))
    if first == "order":
        typed = _typed(statement)
        return list(_fitting(_terms(skills, say), typed, cursor - len(typed), cursor))
    found = list(_in_condition(text, begun, cursor, scope))
    typed = _typed(statement)
    if "." in typed:
        return found
    start = cursor - len(typed)
    words: list[_Offer] = [(word, word + " ", "", "keyword") for word in _FOLLOW.get(first, ())]
    if any(one.kind != "operator" for one in found):
        words = list(_skills(skills, say))
    return [*_fitting(words, typed, start, cursor), *found]


_Offer = tuple[str, str, str, str]
"""A label, what is inserted, its help, its kind."""


def _starts(say: Say) -> Iterator[_Offer]:
    for word, help in _STARTS.items():
        whole = SPELLINGS[word.split(" ")[0]]
        takes_condition = word in ("require", "prefer", "agent", "order by")
        yield word, f"{word} " if takes_condition else whole, say(help), "keyword"


def _terms(skills: SkillKinds, say: Say) -> Iterator[_Offer]:
    yield from _skills({name: kind for name, kind in skills.items() if kind == "level"}, say)
    for term in (*TERMS, "level"):
        by = "skill" if term == "level" else TERMS[term]
        yield term, term, say(TERM_HELP[by]), "name"
    yield "desc", "desc", say(_DESC), "keyword"


def _skills(skills: SkillKinds, say: Say) -> Iterator[_Offer]:
    for skill in skills:
        name = f"skill.{skill}" if skill.isidentifier() else f'skill["{skill}"]'
        yield name, name, say(TERM_HELP["skill"]), "field"


def _in_condition(text: str, begun: int, cursor: int, scope: Scope) -> Iterator[Completion]:
    """What the expression language offers, if the cursor is in a condition."""
    openings = list(_CONDITION.finditer(text, begun, cursor))
    if not openings:
        return
    start = openings[-1].end()
    written = text[start:cursor]
    if re.search(r"\bfor\s|\bwait\s", written):
        return
    wanted = Wanted((BOOLEAN,))
    for one in assist(written, len(written), scope, wanted).completions:
        if one.kind not in ("function", "prompt", "variable") or one.label in _ABOUT:
            yield Completion(
                one.label, one.kind, one.type, one.help, one.insert,
                one.start + start, one.end + start, one.caret, one.fits,
            )  # fmt: skip


def _typed(statement: str) -> str:
    found = _WORD.search(statement)
    return "" if found is None else found.group()


def _fitting(offers: Iterable[_Offer], typed: str, start: int, end: int) -> Iterator[Completion]:
    """Those of *offers* that begin as *typed*, which stands from *start* to *end*."""
    for label, insert, help, kind in offers:
        if label.startswith(typed) and label != typed:
            yield Completion(label, kind, "", help, insert, start, end, len(insert))  # type: ignore[arg-type]
