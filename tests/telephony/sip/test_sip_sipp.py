"""Real calls: SIPp, somebody else's SIP, against the endpoint."""

import asyncio
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sip_phone import HERE, House, house
from telephony.line import Call
from telephony.settings import Phone, Route, Trunk
from telephony.sip.call import SipCall

SCENARIOS = Path(__file__).parent.parent / "sipp"
pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(
        shutil.which("sipp") is None, reason="SIPp is not installed (Debian package sip-tester)"
    ),
]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def sipp(
    home: House, scenario: str, *more: str, calls: int = 1, port: int = 0, rate: int = 10
) -> None:
    """Run a scenario; fails with SIPp's own words unless every call succeeded."""
    host, to = home.address
    process = await asyncio.create_subprocess_exec(
        "sipp",
        f"{host}:{to}",
        "-sf",
        str(SCENARIOS / f"{scenario}.xml"),
        *("-i", "127.0.0.1", "-p", str(port or free_port()), "-s", "100"),
        *("-m", str(calls), "-r", str(rate), "-nostdin", "-timeout", "60s", "-timeout_error"),
        *("-d", "200", *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    except BaseException:
        process.kill()
        raise
    text = output.decode(errors="replace")
    assert process.returncode == 0, text[-4000:]


def answering(*, ring: float = 0.0, wait: float = 0.0) -> Callable[[Call], None]:
    """An application that rings, waits and answers."""
    tasks = set()

    def on_call(call: Call) -> None:
        async def serve() -> None:
            if ring:
                await call.ring()
                await asyncio.sleep(ring)
            if not call.ended:
                await call.answer()

        task = asyncio.create_task(serve())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return on_call


async def at_rest(home: House) -> None:
    """All calls are over and their ports free."""
    for _ in range(100):
        if not home.line.status()["calls"] and not home.plane.open:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"stuck: {home.line.status()}")


@pytest.mark.parametrize(
    ("scenario", "ring", "calls"),
    [
        ("uac_call", 0.0, 50),
        ("uac_call", 0.3, 5),
        ("uac_cancel", 5.0, 5),
        ("uac_cancel_crosses", 0.0, 5),
        ("uac_duplicate", 0.3, 5),
        ("uac_late_ack", 0.0, 3),
        ("uac_hold", 0.0, 3),
    ],
)
async def test_callers(scenario, ring, calls):
    async with house() as home:
        home.on_call = answering(ring=ring)
        await sipp(home, scenario, calls=calls)
        await at_rest(home)
        assert home.calls.qsize() == calls  # and no second call for any of them


async def test_a_refused_number():
    async with house() as home:
        tasks = set()
        home.on_call = lambda call: tasks.add(asyncio.ensure_future(call.reject(404)))
        with pytest.raises(AssertionError, match="404"):
            await sipp(home, "uac_call", calls=1)
        await at_rest(home)


@pytest.mark.slow
async def test_a_caller_who_never_acknowledges():
    async with house() as home:
        home.on_call = answering()
        await sipp(home, "uac_no_ack")
        await at_rest(home)
        call: SipCall = home.calls.get_nowait()
        assert call.listener.ends[0][0] == "network"


async def test_a_phone_registers_and_calls(tmp_path):
    users = tmp_path / "users.csv"
    users.write_text(
        "SEQUENTIAL\n1001;[authentication username=1001 password=secret]\n", encoding="ascii"
    )
    settings = replace(HERE, allow=(), phones=(Phone("1001", "secret"),))
    async with house(settings) as home:
        home.on_call = answering()
        await sipp(home, "uac_register", "-inf", str(users))
        assert list(home.line.status()["phones"]) == ["1001"]
        await at_rest(home)


async def test_wrong_passwords_stay_outside(tmp_path):
    users = tmp_path / "users.csv"
    users.write_text(
        "SEQUENTIAL\n1001;[authentication username=1001 password=wrong]\n", encoding="ascii"
    )
    settings = replace(HERE, allow=(), phones=(Phone("1001", "secret"),))
    async with house(settings) as home:
        with pytest.raises(AssertionError, match="403"):
            await sipp(home, "uac_register", "-inf", str(users))
        assert home.line.status()["phones"] == {}


async def test_we_dial_a_phone_and_it_hangs_up():
    port = free_port()
    settings = replace(
        HERE,
        dial_allow=("*",),
        trunks=(Trunk("phones", "127.0.0.1", port),),
        routes=(Route("*", "trunk:phones"),),
    )
    async with house(settings) as home:
        phone = asyncio.create_task(sipp(home, "uas_phone", calls=3, port=port))
        await asyncio.sleep(0.5)
        for _ in range(3):
            call = await home.line.dial("7001", caller_id="100", timeout=5)
            over = asyncio.Event()

            class Listening:
                def hung_up(self, by, cause, over=over):
                    assert by == "caller"
                    over.set()

            call.listener = Listening()
            await asyncio.wait_for(over.wait(), 5)
        await phone
        await at_rest(home)
