"""The example of "How to write a node" works: as a class, in its own test, and as a plug-in."""

import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from cordboard.manual.commands import all_commands, commands_page
from docs_kit import DOCS, ROOT, blocks, page_files
from flow_runtime.core.commands import Keys, Note, Play, ReadKeys
from flow_runtime.core.node import Example, Node, param
from flow_runtime.core.replay import replay

PAGE = DOCS / "write-a-node.md"
CHECK = """
from acme_nodes.yes_no import YesNo
from cordboard.manual.markdown import page
from flow_runtime.core.node import Draft

assert YesNo.summary(Draft("x", {}, {"yes_key": "1", "no_key": "2"})) == "1 yes, 2 no"
assert [f.code for f in YesNo.problems(Draft("x", {}, {"yes_key": "1", "no_key": "1"}))]
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder as ``pip install`` would leave it, with the files of the page."""
    files = page_files(PAGE)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    told = tmp_path / "acme_nodes-1.0.dist-info"
    told.mkdir()
    points = [
        f"{name} = {where}" for name, where in project["entry-points"]["cordboard.nodes"].items()
    ]
    (told / "entry_points.txt").write_text("\n".join(["[cordboard.nodes]", *points]) + "\n")
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-nodes\nVersion: 1.0\n")
    (flow,) = (block for block in blocks(PAGE) if block.word == "with")
    (tmp_path / "call_back.flow").write_text(flow.text, encoding="utf-8")
    return tmp_path


def python(folder: Path, *arguments: str) -> str:
    """What a Python that has the plug-in prints."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_plug_in_is_in_the_library_and_in_flows(installed: Path) -> None:
    nodes = json.loads(python(installed, "-m", "cordboard", "nodes", "--json"))
    (told,) = (node for node in nodes if node["type"] == "yes_no")
    assert told["ports"] == ["yes", "no", "failed", "error"]
    assert python(installed, "-m", "cordboard", "check", "call_back.flow") == ""
    assert python(installed, "-m", "cordboard", "fmt", "--check", "call_back.flow") == ""
    played = python(installed, "-m", "cordboard", "simulate", "call_back.flow", "--keys", "7,1")
    assert "We will call you back today." in played


def test_its_own_test_passes(installed: Path) -> None:
    printed = python(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_yes_no.py")
    assert "3 passed" in printed
    python(installed, "-c", CHECK)


# --- what the page uses: replay, and the page of commands -----------------------------------------


WAIT = timedelta(seconds=1)
READ = ReadKeys(1, WAIT, WAIT)


class Twice(Node):
    """Say something, read a key, and fail if there is none."""

    type, title, group, icon = "twice", "Twice", "Say", "twice"
    port: str = param(help="Where to.", default="next")

    async def run(self) -> str:
        await Play(())
        read: Keys = await ReadKeys(1, WAIT, WAIT)
        if not read.keys:
            raise ValueError("nothing")
        return self.port


def test_replay_gives_the_port() -> None:
    told = [Play(()), False, READ, Keys("1", "full")]
    assert replay(Twice, Example("", {"port": "yes"}, told, "yes")) == "yes"


def test_replay_throws_what_is_an_exception_in() -> None:
    told = [Play(()), OSError("gone")]
    assert replay(Twice, Example("", {}, told, "error")) == "error"


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ([Note("x"), None], "the example has Note"),
        ([Play(()), False], "one command more"),
        ([Play(()), False, READ, Keys("1", "full"), Note("x"), None], "left before Note"),
    ],
)
def test_replay_says_what_is_different(script: list[object], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        replay(Twice, Example("", {}, script, "next"))


def test_replay_lets_a_bug_of_the_node_through() -> None:
    told = [Play(()), False, READ, Keys("", "timeout")]
    with pytest.raises(ValueError, match="nothing"):
        replay(Twice, Example("", {}, told, "next"))


def test_replay_ends_where_the_call_ends() -> None:
    assert replay(Twice, Example("", {}, [Play(())], None)) is None


def test_every_command_has_a_section() -> None:
    page = commands_page()
    names = [cls.__name__ for cls in all_commands()]
    written = (ROOT / "flow_runtime/core").rglob("*.py")
    source = "".join(file.read_text(encoding="utf-8") for file in written)
    classes = re.findall(r"^class (\w+)\((?:Local)?Command\[", source, re.M)
    assert sorted(names) == sorted(set(classes) - {"LocalCommand"})
    for cls in all_commands():
        assert f"\n## {cls.__name__}\n" in page
        assert not (cls.__doc__ or "").startswith(cls.__name__ + "("), "no docstring of its own"
