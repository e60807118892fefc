"""`cordboard design` says why it cannot show a window, and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cordboard.__main__ import main


def test_without_a_display_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["design"]) == 2
    told = capsys.readouterr().err
    assert "no display" in told and "ssh -X" in told


def test_without_the_extra_it_names_what_to_install() -> None:
    script = (
        "import sys; sys.modules['PySide6'] = None\n"
        "from cordboard.__main__ import main; sys.exit(main(['design', 'a.flow']))"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 2
    assert "pip install 'cordboard[designer]'" in done.stderr


def test_a_configuration_with_mistakes_is_told_before_a_window_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    config = tmp_path / "cordboard.toml"
    config.write_text("[nonsense]\n", encoding="utf-8")
    assert main(["design", "--config", str(config)]) == 2
    assert "nonsense" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--server", "no address"], "is no address of a server"),
        (["--server", "127.0.0.1:1", "--token-file", "missing"], "missing cannot be read"),
        (["--server", "127.0.0.1:1", "--token-file", "empty"], "empty is empty"),
    ],
)
def test_a_server_that_cannot_be_meant_is_told_before_a_window_opens(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.chdir(tmp_path)
    Path("empty").write_text("\n", encoding="utf-8")
    assert main(["design", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_the_token_comes_from_the_file_else_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("PySide6")
    from designer import app
    from designer.server.address import Address

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("CORDBOARD_TOKEN", "from-environment")
    (tmp_path / "token").write_text("from-file\n", encoding="utf-8")
    asked: list[object] = []
    monkeypatch.setattr(app, "run", lambda *_, server, **__: asked.append(server) or 0)
    command = ["design", "--server", "line.example.com"]
    assert main(command) == 0
    assert main([*command, "--token-file", str(tmp_path / "token")]) == 0
    monkeypatch.delenv("CORDBOARD_TOKEN")
    assert main(command) == 0
    address = Address("https://line.example.com")
    assert asked == [(address, "from-environment"), (address, "from-file"), (address, "")]
