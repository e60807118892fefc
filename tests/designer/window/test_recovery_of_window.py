"""A designer that is killed loses no more than a few seconds of work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from designer.app import Program
from designer.window.autosave import EVERY
from designer_kit import answer, settle

DESIGNER = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from cordboard.design_site import Voices, site_of
from designer.app import Program, make_application
from designer.window.recovery import Recovery
from designer.window.settings import Settings

folder = Path(sys.argv[1])
app = make_application(["designer"])
settings = Settings(QSettings(str(folder / "other.ini"), QSettings.Format.IniFormat))
voices = Voices()
program = Program(lambda f: site_of(f, None, voices), settings, Recovery(folder / "unsaved"))
window = program.new_window()
page = window.files.open_path(folder / "work.flow")
page.drawing.add("say", 400, 0)
print("edited", flush=True)
app.exec()
"""
TEXT = "flow work\nschema 1\n\nstart -> end\n\nnode end: hangup\n"


@pytest.mark.slow
def test_work_of_a_killed_designer_is_offered_at_the_next_start(
    program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "work.flow"
    path.write_text(TEXT, encoding="utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(
        [sys.executable, "-c", DESIGNER, str(tmp_path)], stdout=subprocess.PIPE, env=environment
    ) as designer:
        assert designer.stdout is not None and designer.stdout.readline() == b"edited\n"
        deadline = time.monotonic() + 60
        while not list((tmp_path / "unsaved").glob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.1)
        designer.send_signal(signal.SIGKILL)
    assert EVERY <= 5000, "a crash may lose ten seconds"
    assert path.read_text(encoding="utf-8") == TEXT

    window = program.new_window()
    said = answer("Open it")
    program.offer_recovery(window)
    assert "work.flow" in said[0]
    page = window.page
    assert page is not None and page.path == path
    settle(page)
    assert page.session.picture.card("say") is not None
    assert page.dirty
    assert [one.text for one in program.recovery.lost()] == []
    assert window.files.save(page)
    assert "node say: say" in path.read_text(encoding="utf-8")
    program.autosave.settle()
    assert list((tmp_path / "unsaved").iterdir()) == []


def test_what_is_not_wanted_is_thrown_away(program: Program, tmp_path: Path) -> None:
    from designer.window.recovery import Recovery

    recovery = Recovery(tmp_path / "unsaved")
    script = (
        "import sys; from pathlib import Path; from designer.window.recovery import Recovery; "
        "Recovery(Path(sys.argv[1])).keep('a', None, 'flow a\\n', 1.0)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "unsaved")], check=True)
    assert len(list(recovery.lost())) == 1
    window = program.new_window()
    answer("Throw it away")
    program.offer_recovery(window)
    assert window.documents.pages == []
    assert list(recovery.lost()) == []
    program.offer_recovery(window)


def lose(folder: Path, path: Path | None, text: str, moment: float) -> None:
    """Let a process that is gone have kept *text*."""
    script = (
        "import sys; from pathlib import Path; from designer.window.recovery import Recovery; "
        "path = Path(sys.argv[2]) if sys.argv[2] else None; "
        "Recovery(Path(sys.argv[1])).keep('a', path, sys.argv[3], float(sys.argv[4]))"
    )
    arguments = [str(folder / "unsaved"), str(path or ""), text, str(moment)]
    subprocess.run([sys.executable, "-c", script, *arguments], check=True)


def test_whoever_decides_later_is_asked_again(program: Program, tmp_path: Path) -> None:
    lose(tmp_path, None, TEXT, 1.0)
    window = program.new_window()
    answer("Decide later")
    program.offer_recovery(window)
    assert window.documents.pages == []
    assert [one.text for one in program.recovery.lost()] == [TEXT]


def test_work_that_cannot_be_kept_anew_stays_where_it_was(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(tmp_path, None, TEXT, 1.0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(program.recovery, "keep", full)
    window = program.new_window()
    answer("Open it")
    program.offer_recovery(window)
    assert window.page is not None and window.page.session.document.text == TEXT
    assert [one.text for one in program.recovery.lost()] == [TEXT]


def test_a_file_that_was_opened_with_the_program_is_not_there_twice(
    program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "work.flow"
    path.write_text(TEXT, encoding="utf-8")
    lose(tmp_path, path, TEXT + "# mine\n", time.time() + 1)
    window = program.new_window()
    assert window.files.open_path(path) is not None
    answer("Open it")
    program.offer_recovery(window)
    (page,) = window.documents.pages
    assert page.session.document.text == TEXT + "# mine\n"
    assert page.dirty and page.path == path


def test_a_file_that_was_written_after_the_crash_is_not_overwritten_unasked(
    program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "work.flow"
    lose(tmp_path, path, TEXT + "# mine\n", time.time() - 3600)
    path.write_text(TEXT + "# theirs\n", encoding="utf-8")
    window = program.new_window()
    answer("Open it")
    program.offer_recovery(window)
    page = window.page
    assert page is not None
    said = answer("Cancel")
    assert not window.files.save(page)
    assert "Another program has changed" in said[0]
    assert path.read_text(encoding="utf-8") == TEXT + "# theirs\n"
    answer("Save mine")
    assert window.files.save(page)
    assert path.read_text(encoding="utf-8") == TEXT + "# mine\n"
