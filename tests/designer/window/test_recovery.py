"""Unsaved work outlives the designer, and only the work of one that is gone is offered."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from designer.window.recovery import Recovery, write_whole

KEEPER = """
import sys, time
from pathlib import Path
from designer.window.recovery import Recovery
folder, path = Path(sys.argv[1]), Path(sys.argv[2])
Recovery(folder).keep("mine", path, "flow half\\n", 5.0)
Recovery(folder).keep("new", None, "flow new\\n", 7.0)
print("kept", flush=True)
time.sleep(60)
"""


def killed_designer(folder: Path, path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(folder), str(path)], stdout=subprocess.PIPE
    ) as keeper:
        assert keeper.stdout is not None and keeper.stdout.readline() == b"kept\n"
        assert list(Recovery(folder).lost()) == []
        keeper.send_signal(signal.SIGKILL)


def test_work_of_a_killed_designer_is_offered_and_that_of_a_running_one_is_not(
    tmp_path: Path,
) -> None:
    folder, file = tmp_path / "keep", tmp_path / "half.flow"
    killed_designer(folder, file)
    recovery = Recovery(folder)
    recovery.keep("here", None, "flow here\n", 9.0)
    new, mine = recovery.lost()
    assert (new.path, new.text, new.saved_at) == (None, "flow new\n", 7.0)
    assert (mine.path, mine.text) == (file, "flow half\n")
    recovery.forget(new)
    assert [one.text for one in recovery.lost()] == ["flow half\n"]


def test_what_was_saved_is_not_kept(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.keep("a", None, "flow a\n", 1.0)
    recovery.drop("a")
    recovery.drop("a")
    assert list(tmp_path.iterdir()) == []


def test_nonsense_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    for number, text in enumerate(("", "[]", "{}", '{"path": 5}', "\xff")):
        (tmp_path / f"{number}.json").write_bytes(text.encode("latin-1"))
    assert list(Recovery(tmp_path).lost()) == []
    assert list(Recovery(tmp_path / "nowhere").lost()) == []


def test_a_file_is_written_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "a.flow"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, "new 流程\r\n")
    assert file.read_bytes() == "new 流程\r\n".encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.flow"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.flow").write_text("old")
    (tmp_path / "link.flow").symlink_to(tmp_path / "real.flow")
    write_whole(tmp_path / "link.flow", "new")
    assert (tmp_path / "link.flow").is_symlink()
    assert (tmp_path / "real.flow").read_text() == "new"


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        write_whole(tmp_path / "missing" / "a.flow", "x")
    assert not (tmp_path / "missing").exists()
    assert os.listdir(tmp_path) == []
