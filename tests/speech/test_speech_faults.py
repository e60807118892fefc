from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.engine import NoSuchVoice, TtsFailed
from speech.library import SoundProblem, Speech
from speech.shape import LEVEL, level
from speech_kit import Make, asked, pcm, until


@pytest.mark.parametrize("engine", ["CrashesTwice", "EmptyTwice"])
async def test_two_failures_are_forgiven(make: Make, tmp_path: Path, engine: str) -> None:
    rendered = await make(engine).clip("hello there", "en")
    assert level(pcm(rendered)) == pytest.approx(LEVEL, abs=1)
    assert asked(tmp_path) == 3


@pytest.mark.parametrize("engine", ["Crashes", "Empty", "Hangs"])
async def test_after_three_failures_espeak_speaks(make: Make, tmp_path: Path, engine: str) -> None:
    now = 0.0
    speech = make(engine, watchdog=0.5, clock=lambda: now)
    speech._engines[1].workshop._watchdog = 10.0  # the machine may be busy; only the fake one hangs
    rendered = await speech.clip("Welcome to City Gas.", "en")
    assert rendered.seconds > 1
    assert asked(tmp_path) == 3
    await speech.clip("Goodbye.", "en")
    assert asked(tmp_path) == 3  # it rests
    now = 61.0
    await speech.clip("Good morning.", "en")
    assert asked(tmp_path) == 6


async def test_an_engine_that_cannot_start_is_asked_once(make: Make, tmp_path: Path) -> None:
    speech = make("CannotStart")
    assert (await speech.clip("Welcome to City Gas.", "en")).seconds > 1
    assert (await speech.clip("Goodbye.", "en")).seconds > 0.3
    assert asked(tmp_path) == 1


async def test_an_answer_that_is_none_is_a_failure(make: Make) -> None:
    assert (await make("Babbles").clip("Welcome to City Gas.", "en")).seconds > 1


async def test_when_nothing_speaks_the_error_says_what_each_engine_said(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without espeak-ng: no library for anybody, no program on the path."""
    (tmp_path / "usercustomize.py").write_text(
        "import ctypes, ctypes.util\n"
        "class Missing(ctypes.CDLL):\n"
        "    def __init__(self, name, *args, **kwargs):\n"
        "        if 'espeak' in str(name): raise OSError('no such library')\n"
        "        super().__init__(name, *args, **kwargs)\n"
        "ctypes.CDLL = Missing\n"
        "ctypes.cdll = ctypes.LibraryLoader(Missing)\n"
        "ctypes.util.find_library = lambda name: None\n"
    )
    (tmp_path / "sitecustomize.py").write_text("import usercustomize\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TtsFailed) as failure:
        await make("pyttsx3").clip("Welcome to City Gas.", "en")
    said = str(failure.value)
    assert "pyttsx3: pyttsx3 does not start" in said
    assert "espeak: the library libespeak-ng is missing" in said
    assert "espeak-program: the program espeak-ng is missing" in said
    assert "apt-get install espeak-ng" in said


async def test_without_the_library_the_program_speaks(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes, ctypes.util\n"
        "class Missing(ctypes.CDLL):\n"
        "    def __init__(self, name, *args, **kwargs):\n"
        "        if 'espeak' in str(name): raise OSError('no such library')\n"
        "        super().__init__(name, *args, **kwargs)\n"
        "ctypes.CDLL = Missing\n"
        "ctypes.util.find_library = lambda name: None\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    speech = make("espeak")
    chinese = await speech.clip("您好，欢迎致电城市燃气。", "zh-CN")
    assert 1.5 < chinese.seconds < 4
    with pytest.raises(NoSuchVoice, match="gmw/xx"):
        await speech.clip("nuqneH", "tlh", "gmw/xx")


async def test_an_unknown_engine_and_a_missing_extra_are_named(make: Make) -> None:
    nonsense = make("flite")
    assert (await nonsense.clip("Welcome.", "en")).seconds > 0.3
    assert "there is no engine 'flite'; engines are pyttsx3" in nonsense._engines[0]._complaint
    broken = Speech(nonsense.folder, engine="fake_engines:Absent")
    with pytest.raises(TtsFailed, match="does not load"):
        await broken._engines[0].version()
    await broken.close()


@pytest.mark.skipif("piper" in sys.modules, reason="piper is installed here")
async def test_piper_names_its_extra(make: Make) -> None:
    speech = make("piper")
    with pytest.raises(TtsFailed, match=r"cordboard\[piper\]|piper_voices"):
        await speech._engines[0].version()
    assert (await speech.clip("Welcome.", "en")).seconds > 0.3


async def test_a_killed_worker_is_replaced(make: Make, tmp_path: Path) -> None:
    speech = make("Slow")
    await speech._engines[0].workshop.start()
    task = asyncio.create_task(speech.clip("hello there", "en"))
    await until(lambda: speech.waiting > 0)
    process = speech._engines[0].workshop._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert (await task).seconds > 0.5
    assert asked(tmp_path) == 1


async def test_an_idle_worker_gives_its_memory_back(make: Make) -> None:
    speech = make("Good")
    workshop = speech._engines[0].workshop
    workshop._idle = 0.05
    await speech.clip("hello there", "en")
    process = workshop._process
    assert process is not None
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert (await speech.clip("hello again", "en")).seconds > 0.5


async def test_a_closed_service_leaves_no_process(make: Make) -> None:
    speech = make("Slow")
    task = asyncio.create_task(speech.clip("hello there", "en"))
    await until(lambda: speech._engines[0].workshop._process is not None)
    process = speech._engines[0].workshop._process
    await speech.close()
    with pytest.raises(TtsFailed, match="shutting down"):
        await task
    assert process is not None
    assert process.returncode is not None


async def test_a_cache_that_is_no_folder_is_named(make: Make, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    speech = make()
    with pytest.raises(SoundProblem, match="cache.* cannot be written") as failure:
        await speech.clip("Welcome.", "en")
    assert failure.value.name == "cache-unwritable"
    with pytest.raises(SoundProblem, match="cache.* cannot be written"):
        speech.beep()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The cache on a file system of 16 KB."""
    folder = tmp_path / "cache"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a full disk is made by mounting a small one, which takes root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_is_named_and_leaves_nothing_behind(make: Make, small_disk: Path) -> None:
    with pytest.raises(SoundProblem, match="No space left on device; make room") as failure:
        await make().clip("Welcome to City Gas, the line of a large company.", "en")
    assert failure.value.name == "disk-full"
    assert [files for _, _, files in os.walk(small_disk) if files] == []


async def test_a_language_that_piper_has_no_model_of_is_spoken_by_espeak(
    make: Make, tmp_path: Path
) -> None:
    """A fake stands for piper, whose models are too large for a test."""
    speech, fake = make("piper"), make("Voiceless")
    speech._engines[0].workshop = fake._engines[0].workshop
    assert (await speech.clip("Welcome to City Gas.", "en")).seconds > 1
    assert asked(tmp_path) == 1


async def test_a_failure_nobody_waits_for_is_no_error_of_ours(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A caller who hangs up gives up waiting; the server may be closed before the text is made."""
    speech = make("Slow")
    await speech._files.start()  # whose end takes its time: the failure comes meanwhile
    task = asyncio.create_task(speech.clip("hello there", "en"))
    await until(lambda: speech.waiting > 0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await speech.close()
    del task  # what it waited for is forgotten with it
    gc.collect()
    assert "never retrieved" not in caplog.text
