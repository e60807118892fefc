"""What the API says when something is not done, in English and Chinese."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "no token": (
        "the token is missing or wrong: send  Authorization: Bearer TOKEN  with the one in [api]"
        " admin_token, or with one of POST /api/session",
        "缺少令牌或令牌错误：请发送 Authorization: Bearer TOKEN，令牌取自 [api] admin_token 或 POST"
        " /api/session",
    ),
    "role": (
        "the role {role} may not do this; it needs one of: {others}",
        "角色 {role} 无权执行此操作；需要以下角色之一：{others}",
    ),
    "wrong password": ("the name or the password is wrong", "用户名或密码错误"),
    "too many passwords": (
        "too many wrong passwords; try again in {wait} s",
        "密码错误次数过多；请在 {wait} 秒后重试",
    ),
    "too fast": (
        "too many actions in a short time; wait a moment",
        "短时间内操作过多；请稍候",
    ),
    "not your seat": (
        "these are the buttons of {agent}; your account is {own}'s",
        "这是 {agent} 的操作；您的账号对应坐席 {own}",
    ),
    "no seat": (
        'this account has no telephone; write agent = "NAME" in [accounts.{name}], or send seat',
        '该账号没有话机；请在 [accounts.{name}] 中写 agent = "NAME"，或在请求中给出 seat',
    ),
    "action id": (
        'action_id "{id}" was used for another action; choose a new one',
        "action_id“{id}”已用于另一操作；请换一个",
    ),
    "no agent": ('there is no agent "{name}"{near}', "没有坐席“{name}”{near}"),
    "no queue": ('there is no queue "{name}"{near}', "没有队列“{name}”{near}"),
    "no contact": (
        'no contact "{name}" is known; GET /api/contacts lists those that are',
        "没有联系“{name}”；GET /api/contacts 列出所有联系",
    ),
    "no message": (
        "the recording of this message is no longer there",
        "该留言的录音已不存在",
    ),
    "not yours": (
        "this belongs to a queue that {agent} does not serve",
        "该内容属于 {agent} 不服务的队列",
    ),
    "not a callback": (
        'contact "{name}" is no callback that is still to be made',
        "联系“{name}”不是待回拨的预约",
    ),
    "of the file": (
        "{name} is set in cordboard.toml ([{section}]); change it there and start the server again",
        "{name} 在 cordboard.toml（[{section}]）中设置；请在那里修改并重启服务器",
    ),
    "settings": ("{text}", "设置有误：{text}"),
    "bad name": (
        '"{name}" is no name for a queue or an agent: use up to 64 letters, digits, "-", "_" and'
        ' "."',
        "“{name}”不能作队列或坐席的名称：请用不超过 64 个字母、数字、“-”、“_”或“.”",
    ),
    "queue is served": (
        "{agents} still serve the queue {name}; take it out of their queues first",
        "{agents} 仍服务于队列 {name}；请先将该队列从这些坐席的队列中去掉",
    ),
    "queue is waited for": (
        "{count} callers, callbacks or messages are still in the queue {name}; remove it when they"
        " are done",
        "队列 {name} 中还有 {count} 个来电、回拨或留言；请在处理完后再删除",
    ),
    "account of others": (
        'there is an account "{name}" with the role {role}; choose another name for the agent',
        "已有账号“{name}”，角色为 {role}；请给坐席换一个名称",
    ),
    "agent's account": (
        "{name} is an agent: change or remove it with /api/agents/{name}",
        "{name} 是坐席：请用 /api/agents/{name} 修改或删除",
    ),
    "strategy": ("{text}", "策略有误：{text}"),
    "rules": ("{text}", "规则有误：{text}"),
    "password": ("{text}", "密码不可用：{text}"),
    "no account": ('there is no account "{name}"', "没有账号“{name}”"),
    "unknown role": (
        'an account made here is "supervisor", "admin" or "wallboard"',
        "此处创建的账号角色只能是 supervisor、admin 或 wallboard",
    ),
    "no centre": (
        "this server has no queues and agents; declare some in cordboard.toml ([queues.NAME],"
        " [agents.NAME])",
        "该服务器没有队列和坐席；请在 cordboard.toml 中声明（[queues.NAME]、[agents.NAME]）",
    ),
}
"""By reason: English and Chinese. What the desk itself refuses is in its own words."""
