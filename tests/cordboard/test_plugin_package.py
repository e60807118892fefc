"""A package with plug-ins of every kind, and a broken one of each: installed by pip, and used."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from docs_kit import DOCS, ROOT, blocks, page_files

PACKAGE = ROOT / "tests" / "plugin_package"
BROKEN = '{} plug-in "{}" (acme_line.broken:Broken) of acme-line 1.0'
WHY = "was left out: ModuleNotFoundError: No module named 'acme_library_that_nobody_has'"

PAGE = DOCS / "plugins.md"
(FLOW,) = (block.text for block in blocks(PAGE) if block.word == "with")
CONFIG = """\
[numbers]
"100" = "tariff.flow"
[data.prices]
url = "csv:{folder}"
[prompts]
languages = ["en"]
[tts]
engine = "{engine}"
voices = {{en = "low"}}
"""
CALLS = """\
flow: tariff.flow
calls:
  - name: the price is in the file
    caller: "13800000001"
    steps:
      - hears: "Which item"
      - press: "7#"
      - hears: "That is 12.50"
      - ends: normal

  - name: nobody has a price for that
    caller: "13800000001"
    steps:
      - press: "8#"
      - hears: "We do not know"
      - ends: normal

  - name: not from an office
    caller: "021555"
    steps:
      - visits: sorry
      - ends: normal

  - name: nor from nobody
    caller: ""
    steps:
      - visits: sorry
      - ends: normal
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip has installed the package, without asking anybody."""
    made = tmp_path_factory.mktemp("plugins")
    shutil.copytree(PACKAGE, made / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--target", str(made / "site")]
    done = subprocess.run(
        [*pip, *offline, str(made / "source")], capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made / "site"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A configured site whose flow uses the node, the data source and the voice."""
    folder = tmp_path / "csv"
    for name, text in {
        "tariff.flow": FLOW,
        "cordboard.toml": CONFIG.format(folder=folder, engine="morse"),
        "tariff.call.yaml": CALLS,
        "prompts/en.toml": 'hello = "Hello."\n',
        "csv/tariff.csv": "item,price\n7,12.5\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class Cordboard:
    """The command line, with the package on the path."""

    def __init__(self, installed: Path, folder: Path) -> None:
        self._folder = folder
        path = f"{installed}{os.pathsep}{ROOT}"
        self._environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": path}

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self._run("-m", "cordboard", *arguments, code=code)

    def python(self, program: str) -> None:
        self._run("-c", program, code=0)

    def _run(self, *arguments: str, code: int) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self._folder, env=self._environment, capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done


@pytest.fixture
def cordboard(installed: Path, site: Path) -> Cordboard:
    return Cordboard(installed, site)


def test_the_manual_shows_this_package() -> None:
    shown = page_files(PAGE)
    project = shown.pop("pyproject.toml").splitlines()
    lines = (PACKAGE / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    assert project == [line for line in lines if not line.startswith("broken_")]
    own = {path.name for path in (PACKAGE / "acme_line").glob("*.py")}
    assert {Path(name).name for name in shown} == own - {"__init__.py", "broken.py"}
    for name, text in shown.items():
        assert text == (PACKAGE / name).read_text(encoding="utf-8"), name


def test_its_node_proves_its_examples(cordboard: Cordboard) -> None:
    cordboard.python(
        "from flow_runtime.core.node import Draft\n"
        "from flow_runtime.core.replay import replay\n"
        "from acme_line.caller_kind import CallerKind\n"
        "assert len(CallerKind.examples) == 3\n"
        "assert all(replay(CallerKind, e) == e.leaves_by for e in CallerKind.examples)\n"
        "assert CallerKind.summary(Draft('x', {}, {'mobile': '1'})) == 'mobile: 1...'\n"
    )


def test_the_node_is_in_the_library_and_the_broken_one_is_named(cordboard: Cordboard) -> None:
    done = cordboard("nodes", "--json")
    nodes = {node["type"]: node for node in json.loads(done.stdout)}
    assert nodes["caller_kind"]["ports"] == ["mobile", "other", "hidden", "error"]
    assert "menu" in nodes
    assert done.stderr == f"{BROKEN.format('node', 'broken_node')} {WHY}\n"


def test_check_and_fmt(cordboard: Cordboard, site: Path) -> None:
    done = cordboard("check", "--config", "cordboard.toml", "tariff.flow")
    assert "error" not in done.stdout
    assert "broken_node" in done.stderr
    cordboard("fmt", "--check", "tariff.flow")
    text = FLOW.replace("mobile -> ask", "moblie -> ask")
    (site / "tariff.flow").write_text(text, encoding="utf-8")
    wrong = cordboard("check", "tariff.flow", code=1).stdout
    assert 'did you mean "mobile"' in wrong


def test_simulate_asks_the_files(cordboard: Cordboard, site: Path) -> None:
    config = ("--config", "cordboard.toml")
    heard = cordboard("simulate", "tariff.flow", *config, "--keys", "7,#").stdout
    assert "That is 12.50." in heard
    (site / "csv" / "tariff.csv").unlink()
    heard = cordboard("simulate", "tariff.flow", *config, "--keys", "7,#").stdout
    assert "The price list is not there." in heard
    assert "No such file or directory" in heard


def test_call_tests(cordboard: Cordboard) -> None:
    done = cordboard("test", "tariff.call.yaml")
    assert done.stdout.splitlines()[-1] == "4 passed, 0 failed"
    assert "broken_node" in done.stderr


def test_the_voice_speaks(cordboard: Cordboard, site: Path) -> None:
    done = cordboard("render-prompts", "--config", "cordboard.toml")
    assert "hello" in done.stdout and "failed" not in done.stdout.splitlines()[-1]
    sounds = list((site / ".cordboard").rglob("*.ulaw"))
    assert sounds
    assert any(480 < loudest(sound) < 520 for sound in sounds), "the low voice is one of 500 Hz"


def loudest(path: Path) -> float:
    """The frequency that is loudest in a file, in Hz."""
    import numpy as np

    from speech.g711 import decode_ulaw

    samples = decode_ulaw(path.read_bytes())
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum)) * 8000 / len(samples)


def test_a_broken_data_source_is_named_in_the_call(cordboard: Cordboard, site: Path) -> None:
    config = CONFIG.format(folder=site / "csv", engine="morse").replace("csv:", "broken_data:")
    (site / "cordboard.toml").write_text(config, encoding="utf-8")
    heard = cordboard(
        "simulate", "tariff.flow", "--config", "cordboard.toml", "--keys", "7,#"
    ).stdout
    assert "The price list is not there." in heard
    assert BROKEN.format("data", "broken_data") in " ".join(heard.split())


def test_a_broken_voice_is_named_and_another_speaks(cordboard: Cordboard, site: Path) -> None:
    config = CONFIG.format(folder=site / "csv", engine="broken_voice")
    (site / "cordboard.toml").write_text(config, encoding="utf-8")
    done = cordboard("render-prompts", "--config", "cordboard.toml")
    assert "failed" not in done.stdout.splitlines()[-1]
    assert "tts acme_line.broken:Broken cannot speak for now:" in done.stderr
    assert "No module named 'acme_library_that_nobody_has'" in done.stderr


def test_the_doctor_tells_of_each(cordboard: Cordboard) -> None:
    told = {line for line in cordboard("doctor", code=1).stdout.splitlines() if "plug-in" in line}
    said = "\n".join(sorted(told))
    for kind, name in (("node", "caller_kind"), ("data", "csv"), ("speech", "morse")):
        assert f'ok   plug-in: {kind} plug-in "{name}" (acme_line.' in said
    for kind, name in (("node", "node"), ("data", "data"), ("speech", "voice")):
        assert f"{BROKEN.format(kind, f'broken_{name}')} {WHY}" in said
    assert len(told) == 6
