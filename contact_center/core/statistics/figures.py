"""The figures of queues and agents, each beside its exact definition in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import floor
from types import MappingProxyType
from typing import Final, Literal

from contact_center.core.statistics.intervals import AgentTally, QueueTally, Tally, Waits
from contact_center.core.statistics.records import AgentState
from contact_center.core.strategy.terms import Words

THRESHOLD: Final = 20.0
"""The T of the service level, in seconds, where nobody says another."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a queue; *of* gives None where nothing happened that it could be taken of.

    *of* gets the tally and T, the seconds of the service level.
    """

    name: str
    title: Words
    definition: Words
    unit: Literal["", "s", "share"]
    of: Callable[[QueueTally, float], float | None]


@dataclass(frozen=True, slots=True)
class AgentFigure:
    """One figure of an agent."""

    name: str
    title: Words
    definition: Words
    unit: Literal["", "s", "share"]
    of: Callable[[AgentTally], float | None]


def within(waits: Waits, seconds: float) -> int:
    """How many of *waits* were at most *seconds* long (whole seconds; a fraction is cut off)."""
    return sum(count for waited, count in waits.items() if waited <= floor(seconds))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _of_answered(tally: QueueTally, threshold: float) -> float | None:
    return _ratio(within(tally.answered_after, threshold), tally.answered)


def _of_offered(tally: QueueTally, threshold: float) -> float | None:
    return _ratio(within(tally.answered_after, threshold), tally.answered + tally.abandoned)


def _of_patient(tally: QueueTally, threshold: float) -> float | None:
    short = within(tally.abandoned_after, threshold)
    whole = tally.answered + tally.abandoned - short
    return _ratio(within(tally.answered_after, threshold), whole)


def _handling(tally: QueueTally) -> float:
    return tally.talk + tally.hold + tally.wrap_up


_COHORT: Final = Words(
    " Contacts count in the interval in which they were queued.",
    "来话计入其进入队列的时段。",
)


def _count(name: str, en: str, zh: str, help: Words, of: Callable[[QueueTally], int]) -> Figure:
    definition = Words(help.en + _COHORT.en, help.zh + _COHORT.zh)
    return Figure(name, Words(en, zh), definition, "", lambda tally, _: of(tally))


_QUEUE_FIGURES: Final = (
    _count(
        "queued",
        "Queued",
        "进入队列数",
        Words("Contacts that entered the queue.", "进入队列的来话数。"),
        lambda t: t.queued,
    ),
    _count(
        "answered",
        "Answered",
        "接听数",
        Words("Contacts that an agent answered.", "由坐席接听的来话数。"),
        lambda t: t.answered,
    ),
    _count(
        "abandoned",
        "Abandoned",
        "放弃数",
        Words("Contacts whose caller hung up in the queue.", "客户在队列中挂机的来话数。"),
        lambda t: t.abandoned,
    ),
    _count(
        "overflowed",
        "Overflowed",
        "溢出数",
        Words(
            "Contacts that left the queue for elsewhere: another queue, a time-out, a leaving key.",
            "离开队列转往他处的来话数：转其他队列、超时或按键离开。",
        ),
        lambda t: t.overflowed,
    ),
    _count(
        "called_back",
        "Called back",
        "转回呼数",
        Words("Contacts that left the queue for a callback.", "改为预约回呼而离开队列的来话数。"),
        lambda t: t.called_back,
    ),
    Figure(
        "asa",
        Words("Average speed of answer", "平均应答速度"),
        Words(
            "Sum of the waits of answered contacts / answered contacts.",
            "已接听来话的等待时间总和 / 接听数。",
        ),
        "s",
        lambda t, _: _ratio(t.answered_wait, t.answered),
    ),
    Figure(
        "longest_wait",
        Words("Longest wait", "最长等待"),
        Words(
            "The longest wait of a contact that left the queue, in whatever way.",
            "离开队列（无论何种方式）的来话中最长的等待时间。",
        ),
        "s",
        lambda t, _: t.longest_wait if _ended(t) else None,
    ),
    Figure(
        "aht",
        Words("Average handling time", "平均处理时长"),
        Words(
            "(Talk + hold + wrap-up) / handled contacts, of the contacts whose handling ended in"
            " the interval.",
            "（通话 + 保持 + 事后处理）/ 处理数，按处理结束所在时段计。",
        ),
        "s",
        lambda t, _: _ratio(_handling(t), t.handled),
    ),
    Figure(
        "service_level_offered",
        Words("Service level, of offered", "服务水平（按呼入）"),
        Words(
            "Contacts answered within T / (answered + abandoned). Who gave up early counts"
            " against it.",
            "T 秒内接听数 /（接听数 + 放弃数）。提前放弃的来话也计入分母。",
        ),
        "share",
        _of_offered,
    ),
    Figure(
        "service_level_patient",
        Words("Service level, without short abandons", "服务水平（剔除短放弃）"),
        Words(
            "Contacts answered within T / (answered + abandoned after more than T). Who gave up"
            " within T does not count.",
            "T 秒内接听数 /（接听数 + 等待超过 T 秒后放弃数）。T 秒内放弃的来话不计入分母。",
        ),
        "share",
        _of_patient,
    ),
    Figure(
        "service_level_answered",
        Words("Service level, of answered", "服务水平（按接听）"),
        Words(
            "Contacts answered within T / answered contacts. Who gave up does not count.",
            "T 秒内接听数 / 接听数。放弃的来话不计入分母。",
        ),
        "share",
        _of_answered,
    ),
    Figure(
        "abandon_rate",
        Words("Abandon rate", "放弃率"),
        Words("Abandoned / queued.", "放弃数 / 进入队列数。"),
        "share",
        lambda t, _: _ratio(t.abandoned, t.queued),
    ),
)


def _ended(tally: QueueTally) -> int:
    return tally.answered + tally.abandoned + tally.overflowed + tally.called_back


def _busy(states: Mapping[AgentState, float]) -> float:
    return sum(states.get(state, 0.0) for state in _WORK)


_WORK: Final[tuple[AgentState, ...]] = ("talk", "hold", "wrap-up", "ring")

_AGENT_FIGURES: Final = (
    AgentFigure(
        "signed_in",
        Words("Signed-in time", "登录时长"),
        Words("Time in all states while signed in.", "登录期间所有状态的总时长。"),
        "s",
        lambda tally: sum(tally.states.values()),
    ),
    AgentFigure(
        "occupancy",
        Words("Occupancy", "占用率"),
        Words(
            "(Talk + hold + wrap-up + ring) / (the same + ready). Time not ready does not count.",
            "（通话 + 保持 + 事后处理 + 振铃）/（前述之和 + 空闲）。未就绪时间不计。",
        ),
        "share",
        lambda t: _ratio(_busy(t.states), _busy(t.states) + t.states.get("ready", 0.0)),
    ),
    AgentFigure(
        "handled",
        Words("Handled", "处理数"),
        Words(
            "Contacts that the agent was done with in the interval, wrap-up and all.",
            "坐席在该时段内处理完毕（含事后处理）的来话数。",
        ),
        "",
        lambda t: t.handled,
    ),
    AgentFigure(
        "agent_aht",
        Words("Average handling time", "平均处理时长"),
        Words(
            "(Talk + hold + wrap-up) / handled contacts, of the contacts that the agent was done"
            " with in the interval.",
            "（通话 + 保持 + 事后处理）/ 处理数，按坐席处理完毕所在时段计。",
        ),
        "s",
        lambda t: _ratio(t.handling, t.handled),
    ),
    AgentFigure(
        "missed",
        Words("Missed", "未接数"),
        Words(
            "Offers that the agent's telephone did not answer, refused or was busy for. What"
            " another telephone answered first does not count.",
            "坐席话机未接、拒接或忙的分配次数；由其他话机先接听的不计。",
        ),
        "",
        lambda t: t.missed,
    ),
)

FIGURES: Final[Mapping[str, Figure]] = MappingProxyType({f.name: f for f in _QUEUE_FIGURES})
AGENT_FIGURES: Final[Mapping[str, AgentFigure]] = MappingProxyType(
    {f.name: f for f in _AGENT_FIGURES}
)
FAIRNESS: Final = Words(
    "Jain's index of the agents' occupancy: (sum of x)^2 / (n * sum of x^2). 1 when all are"
    " occupied alike, 1/n when one does all the work; agents who were neither ready nor at work do"
    " not count.",
    "坐席占用率的 Jain 公平指数：（Σx）² /（n·Σx²）。人人相同时为 1，全部由一人承担时为 1/n；"
    "既未空闲也未工作的坐席不计。",
)
"""The definition of `fairness`."""

ESTIMATED_WAIT: Final = Words(
    "(Place in the queue) x (recent agent-seconds between two answers) / (agents at work now)."
    " The place counts the contact itself; the middle figure is a moving average of the gaps"
    " between answers while contacts waited, each times the agents then at work. What a caller is"
    " told never grows: a larger estimate is told as the last one.",
    "（队列中的位次）x（近期两次接听之间的坐席秒数）/（当前在岗坐席数）。位次含来话本身；中间一项是有来话等待时"
    "相邻两次接听间隔乘以当时在岗坐席数的滑动平均。向客户播报的数值只减不增：估计变大时仍播报上一次的数值。",
)
"""What `contact_center.core.estimate` computes."""


def jain(shares: Iterable[float]) -> float | None:
    """Jain's fairness index (Jain, Chiu, Hawe 1984) of values that are not negative.

    1 for equal ones, all zero included; 1/n when one has everything; None of no values.
    """
    values = list(shares)
    if not values:
        return None
    largest = max(values)
    if largest == 0:
        return 1.0
    scaled = [value / largest for value in values]  # squares of tiny values would vanish
    return sum(scaled) ** 2 / (len(scaled) * sum(value * value for value in scaled))


def fairness(tally: Tally) -> float | None:
    """`FAIRNESS` of one interval."""
    occupancy = AGENT_FIGURES["occupancy"].of
    shares = (occupancy(counted) for counted in tally.agents.values())
    return jain(share for share in shares if share is not None)
