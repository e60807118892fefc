"""Good flow files, and what a slip of the hand, a bad merge or a broken disk makes of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from hypothesis import strategies as st

from flow_runtime.core.syntax import print_flow
from flow_strategies import runnable_flows
from strategies import TRICKY, WORDS, flows

_ROOT = Path(__file__).parents[1]
GOOD = tuple(
    path.read_text(encoding="utf-8")
    for path in (
        *sorted(_ROOT.glob("sample_flows/*/*.flow")),
        _ROOT / "tests/flow_runtime/syntax/golden/written.flow",
    )
)
PIECES = (
    *TRICKY, *WORDS, " ", "\n", "\n  ", "\n\n", "\t", "\r\n", " = ", " -> ", ": ", ",", ".", "?.",
    "??", "(", ")", "[", "]", "{", "}", '"', '"""', "'", "+", "-", "==", "=", "!", "#", "# ", "1",
    "1.5", "5s", '!"half', '!"a b"', 'r"', 't"', "：", "，", "“", "\x00", "\u2028", "\ufeff", "\\",
)  # fmt: skip

Change = Callable[[str], str]


def _at(where: float, length: int) -> int:
    return min(int(where * (length + 1)), length)


def _lines(change: Callable[[list[str], int, int], None], one: float, other: float) -> Change:
    def changed(text: str) -> str:
        lines = text.split("\n")
        change(lines, _at(one, len(lines) - 1), _at(other, len(lines) - 1))
        return "\n".join(lines)

    return changed


def _swap(lines: list[str], one: int, other: int) -> None:
    lines[one], lines[other] = lines[other], lines[one]


def _delete(lines: list[str], one: int, other: int) -> None:
    del lines[one]


def _repeat(lines: list[str], one: int, other: int) -> None:
    lines.insert(other, lines[one])


def _join(lines: list[str], one: int, other: int) -> None:
    lines[one : one + 2] = ["".join(lines[one : one + 2])]


def _indent(lines: list[str], one: int, other: int) -> None:
    lines[one] = "  " + lines[one] if other % 2 else lines[one].lstrip()


def _insert(where: float, piece: str) -> Change:
    return lambda text: text[: _at(where, len(text))] + piece + text[_at(where, len(text)) :]


def _cut(where: float, length: int) -> Change:
    return lambda text: text[: _at(where, len(text))] + text[_at(where, len(text)) + length :]


def _truncate(where: float) -> Change:
    return lambda text: text[: _at(where, len(text))]


_WHERE = st.floats(0, 1)
_CHANGES: st.SearchStrategy[Change] = st.one_of(
    *(
        st.builds(_lines, st.just(change), _WHERE, _WHERE)
        for change in (_swap, _delete, _repeat, _join, _indent)
    ),
    st.builds(_insert, _WHERE, st.sampled_from(PIECES)),
    st.builds(_insert, _WHERE, st.text(max_size=3)),
    st.builds(_cut, _WHERE, st.integers(1, 12)),
    st.builds(_truncate, _WHERE),
)


def good_texts() -> st.SearchStrategy[str]:
    """Texts of flows that say something: samples, flows that run, and flows of anything."""
    drawn = runnable_flows(most=3).map(lambda drawn: print_flow(drawn.flows["main.flow"]))
    return st.one_of(st.sampled_from(GOOD), drawn, flows().map(print_flow))


_SOME_CHANGES = st.lists(_CHANGES, min_size=1, max_size=4)
_GOOD_TEXTS = good_texts()


@st.composite
def broken_texts(draw: st.DrawFn) -> str:
    """Such a text after one to four changes."""
    text = draw(_GOOD_TEXTS)
    for change in draw(_SOME_CHANGES):
        text = change(text)
    return text


_BROKEN_TEXTS = broken_texts()
_BYTES, _FEW_BYTES, _ANY_BYTES = st.integers(0, 2), st.binary(max_size=4), st.binary(max_size=40)


@st.composite
def broken_files(draw: st.DrawFn) -> bytes:
    """The bytes of such a text, or such bytes with some of them changed, or any bytes."""
    content = draw(_BROKEN_TEXTS).encode("utf-8", "replace")
    way = draw(_BYTES)
    if way == 1:
        at = _at(draw(_WHERE), len(content))
        content = content[:at] + draw(_FEW_BYTES) + content[at + draw(_BYTES) :]
    return content if way < 2 else draw(_ANY_BYTES)


_WORD = re.compile(r"\w+")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|.)")
_MAY_GO = Counter({"next": 10**6, "layout": 10**6})
"""``next -> a`` is written ``-> a``; two layouts become one."""


def lost_words(before: str, after: str) -> Counter[str]:
    """The words of the file *before* that *after* does not have as often."""
    return _words(before) - _words(after) - _MAY_GO


def _words(text: str) -> Counter[str]:
    written = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else " ", text)
    return Counter(_WORD.findall(normalize("NFC", written)))
