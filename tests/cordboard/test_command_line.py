"""The command line as a whole: odd surroundings, and errors that no command foresaw."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cordboard.__main__ import main

LOGGING = """flow f
schema 1
start -> a
node a: log
  text = "hello {call.caller}"
  -> b
node b: hangup
"""


def cordboard(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cordboard", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )


def plugin(folder: Path) -> str:
    """A package in *folder* that announces a node type it does not have."""
    info = folder / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[cordboard.nodes]\nfraud = acme_nodes:Fraud\n")
    return str(folder)


def test_an_unknown_command_has_a_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chek", "x.flow"]) == 2
    assert capsys.readouterr().err == (
        'cordboard: there is no command chek (did you mean "check"?)\n'
    )


def test_an_error_of_the_system_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file/site")]) == 2
    assert capsys.readouterr().err == (f"cordboard init: {tmp_path}/file/site: Not a directory\n")


def test_a_terminal_without_unicode_gets_what_it_can_show(tmp_path: Path) -> None:
    flow = tmp_path / "f.flow"
    flow.write_text(LOGGING, encoding="utf-8")
    done = cordboard("simulate", str(flow), PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and done.stderr == ""
    assert "? 13800000001 calls 100: flow f" in done.stdout
    assert "log: node a: hello 13800000001" in done.stdout


def test_a_plugin_that_was_left_out_is_told_of(tmp_path: Path) -> None:
    flow = tmp_path / "f.flow"
    flow.write_text(LOGGING, encoding="utf-8")
    path = plugin(tmp_path)
    for command in (["check", str(flow)], ["simulate", str(flow)], ["nodes"]):
        done = cordboard(*command, PYTHONPATH=path)
        assert done.returncode == 0
        assert 'node plug-in "fraud" (acme_nodes:Fraud) of acme 1.0 was left out' in done.stderr
    done = cordboard("doctor", PYTHONPATH=path)
    assert "BAD  plug-in: node plug-in" in done.stdout and done.returncode == 1
