"""Sounds that become recordings: read, trimmed, levelled, kept."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt

from designer.forms.playing import Player
from designer.prompts.audio import Clip, Unreadable, from_microphone, read_clip
from designer.prompts.sound_dialog import SoundDialog


def tone(seconds: float = 1.0, before: float = 0.5, after: float = 0.5, loud: float = 0.25) -> Clip:
    rate = 8000
    moments = np.arange(int(seconds * rate)) / rate
    heard = loud * np.sin(2 * np.pi * 440 * moments)
    whole = np.concatenate([np.zeros(int(before * rate)), heard, np.zeros(int(after * rate))])
    return Clip(whole.astype(np.float32), rate)


def test_silent_ends_are_found_and_cut():
    start, end = tone().speech_bounds()
    assert start == pytest.approx(0.4, abs=0.02) and end == pytest.approx(1.6, abs=0.02)
    assert tone().trimmed(start, end).seconds == pytest.approx(1.2, abs=0.03)


def test_louder_is_louder_and_never_too_loud():
    assert tone().louder(6).peak == pytest.approx(0.5, abs=0.01)
    assert tone().louder(24).peak == 1.0
    assert tone().louder(-6).peak == pytest.approx(0.125, abs=0.01)


def test_what_is_written_is_read_again():
    again = read_clip(tone().wav())
    assert again.rate == 8000 and again.seconds == pytest.approx(2.0)
    assert np.max(np.abs(again.samples - tone().samples)) < 1e-3


def test_mp3_and_stereo_are_read(tmp_path):
    path = tmp_path / "x.mp3"
    both = np.stack([tone().samples, tone().samples], axis=1)
    soundfile.write(path, np.repeat(both, 2, axis=0), 16000, format="MP3")
    clip = read_clip(path)
    assert clip.samples.ndim == 1 and clip.seconds == pytest.approx(2.0, abs=0.2)


def test_what_is_no_sound_says_so(tmp_path):
    path = tmp_path / "x.wav"
    path.write_text("not a sound")
    with pytest.raises(Unreadable, match=r"x\.wav is no sound that can be read"):
        read_clip(path)


def test_a_microphones_bytes_are_samples():
    clip = from_microphone(b"\x00\x40\x00\xc0\x01", 16000)
    assert list(clip.samples) == [0.5, -0.5]


def test_the_dialog_trims_by_mouse_and_keyboard_and_sets_the_level(qtbot):
    dialog = SoundDialog(None, "welcome", tone(), Player())
    qtbot.addWidget(dialog)
    dialog.show()
    wave = dialog.wave
    start, end = wave.start, wave.end
    wave.setFocus()
    qtbot.keyClick(wave, Qt.Key.Key_Right)
    assert wave.start == pytest.approx(start + 0.05)
    qtbot.keyClick(wave, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert wave.end == pytest.approx(end - 0.05)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(wave, left, pos=QPoint(round(wave.width() / 2 * 0.9), 40))
    qtbot.mouseRelease(wave, left)
    assert wave.start == pytest.approx(0.9, abs=0.05)
    qtbot.mouseClick(dialog.full, left)
    assert dialog.sound.peak == pytest.approx(0.9, abs=0.12)
    assert dialog.keep.isEnabled()


def test_without_a_microphone_the_dialog_says_so(qtbot):
    from PySide6.QtMultimedia import QMediaDevices

    if QMediaDevices.audioInputs():
        pytest.skip("this machine has a microphone")
    dialog = SoundDialog(None, "welcome", None, Player())
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.keep.isEnabled()
    qtbot.mouseClick(dialog.record, Qt.MouseButton.LeftButton)
    assert "no microphone" in dialog.message.text()


def test_an_import_becomes_the_recording_of_a_prompt(bench, tmp_path):
    path = tmp_path / "hello.wav"
    path.write_bytes(tone().wav())
    bench.select("menu")
    card = bench.field("prompt").plain.card
    card.import_file(str(path))
    assert card.findChild(SoundDialog) is None and card.cancel.isVisible()
    bench.qtbot.waitUntil(lambda: card.findChild(SoundDialog) is not None)
    dialog = card.findChild(SoundDialog)
    assert dialog.isVisible() and not card.cancel.isVisible()
    bench.qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    kept = bench.path.parent / "prompts" / "en" / "menu.wav"
    bench.qtbot.waitUntil(lambda: card.how.text().startswith("recording"))
    assert read_clip(kept).seconds == pytest.approx(1.2, abs=0.05)
    assert card.how.text() == "recording · 1.2 s"
    assert bench.session.around.prompts.find("menu", "en").recording == str(kept.resolve())


def test_an_import_that_is_cancelled_changes_nothing(bench, tmp_path):
    path = tmp_path / "hello.wav"
    path.write_bytes(tone().wav())
    bench.select("menu")
    card = bench.field("prompt").plain.card
    card.import_file(str(path))
    bench.qtbot.mouseClick(card.cancel, Qt.MouseButton.LeftButton)
    assert card.message.text.text() == "Cancelled." and card.load.isEnabled()
    bench.qtbot.wait(200)
    assert card.findChild(SoundDialog) is None


def test_an_import_that_is_no_sound_says_so(bench, tmp_path):
    path = tmp_path / "hello.wav"
    path.write_bytes(b"not a sound")
    bench.select("menu")
    card = bench.field("prompt").plain.card
    card.import_file(str(path))
    bench.qtbot.waitUntil(lambda: "hello.wav is no sound" in card.message.text.text())
    assert card.load.isEnabled() and not card.cancel.isVisible()


def test_the_picture_of_a_long_sound_is_found_once(qtbot):
    asked = []

    class Long(Clip):
        def outline(self, columns):
            asked.append(columns)
            return super().outline(columns)

    short = tone()
    dialog = SoundDialog(None, "welcome", Long(short.samples, short.rate), Player())
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    for moment in (0.3, 0.4, 0.5):
        dialog.wave.set_bounds(moment, 1.0)
        dialog.wave.grab()
    assert len(set(asked)) == len(asked)
