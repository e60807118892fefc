"""Words that espeak-ng reads wrongly, and how to write them so that it reads them well."""

from __future__ import annotations

import re

_MANDARIN = {
    "银行": "银hang2", "工行": "工hang2", "建行": "建hang2", "农行": "农hang2", "行业": "hang2业",
    "行长": "hang2zhang3", "重新": "chong2新", "重复": "chong2复", "重庆": "chong2庆",
    "重拨": "chong2拨", "重播": "chong2播", "音乐": "音yue4", "了解": "liao3解",
    "得到": "de2到", "获得": "获de2", "调整": "tiao2整", "调节": "tiao2节",
    "便宜": "pian2宜", "更改": "geng1改", "更新": "geng1新", "更换": "geng1换", "变更": "变geng1",
    "地址": "di4址", "地区": "di4区", "地点": "di4点", "地铁": "di4铁", "当地": "当di4",
    "本地": "本di4", "外地": "外di4", "各地": "各di4", "着急": "zhao2急", "的确": "di2确",
    "目的": "目di4", "差额": "cha1额", "差错": "cha1错", "出差": "出chai1", "假日": "jia4日",
    "假期": "jia4期", "放假": "放jia4", "请假": "请jia4", "休假": "休jia4", "识别": "shi2别",
    "处理": "chu3理", "还款": "huan2款", "还清": "huan2清", "归还": "归huan2", "偿还": "偿huan2",
    "退还": "退huan2", "增长": "增zhang3", "局长": "局zhang3", "部长": "部zhang3",
    "校长": "校zhang3", "测量": "测liang2", "中奖": "zhong4奖",
}  # fmt: skip
"""Characters of several readings, by the words of a telephone line; espeak's pinyin voice takes
``hang2`` as it stands. Found by listening to its phonemes (``espeak-ng -x``)."""

_MANDARIN_WORD = re.compile("|".join(sorted(_MANDARIN, key=len, reverse=True)))
_LETTER_A = re.compile(r"\bA\b(?!['’.]|\s+[a-z])")


def adapt(text: str, voice: str) -> str:
    """*text* as it has to be written for espeak's *voice*."""
    if "cmn" in voice:
        return _MANDARIN_WORD.sub(lambda found: _MANDARIN[found[0]], text)
    if voice.startswith(("gmw/en", "en")):
        return _LETTER_A.sub("eigh", text)  # a single A is an article to it, unless it ends a text
    return text
