from __future__ import annotations

from pathlib import Path

import pytest

from cordboard.__main__ import main

CONFIG = """
[numbers]
"100" = "a.flow"
[prompts]
languages = ["en", "zh-CN"]
currency = "CNY"
[tts]
engine = "espeak"
"""
FLOW = """flow f
schema 1
start -> a

node a: say
  text = [t"hello", "Only here."]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cordboard.toml").write_text(CONFIG)
    (tmp_path / "a.flow").write_text(FLOW)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/en.toml").write_text(
        'hello = "Good morning."\nowed = "You owe {x:digits}."'
    )
    (tmp_path / "prompts/zh-CN.toml").write_text('hello = "早上好。"')
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [[], ["a.flow"], ["--config", "cordboard.toml"], ["--config", "cordboard.toml", "a.flow"]],
)
def test_every_prompt_is_spoken_and_listed(
    site: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["render-prompts", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = {tuple(line.rsplit(maxsplit=3)[:2]): line.split()[-2:] for line in lines[1:-1]}
    for prompt in [
        ("hello", "en"),
        ("hello", "zh-CN"),
        ("node a", "en"),
        ("cordboard.goodbye", "en"),
    ]:
        seconds, level = map(float, table[prompt])
        assert 0.4 < seconds < 5
        assert level == pytest.approx(-20, abs=1)
    assert "prompts and" in lines[-1]
    assert str(site / ".cordboard/prompts") in lines[-1]
    assert len(list((site / ".cordboard/prompts/kept").glob("*.ulaw"))) > 25  # the digits too


def test_what_fails_is_named_and_the_rest_is_spoken(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "cordboard.toml").write_text(CONFIG + 'voices = {"zh-CN" = "sit/xx"}\n')
    assert main(["render-prompts"]) == 1
    out, err = capsys.readouterr()
    assert "hello: there is no voice 'sit/xx'" in err
    assert "Good" not in err
    assert any(line.startswith("hello ") and " en " in line for line in out.splitlines())
    assert "failed" in out.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [("a.flow", "node node node", "a.flow:1:"), ("a.flow", None, "a.flow: cannot be read"),
     ("prompts/en.toml", "= =", "en.toml:1:")],
)  # fmt: skip
def test_bad_input_is_named(
    site: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, complaint: str
) -> None:
    if text is None:
        (site / name).unlink()
    else:
        (site / name).write_text(text)
    assert main(["render-prompts"]) == 1
    assert complaint in capsys.readouterr().err


def test_a_bad_configuration_is_named(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "cordboard.toml").write_text("[nonsense]")
    assert main(["render-prompts"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_nothing_to_render_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["render-prompts"]) == 2
    assert "--config" in capsys.readouterr().err


def test_a_flow_alone_uses_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.flow").write_text(FLOW.replace('t"hello", ', ""))
    assert main(["render-prompts", "a.flow"]) == 0
    out = capsys.readouterr().out
    assert "node a" in out
    assert "cordboard.goodbye" in out
