"""Prompts that no flow of a site uses."""

from flow_kit import flow_of
from flow_runtime.core.check.prompts import unused_prompts
from flow_runtime.core.prompts import PromptBook

BOOK, _ = PromptBook.build(
    {
        "en": {"hi": "Hi.", "bye": "Bye.", "first": "One.", "cordboard.goodbye": "See you."},
        "zh": {"hi": "你好。", "cordboard.goodby": "再见。"},
    },
    {"zh": {"bye": "/sounds/bye.wav"}},
)
SAYS = """flow f
schema 1
var p: prompt = t"first"
start -> a
node a: say
  text = ["x", if call.answered then t"hi" else p]
  -> b
node b: hangup
"""


def unused(*flows: str) -> list[tuple[str, str]]:
    return [(p.language, p.key) for p in unused_prompts(BOOK, [flow_of(text) for text in flows])]


def test_each_language_is_looked_at() -> None:
    assert unused(SAYS) == [("en", "bye"), ("zh", "cordboard.goodby"), ("zh", "bye")]


def test_all_flows_count() -> None:
    assert unused(SAYS, SAYS.replace('t"hi"', 't"bye"')) == [("zh", "cordboard.goodby")]


def test_without_flows_nothing_is_used() -> None:
    assert ("en", "hi") in unused() and ("en", "cordboard.goodbye") not in unused()
