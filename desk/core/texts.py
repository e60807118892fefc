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
        "这是 {agent} 的操作；您的账号对应座席 {own}",
    ),
    "no seat": (
        'this account has no telephone; write agent = "NAME" in [accounts.{name}], or send seat',
        '该账号没有话机；请在 [accounts.{name}] 中写 agent = "NAME"，或在请求中给出 seat',
    ),
    "action id": (
        'action_id "{id}" was used for another action; choose a new one',
        "action_id“{id}”已用于另一操作；请换一个",
    ),
    "no agent": ('there is no agent "{name}"{near}', "没有座席“{name}”{near}"),
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
        "该服务器没有队列和座席；请在 cordboard.toml 中声明（[queues.NAME]、[agents.NAME]）",
    ),
}
"""By reason: English and Chinese. What the desk itself refuses is in its own words."""
