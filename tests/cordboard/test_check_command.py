from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cordboard.__main__ import main
from cordboard.config import ConfigError, parse_config
from cordboard.surroundings import configured, surroundings, system_zone

GOOD = 'flow f\nschema 1\nstart -> a\nnode a: say\n  text = t"hi"\n  -> b\nnode b: hangup\n'
OFFICE = """flow g
schema 1
input who: text
start -> a
node a: business_hours
  calendar = "office"
  open -> b
  closed -> b
node b: hangup
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/en.toml").write_text('hi = "Hi"\n')
    (tmp_path / "good.flow").write_text(GOOD)
    (tmp_path / "office.flow").write_text(OFFICE)
    (tmp_path / "cordboard.toml").write_text(
        '[numbers]\n"100" = "good.flow"\n[calendars.office]\nzone = "Asia/Shanghai"\n'
        'mon-fri = "09:00-18:00"\n[data.gas]\nurl = "sqlite:///gas.db"\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> int:
    return main(["check", *arguments])


def test_a_good_flow_with_the_prompts_beside_it(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("good.flow") == 0
    assert capsys.readouterr().out == ""


def test_warnings_are_printed_and_end_with_0(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("office.flow") == 0
    out = capsys.readouterr().out
    assert out.startswith(
        'office.flow:6:14: warning unknown-calendar: there is no calendar "office"'
    )
    assert out.count("\n") == 1


def test_with_a_configuration_its_names_are_known(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("--config", "cordboard.toml", "good.flow", "office.flow") == 0
    assert capsys.readouterr().out == ""


def test_a_flow_with_a_number_needs_defaults(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = site / "cordboard.toml"
    config.write_text(config.read_text().replace("good.flow", "office.flow"))
    assert check("--config", "cordboard.toml", "office.flow") == 1
    assert "office.flow:3:1: error input-without-default" in capsys.readouterr().out


def test_errors_end_with_1_and_unreadable_files_with_2(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "bad.flow").write_text(GOOD.replace("node b: hangup", "node b: hangupp"))
    assert check("bad.flow", "good.flow") == 1
    assert capsys.readouterr().out == (
        'bad.flow:7:1: error unknown-node: there is no node type hangupp (did you mean "hangup"?)\n'
    )
    (site / "binary.flow").write_bytes(b"flow \xff")
    assert check("bad.flow", "missing.flow", "binary.flow", "good.flow") == 2
    shown = capsys.readouterr()
    assert "missing.flow: cannot be read: No such file or directory" in shown.err
    assert "binary.flow:1:6: error syntax-encoding:" in shown.out
    assert "bad.flow:7:1:" in shown.out


def test_mistakes_of_the_prompt_tables_are_told_once(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "prompts/en.toml").write_text('hi = "Hi"\nbad = "{"\n')
    assert check("good.flow", "good.flow") == 1
    out = capsys.readouterr().out
    assert out.startswith("prompts/en.toml:2:1: error") and out.count("\n") == 1


# --- prompts that no flow uses --------------------------------------------------------------------


def test_unused_prompts_are_told_when_the_whole_site_is_checked(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = site / "prompts/en.toml"
    table.write_text('# Greetings\nhi = "Hi"\n\n"old.greeting" = "Ho"\ninner = "In"\n')
    sound = site / "prompts/en/jingle.wav"
    sound.parent.mkdir()
    sound.touch()
    (site / "part.flow").write_text(GOOD.replace("hi", "inner").replace("hangup", "end"))
    calling = GOOD.replace("-> b", "-> c") + 'node c: subflow\n  flow = "part.flow"\n  -> b\n'
    (site / "good.flow").write_text(calling)
    assert check("--config", "cordboard.toml", "good.flow") == 0
    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"{table}:4:1: warning unused-prompt: no flow of this site uses the prompt"
        " old.greeting (en); take it out",
        f"{sound}:1:1: warning unused-prompt: no flow of this site uses the prompt"
        " jingle (en); take it out",
    ]


@pytest.mark.parametrize(
    "arguments",
    [("good.flow",), ("--config", "cordboard.toml", "office.flow")],
    ids=["no configuration", "not all flows"],
)
def test_else_nobody_knows_which_prompts_are_used(
    site: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    (site / "prompts/en.toml").write_text('hi = "Hi"\nho = "Ho"\n')
    check(*arguments)
    assert "unused-prompt" not in capsys.readouterr().out


@pytest.mark.parametrize("broken", ['  text = t"hi\n', "  text = 'x'\n"])
def test_what_cannot_be_read_may_use_any_prompt(
    site: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    (site / "good.flow").write_text(GOOD.replace('  text = t"hi"\n', broken))
    assert check("--config", "cordboard.toml", "good.flow") == 1
    assert "unused-prompt" not in capsys.readouterr().out
    flow = GOOD.replace('say\n  text = t"hi"', 'subflow\n  flow = "part.flow"')
    (site / "good.flow").write_text(flow)
    (site / "part.flow").write_text("# nothing yet\n")
    assert check("--config", "cordboard.toml", "good.flow") == 1
    assert "unused-prompt" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [("Asia/Shanghai", "Asia/Shangai", "Asia/Shanghai"), ("[numbers]", "[nubmers]", "numbers")],
)
def test_a_bad_configuration_ends_with_2(
    site: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, hint: str
) -> None:
    config = site / "cordboard.toml"
    config.write_text(config.read_text().replace(old, new))
    assert check("--config", "cordboard.toml", "good.flow") == 2
    assert hint in capsys.readouterr().err


def test_it_does_not_load_what_it_does_not_need(site: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from cordboard.__main__ import main; main(['check', 'good.flow']);"
        "print(*[m for m in ('asyncio', 'sqlalchemy', 'numpy', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- surroundings ---------------------------------------------------------------------------------


def test_the_surroundings_of_a_site(site: Path) -> None:
    config = parse_config((site / "cordboard.toml").read_text(), site)
    around, prompts = configured(config)
    assert around.complete and around.sources == {"gas": False}
    assert around.zone == ZoneInfo("Asia/Shanghai")
    assert around.calendars["office"].state(datetime(2026, 11, 23, 2, tzinfo=UTC)) == "open"
    assert prompts.book is around.prompts


def test_one_flow_finds_the_sounds_beside_it(site: Path) -> None:
    (site / "flows").mkdir()
    beside = site / "flows/x.wav"
    beside.touch()
    config = parse_config((site / "cordboard.toml").read_text(), site)
    for known in (config, None):
        files = surroundings(known, site / "flows/f.flow")[0].files
        assert files is not None and files("x.wav") == str(beside.resolve())


def test_calendars_of_several_zones_leave_the_machines_own(site: Path) -> None:
    text = (site / "cordboard.toml").read_text()
    text += '[calendars.abroad]\nzone = "Europe/Berlin"\nmon = "09:00-10:00"\n'
    assert configured(parse_config(text, site))[0].zone == system_zone()


def test_a_calendars_mistake_is_one_of_the_configuration(site: Path) -> None:
    text = (site / "cordboard.toml").read_text().replace("09:00-18:00", "9 to 5")
    with pytest.raises(ConfigError, match="office"):
        configured(parse_config(text, site))


def test_the_machines_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Shanghai")
    assert system_zone() == ZoneInfo("Asia/Shanghai")
    monkeypatch.setenv("TZ", "CET-1CEST")
    now = datetime.now(UTC)
    assert now.astimezone(system_zone()).utcoffset() is not None


def test_steps_are_measured() -> None:
    from cordboard.bench.steps import steps

    figures = steps(0.01)
    assert figures["steps"] % 20_000 == 0 and figures["steps_per_second"] > 0


def test_help_describes_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        check("--help")
    assert "FILE:LINE:COL" in capsys.readouterr().out


QUEUE = """flow g
schema 1
start -> a
node a: queue
  queue = "repair"
  timeout -> b
  full -> b
  closed -> b
node b: hangup
"""


def test_a_queue_has_to_be_there(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "queue.flow").write_text(QUEUE)
    assert check("queue.flow") == 0
    assert "warning unknown-queue" in capsys.readouterr().out
    with (site / "cordboard.toml").open("a") as config:
        config.write("[queues.repairs]\n")
    assert check("--config", "cordboard.toml", "queue.flow") == 1
    said = 'queue.flow:5:11: error unknown-queue: there is no queue "repair"'
    assert f'{said} (did you mean "repairs"?)' in capsys.readouterr().out
