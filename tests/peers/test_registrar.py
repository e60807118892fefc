"""Telephones that register: SIPp with digest, wrong passwords, guesses, sipvicious."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_kit.flows import DIAL, MENU, ONE, PROMPT, TONES
from peer_kit.ports import free_port
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import OFFER, Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving
from peer_kit.wire import Wire

pytestmark = pytest.mark.peers
PASSWORD = "correct-horse"
MORE = """
[[routes]]
match = "1???"
to = "phone"
[phones.1001]
password = "correct-horse"
[phones.1002]
password = "1234"
"""


@pytest.fixture(scope="module")
def registrar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with two telephones; nobody else may call."""
    folder = tmp_path_factory.mktemp("registrar")
    sip = 'drain = "0s"\nallow = ["127.0.0.1/32"]\ndial_allow = ["1???"]'
    flows = {"100": MENU, "1*": DIAL}
    port = make_site(folder, flows, tones=TONES, sip=sip, more=MORE)
    with serving(folder, port) as running:
        yield running


def contacts(site: Site, user: str) -> list[str]:
    return [b["contact"] for b in site.status()["line"]["phones"].get(user, [])]


async def test_a_phone_registers_calls_and_is_called(registrar: Site) -> None:
    """It is at an address that may call only because it is registered."""
    host, port = "127.0.0.6", free_port("127.0.0.6")
    stranger = Scenario().invite().refused(403)
    async with Sipp(stranger, registrar.port, host=host, port=port) as call:
        await call.succeeds()
    enter = Scenario().register("1001", PASSWORD).expect(200)
    async with Sipp(enter, registrar.port, host=host, port=port) as phone:
        await phone.succeeds()
    assert contacts(registrar, "1001") == [f"sip:1001@{host}:{port}"]

    async with (
        RtpPeer(host=host) as rtp,
        Sipp(Scenario().call().hung_up(), registrar.port, host=host, port=port, rtp=rtp.port) as c,
    ):
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await c.succeeds()

    answers = (
        Scenario().expect_request("INVITE").reply("180 Ringing").reply("200 OK", body=OFFER)
        .expect_request("ACK").hung_up()
    )  # fmt: skip
    calls = Scenario().call().pause(800).bye()
    async with (
        Sipp(answers, host=host, port=port) as callee,
        Sipp(calls, registrar.port, service="1001") as caller,
    ):
        await asyncio.gather(callee.succeeds(), caller.succeeds())

    leave = Scenario().register("1001", PASSWORD, expires=0).expect(200)
    async with Sipp(leave, registrar.port, host=host, port=port) as phone:
        await phone.succeeds()
    assert contacts(registrar, "1001") == []
    async with Sipp(stranger, registrar.port, host=host, port=port) as call:
        await call.succeeds()


async def test_five_wrong_passwords_lock_that_account_for_that_address(registrar: Site) -> None:
    async with Wire(registrar.port, "127.0.0.7") as thief, Wire(registrar.port) as owner:
        for number in range(5):
            answer = await thief.register("1001", f"guess {number}")
            assert answer and answer.startswith("SIP/2.0 403"), answer
        assert await thief.register("1001", PASSWORD) is None, "locked: not even the right one"
        answer = await owner.register("1001", PASSWORD)
        assert answer and answer.startswith("SIP/2.0 200"), "its owner is not locked out"


async def test_an_unknown_account_looks_like_a_known_one(registrar: Site) -> None:
    def bare(answer: str | None, user: str) -> str:
        """*answer* without what differs by nature."""
        assert answer is not None
        changing = r'tag=\w+|branch=\w+|nonce="[^"]*"|Call-ID: \S+|CSeq: \d+|received=\S+'
        return re.sub(changing, "", answer).replace(user, "USER")

    async with Wire(registrar.port, "127.0.0.8") as wire:
        for password in (None, "wrong"):
            known = bare(await wire.register("1002", password), "1002")
            assert known == bare(await wire.register("7777", password), "7777")


@pytest.mark.skipif(shutil.which("svwar") is None, reason="needs Debian's package sipvicious")
@pytest.mark.slow
async def test_sipvicious_finds_nothing(registrar: Site, tmp_path: Path) -> None:
    """svmap gets no answer, svwar learns of no account, svcrack of no password."""

    async def run(program: str, host: str, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(program, "-p", str(registrar.port), "-b", host, *arguments, "127.0.0.1"),
            cwd=tmp_path,
            env={"HOME": str(tmp_path / program), "PATH": "/usr/bin:/bin"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 90)
        return said.decode()

    before = registrar.status()["line"]["refusals"].get("scanner", 0)
    mapped, guessed, cracked = await asyncio.gather(
        run("svmap", "127.0.0.11"),
        run("svwar", "127.0.0.12", "--maximumtime=3", "-e1000-1009"),
        run("svcrack", "127.0.0.13", "--maximumtime=3", "-u", "1002", "-r", "1230-1240"),
    )
    assert "found nothing" in mapped, mapped
    assert "1001" not in guessed and "1002" not in guessed, guessed
    assert "1234" not in cracked, cracked
    assert registrar.status()["line"]["refusals"]["scanner"] >= before + 3
