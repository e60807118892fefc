"""``cordboard replay``: days from files, from a database and invented; and what it says wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contact_center.core import events as ev
from contact_center.core.strategy.choose import load
from cordboard import surroundings
from cordboard.__main__ import main
from routing_kit import FLOW
from store_kit import running

DAY = """time,queue,handling,waited,outcome,call.language
9:00,repairs,3m,5,answered,en
09:00:10,repairs,200,0,answered,zh-CN
09:01,repairs,,40,abandoned,en
"""
AGENTS = """agent,queues,skills,from,until
1001,repairs=80,language=en,8:30,17:00
1002,repairs=60,language=fr,8:30,17:00
"""
SITE = """
[queues.repairs]
strategy = "order by talk"
service_level = "80% in 10s"
[queues.sales]
[agents.1001]
password = "x-1001-secret"
queues = {repairs = 80, sales = 20}
[agents.1002]
password = "x-1002-secret"
queues = {repairs = 40}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "day.csv").write_text(DAY)
    (tmp_path / "agents.csv").write_text(AGENTS)
    (tmp_path / "cordboard.toml").write_text(SITE)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["replay", *arguments]) == code
    out, err = capsys.readouterr()
    return err if code else out


def test_a_day_in_a_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = ["--day", str(files / "day.csv"), "--agents", str(files / "agents.csv")]
    found = json.loads(told(capsys, "require skill.language == call.language", *day, "--json"))
    assert [p["code"] for p in found["problems"]] == ["starvation"]
    assert 'nobody has skill.language == "zh-CN"' in found["problems"][0]["text"]
    ours, theirs = (found[s]["queues"]["all queues"] for s in ("proposed", "against"))
    assert (theirs["answered"]["mean"], ours["answered"]["mean"]) == (2, 1)
    assert found["difference"]["queues"]["repairs"]["answered"]["mean"] == -1
    assert found["proposed"]["agents"]["1002"]["answered"]["mean"] == 0
    assert "answered within T" in found["definitions"]["service_level_offered"]


def test_what_is_wrong_with_the_one_in_force_is_said_too(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else its column of nothing but zeros would be a riddle."""
    day = ["--day", str(files / "day.csv"), "--agents", str(files / "agents.csv")]
    strict = ["--against", "require skill.language == call.language"]
    found = json.loads(told(capsys, "longest idle", *day, *strict, "--json"))
    assert found["problems"] == []
    assert [p["code"] for p in found["problems_compared"]] == ["starvation"]
    assert main(["replay", "longest idle", *day, *strict]) == 0
    assert "repairs, compared with: error starvation:" in capsys.readouterr().err


def test_the_table_is_for_people(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "fewest answered", "--synthetic", "30", "60", "--agents", "4", "--seeds",
                "3")  # fmt: skip
    lines = [line.split() for line in text.splitlines() if line.strip()]
    assert lines[0] == ["all", "queues", "compared", "with", "proposed", "difference"]
    [calls] = [line for line in lines if line[0] == "calls"]
    assert calls[1:4] == calls[4:7] and calls[7:] == ["+0.0", "±", "0.0"]
    assert any(line[:2] == ["agent", "4"] for line in lines)
    assert lines[-1] == [
        "Means",
        "of",
        "3",
        "days",
        "±",
        "95%;",
        "bold:",
        "more",
        "than",
        "chance.",
    ]


def test_queues_and_agents_of_a_configuration(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is in force there is what the strategy is compared with; only one queue changes."""
    site = ["--config", str(files / "cordboard.toml"), "--synthetic", "60", "--seeds", "2"]
    found = json.loads(told(capsys, "highest skill", *site, "--queue", "repairs", "--json"))
    assert set(found["proposed"]["queues"]) == {"repairs", "sales", "all queues"}
    assert found["proposed"]["queues"]["sales"]["queued"]["mean"] == 0, "callers of --queue alone"
    same = json.loads(told(capsys, "order by talk", *site, "--queue", "repairs", "--json"))
    changes = same["difference"]["queues"]["repairs"].values()
    assert {change["mean"] for change in changes if change is not None} == {0.0}


def test_a_strategy_from_a_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = files / "ours.strategy"
    file.write_text("order by talk\n")
    day = ["--synthetic", "20", "--agents", "2", "--seeds", "1"]
    assert "fairness" in told(capsys, str(file), *day)
    assert "no.strategy: No such file" in told(capsys, str(files / "no.strategy"), *day, code=2)
    file.write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text; save it as UTF-8" in told(capsys, str(file), *day, code=2)


async def test_a_day_of_a_server(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "system_zone", lambda: UTC)
    url = f"sqlite:///{files / 'centre.db'}"
    from cordboard.config import load_config

    declared = load_config(files / "cordboard.toml").centre
    async with running(url, declared=declared) as made:
        made.now = datetime(2026, 11, 27, 9, tzinfo=UTC).timestamp()
        made.feed(ev.SignIn("1001"))
        made.feed(ev.Ready("1001"))
        plan = load("longest idle", FLOW).bind({})
        for number in range(3):
            made.feed(ev.Enter(f"c{number}", "repairs", plan, number=f"0{number}"))
        for _ in range(3):
            await made.settled()
            made.now += 2.0
            made.answer("1001")
            made.now += 30.0
            made.hang_up("1001")
        await made.settled()
    of = ["--database", url, "--date", "2026-11-27", "--json", "--answer", "2s"]
    found = json.loads(told(capsys, "longest idle", *of))
    ours = found["proposed"]["queues"]["repairs"]
    assert ours["answered"]["mean"] == 3 and ours["longest_wait"]["mean"] == 66.0
    assert found["days"] == 1 and set(found["proposed"]["agents"]) == {"1001"}
    assert "nobody called on 2026-11-26" in told(
        capsys, "longest idle", "--database", url, "--date", "2026-11-26", code=1
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("when\n9:00\n", 'day.csv:1: there is no column "time"; its first line names the columns:'),
        ("time,hadling\n", 'there is no column "hadling" (did you mean "handling"?)'),
        ("time,queue,handling\n9:00,repairs,soon\n", 'day.csv:2: handling: "soon" is no number'),
        ("time,queue\n25:00,repairs\n", 'day.csv:2: "25:00" is no time of the day; write 09:30'),
        ("time,queue,outcome\n9:00,repairs,lost\n", "outcome is answered or abandoned"),
        ("time,queue\n", "has no calls; write a line for each"),
    ],
)
def test_a_bad_day_is_told(
    files: Path, capsys: pytest.CaptureFixture[str], day: str, said: str
) -> None:
    (files / "day.csv").write_text(day)
    asked = ("longest idle", "--day", str(files / "day.csv"), "--agents", "2")
    assert said in told(capsys, *asked, code=2)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["order by tlak"], "tlak"),
        (["longest idle", "--agents", ""], "nobody works: name agents with --agents N"),
        (["longest idle", "--database", "sqlite:///x.db"], "--database belongs to --date"),
    ],
)
def test_what_cannot_be_replayed_is_told(
    asked: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--synthetic", "10", *(["--agents", "2"] if "--agents" not in asked else [])]
    assert said in told(capsys, *asked, *more, code=1)
