import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flow_kit import NOON, SITE
from flow_runtime.core.commands import Play
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Run
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Node
from flow_runtime.core.program import Program
from flow_runtime.core.sound import transcript
from flow_runtime.flow_files import load_flow
from flow_runtime.library import FlowErrors, FlowLibrary, PromptSource
from flow_runtime.sound_files import find_files

FLOW = 'flow NAME\nschema 1\nstart -> a\nnode a: say\n  text = "TEXT"\n  -> b\nnode b: hangup\n'


class Folder:
    """A folder of flows whose files can be written and rewritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ticks = 0

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file with a time of change of its own, as a later save would have."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self._ticks += 1
        os.utime(path, ns=(self._ticks * 10**9, self._ticks * 10**9))
        return path

    def flow(self, name: str, text: str = "hello") -> Path:
        return self.write(f"{name}.flow", FLOW.replace("NAME", name).replace("TEXT", text))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def heard(program: Program | None) -> str:
    """What a caller of *program* hears first."""
    assert program is not None
    around = program.surroundings
    command = Run(program, Frame(now=NOON, prompts=around.prompts)).start(NOON)
    assert isinstance(command, Play)
    return transcript(command.sound)


# --- called numbers -------------------------------------------------------------------------------


def test_exact_then_longest_prefix_then_all(folder: Folder) -> None:
    numbers = {n: folder.flow(name) for n, name in {
        "400*": "four", "*": "rest", "4001": "exact", "4001*": "longer",
    }.items()}  # fmt: skip
    library = FlowLibrary(numbers, SITE)
    library.load()

    def name(number: str) -> str:
        program = library.program(number)
        assert program is not None
        return program.name

    assert [name(n) for n in ("4001", "40012", "4002", "500", "")] == [
        "exact", "longer", "four", "rest", "rest",
    ]  # fmt: skip
    assert [library.reach(n) for n in ("4001", "40012", "4002", "500")] == [
        "own", "own", "own", "any",
    ]  # fmt: skip
    del numbers["*"]
    assert FlowLibrary(numbers, SITE).reach("500") == ""


def test_a_number_without_a_flow(folder: Folder) -> None:
    library = FlowLibrary({"100": folder.flow("a"), "2*": folder.flow("b")}, SITE)
    library.load()
    assert library.program("101") is None
    assert library.program("2") is not None
    assert {path.name for path in library.programs()} == {"a.flow", "b.flow"}


def test_one_file_may_serve_several_numbers(folder: Folder) -> None:
    path = folder.flow("a")
    library = FlowLibrary({"1": path, "2": path}, SITE)
    library.load()
    assert library.program("1") is library.program("2") is not None


# --- loading --------------------------------------------------------------------------------------


def test_serving_refuses_errors_and_lists_them_all(folder: Folder) -> None:
    broken = folder.write("broken.flow", FLOW.replace("NAME", "x").replace("-> b", "-> c"))
    numbers = {"1": broken, "2": folder.flow("good"), "3": folder.path / "missing.flow",
               "4": folder.write("odd.flow", b"flow \xff")}  # fmt: skip
    library = FlowLibrary(numbers, SITE)
    with pytest.raises(FlowErrors) as caught:
        library.load()
    lines = caught.value.lines
    assert lines[0].startswith(f"{broken}:6:3: error unknown-target:")
    assert "broken.flow:7:1: warning unreachable:" in lines[1]
    assert "missing.flow:1:1: error unreadable: the file cannot be read: No such file" in lines[2]
    assert "odd.flow:1:6: error syntax-encoding:" in lines[3] and len(lines) == 4
    assert str(caught.value).count("\n") == 3


def test_warnings_are_logged_and_served(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    text = FLOW.replace("NAME", "x") + "node lonely: hangup\n"
    library = FlowLibrary({"1": folder.write("x.flow", text)}, SITE)
    library.load()
    assert library.program("1") is not None
    assert "warning unreachable" in caplog.text
    assert len(library.problems()) == 1


def test_inputs_of_a_numbered_flow_need_defaults(folder: Folder) -> None:
    path = folder.write("x.flow", FLOW.replace("start", "input who: text\nstart"))
    assert load_flow(path, SITE).program is not None
    assert [p.code for p in load_flow(path, SITE, numbered=True).problems] == [
        "input-without-default"
    ]


def test_sound_files_lie_beside_the_flow_or_with_the_prompts(folder: Folder) -> None:
    folder.write("prompts/en.toml", 'hi = "Hi"\n')
    other = folder.write("prompts/other.wav", b"")
    both = folder.write("both.wav", b"")
    folder.write("prompts/both.wav", b"")
    library = FlowLibrary(
        {"1": folder.flow("a")}, SITE, PromptSource(folder.path / "prompts", ("en",))
    )
    library.load()
    program = library.program("1")
    assert program is not None and program.surroundings.files is not None
    find = program.surroundings.files
    assert (find("both.wav"), find("other.wav")) == (str(both.resolve()), str(other.resolve()))
    assert find("none.wav") is None
    assert find_files()("both.wav") is None


# --- changes --------------------------------------------------------------------------------------


def test_a_changed_flow_is_for_new_calls(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    path = folder.flow("a", "first")
    library = FlowLibrary({"1": path, "2": folder.flow("b")}, SITE)
    library.load()
    before = library.program("1")
    assert library.refresh() == []
    folder.flow("a", "second")
    assert library.refresh() == [path]
    assert (heard(before), heard(library.program("1"))) == ("first", "second")
    assert "new calls get the new flow" in caplog.text
    assert library.refresh() == []


@pytest.mark.parametrize("what", ["broken", "gone"])
def test_a_broken_flow_keeps_the_old_and_says_so(
    folder: Folder, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder.flow("a", "first")
    library = FlowLibrary({"1": path}, SITE)
    library.load()
    if what == "gone":
        path.unlink()
    else:
        folder.write("a.flow", "flow a\nschema 1\nstart -> nowhere\n")
    assert library.refresh() == []
    assert heard(library.program("1")) == "first"
    assert "new calls keep the flow as it was" in caplog.text
    assert len(library.problems()) == 1
    caplog.clear()
    assert library.refresh() == [] and caplog.text == ""
    folder.flow("a", "mended")
    assert library.refresh() == [path]
    assert heard(library.program("1")) == "mended" and library.problems() == []


PROMPTED = FLOW.replace("NAME", "p").replace('"TEXT"', 't"hi"')


def prompted(folder: Folder) -> FlowLibrary:
    folder.write("prompts/en.toml", 'hi = "Hi"\n')
    path = folder.write("p.flow", PROMPTED)
    library = FlowLibrary({"1": path}, SITE, PromptSource(folder.path / "prompts"))
    library.load()
    assert heard(library.program("1")) == "Hi"
    return library


def test_a_changed_prompt_is_for_new_calls(folder: Folder) -> None:
    library = prompted(folder)
    assert library.refresh() == []
    folder.write("prompts/en.toml", 'hi = "Hello"\n')
    assert len(library.refresh()) == 1
    assert heard(library.program("1")) == "Hello"


def test_a_new_language_is_noticed(folder: Folder) -> None:
    library = prompted(folder)
    folder.write("prompts/de.toml", 'hi = "Hallo"\n')
    assert len(library.refresh()) == 1
    program = library.program("1")
    assert program is not None and program.surroundings.languages == ("de", "en")


def test_a_broken_prompt_table_keeps_the_old_one(folder: Folder) -> None:
    library = prompted(folder)
    folder.write("prompts/en.toml", "hi = Hello\n")
    assert library.refresh() == []
    assert heard(library.program("1")) == "Hi"
    assert "no TOML" in library.problems()[0]
    folder.write("p.flow", PROMPTED + "# changed\n")
    assert len(library.refresh()) == 1
    assert heard(library.program("1")) == "Hi"
    folder.write("prompts/en.toml", 'hi = "Mended"\n')
    library.refresh()
    assert heard(library.program("1")) == "Mended" and library.problems() == []


def test_a_flow_that_misses_a_prompt_keeps_its_own_old_ones(folder: Folder) -> None:
    library = prompted(folder)
    folder.write("prompts/en.toml", 'ho = "Ho"\n')
    assert library.refresh() == []
    assert heard(library.program("1")) == "Hi"
    assert "unknown-prompt" in library.problems()[0]


def test_serving_refuses_broken_prompts(folder: Folder) -> None:
    folder.write("prompts/en.toml", "hi = Hello\n")
    library = FlowLibrary({"1": folder.flow("a")}, SITE, PromptSource(folder.path / "prompts"))
    with pytest.raises(FlowErrors, match="prompt-table"):
        library.load()


# --- watching -------------------------------------------------------------------------------------


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what we wait for happens in a thread
        await asyncio.sleep(0.005)


class Fragile(Node):
    """A plug-in with a bug where nothing is prepared for one."""

    type, title, group, icon = "fragile", "Fragile", "Logic", "log"

    @classmethod
    def port_key(cls, port: PortValue) -> PortValue:
        raise RuntimeError("fragile")


async def test_the_watcher_takes_changes_and_survives_errors(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder.flow("a", "first")
    site = replace(SITE, nodes={**SITE.nodes, "fragile": Fragile})
    library = FlowLibrary({"1": path}, site)
    library.load()
    changes: list[str] = []
    watching = asyncio.create_task(
        library.watch(lambda: changes.append(heard(library.program("1"))), 0.005)
    )
    try:
        folder.flow("a", "second")
        await until(lambda: changes == ["second"])
        folder.write("a.flow", "flow a\nschema 1\nstart -> a\nnode a: fragile\n")
        await until(lambda: "looking for changed flows failed" in caplog.text)
        folder.flow("a", "third")
        await until(lambda: heard(library.program("1")) == "third")
    finally:
        watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
