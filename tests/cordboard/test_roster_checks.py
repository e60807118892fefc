"""``cordboard check --config`` looks at queues and agents, with flows or without."""

from pathlib import Path

import pytest

from cordboard.__main__ import main

AGENT = """
[agents.1001]
password = "x-1001-secret"
queues = {repairs = 20}
skills = {language = "en"}
"""


def checked(
    folder: Path, capsys: pytest.CaptureFixture[str], queues: str, agents: str = AGENT
) -> tuple[int, list[str]]:
    file = folder / "cordboard.toml"
    file.write_text(queues + agents)
    code = main(["check", "--config", str(file)])
    return code, [line.removeprefix(f"{file}:") for line in capsys.readouterr().out.splitlines()]


def test_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, capsys, "[queues.repairs]\n") == (0, [])


@pytest.mark.parametrize(
    ("queues", "code", "found"),
    [
        (
            '[queues.repairs]\nstrategy = "require skill.repairs >= 50"\n', 1,
            '1:1: error starvation: [queues.repairs] no agent can ever serve any caller: nobody has'
            ' skill.repairs >= 50;',
        ),
        (
            '\n[queues.repairs]\n[queues.sales]\n', 1,
            "3:1: error no-agents: [queues.sales] the queue has no agents",
        ),
        (
            '[queues.repairs]\nstrategy = "reserve when wait_estimate > 90s until < 40s"\n', 0,
            "1:1: warning no-reserve: [queues.repairs] none of the agents is a reserve agent",
        ),
        (
            '[queues.repairs]\nstrategy = "prefer skill.repairs >= 20 for 9s then any"\n', 0,
            "1:1: warning unreachable-ring: [queues.repairs] the step that begins after 9 s adds",
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], queues: str, code: int, found: str
) -> None:
    got, lines = checked(tmp_path, capsys, queues)
    assert got == code and len(lines) == 1 and lines[0].startswith(found)


def test_nobody_knows_here_what_callers_speak(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strategy = '[queues.repairs]\nstrategy = "require skill.language == call.language"\n'
    assert checked(tmp_path, capsys, strategy) == (0, [])
