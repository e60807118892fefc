"""Flow files that name other flow files: found beside each other, checked, and renewed."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from flow_kit import SITE
from flow_runtime.called_files import FlowFiles, with_flows
from flow_runtime.core.check import check_text
from flow_runtime.flow_files import load_flow
from flow_runtime.library import FlowErrors, FlowLibrary, PromptSource
from flow_runtime.sound_files import find_files

MAIN = """flow main
schema 1
start -> s
node s: subflow
  flow = "parts/one.flow"
  -> over
node over: hangup
"""
ONE = """flow one
schema 1
start -> s
node s: subflow
  flow = "two.flow"
  -> e
node e: end
"""
TWO = """flow two
schema 1
start -> s
node s: say
  text = file("jingle.wav")
  -> e
node e: end
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder of main.flow, with parts/one.flow, parts/two.flow and a sound beside the last."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "main.flow").write_text(MAIN)
    (tmp_path / "parts" / "one.flow").write_text(ONE)
    (tmp_path / "parts" / "two.flow").write_text(TWO)
    (tmp_path / "parts" / "jingle.wav").write_bytes(b"RIFF")
    return tmp_path


def lines(path: Path) -> list[str]:
    around = with_flows(path, SITE)
    return [p.line(path.name) for p in check_text(path.read_text(), around)[1]]


def test_paths_are_relative_to_the_file_that_names_them(site: Path) -> None:
    checked = load_flow(site / "main.flow", SITE)
    assert checked.lines() == []
    assert checked.program is not None
    one = checked.program.flows["parts/one.flow"]
    assert one.name == "one"
    assert one.flows["two.flow"].name == "two"
    assert checked.files == tuple(
        site / name for name in ("main.flow", "parts/one.flow", "parts/two.flow")
    )


def test_sounds_are_looked_for_beside_the_flow_that_names_them(site: Path) -> None:
    (site / "prompts").mkdir()
    around = replace(SITE, files=find_files(site, site / "prompts"))
    assert load_flow(site / "main.flow", around).lines() == []
    (site / "parts" / "jingle.wav").rename(site / "jingle.wav")
    (line,) = load_flow(site / "main.flow", around).lines()
    assert 'broken-flow: "parts/one.flow" cannot be run: line 5: "two.flow" cannot be run' in line
    assert 'there is no sound file "jingle.wav"' in line
    (site / "jingle.wav").rename(site / "prompts" / "jingle.wav")
    assert load_flow(site / "main.flow", around).lines() == []


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (b"flow two\nschema 1\nnode e: end\n", "line 1: the flow does not say where it begins"),
        (b"flow two\nschema 1\nstart -> \n", "line 3: "),
        (b"# nothing\n", "line"),
        (b"\xff\xfe", "line 1: "),
    ],
)
def test_a_broken_part_breaks_the_whole(site: Path, text: bytes, trouble: str) -> None:
    (site / "parts" / "two.flow").write_bytes(text)
    checked = load_flow(site / "main.flow", SITE)
    assert checked.program is None
    (line,) = checked.lines()
    assert "main.flow:5:10: error broken-flow" in line
    assert f'"two.flow" cannot be run: {trouble}' in line


def test_a_part_that_only_root_may_read(site: Path) -> None:
    if os.geteuid() == 0:
        (site / "parts" / "two.flow").unlink()
        (site / "parts" / "two.flow").mkdir()
        assert "unknown-flow" in lines(site / "parts" / "one.flow")[0]
        return
    (site / "parts" / "two.flow").chmod(0)
    assert "the file cannot be read" in lines(site / "parts" / "one.flow")[0]


def test_names_that_no_file_can_have(site: Path) -> None:
    for name in ("no.flow", "..", "", "a\\0b", "x" * 300):
        text = MAIN.replace("parts/one.flow", name)
        (site / "main.flow").write_text(text.replace("\\0", "\x01"))
        assert "warning unknown-flow" in lines(site / "main.flow")[0]
    assert FlowFiles(SITE).around(site / "x").flows("\0") is None  # type: ignore[misc]


def test_flows_that_call_each_other_are_read_once(site: Path) -> None:
    (site / "parts" / "two.flow").write_text(
        ONE.replace("flow one", "flow two").replace("two.flow", "one.flow")
    )
    (line,) = lines(site / "main.flow")
    assert "one -> two -> one call each other on every way" in line
    files = FlowFiles(SITE)
    find = files.around(site / "main.flow").flows
    assert find is not None and find("parts/one.flow") is find("./parts/../parts/one.flow")


# --- a server's library ---------------------------------------------------------------------------


def library(site: Path) -> FlowLibrary:
    return FlowLibrary({"100": site / "main.flow"}, SITE, PromptSource(site / "prompts"))


def change(path: Path, text: str) -> None:
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_a_changed_part_renews_the_flow_that_calls_it(site: Path) -> None:
    flows = library(site)
    flows.load()
    before = flows.program("100")
    assert flows.refresh() == []
    change(site / "parts" / "two.flow", TWO.replace("flow two", "flow second"))
    assert flows.refresh() == [site / "main.flow"]
    after = flows.program("100")
    assert before is not None and after is not None
    names = [p.flows["parts/one.flow"].flows["two.flow"].name for p in (before, after)]
    assert names == ["two", "second"], "a call in progress keeps what it began with"


def test_a_part_that_breaks_leaves_the_old_flow_in_place(site: Path) -> None:
    flows = library(site)
    flows.load()
    before = flows.program("100")
    change(site / "parts" / "two.flow", "flow two\n")
    assert flows.refresh() == []
    assert flows.program("100") is before
    assert any("broken-flow" in line for line in flows.problems())
    change(site / "parts" / "two.flow", TWO)
    assert flows.refresh() == [site / "main.flow"]
    assert flows.problems() == []


def test_a_part_that_comes_later_is_noticed(site: Path) -> None:
    (site / "parts" / "two.flow").unlink()
    flows = FlowLibrary({"100": site / "main.flow"}, replace(SITE, complete=True))
    with pytest.raises(FlowErrors, match='there is no flow file "two.flow"'):
        flows.load()
    (site / "parts" / "two.flow").write_text(TWO)
    assert flows.refresh() == [site / "main.flow"]
