from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from speech.library import Speech
from speech_kit import Make


@pytest.fixture
async def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    """Makes speech services with a cache in the test's folder, and ends their processes."""
    monkeypatch.setenv("FAKE_ENGINE_COUNT", str(tmp_path / "count"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    made: list[Speech] = []

    def make(engine: str = "espeak", **options: object) -> Speech:
        name = engine if engine.islower() else f"fake_engines:{engine}"
        made.append(Speech(tmp_path / "cache", engine=name, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for speech in made:
        await speech.close()
