"""`cordboard call`, `status` and `demo` as a person starts them."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from peer_kit.flows import ONE, PROMPT
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site
from peer_kit.sound import Heard

pytestmark = pytest.mark.peers


async def cordboard(*arguments: str | Path, cwd: Path) -> tuple[int, str, str]:
    """Run the program: exit code, output, complaints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cordboard", *map(str, arguments)),
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_the_softphone_hears_presses_and_records(site: Site, tmp_path: Path) -> None:
    code, out, err = await cordboard(
        *("call", f"sip:100@127.0.0.1:{site.port}", "--keys", "1", "--caller", "13955550001"),
        *("--record", "heard.wav"),
        cwd=tmp_path,
    )
    assert (code, err) == (0, ""), err
    words = [line.split()[1] for line in out.splitlines()]
    assert words == ["calling", "answered", "heard", "pressed", "ended"], out
    assert (await site.traced("13955550001", "key"))["key"] == "1"
    sides = [Heard.in_file(tmp_path / "heard.wav", channel) for channel in (0, 1)]
    heard = max(sides, key=lambda side: side.seconds(PROMPT))
    assert heard.seconds(PROMPT) > 1.3 and heard.seconds(ONE) > 0.4, heard.summary()


@pytest.mark.parametrize(
    ("target", "code", "says"),
    [("sip:999@127.0.0.1:{}", 1, "404"), ("100 at home", 2, "write sip:100@127.0.0.1:5060")],
)
async def test_the_softphone_says_what_is_wrong(
    site: Site, tmp_path: Path, target: str, code: int, says: str
) -> None:
    done = await cordboard("call", target.format(site.port), cwd=tmp_path)
    assert done[0] == code and says in done[2], done
    assert len(done[2].strip().splitlines()) == 1


async def test_status_shows_the_calls(site: Site, tmp_path: Path) -> None:
    config = site.folder / "cordboard.toml"
    async with Sipp(Scenario().call().hung_up(), site.port):
        await site.until(lambda: site.calls() == 1, "one call stands")
        code, out, _ = await cordboard("status", "--config", config, cwd=tmp_path)
        assert code == 0 and "calls now: 1" in out, out
        code, out, _ = await cordboard("status", "--json", "--config", config, cwd=tmp_path)
        status = json.loads(out)
        assert code == 0 and status["calls_now"] == 1 and status["line"]["calls"] == 1


async def test_status_without_a_server_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "cordboard.toml").write_text("")
    code, out, err = await cordboard("status", cwd=tmp_path)
    assert code == 1 and "cordboard serve" in err, (out, err)


@pytest.mark.slow
async def test_the_demo_tells_the_story_of_a_call(demo: subprocess.Popen[str]) -> None:
    """It was started with the first test of this folder, for it takes its time."""
    out, _ = await asyncio.to_thread(demo.communicate, timeout=100)
    assert demo.returncode == 0, out
    for chapter in (
        "13800000001 calls 100",
        "“You owe 12.50. Thank you for calling.”",
        "presses  1",
        "database  insert into repairs",
        "“Your report is saved under number 1001.”",
        "answers  name Li Wei, owed 12.5",
        "hung up by the flow",
        "report 1001 from 13800000001, meter 4711, other",
    ):
        assert chapter in " ".join(out.split()) or chapter in out, f"{chapter!r} in\n{out}"
