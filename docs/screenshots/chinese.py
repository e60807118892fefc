"""The gas hotline as an analyst in China would have drawn it: titles, labels, Chinese first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_TITLES: Final = {
    "hours": "现在上班吗？", "menu": "主菜单", "balance": "按来电号码查余额",
    "ask_account": "请输入户号", "balance_by_number": "按户号查余额", "unknown_account": "查无此户",
    "owes": "是否欠费？", "tell_owed": "播报欠费", "tell_paid": "没有欠费", "meter": "请输入表号",
    "what": "什么问题？", "leak": "记为漏气", "warn": "安全第一", "no_gas": "记为停气",
    "save": "登记报修", "read_back": "取报修编号", "saved": "播报编号",
    "leak_goes_on": "漏气转人工", "operator": "人工服务", "operator_busy": "坐席忙",
    "night": "下班提示", "night_message": "请留言", "keep": "保存留言", "message_kept": "留言已存",
    "goodbye": "再见", "trouble": "系统故障", "end": "结束通话",
}  # fmt: skip
_LABELS: Final = {
    "Balance": "余额", "Repairs": "报修", "Operator": "人工", "Smell of gas": "闻到燃气味",
    "No gas": "没有燃气", "Something else": "其他问题",
}  # fmt: skip

_CALLS: Final = """\
# 来电者会遇到的情形
flow: gas_hotline.flow
calls:

  - name: 欠费用户查询余额
    data: {gas: [{name: 李伟, owed: 12.5}]}
    steps:
      - hears: t"menu"
      - press: "1"
      - hears: "您欠费12.50"
      - visits: tell_owed
      - ends: hangs_up

  - name: 没有欠费的用户
    data: {gas: [{name: 王芳, owed: 0}]}
    steps:
      - press: "1"
      - hears: t"balance.paid"
      - ends: hangs_up

  - name: 陌生号码，输入户号后查到余额
    data: {gas: [[], {name: 陈静, owed: 86.4}]}
    steps:
      - press: "1"
      - hears: t"account.ask"
      - press: "100004"
      - hears: "您欠费86.40"
      - ends: hangs_up

  - name: 报修：没有燃气
    data: {gas: [1, {number: 1001}]}
    steps:
      - press: "2"
      - hears: t"repair.meter"
      - press: "4711#"
      - hears: t"repair.kinds"
      - press: "2"
      - visits: no_gas
      - hears: "您的报修已登记"
      - ends: normal

  - name: 下班后留言
    at: 2026-11-22T23:00+08:00
    data: {gas: [1]}
    steps:
      - hears: t"night"
      - hears: t"message.ask"
      - says: 整条街都没有燃气，请派人来。
      - press: "#"
      - hears: t"message.kept"
      - ends: normal
"""


def translate(flow: Path) -> None:
    """Rewrite the copy of the gas hotline that *flow* belongs to."""
    text = flow.read_text(encoding="utf-8").replace("City Gas hotline", "城市燃气热线")
    for name, title in _TITLES.items():
        text, found = re.subn(rf'^(node {name}: \w+)( ".*")?$', rf'\1 "{title}"', text, flags=re.M)
        assert found == 1, name
    for english, chinese in _LABELS.items():
        text = re.sub(rf'^(  \d) "{english}" ->', rf'\1 "{chinese}" ->', text, flags=re.M)
    flow.write_text(text, encoding="utf-8")
    flow.with_suffix(".call.yaml").write_text(_CALLS, encoding="utf-8")
    config = flow.parent / "cordboard.toml"
    settings = config.read_text(encoding="utf-8")
    config.write_text(settings.replace('["en", "zh-CN"]', '["zh-CN", "en"]'), encoding="utf-8")
