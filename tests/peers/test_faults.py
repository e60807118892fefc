"""What breaks at night: processes, disks, databases, voices, flows. Other calls never notice."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_kit.flows import FAILED, LISTEN, MENU, ONE, PROMPT, RECORD, SHORT, TONES, TWO
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving
from peer_kit.sound import Heard

pytestmark = pytest.mark.peers
VOICE = 600.0

FAULTY = """\
flow faulty
schema 1
start -> {first}
on_error -> sorry
var n: number = 0

node speak: say
  text = "Good day."
  voice = "nobody"
  -> end

node ask: db_lookup
  source = "slow"
  sql = "select owner from things"
  timeout = 6s
  found -> end
  not_found -> end

node count: set
  n = n + 1
  -> enough

node enough: if
  when = n < 0
  true -> end
  false -> count

node tape: record
  silence = 1s
  into = message
  next -> end
  too_short -> end

node sorry: play
  prompt = file("failed.wav")
  -> end

node end: hangup
"""
"""One node that will fail; the error branch plays a tone."""

FLOWS = {
    "100": MENU,
    "105": LISTEN,
    "106": RECORD,
    "301": FAULTY.format(first="speak"),
    "302": FAULTY.format(first="ask"),
    "303": FAULTY.format(first="count"),
    "304": FAULTY.format(first="tape"),
}
DATA = """
[data.slow]
url = "sqlite:///slow.db"
"""


def make(folder: Path, drain: str = "0s") -> int:
    """A site for one test; its port."""
    port = make_site(folder, FLOWS, tones=TONES, sip=f'drain = "{drain}"', more=DATA)
    with contextlib.closing(sqlite3.connect(folder / "slow.db")) as database:
        database.execute("create table things (owner text)")
        database.commit()
    return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that survives what is done to it."""
    folder = tmp_path_factory.mktemp("faults")
    with serving(folder, make(folder)) as running:
        yield running


async def hears_the_menu(site: Site) -> None:
    """One ordinary call."""
    async with RtpPeer() as rtp, Sipp(Scenario().call().hung_up(), site.port, rtp=rtp.port) as call:
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await call.succeeds()


# --- processes ------------------------------------------------------------------------------------


async def test_a_killed_media_process_ends_its_calls_and_the_next_call_works(server: Site) -> None:
    scenario = Scenario().call().hung_up()
    [media] = server.media_pids()
    async with (
        RtpPeer() as rtp,
        Sipp(scenario, server.port, service="105", rtp=rtp.port) as one,
        Sipp(scenario, server.port, service="105") as two,
    ):
        await rtp.hears(PROMPT, 0.3)
        await server.until(lambda: server.calls() == 2, "two calls stand")
        os.kill(media, signal.SIGKILL)
        messages = await one.succeeds()
        await two.succeeds()
    bye = next(message for message in messages if message.text.startswith("BYE"))
    assert bye.header("Reason").startswith("Q.850;cause=41")
    await server.idle()
    await server.until(lambda: bool(server.media_pids()), "a new media process")
    await server.until(lambda: "was started again" in server.log(), "it is ready")
    await hears_the_menu(server)


@pytest.mark.parametrize("victim", ["server", "media"])
async def test_a_recording_survives_kill_9(tmp_path: Path, victim: str) -> None:
    """The file plays up to the last second."""
    with serving(tmp_path, make(tmp_path)) as site:
        async with (
            RtpPeer() as rtp,
            Sipp(Scenario().call().pause(60_000), site.port, service="106", rtp=rtp.port),
        ):
            await rtp.until(lambda: rtp.heard().seconds(SHORT) > 0.35, "the prompt's end")
            await rtp.be_silent(0.6)
            await rtp.speak(VOICE, 3.0)
            [media] = site.media_pids()
            os.kill(site.pid if victim == "server" else media, signal.SIGKILL)
            if victim == "server":
                site.process.wait(20)
        await site.until(lambda: not Path(f"/proc/{media}").exists(), "the media process is gone")
        [path] = site.recordings()
        assert 2.0 <= Heard.in_file(path).seconds(VOICE) <= 3.1


async def test_sigterm_drains(tmp_path: Path) -> None:
    """The call in progress finishes, a new one gets 503, then the server ends."""
    with serving(tmp_path, make(tmp_path, drain="60s")) as site:
        async with (
            RtpPeer() as rtp,
            Sipp(Scenario().call().hung_up(), site.port, rtp=rtp.port) as call,
        ):
            await rtp.hears(PROMPT, 0.3)
            site.process.send_signal(signal.SIGTERM)
            await site.until(lambda: bool(site.status()["line"]["draining"]), "it drains")
            async with Sipp(Scenario().invite().refused(503), site.port) as late:
                messages = await late.succeeds()
            assert any(message.header("Retry-After") for message in messages)
            await rtp.press("1")
            await rtp.hears(ONE, 0.5)
            await call.succeeds()
        assert await asyncio.to_thread(site.process.wait, 30) == 0


async def test_a_second_sigterm_ends_at_once(tmp_path: Path) -> None:
    """The call in progress gets its BYE, its recording is whole."""
    with serving(tmp_path, make(tmp_path, drain="10m")) as site:
        async with (
            RtpPeer() as rtp,
            Sipp(Scenario().call().hung_up(), site.port, service="106", rtp=rtp.port) as call,
        ):
            await rtp.until(lambda: rtp.heard().seconds(SHORT) > 0.35, "the prompt's end")
            await rtp.be_silent(0.6)
            await rtp.speak(VOICE, 1.0)
            site.process.send_signal(signal.SIGTERM)
            await site.until(lambda: bool(site.status()["line"]["draining"]), "it drains")
            site.process.send_signal(signal.SIGTERM)
            await call.succeeds()
        assert await asyncio.to_thread(site.process.wait, 30) == 0
        [path] = site.recordings()
        assert Heard.in_file(path).seconds(VOICE) > 0.7
        assert not site.media_pids()


# --- disk, database, voice, flow ------------------------------------------------------------------


@contextlib.contextmanager
def tiny_disk(folder: Path) -> Iterator[None]:
    """A disk of 48 kB at *folder*."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted only by root, outside of containers")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_the_recorders_error_and_nobody_elses(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "recordings"), serving(tmp_path, make(tmp_path)) as site:
        async with (
            RtpPeer() as rtp,
            RtpPeer() as other,
            Sipp(Scenario().call().hung_up(), site.port, service="304", rtp=rtp.port) as call,
            Sipp(
                Scenario().call().pause(12000).bye(), site.port, service="105", rtp=other.port
            ) as b,
        ):
            await rtp.connected()
            await rtp.be_silent(0.6)
            speaking = asyncio.create_task(rtp.speak(VOICE, 12))
            await rtp.hears(FAILED, 0.3)
            await call.succeeds()
            speaking.cancel()
            await other.hears(PROMPT, other.heard().seconds(PROMPT) + 1)
            await b.succeeds()
        error = await site.traced(call.caller, "error")
        assert error["name"] == "disk-full" and "make room" in error["text"]
        [path] = site.recordings()
        assert Heard.in_file(path).seconds(VOICE) > 3, "what found room is kept"


async def test_a_hanging_database_delays_no_other_call(server: Site) -> None:
    """Twelve calls wait for a locked database; meanwhile an ordinary call comes and goes."""
    locked = sqlite3.connect(server.folder / "slow.db", isolation_level=None)
    locked.execute("begin exclusive")
    try:
        async with (
            RtpPeer() as rtp,
            Sipp(
                Scenario().call().hung_up(), server.port, service="302", rtp=rtp.port, calls=12,
                options=("-r", "100"),
            ) as waiting,
        ):  # fmt: skip
            await server.until(lambda: server.calls() == 12, "twelve calls stand")
            await hears_the_menu(server)
            assert server.calls() == 12, "the ordinary call was over first"
            await waiting.succeeds()
        errors = [e for e in server.events(waiting.caller) if e["event"] == "error"]
    finally:
        locked.close()
    assert [error["name"] for error in errors] == ["database-timeout"] * 12
    await server.idle()


@pytest.mark.parametrize(
    ("number", "name"), [("301", "tts-failed"), ("303", "step-budget")], ids=["voice", "loop"]
)
async def test_a_node_that_fails_leads_to_the_error_branch(
    server: Site, number: str, name: str
) -> None:
    async with (
        RtpPeer() as rtp,
        Sipp(Scenario().call().hung_up(), server.port, service=number, rtp=rtp.port) as call,
    ):
        await rtp.hears(FAILED, 0.3)
        await call.succeeds()
    assert (await server.traced(call.caller, "error"))["name"] == name


async def test_a_changed_flow_serves_new_calls_and_a_broken_one_does_not(server: Site) -> None:
    path = server.folder / "100.flow"
    scenario = Scenario().call().hung_up()
    try:
        async with (
            RtpPeer() as old,
            RtpPeer() as new,
            Sipp(scenario, server.port, rtp=old.port) as before,
        ):
            await old.hears(PROMPT, 0.3)
            path.write_text(MENU.replace("one.wav", "short.wav"))
            await server.until(lambda: "was changed: new calls" in server.log(), "it is taken")
            async with Sipp(scenario, server.port, rtp=new.port) as after:
                await new.hears(PROMPT, 0.3)
                await asyncio.gather(old.press("1"), new.press("1"))
                await asyncio.gather(old.hears(ONE, 0.4), new.hears(SHORT, 0.3))
                await asyncio.gather(before.succeeds(), after.succeeds())
        path.write_text(MENU.replace("2 -> two", "2 -> tow"))
        await server.until(lambda: "new calls keep the flow" in server.log(), "it is refused")
        assert any("tow" in line and "two" in line for line in server.status()["problems"])
        async with RtpPeer() as rtp, Sipp(scenario, server.port, rtp=rtp.port) as call:
            await rtp.hears(PROMPT, 0.3)
            await rtp.press("2")
            await rtp.hears(TWO, 0.4)
            await call.succeeds()
    finally:
        path.write_text(MENU)


async def test_a_strangers_sound_and_keys_are_ignored(server: Site) -> None:
    """While the caller's own are taken; the stranger is at another address."""
    async with (
        RtpPeer() as rtp,
        RtpPeer(host="127.0.0.9") as stranger,
        Sipp(Scenario().call().hung_up(), server.port, service="106", rtp=rtp.port) as call,
    ):
        await rtp.until(lambda: rtp.heard().seconds(SHORT) > 0.35, "the prompt's end")
        stranger.to = rtp.to
        await rtp.be_silent(0.6)
        await asyncio.gather(rtp.speak(VOICE, 1.5), stranger.speak(1700, 1.5))
        await asyncio.gather(rtp.speak(VOICE, 1.0), stranger.press("#"))
        await rtp.be_silent(1.5)
        await rtp.hears(ONE, 0.4)
        await call.succeeds()
    done = await server.traced(call.caller, "record")
    heard = Heard.in_file(done["path"])
    assert heard.seconds(VOICE) > 2.2 and heard.seconds(1700) == 0, heard.summary()
    assert done["by"] == "silence", "the stranger's key did not end it"
    assert not stranger.received
