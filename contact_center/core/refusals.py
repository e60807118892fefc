"""Why an event may be refused, in words for agents, supervisors and whoever runs the server."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "unknown agent": (
        "there is no agent of this name; add it to the configuration",
        "没有这个坐席；请先在配置中添加",
    ),
    "unknown queue": (
        "there is no queue of this name; add it to the configuration",
        "没有这个队列；请先在配置中添加",
    ),
    "unknown contact": ("this contact has ended or never was", "该联系已结束或不存在"),
    "not now": (
        "this cannot be done in the agent's present state ({state}); look at the state and try "
        "again",
        "坐席当前状态（{state}）不允许此操作；请查看状态后重试",
    ),
    "stale": (
        "this belongs to an earlier offer or call; look at the present one",
        "该操作属于先前的分配或通话；请查看当前状态",
    ),
    "locked": (
        "a supervisor has locked the agent's state; ask the supervisor",
        "班长已锁定坐席状态；请联系班长",
    ),
    "holding": (
        "a customer is still parked; take the customer back or transfer the call first",
        "还有保持中的客户；请先接回或转接",
    ),
    "hold is full": (
        "no more customers may be parked; take one back first",
        "保持的客户已达上限；请先接回一位",
    ),
    "leaving": (
        "sign-out has been asked for, so nothing more can be parked; end the call instead",
        "已请求签出，不能再保持客户；请结束通话",
    ),
    "taken": (
        "somebody else was faster, or the caller has left",
        "已被他人处理，或来电者已离开",
    ),
    "not your queue": (
        "the agent does not serve the queue this contact waits in",
        "坐席不属于该联系所在的队列",
    ),
    "not parked here": (
        "this contact is not among the agent's parked customers",
        "该联系不在坐席的保持列表中",
    ),
    "other side in a call": (
        "the other agent is in a call or signed out; try again later",
        "对方坐席正在通话或已签出；请稍后再试",
    ),
    "not a customer": (
        "this call has no customer: only a customer can be parked, transferred or taken over",
        "该通话没有客户；只有客户通话可以保持、转接或抢接",
    ),
    "no consultation": (
        "nobody is being consulted, or the one asked has not answered yet",
        "当前没有咨询通话，或对方尚未接听",
    ),
    "consulting": (
        "a consultation is going on; end it first",
        "正在咨询中；请先结束咨询",
    ),
    "whom": (
        "name one agent, number or queue to be called",
        "请指定一个坐席、号码或队列",
    ),
    "queue is closed": (
        "the queue is closed at this time; hand the customer over to somebody else",
        "该队列现在不在服务时间；请转给其他坐席或队列",
    ),
    "queue is full": (
        "the queue takes nobody more at present; hand the customer over to somebody else",
        "该队列已满；请转给其他坐席或队列",
    ),
    "signed in": (
        "the agent is signed in; sign out first",
        "坐席已签入；请先签出",
    ),
    "already waiting": (
        "this contact waits in a queue already",
        "该联系已在排队",
    ),
    "in use": (
        "a contact with this id exists already; give another one",
        "该联系编号已存在；请换一个",
    ),
    "not waiting": (
        "this contact does not wait in a queue (any more)",
        "该联系已不在排队",
    ),
}
"""By reason: English and Chinese."""


STATES = {
    "signed out": "已签出",
    "not ready": "未就绪",
    "ready": "就绪",
    "offered": "分配中",
    "ringing": "振铃",
    "talking": "通话",
    "wrap-up": "话后处理",
    "clearing": "话机释放中",
    "unreachable": "话机不可达",
    "conference": "会议",
}
"""In Chinese what `{state}` may stand for."""


class Refusal(Exception):
    """An event is refused; raised before anything has changed."""

    def __init__(self, reason: str, *, state: str = "") -> None:
        english, chinese = TEXTS[reason]
        super().__init__(english.format(state=state))
        self.reason = reason
        self.chinese = chinese.format(state=STATES.get(state, state))
