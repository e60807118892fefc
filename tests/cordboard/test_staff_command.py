"""``cordboard staff``: the table, the plot, and what it says of wrong arguments."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cordboard.__main__ import main

EXAMPLE = ["staff", "--calls", "100", "--interval", "30m", "--aht", "3m"]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[list[str]]:
    assert main([*EXAMPLE, *arguments]) == 0
    return [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_the_table_shows_what_each_number_of_agents_gives(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = printed(capsys, "--shrinkage", "30%", "--agents", "9-14")
    assert lines[0] == [
        *("agents", "roster", "in", "time", "avg", "wait", "waiting", "give", "up", "occupied")
    ]
    assert lines[2] == ["9", "13", "0.0%", "grows", "100.0%", "0.0%", "100.0%"]
    bar = "█" * 11
    assert lines[7] == ["14", "20", "88.8%", bar, "7.8", "s", "17.4%", "0.0%", "71.4%"]
    assert " ".join(lines[-1]) == (
        "10.00 erlangs: 14 agents answer 88.8% of all calls in 20 s; with 30.0% shrinkage plan 20."
    )


def test_patience_makes_it_erlang_a(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EXAMPLE, "--patience", "2m", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["needed"] == 12
    row = next(row for row in found["rows"] if row["agents"] == 12)
    assert 0.05 < row["abandons"] < 0.07 and row["within"] > 0.8


def test_json_knows_no_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EXAMPLE, "--agents", "10", "--json"]) == 0
    text = capsys.readouterr().out
    assert "Infinity" not in text
    assert json.loads(text)["rows"][0]["asa"] is None


def test_several_intervals_make_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    day = ["staff", "--calls", "40", "100", "60", "--aht", "180s"]
    assert main([*day, "--shrinkage", "0.3"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert [line[:3] for line in lines[2:5]] == [
        ["40", "7", "10"],
        ["100", "14", "20"],
        ["60", "9", "13"],
    ]
    assert " ".join(lines[-1]) == "15.0 hours of agents; 21.4 paid hours."
    assert main([*day, "--json"]) == 0
    assert [row["agents"] for row in json.loads(capsys.readouterr().out)["rows"]] == [7, 14, 9]


def test_the_plot_is_an_svg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "staff.svg"
    printed(capsys, "--agents", "11-16", "--svg", str(file))
    root = ET.fromstring(file.read_text(encoding="utf-8"))
    svg = "{http://www.w3.org/2000/svg}"
    titles = [found.text for found in root.iter(f"{svg}title")]
    assert "14 agents: 88.8% in time" in titles
    marked = [c for c in root.iter(f"{svg}circle") if c.get("class") == "needed"]
    assert len(marked) == 1
    assert len(list(root.iter(f"{svg}circle"))) == 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--calls", "0"], "more than 0"),
        (["--aht", "3x"], "270s, 4m30s or 1h"),
        (["--target", "80/20"], 'written "80% in 20s"'),
        (["--shrinkage", "100%"], "30% or 0.3"),
        (["--agents", "20-10"], "10-20"),
    ],
)
def test_a_wrong_argument_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*EXAMPLE, *arguments])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--agents", "1-999"], "at most 200 rows"),
        (["--calls", "1", "2", "--svg", "x.svg"], "belong to one interval"),
        (["--calls", "999999999", "--interval", "1s"], "more than 50000 agents"),
    ],
)
def test_what_cannot_be_computed_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*EXAMPLE, *arguments]) == 1
    assert said in capsys.readouterr().err
