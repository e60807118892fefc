"""The fourteen strategies by name: exact definitions, and parameters for a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from contact_center.core.strategy.terms import Words


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, as a form shows it.

    *kind*: ``duration`` is written ``15s``; ``skill`` is the name of one, empty for the level in
    the queue; ``level`` is a whole number from *low* to *high*; ``strategy`` is another one by
    `choose.Spec`, which waits for nobody itself.
    """

    name: str
    kind: Literal["duration", "skill", "level", "strategy"]
    title: Words
    help: Words
    default: str | int
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """One strategy: its number in the specification, titles, exact definition, parameters."""

    number: int
    name: str
    title: Words
    help: Words
    text: Callable[[Mapping[str, Any]], str]
    fields: tuple[Field, ...] = ()


# --- fields that several strategies have ----------------------------------------------------------

_SKILL: Final = Field(
    "skill",
    "skill",
    Words("Skill", "技能"),
    Words(
        "The skill whose level counts; empty: the agent's level in this queue.",
        "按哪项技能的级别；留空则按坐席在本队列中的级别。",
    ),
    default="",
)
_THEN: Final = Field(
    "then",
    "strategy",
    Words("Then", "其后策略"),
    Words(
        "The strategy that chooses among all agents of the queue when the wait is over, or when"
        " there is no such agent.",
        "等待时间已过或没有这样的坐席时，在整个队列中按此策略选择。",
    ),
    default="longest idle",
)


def _wait(title: Words, default: str, en: str, zh: str) -> Field:
    return Field("wait", "duration", title, Words(en, zh), default)


def _named(
    number: int,
    name: str,
    titles: tuple[str, str],
    help: Words,
    text: str | Callable[[Mapping[str, Any]], str],
    *fields: Field,
) -> Named:
    made = text if callable(text) else lambda _: text
    return Named(number, name, Words(*titles), help, made, fields)


_ALL: Final = (
    _named(
        1,
        "longest idle",
        ("Longest idle", "最长等待优先"),
        Words(
            "The agent who has been ready for the longest time goes first: largest now - since,"
            " where since is the last entry to ready. It is the agent's idle time, not the"
            " caller's wait. Refusing a contact starts it anew; a caller who hangs up while it"
            " rings does not.",
            "当前空闲时间最长的坐席优先：取“当前时刻 - 最近一次进入空闲的时刻”最大者。"
            "指坐席的空闲时间，而非客户的等待时间。拒接后重新计时；振铃中客户挂机不影响。",
        ),
        "order by idle desc",
    ),
    _named(
        2,
        "highest idle ratio",
        ("Highest idle ratio", "平均等待最长优先"),
        Words(
            "The agent with the largest total ready time / total signed-in time since local"
            " midnight goes first. Time not ready counts as signed in; no signed-in time yet makes"
            " it infinite. The ratio is taken at the moment of the decision: two idle agents can"
            " swap places meanwhile.",
            "自当地零点起“总空闲时间/总登录时间”最大的坐席优先；未就绪时间计入登录时间，"
            "尚无登录时间按无穷大计。比值在分配时刻计算，两个空闲坐席的先后可能随时间互换。",
        ),
        "order by idle_ratio desc",
    ),
    _named(
        3,
        "least talk",
        ("Least talk", "最少回答时间优先"),
        Words(
            "The agent with the smallest total talking time since local midnight goes first. Time"
            " with the customer on hold counts, wrap-up does not.",
            "自当地零点起总通话时间最少的坐席优先。保持时间计入通话，事后处理不计。",
        ),
        "order by talk",
    ),
    _named(
        4,
        "lowest talk ratio",
        ("Lowest talk ratio", "平均回答时间最少优先"),
        Words(
            "The agent with the smallest total talking time / total signed-in time since local"
            " midnight goes first. No signed-in time yet counts as zero. The ratio is taken at the"
            " moment of the decision.",
            "自当地零点起“总通话时间/总登录时间”最小的坐席优先；尚无登录时间按零计。比值在分配时刻计算。",
        ),
        "order by talk_ratio",
    ),
    _named(
        5,
        "fewest answered",
        ("Fewest answered", "回答次数最少优先"),
        Words(
            "The agent who has answered the fewest contacts since local midnight goes first:"
            " answered, not offered, and each exactly once.",
            "自当地零点起接听个数最少的坐席优先：只计接听，不计振铃，每个来话只计一次。",
        ),
        "order by answered",
    ),
    _named(
        6,
        "highest skill",
        ("Highest skill", "最高技能优先"),
        Words(
            "The agent with the highest level goes first; among equals the longest idle.",
            "技能级别最高的坐席优先；级别相同者空闲最长的优先。",
        ),
        lambda v: f"order by {v['skill']} desc, idle desc",
        _SKILL,
    ),
    _named(
        7,
        "lowest sufficient skill",
        ("Lowest sufficient skill", "最低技能优先"),
        Words(
            "Of the agents whose level is at least the one that is enough, the one with the lowest"
            " level goes first, so that experts stay free for what only they can do; among equals"
            " the longest idle. Agents below it are never offered the contact.",
            "在技能级别不低于“足够级别”的坐席中，级别最低者优先，让专家留给只有他们能处理的来话；级别相同者"
            "空闲最长的优先。低于该级别的坐席不参与分配。",
        ),
        lambda v: f"require {v['skill']} >= {v['enough']}\norder by {v['skill']}, idle desc",
        _SKILL,
        Field(
            "enough",
            "level",
            Words("Enough", "足够级别"),
            Words("The lowest level that is enough.", "能够胜任的最低级别。"),
            default=1,
            low=1,
            high=100,
        ),
    ),
    _named(
        8,
        "round robin",
        ("Round robin", "循环分配"),
        Words(
            "Agents take turns in the order of the queue's list: the next ready one behind the"
            " agent who was offered a contact last goes first. The position moves on with every"
            " offer, answered or not, and survives a restart.",
            "按队列名单轮流分配：从上一次被分配的坐席之后起，下一个空闲坐席优先。每次振铃（无论是否接听）"
            "位置前移一位，重启后保持。",
        ),
        "order by ring",
    ),
    _named(
        9,
        "even load",
        ("Even load", "平均话务量"),
        Words(
            "The agent with the smallest (talking + wrap-up time) / signed-in time since local"
            " midnight goes first, so that work is spread evenly over those who are there.",
            "自当地零点起“（通话时间 + 事后处理时间）/登录时间”最小的坐席优先，"
            "使话务量在在线坐席间平均。",
        ),
        "order by load",
    ),
    _named(
        10,
        "owner",
        ("Customer's owner", "客户归属"),
        Words(
            "The agent who owns the customer (customer.owner, from the customer's record) is"
            " offered the contact when ready, and is waited for up to the given time; then, or"
            " when there is no owner, the strategy behind it chooses among all agents.",
            "优先分配给客户资料中的归属坐席（customer.owner），其空闲即分配，最多等待所设时间；超时或无归属"
            "坐席时，按其后策略在全部坐席中选择。",
        ),
        lambda v: f"owner wait {v['wait']}\n{v['then']}",
        _wait(
            Words("Wait", "等待时间"),
            "10s",
            "How long the owner is waited for.",
            "等待归属坐席的最长时间。",
        ),
        _THEN,
    ),
    _named(
        11,
        "last agent",
        ("Last agent", "后续呼叫"),
        Words(
            "The agent who served this customer last, if that was within the window, is offered the"
            " contact when ready, and is waited for up to the given time; then, or when there is"
            " no such agent, the strategy behind it chooses among all agents.",
            "优先分配给在时间窗内最近一次服务过该客户的坐席，其空闲即分配，最多等待所设时间；超时或没有这样的"
            "坐席时，按其后策略在全部坐席中选择。",
        ),
        lambda v: f"last_agent within {v['within']} wait {v['wait']}\n{v['then']}",
        Field(
            "within",
            "duration",
            Words("Within", "时间窗"),
            Words(
                "How long ago the last conversation may have ended.",
                "最近一次服务结束距今的最长时间。",
            ),
            default="7d",
        ),
        _wait(
            Words("Wait", "等待时间"),
            "15s",
            "How long the last agent is waited for.",
            "等待该坐席的最长时间。",
        ),
        _THEN,
    ),
    _named(
        12,
        "ring all",
        ("Ring all", "同时振铃"),
        Words(
            "All ready agents are rung at once; the first to answer gets the contact, the others"
            " stop ringing and bear no penalty.",
            "同时振铃所有空闲坐席，最先接听者获得来话，其余停止振铃且不计未接。",
        ),
        "ring all",
    ),
    _named(
        13,
        "random",
        ("Random", "随机"),
        Words(
            "Every ready agent has the same chance, drawn anew for each contact.",
            "每个空闲坐席机会均等，每个来话重新抽签。",
        ),
        "order by random",
    ),
    _named(
        14,
        "linear",
        ("Linear order", "顺序分配"),
        Words(
            "The first ready agent of the queue's list goes first, always from the top.",
            "总是从队列名单的第一位起，第一个空闲坐席优先。",
        ),
        "order by position",
    ),
)

NAMED: Final[Mapping[str, Named]] = MappingProxyType({named.name: named for named in _ALL})
"""The strategies by their English name, in the order of the specification."""

_BY_ANY_NAME: Final = {
    word.casefold(): named
    for named in _ALL
    for word in (named.name, named.name.replace(" ", "_"), named.title.en, named.title.zh)
}


def find(name: str) -> Named | None:
    """A strategy by its name in either language, None when there is none."""
    return _BY_ANY_NAME.get(name.strip().casefold())
