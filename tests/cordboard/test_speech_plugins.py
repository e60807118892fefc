"""Engines that other packages bring, named in the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from cordboard.config import ConfigError, parse_config
from cordboard.speaking import open_speech

ENGINE = """
import numpy as np

class Siren:
    name, version = "siren", "1"

    def render(self, text, voice, rate):
        with open(NOTES, "a") as notes:
            notes.write(f"{voice} {text}\\n")
        return (8000 * np.sin(np.arange(16000) / 5)).astype(np.int16), 8000

    def close(self):
        pass
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with an engine is installed; the file with what that was asked to say."""
    notes = tmp_path / "notes"
    (tmp_path / "acme_tts.py").write_text(ENGINE.replace("NOTES", repr(str(notes))))
    info = tmp_path / "acme_tts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tts\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[cordboard.speech]\nacme = acme_tts:Siren\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return notes


def said(notes: Path) -> str:
    return notes.read_text()


async def test_an_engine_of_another_package_speaks_with_its_own_voices(
    acme: Path, tmp_path: Path
) -> None:
    text = '[tts]\nengine = "acme"\nvoices = {en = "low"}\n'
    config = parse_config(text, tmp_path)
    speech = open_speech(tmp_path / "state", config.tts)
    try:
        assert (await speech.clip("Good morning.", "en")).seconds > 1.5
        assert (await speech.clip("Bonjour.", "fr")).seconds > 1.5
    finally:
        await speech.close()
    assert said(acme) == "low Good morning.\nfr Bonjour.\n"


def test_an_engine_nobody_brings_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'acme' is not one of pyttsx3, espeak, piper"):
        parse_config('[tts]\nengine = "acme"\n', tmp_path)
