from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fake_engines import Empty, Good
from speech.engine import NoSuchVoice, TtsFailed
from speech.espeak import EspeakLibrary, EspeakProgram
from speech.store import Store
from speech.worker import Worker, open_engine


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("fake_engines.COUNT", str(tmp_path / "count"))
    return Store(tmp_path / "cache", limit=0)


def speak(store: Store, text: str = "hello there") -> dict[str, Any]:
    stem = store.stem("x", keep=False)
    return {"do": "speak", "text": text, "voice": "v", "rate": 170, "tail": 0.1, "stem": stem}


def test_a_request_is_answered_with_length_and_level(store: Store) -> None:
    answer = Worker(Good(), store).do(speak(store))
    assert answer == {"seconds": pytest.approx(0.88, abs=0.05), "level": -20.0}
    assert store.find("x", keep=False) is not None


def test_an_empty_sound_is_a_failure(store: Store) -> None:
    answer = Worker(Empty(), store).do(speak(store))
    assert answer == {"failed": "tts-failed", "text": "the engine gave an empty sound"}
    assert store.find("x", keep=False) is None


def test_a_missing_voice_is_told_apart(store: Store) -> None:
    class Voiceless(Good):
        def render(self, text: str, voice: str, rate: int) -> tuple[Any, int]:
            raise NoSuchVoice("no v")

    assert Worker(Voiceless(), store).do(speak(store)) == {
        "failed": "no-such-voice",
        "text": "no v",
    }


@pytest.mark.parametrize(
    ("code", "name"), [(errno.ENOSPC, "disk-full"), (errno.EACCES, "cache-unwritable")]
)
def test_what_cannot_be_written_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int, name: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", refuse)
    answer = Worker(Good(), store).do(speak(store))
    assert answer["failed"] == name
    assert os.strerror(code) in answer["text"]


def test_the_cache_is_trimmed_now_and_then(store: Store) -> None:
    store.make_folders()
    old = store.stem("old", keep=False)
    store.write(old, (("ulaw", b"1"), ("alaw", b"1")))
    for law in ("ulaw", "alaw"):
        os.utime(f"{old}.{law}", (1, 1))
    worker = Worker(Good(), store)
    for _ in range(63):
        worker.do(speak(store))
    assert Path(f"{old}.ulaw").exists()
    worker.do(speak(store))
    assert not Path(f"{old}.ulaw").exists()


def test_engines_by_name() -> None:
    assert open_engine("files", {}) is None
    assert isinstance(open_engine("espeak-program", {}), EspeakProgram)
    for name, complaint in [
        ("flite", "no engine 'flite'"),
        ("nowhere:Engine", "does not load"),
        ("fake_engines:Absent", "does not load"),
    ]:
        with pytest.raises(TtsFailed, match=complaint):
            open_engine(name, {})


@pytest.mark.parametrize("make", [EspeakLibrary, EspeakProgram])
def test_espeak_speaks_faster_at_a_higher_rate_and_never_nothing(make: type[Any]) -> None:
    engine = make()
    assert engine.version[0].isdigit()
    lengths = []
    for rate in (100, 170, 300):
        samples, hertz = engine.render("Your balance is twelve yuan.", "gmw/en-us", rate)
        assert samples.dtype == np.int16
        assert np.abs(samples).max() > 5000
        lengths.append(len(samples) / hertz)
    assert lengths[0] > lengths[1] > lengths[2] > 0.5
    again, _ = engine.render("余额十二元", "sit/cmn", 230)
    assert len(again) > 10_000
    with pytest.raises(NoSuchVoice, match="espeak-ng --voices"):
        engine.render("hello", "gmw/xx", 170)
    engine.close()
