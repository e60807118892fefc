"""The command ``cordboard fmt``."""

from __future__ import annotations

import argparse
import os
import stat
from pathlib import Path

import pytest

from cordboard.commands import fmt

UGLY = 'flow   f\nnode m: menu\n    attempts=3\n    prompt = "hi"   # say\n    failed->m\n'
NEAT = 'flow f\nschema 1\n\nnode m: menu\n  prompt = "hi"  # say\n  attempts = 3\n  failed -> m\n'


def run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    fmt.add_arguments(parser)
    return fmt.run(parser.parse_args([str(argument) for argument in arguments]))


@pytest.fixture
def ugly(tmp_path: Path) -> Path:
    path = tmp_path / "ugly.flow"
    path.write_text(UGLY, encoding="utf-8")
    return path


def test_a_file_is_formatted_in_place(ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ugly.chmod(0o640)
    assert run(ugly) == 0
    assert ugly.read_text(encoding="utf-8") == NEAT
    assert stat.S_IMODE(ugly.stat().st_mode) == 0o640
    assert capsys.readouterr().out == f"{ugly}: formatted\n"
    assert run(ugly) == 0
    assert run("--check", ugly) == 0
    assert capsys.readouterr().out == ""
    assert os.listdir(ugly.parent) == ["ugly.flow"]


def test_check_changes_nothing(ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check", ugly) == 1
    assert ugly.read_text(encoding="utf-8") == UGLY
    assert capsys.readouterr().out == f"{ugly}: would be formatted\n"


def test_a_link_stays_a_link(ugly: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.flow"
    link.symlink_to(ugly)
    assert run(link) == 0
    assert link.is_symlink()
    assert ugly.read_text(encoding="utf-8") == NEAT


def test_a_file_with_mistakes_is_left_as_it_is(
    ugly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.flow"
    bad.write_text("flow f\nnode a menu\n", encoding="utf-8")
    assert run(bad, ugly) == 1
    assert bad.read_text(encoding="utf-8") == "flow f\nnode a menu\n"
    assert ugly.read_text(encoding="utf-8") == NEAT
    out = capsys.readouterr().out
    assert out.startswith(f"{bad}:2:8: error syntax-unexpected: a node begins like this: ")


def test_a_half_typed_expression_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "half.flow"
    path.write_text('flow f\nschema 1\n\nnode a: set\n  x = !"a +"\n', encoding="utf-8")
    assert run("--check", path) == 0


def test_unreadable_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    latin = tmp_path / "latin.flow"
    latin.write_bytes("flow f # é\n".encode("latin-1"))
    assert run(latin, tmp_path / "none.flow", tmp_path) == 2
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{latin}:1:10: error syntax-encoding: ")
    assert f"{tmp_path / 'none.flow'}: cannot be read: No such file" in printed.err
    assert f"{tmp_path}: cannot be read: Is a directory" in printed.err


def test_a_failed_write_leaves_the_file(
    ugly: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert run(ugly) == 2
    assert ugly.read_text(encoding="utf-8") == UGLY
    assert os.listdir(ugly.parent) == ["ugly.flow"]
    assert capsys.readouterr().err == f"{ugly}: cannot be written: No space left on device\n"
