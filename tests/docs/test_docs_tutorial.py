"""The tutorial, done step by step as its reader does it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile

from cordboard.__main__ import main
from docs_kit import DOCS, Block, blocks
from peer_kit.ports import free_port

CORDBOARD = (sys.executable, "-m", "cordboard")


def page() -> list[Block]:
    return list(blocks(DOCS / "tutorial.md"))


@pytest.fixture
def bakery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the flow as it is first written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bakery").mkdir()
    first = next(block for block in page() if block.language == "flow")
    (tmp_path / "bakery/bakery.flow").write_text(first.text, encoding="utf-8")
    return tmp_path / "bakery"


def add_the_variable(bakery: Path) -> None:
    line = [block for block in page() if block.language == "flow"][1].text
    flow = bakery / "bakery.flow"
    flow.write_text(flow.read_text().replace("schema 1\n", f"schema 1\n{line}", 1))


def test_the_mistake_is_found_as_it_is_printed(
    bakery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "bakery/bakery.flow"]) == 1
    shown = next(block for block in page() if block.language == "text")
    assert capsys.readouterr().out == shown.text


def test_the_mended_flow_checks_clean(bakery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_the_variable(bakery)
    assert main(["check", "bakery/bakery.flow"]) == 0
    assert capsys.readouterr().out == ""


def test_the_simulated_caller_orders_a_cake(bakery: Path) -> None:
    add_the_variable(bakery)
    done = subprocess.run(
        [*CORDBOARD, "simulate", "bakery/bakery.flow"],
        cwd=bakery.parent, input="9\n2\n12#\n", capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Welcome to the corner bakery.") == 2  # the first key was wrong
    assert "A cake for 12 people costs 30.00." in done.stdout


# --- served ---------------------------------------------------------------------------------------


@pytest.fixture
def served(bakery: Path) -> Iterator[int]:
    """The port of a server that runs the tutorial's configuration; its log is server.log."""
    add_the_variable(bakery)
    port = free_port()
    config = next(block for block in page() if block.language == "toml")
    (bakery / "cordboard.toml").write_text(config.text.replace("5060", str(port)))
    with (bakery / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*CORDBOARD, "serve", "--config", "bakery/cordboard.toml"],
            cwd=bakery.parent, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: "are ready" in log_of(bakery), bakery)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def log_of(bakery: Path) -> str:
    return (bakery / "server.log").read_text(errors="replace")


def until(reached: Callable[[], bool], bakery: Path) -> None:
    """Wait for *reached*, at most half a minute."""
    for _ in range(300):
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError(log_of(bakery))


@pytest.mark.peers
@pytest.mark.slow
def test_the_flow_is_called_changed_and_broken(bakery: Path, served: int) -> None:
    line = next(block for block in page() if "cordboard call" in block.text).text
    words = line.replace("5060", str(served)).replace('"', "").split()[1:]
    call = subprocess.run(
        [*CORDBOARD, *words], cwd=bakery.parent, capture_output=True, text=True, timeout=90
    )
    assert call.returncode == 0, call.stderr
    assert "pressed 12#" in call.stdout
    heard = soundfile.info(bakery.parent / "cake.wav")
    assert heard.channels == 2 and heard.duration > 8

    flow = bakery / "bakery.flow"
    flow.write_text(flow.read_text().replace("Welcome to", "Hello, this is"))
    until(lambda: "was changed: new calls get the new flow" in log_of(bakery), bakery)
    flow.write_text(flow.read_text().replace("-> price", "->"))
    until(lambda: "new calls keep the flow as it was before" in log_of(bakery), bakery)
    number = flow.read_text().splitlines().index("  ->") + 1
    assert f"bakery.flow:{number}:" in log_of(bakery)
