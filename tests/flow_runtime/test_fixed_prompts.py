from __future__ import annotations

from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.sound import AudioFile, Utterance
from flow_runtime.core.syntax.parser import parse
from flow_runtime.fixed_prompts import fixed_in_book, fixed_in_flow, without_repeats
from flow_runtime.speaker import Fixed
from nodes.catalogue import library

FLOW = """
flow f
schema 1
start -> a

node a: say
  text = ["Hello.", t"welcome", silence(1s), file("jingle.wav"), file("absent.wav"), "..."]
  -> b

node b: say
  text = if call.caller == "" then "Who are you?" else "You have {3:number} messages."
  voice = "gmw/en"
  -> c

node c: nonsense
  text = "never spoken"
  -> d

node d: log
  text = "not for ears"
"""


def book() -> PromptBook:
    made, problems = PromptBook.build(
        {
            "en": {"welcome": "Welcome.", "owed": "You owe {x:money}."},
            "fr": {"welcome": "Bonjour."},
        },
        {"en": {"jingle": "/p/en/jingle.wav"}},
        currency="USD",
        languages=("en", "fr"),
    )
    assert problems == []
    return made


def files(name: str) -> str | None:
    return f"/flows/{name}" if name == "jingle.wav" else None


def test_a_flow_gives_its_texts_and_files_in_the_first_language() -> None:
    flow = parse(FLOW).flow
    assert flow is not None
    fixed = list(fixed_in_flow(flow, library(), book(), files))
    whole = [f for f in fixed if not f.part]
    assert whole == [
        Fixed("node a", Utterance(("Hello.",), "en")),
        Fixed("node a", AudioFile("/flows/jingle.wav")),
        Fixed("node b", Utterance(("Who are you?",), "en")),
    ]
    parts = [f.item.text for f in fixed if f.part]
    assert parts[0] == "You have "
    assert parts[-1] == " messages."
    assert {"zero", "forty-two", "point", "million"} < set(parts)


def test_a_flow_without_languages_is_english() -> None:
    flow = parse(FLOW).flow
    assert flow is not None
    first, *_ = fixed_in_flow(flow, library(), PromptBook(), lambda name: None)
    assert first == Fixed("node a", Utterance(("Hello.",), "en"))


def test_a_book_gives_every_prompt_in_every_language() -> None:
    fixed = list(fixed_in_book(book()))
    said = {(f.origin, f.item.language, f.item.text) for f in fixed
            if isinstance(f.item, Utterance) and not f.part}  # fmt: skip
    assert {("welcome", "en", "Welcome."), ("welcome", "fr", "Bonjour.")} <= said
    assert Fixed("jingle", AudioFile("/p/en/jingle.wav", "", "jingle")) in fixed
    parts = [f.item.text for f in fixed if f.part and f.origin == "owed"]
    assert {"You owe ", "dollars", "cents", "and", "ninety-nine"} < set(parts)
    assert "." not in parts


def test_what_sounds_the_same_is_named_once() -> None:
    hello, again = Fixed("a", Utterance(("Hi",), "en")), Fixed("b", Utterance(("Hi",), "en"))
    other = Fixed("c", Utterance(("Hi",), "fr"))
    part = Fixed("d", Utterance(("Hi",), "en"), part=True)
    sound, twice = Fixed("e", AudioFile("/x.wav")), Fixed("f", AudioFile("/x.wav", "text"))
    assert without_repeats(iter([hello, again, other, part, sound, twice])) == [
        hello, other, part, sound,
    ]  # fmt: skip
