"""What a caller hears: prompts, texts, files and lists, edited and listened to in the form."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt

from designer.forms.picker import Picker
from designer.forms.speaking import spoken_words
from designer.prompts.card import PromptCard
from designer.site import Spoken


def sound_of(bench, parameter: str):
    return bench.field(parameter).plain


def table(bench, language: str) -> str:
    return (bench.path.parent / "prompts" / f"{language}.toml").read_text(encoding="utf-8")


def test_a_prompts_text_is_edited_per_language_and_written_into_its_table(bench):
    bench.select("menu")
    card = sound_of(bench, "prompt").card
    assert isinstance(card, PromptCard)
    assert card.tabs.count() == 2 and card.text.toPlainText().startswith("Welcome to City Gas")
    others = [line for line in table(bench, "en").splitlines() if not line.startswith('"menu" =')]
    bench.type_into(card.text, "Press 1 or 2.")
    bench.focus(bench.form.body.header.title)
    assert '"menu" = "Press 1 or 2."' in table(bench, "en").splitlines()
    kept = [line for line in table(bench, "en").splitlines() if not line.startswith('"menu" =')]
    assert kept == others
    around = bench.session.around
    assert around.prompts.find("menu", "en").text.constant == "Press 1 or 2."
    assert card is sound_of(bench, "prompt").card and card.text.toPlainText() == "Press 1 or 2."


def test_undo_in_a_prompt_is_its_own(bench):
    bench.select("menu")
    card = sound_of(bench, "prompt").card
    before = card.text.toPlainText()
    bench.focus(card.text)
    bench.qtbot.keyClicks(card.text, "x")
    bench.qtbot.keyClick(card.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert card.text.toPlainText() == before
    assert bench.session.document.undo_name is None


def test_another_selection_keeps_what_was_typed_into_a_prompt(bench):
    bench.select("menu")
    card = sound_of(bench, "prompt").card
    bench.type_into(card.text, "Quick words.")
    bench.select("hours")
    assert '"menu" = "Quick words."' in table(bench, "en")


def test_a_language_without_text_carries_a_warning(bench):
    path = bench.path.parent / "prompts" / "zh.toml"
    if not path.exists():
        path = next(p for p in path.parent.glob("*.toml") if p.stem != "en")
    lines = [
        ln for ln in path.read_text(encoding="utf-8").splitlines() if not ln.startswith('"menu" =')
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    bench.session.reload_site()
    bench.select("menu")
    field = bench.field("prompt")
    assert field._gaps is not None and field._gaps.isVisible()
    assert field._gaps._text.text() == "1 language missing"
    card = field.plain.card
    gap = [n for n in range(card.tabs.count()) if card.tabs.tabData(n) == path.stem][0]
    assert not card.tabs.tabIcon(gap).isNull()
    card.tabs.setCurrentIndex(gap)
    bench.type_into(card.text, "Qing an 1.")
    bench.focus(bench.form.body.header.title)
    assert "Qing an 1." in path.read_text(encoding="utf-8")
    assert not field._gaps.isVisible()


def test_a_prompt_is_picked_by_its_words(bench):
    bench.select("message_kept")
    sound = sound_of(bench, "text")
    bench.qtbot.mouseClick(sound.choose, Qt.MouseButton.LeftButton)
    picker = sound.findChild(Picker)
    bench.qtbot.keyClicks(picker.line, "Welcome to City Gas")
    bench.qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert 'text = t"menu"' in bench.text_of("message_kept")
    assert sound.card.isVisible()


def test_a_sound_becomes_a_text_a_list_and_a_prompt_again(bench):
    bench.select("menu")
    sound = sound_of(bench, "prompt")
    sound.become("text")
    assert 'prompt = "Welcome to City Gas' in bench.text_of("menu")
    bench.type_into(sound.prose.text, "You owe {meter}.")
    assert 'prompt = "You owe {meter}."' in bench.text_of("menu")
    sound.become("list")
    assert 'prompt = ["You owe {meter}."]' in bench.text_of("menu")
    bench.qtbot.mouseClick(sound.items.add, Qt.MouseButton.LeftButton)
    second = sound.items.made[1]
    second.become("silence")
    assert 'prompt = ["You owe {meter}.", silence(1s)]' in bench.text_of("menu")
    sound.items.rows.focus_handle(1)
    bench.qtbot.keyClick(
        sound.items.rows.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier
    )
    assert 'prompt = [silence(1s), "You owe {meter}."]' in bench.text_of("menu")


def test_a_text_becomes_a_prompt_of_the_table(bench):
    bench.select("menu")
    sound = sound_of(bench, "invalid_prompt")
    sound.become("text")
    bench.type_into(sound.prose.text, "Not that one.")
    sound.make_prompt()
    key = bench.node("menu").parameter("invalid_prompt").value.key
    assert f'{key} = "Not that one."' in table(bench, "en")


def test_a_sound_file_beside_the_flow_is_named_and_another_is_refused(bench, tmp_path: Path):
    bench.select("message_kept")
    sound = sound_of(bench, "text")
    near, far = bench.path.parent / "hello.wav", tmp_path / "far.wav"
    for path in (near, far):
        soundfile.write(path, np.zeros(800, dtype=np.float32), 8000)
    sound.use_file(far)
    assert sound.message.kind == "error" and "beside the flow" in sound.message.text.text()
    sound.use_file(near)
    assert 'text = file("hello.wav")' in bench.text_of("message_kept")


def test_listening_without_a_loudspeaker_says_so(bench, monkeypatch):
    from PySide6.QtMultimedia import QMediaDevices

    if QMediaDevices.audioOutputs():
        pytest.skip("this machine has a loudspeaker")
    bench.select("menu")
    card = sound_of(bench, "prompt").card
    monkeypatch.setattr(bench.session.site, "speak", lambda text, language: Spoken(_silence()))
    bench.qtbot.mouseClick(card.listen, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: card.message.kind == "error")
    assert "no loudspeaker" in card.message.text.text()
    assert "0.5 s" in card.how.text() and card.listen.isEnabled()


def test_a_voice_that_fails_says_why(bench, monkeypatch):
    bench.select("menu")
    card = sound_of(bench, "prompt").card
    monkeypatch.setattr(
        bench.session.site, "speak", lambda text, language: Spoken(trouble="no voice for en")
    )
    bench.qtbot.mouseClick(card.listen, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: card.message.kind == "error")
    assert card.message.text.text() == "no voice for en"


def test_a_table_that_cannot_be_written_says_so_and_keeps_the_words(bench):
    bench.select("menu")
    card = sound_of(bench, "prompt").card
    path = bench.path.parent / "prompts" / "en.toml"
    path.write_text("broken = ", encoding="utf-8")
    bench.type_into(card.text, "New words.")
    card.save()
    assert card.message.kind == "error" and "en.toml" in card.message.text.text()
    assert card.text.toPlainText() == "New words."
    assert path.read_text(encoding="utf-8") == "broken = "


def test_slots_are_heard_as_words():
    assert spoken_words("You owe {account.owed:money}.") == "You owe owed."
    assert spoken_words("Half {open") == "Half {open"


def _silence() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(b"\0\0" * 4000)
    return file.getvalue()


def test_a_sentence_typed_where_a_prompt_belongs_becomes_a_text(bench):
    bench.select("menu")
    sound = sound_of(bench, "silence_prompt")
    bench.type_into(sound.source.text, "Please choose, {call.caller}.")
    bench.focus(bench.form.body.header.title)
    assert 'silence_prompt = "Please choose, {call.caller}."' in bench.session.document.text
    assert sound.prose.isVisibleTo(bench.form) and not sound.source.isVisibleTo(bench.form)
