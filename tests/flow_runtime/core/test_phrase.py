"""A phrase is a text that can still be said in another language."""

import copy
import json
import pickle

from flow_runtime.core.phrase import Phrase, listed, phrase

HINT = phrase(' (did you mean "{near}"?)', near="menu")
TEXT = phrase("there is no {what}{hint}", what="mneu", hint=HINT)
GERMAN = {
    "there is no {what}{hint}": "{what} gibt es nicht{hint}",
    ' (did you mean "{near}"?)': " (meinten Sie „{near}“?)",
}


def german(template: str) -> str:
    return GERMAN.get(template, template)


def test_it_is_the_english_text() -> None:
    assert TEXT == 'there is no mneu (did you mean "menu"?)'
    assert json.dumps({"text": TEXT}) == json.dumps({"text": TEXT[:]})
    assert f"error: {TEXT}".endswith('"menu"?)')


def test_it_is_said_in_another_language_with_the_phrases_within_it() -> None:
    assert TEXT.said(german) == "mneu gibt es nicht (meinten Sie „menu“?)"
    assert list(TEXT.templates()) == ["there is no {what}{hint}", ' (did you mean "{near}"?)']


def test_a_text_without_values_is_taken_as_it_is() -> None:
    braces = phrase("write {{ and }} for braces, {name} for a value")
    assert braces == "write {{ and }} for braces, {name} for a value"
    assert braces.said(lambda template: template.upper()) == braces.upper()


def test_sums_keep_their_parts() -> None:
    for made in (TEXT + "!", "line 3: " + TEXT, TEXT + HINT):
        assert isinstance(made, Phrase) and "gibt es nicht" in made.said(german)
    assert (TEXT + "!").said(german).endswith("!")
    assert TEXT + "" is TEXT and "" + TEXT is TEXT


def test_an_exception_keeps_it() -> None:
    try:
        raise ValueError(TEXT)
    except ValueError as error:
        assert str(error).said(german).startswith("mneu gibt")  # type: ignore[attr-defined]


def test_it_is_copied_and_pickled_whole() -> None:
    for made in (copy.deepcopy(TEXT), pickle.loads(pickle.dumps(TEXT))):
        assert made == TEXT and made.said(german) == TEXT.said(german)


def test_a_value_is_filled_in_later_also_within() -> None:
    open_ = phrase("{path} is none here{way}", path="a", way="")
    wrapped = phrase("prompt {key}: {text}", key="k", text=open_)
    assert open_.but(way=" (by b)") == "a is none here (by b)"
    assert wrapped.but(way=" (by b)") == "prompt k: a is none here (by b)"
    assert open_.but(other="x") == open_


def test_lists_end_with_their_own_word() -> None:
    either = phrase(" or ")
    words = [phrase("a value"), "“)”", phrase("a name")]
    said = {", ": "、", " or ": "或", "a value": "值", "a name": "名称"}
    made = listed(words, either)
    assert made == "a value, “)” or a name"
    assert isinstance(made, Phrase) and made.said(lambda t: said.get(t, t)) == "值、“)”或名称"
    assert listed(["one"], either) == "one"
