"""The wheel, installed where there is no checkout, serves a flow that was never seen before."""

import asyncio
import random
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_kit.ports import free_port, free_range
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import serving
from peer_kit.sound import write_tone

pytestmark = [pytest.mark.peers, pytest.mark.slow]
CHECKOUT = Path(__file__).parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".*", "build", "dist", "var", "*.egg-info", "__pycache__", "tests"
)

FLOW = """\
flow unseen "Made up just now"
schema 1
var pressed: text = ""

start -> ask

node ask: digits
  prompt = file("ask.wav")
  min = 1
  max = 3
  into = pressed
  next -> judge
  failed -> end

node judge: if
  when = number(pressed) == {number}
  true -> right
  false -> ask

node right: play
  prompt = file("right.wav")
  times = 2
  -> end

node end: hangup
  reason = "served"
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end; what it printed."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=300, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a virtual environment that holds the wheel; dependencies are ours."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(CHECKOUT, folder / "source", ignore=NOT_SOURCE)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "./source", "--no-deps", "--wheel-dir", "wheels", cwd=folder)
    shutil.rmtree(folder / "source")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=folder)
    [wheel] = (folder / "wheels").glob("cordboard-*.whl")
    python = folder / "venv" / "bin" / "python"
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    # a path of its own, read after the wheel's: our editable install is not followed from there
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    yield folder


async def test_an_installed_wheel_serves_an_unseen_flow(installed: Path) -> None:
    cordboard = installed / "venv" / "bin" / "cordboard"
    where = run(
        installed / "venv/bin/python",
        "-c",
        "import cordboard as c; print(c.__file__)",
        cwd=installed,
    )
    assert Path(where.strip()).is_relative_to(installed), where
    run(cordboard, "init", "line", cwd=installed)
    line = installed / "line"

    dice = random.Random()
    number, ask, right = (
        dice.randrange(100, 1000),
        dice.randrange(300, 800),
        dice.randrange(1200, 1900),
    )
    (line / "unseen.flow").write_text(FLOW.format(number=number))
    write_tone(line / "ask.wav", ask, 1.0)
    write_tone(line / "right.wav", right, 0.4)
    port, (low, high) = free_port(), free_range(900)
    config = (line / "cordboard.toml").read_text()
    config = config.replace("127.0.0.1:5060", f"127.0.0.1:{port}")
    config = config.replace("[sip]", f'[sip]\nmedia_ports = "{low}-{high}"', 1)
    config = config.replace("[numbers]", '[numbers]\n"77*" = "unseen.flow"', 1)
    (line / "cordboard.toml").write_text(config)
    said = run(
        cordboard, "check", "--config", line / "cordboard.toml", line / "unseen.flow", cwd=line
    )
    assert "error" not in said

    with serving(line, port, command=(str(cordboard), "serve")) as site:
        async with (
            RtpPeer() as rtp,
            Sipp(Scenario().call().hung_up(), port, service="7701", rtp=rtp.port) as call,
        ):
            await rtp.hears(ask, 0.5)
            await rtp.press("1#")
            await asyncio.sleep(0.2)
            await rtp.press(f"{number}")
            await rtp.hears(right, 0.7)
            await call.succeeds()
        assert "Traceback" not in site.log()
