"""Callers who hang up at any moment: nothing is left of their calls."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from peer_kit.flows import PHONE_HOST, TONES
from peer_kit.ports import free_port
from peer_kit.scenario import OFFER, Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = [pytest.mark.peers, pytest.mark.slow]
CALLS = 130

FLOW = """\
flow everything
schema 1
start -> ring
on_hangup -> note

node ring: answer
  ring = 1500ms
  -> short

node short: play
  prompt = file("short.wav")
  -> ask

node ask: db_lookup
  source = "things"
  sql = "select owner from things"
  found -> speak
  not_found -> speak

node speak: say
  text = "One moment, {call.caller:digits}."
  -> choose

node choose: menu
  prompt = file("short.wav")
  timeout = 300ms
  attempts = 1
  1 -> tape
  failed -> tape

node tape: record
  max_length = 1s
  silence = 10s
  into = message
  next -> connect
  too_short -> connect

node connect: dial
  to = "2001"
  timeout = 5s
  answered_ended -> end
  busy -> end
  no_answer -> end
  failed -> end

node end: hangup

node note: log
  text = "the caller has gone"
  -> end
"""
WAIT = """\
flow waiting
schema 1
start -> stay

node stay: play
  prompt = silence(60s)
  -> end

node end: hangup
"""


@pytest.fixture
def phone() -> int:
    """The port of the telephone that the flow dials."""
    return free_port(PHONE_HOST)


@pytest.fixture
def site(tmp_path: Path, phone: int) -> Iterator[Site]:
    """A server with two ports for each of `CALLS` calls and none to spare."""
    more = f"""
[trunks.phone]
address = "{PHONE_HOST}:{phone}"
[[routes]]
match = "2???"
to = "trunk:phone"
[data.things]
url = "sqlite:///things.db"
"""
    port = make_site(
        tmp_path,
        {"100": FLOW, "101": WAIT},
        tones=TONES,
        calls=CALLS,
        media_ports=2 * CALLS,
        sip='drain = "0s"\ndial_allow = ["2???"]',
        more=more,
    )
    with contextlib.closing(sqlite3.connect(tmp_path / "things.db")) as database:
        database.execute("create table things (owner text)")
        database.commit()
    with serving(tmp_path, port) as running:
        yield running


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def test_a_hundred_callers_hang_up_at_random(site: Site, phone: int) -> None:
    answers = (
        Scenario().expect_request("INVITE").reply("200 OK", body=OFFER).expect_request("ACK")
        .hung_up()
    )  # fmt: skip
    gives_up = (
        Scenario().invite().ringing().pause_between(0, 1000).cancel().expect(200).refused(487)
    )
    hangs_up = Scenario().call().pause_between(0, 9000).bye()
    stays = Scenario().call().pause(2500).bye()
    fast = ("-r", "150", "-l", "1000")
    [media] = site.media_pids()

    async def all_ports_are_free() -> None:
        """As many calls as there are ports are taken, and none is one too many."""
        async with Sipp(stays, site.port, service="101", calls=CALLS, options=fast) as everybody:
            await site.until(lambda: site.calls() == CALLS, "all calls stand")
            await everybody.succeeds()
        await site.idle()

    async with Sipp(answers, host=PHONE_HOST, port=phone, calls=1000):
        async with Sipp(hangs_up, site.port, calls=3, options=fast) as first:
            await first.succeeds()  # what is opened once is open now
        await all_ports_are_free()
        before = descriptors(site.pid), descriptors(media)
        async with (
            Sipp(gives_up, site.port, calls=30, options=("-r", "10", "-l", "100")) as some,
            Sipp(hangs_up, site.port, calls=100, options=("-r", "15", "-l", "100")) as many,
        ):
            await asyncio.gather(some.succeeds(), many.succeeds())
        await site.idle()
    await all_ports_are_free()
    after = descriptors(site.pid), descriptors(media)
    assert all(now <= then + 3 for now, then in zip(after, before, strict=True)), (before, after)
    events = site.events()
    for kind, count in (("hangup", 133), ("incoming", 133)):
        calls = [e["call"] for e in events if e["event"] == kind]
        stayed = {e["call"] for e in events if e.get("flow") == "waiting"}
        assert len([call for call in calls if call not in stayed]) == count
    visited = {event["node"] for event in events if event["event"] == "enter"}
    assert {"short", "speak", "choose", "tape", "connect", "note"} <= visited
    for path in site.recordings():
        sound = soundfile.info(path)
        assert path.stat().st_size - 58 - sound.frames in (0, 1), f"{path} is not whole"
    assert "Traceback" not in site.log()
