"""Says in plain words, in both languages, what a strategy does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, assert_never

from contact_center.core.strategy.model import (
    Agent,
    Asked,
    LastAgent,
    Order,
    OrderTerm,
    Owner,
    Prefer,
    Require,
    ReserveWhen,
    RingAll,
    Script,
    Statement,
    Step,
)
from contact_center.core.strategy.printer import duration_text
from contact_center.core.strategy.terms import Words

_FIRST: Final = {
    "idle": Words("has been ready for the shortest time", "本次空闲最短"),
    "idle_ratio": Words("has the smallest share of ready time", "空闲占比最小"),
    "talk": Words("has talked least today", "今日通话最少"),
    "talk_ratio": Words("has the smallest share of talking time", "通话占比最小"),
    "answered": Words("has answered fewest today", "今日接听最少"),
    "load": Words("has the smallest load", "话务负荷最小"),
    "ring": Words("is next in turn", "轮到下一位"),
    "position": Words("stands first in the queue's list", "队列名单中最靠前"),
    "random": Words("is drawn by lot", "随机抽中"),
}
"""Who goes first by a term that is written alone."""
_LAST: Final = {
    "idle": Words("has been ready for the longest time", "本次空闲最长"),
    "idle_ratio": Words("has the largest share of ready time", "空闲占比最大"),
    "talk": Words("has talked most today", "今日通话最多"),
    "talk_ratio": Words("has the largest share of talking time", "通话占比最大"),
    "answered": Words("has answered most today", "今日接听最多"),
    "load": Words("has the largest load", "话务负荷最大"),
    "position": Words("stands last in the queue's list", "队列名单中最靠后"),
}
"""The same with ``desc``."""
_UNORDERED: Final = Words(
    "Of these, whoever has been ready for the longest time goes first.",
    "其中本次空闲最长的坐席优先。",
)


def read_strategy(script: Script) -> tuple[Words, ...]:
    """A sentence for each statement, in the order in which they matter."""
    statements = list(script.statements())
    sentences = [
        _sentence(statement)
        for kinds in _ORDER
        for statement in statements
        if isinstance(statement, kinds)
    ]
    if statements and not any(isinstance(s, Order | RingAll) for s in statements):
        sentences.append(_UNORDERED)
    return tuple(sentences)


_ORDER: Final = ((LastAgent, Owner, Agent), (Require,), (Prefer,), (Order, RingAll), (ReserveWhen,))


def _sentence(statement: Statement) -> Words:
    match statement:
        case Require(wanted):
            return Words(f"Only agents with {wanted.text}.", f"仅限满足 {wanted.text} 的坐席。")
        case Prefer(steps):
            return _widening(steps)
        case Order(terms):
            return _ordered(terms)
        case LastAgent(within, wait):
            return _awaited(
                Words(
                    f"the agent who served this customer last, if within {duration_text(within)},",
                    f"{duration_text(within)} 内最近服务过该客户的坐席",
                ),
                wait,
            )
        case Owner(wait):
            return _awaited(Words("the customer's own agent", "客户的归属坐席"), wait)
        case Agent(who, wait):
            return _awaited(Words(f"the agent named by {who.text}", f"{who.text} 指定的坐席"), wait)
        case RingAll():
            return Words(
                "All of these are rung at once; the first to answer gets the contact.",
                "同时振铃所有这些坐席，最先接听者获得来话。",
            )
        case ReserveWhen(above, below):
            high, low = duration_text(above), duration_text(below)
            return Words(
                f"Reserve agents join when the estimated wait is above {high}, until it is"
                f" below {low}.",
                f"预计等待超过 {high} 时后备坐席加入，低于 {low} 时退出。",
            )
        case _:
            assert_never(statement)


def _awaited(who: Words, wait: timedelta) -> Words:
    time = duration_text(wait)
    return Words(f"First {who.en} is waited for, up to {time}.", f"先等待{who.zh}，最多 {time}。")


def _widening(steps: Iterable[Step]) -> Words:
    parts: list[Words] = []
    after = timedelta(0)
    for step in steps:
        who = Words("anybody", "任何坐席") if step.wanted is None else Words(
            f"also agents with {step.wanted.text}" if parts else f"agents with {step.wanted.text}",
            f"{'也可为' if parts else ''}满足 {step.wanted.text} 的坐席",
        )  # fmt: skip
        time = duration_text(after)
        parts.append(
            Words(f"after {time} {who.en}", f"{time} 后{who.zh}")
            if after
            else Words(f"at first {who.en}", f"起初{who.zh}")
        )
        after += step.lasts or timedelta(0)
    english = ", ".join(part.en for part in parts)
    return Words(f"{english[:1].upper()}{english[1:]}.", f"{'，'.join(p.zh for p in parts)}。")


def _ordered(terms: tuple[OrderTerm, ...]) -> Words:
    parts = [_term(term) for term in terms]
    english = "; of equals, who ".join(
        f"{part.en} goes first" if number == 0 else part.en for number, part in enumerate(parts)
    )
    chinese = "；相同者".join(f"{part.zh}的优先" for part in parts)
    return Words(f"Of these, whoever {english}.", f"其中{chinese}。")


def _term(term: OrderTerm) -> Words:
    if term.by == "skill":
        most = Words("highest", "最高") if term.most_first else Words("lowest", "最低")
        match term.skill:
            case None:
                return Words(f"has the {most.en} level in this queue", f"本队列级别{most.zh}")
            case Asked(text=text):
                return Words(f"has the {most.en} level in {text}", f"{text} 级别{most.zh}")
            case name:
                return Words(f"has the {most.en} level in {name}", f"技能 {name} 级别{most.zh}")
    return (_LAST if term.most_first else _FIRST).get(term.by, _FIRST[term.by])
