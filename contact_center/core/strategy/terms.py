"""The words of the strategy language: statements, and terms of order with their exact meaning."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from contact_center.core.strategy.plan import By


class Words(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str


TERM_HELP: Final[Mapping[By, Words]] = MappingProxyType(
    {
        "idle": Words(
            "How long the agent has been ready: now minus the last entry to ready.",
            "坐席本次空闲的时长：当前时刻减去最近一次进入空闲状态的时刻。",
        ),
        "idle_ratio": Words(
            "Ready time in the window divided by signed-in time in the window; an agent who has"
            " not been signed in at all counts as infinite.",
            "窗口内空闲总时长除以登录总时长；尚无登录时长的坐席按无穷大计。",
        ),
        "talk": Words(
            "Talking time in the window.",
            "窗口内的通话总时长。",
        ),
        "talk_ratio": Words(
            "Talking time in the window divided by signed-in time in the window; an agent who has"
            " not been signed in at all counts as zero.",
            "窗口内通话总时长除以登录总时长；尚无登录时长的坐席按零计。",
        ),
        "answered": Words(
            "Contacts answered in the window: answered, not offered, each exactly once.",
            "窗口内接听的来话个数：只计接听，不计振铃，每个来话只计一次。",
        ),
        "load": Words(
            "Talking and wrap-up time in the window divided by signed-in time in the window.",
            "窗口内通话与事后处理总时长除以登录总时长。",
        ),
        "skill": Words(
            "The agent's level in a skill, 1 to 100; 0 without it. `level` is that in the queue.",
            "坐席在某项技能上的级别，1 到 100；没有该技能为 0。level 指在本队列中的级别。",
        ),
        "ring": Words(
            "Places behind the agent who was offered a contact last, round the queue's list.",
            "按队列名单循环，从上一次被分配的坐席之后数起的位次。",
        ),
        "position": Words(
            "The agent's place in the queue's list.",
            "坐席在队列名单中的位次。",
        ),
        "random": Words(
            "Drawn anew for each contact from its id, the agent and the day; equal chances, and"
            " the same draw when the decision is looked at again.",
            "按来话编号、坐席与日期逐次抽签，机会均等；同一来话重算时结果相同。",
        ),
    }
)
"""The window is since local midnight unless the site says otherwise."""

TERMS: Final[Mapping[str, By]] = MappingProxyType({by: by for by in TERM_HELP if by != "skill"})
"""The words of ``order by`` besides ``skill.NAME`` and ``level``."""

UNDIRECTED: Final = frozenset({"ring", "random"})
"""Terms that have no other way round."""

SPELLINGS: Final = {
    "require": "require CONDITION",
    "prefer": "prefer CONDITION for 20s then CONDITION for 30s then any",
    "order": "order by skill.NAME desc, idle desc",
    "last_agent": "last_agent within 7d wait 15s",
    "owner": "owner wait 10s",
    "agent": "agent contact.adviser wait 20s",
    "ring": "ring all",
    "reserve": "reserve when wait_estimate > 90s until < 40s",
}
"""Each statement by its first word, as an example."""
