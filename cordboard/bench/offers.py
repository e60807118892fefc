"""``bench offers``: from an agent's BYE to the INVITE of the next caller, with SIPp telephones."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import as_file, files

from cordboard.bench import procfs
from cordboard.bench.ivr import CannotMeasure, need_sipp
from cordboard.bench.site import Site, free_port, running

AGENTS, CALLERS = 20, 40
"""Each caller who leaves is followed by another, so that half of them always wait."""
FLOW = """\
flow offers
schema 1
start -> wait

node wait: queue
  queue = "offers"
  music = file("menu.wav")
  announce = "off"
  after_agent -> end
  timeout -> end
  full -> end
  closed -> end

node end: hangup
"""
_MESSAGE = re.compile(
    r"^-{20,} (\d{4}-\d\d-\d\d)[\sT]+(\d\d:\d\d:\d\d\.\d+)[^\n]*\n"
    r"UDP message (sent|received)[^\n]*\n\n(\w+) .*?^Call-ID: *([^\r\n]*)",
    re.M | re.S,
)


def offers(seconds: float) -> dict[str, object]:
    """`AGENTS` telephones answer at once, talk for 1 to 3 s and hang up; callers always wait.

    The time is each telephone's own, from its BYE to the INVITE that it gets next: the end of the
    call is told to the engine, the offer is decided, written durably, and sent. *seconds* begin
    when all talk.
    """
    need_sipp(rtp=False)
    ports = [free_port() for _ in range(AGENTS)]
    with running(2 * (AGENTS + CALLERS), {"200": FLOW}, _centre(ports)) as site:
        with contextlib.ExitStack() as stack:
            for port in ports:
                stack.enter_context(_sipp(site, "uas_agent_rand.xml", f"{port}", port, []))
            to = [f"127.0.0.1:{site.port}", "-s", "200", "-r", "20", "-l", str(CALLERS)]
            stack.enter_context(_sipp(site, "uac_queue.xml", "callers", free_port(), to))
            time.sleep(CALLERS / 20 + 3.0)
            pids, spent = procfs.tree(site.pid), 0.0
            began, before = time.time(), procfs.cpu_seconds(procfs.tree(site.pid))
            time.sleep(seconds)
            spent = procfs.cpu_seconds(pids) - before
        logs = [(site.folder / f"{port}.log").read_text(errors="replace") for port in ports]
    waits = sorted(wait for log in logs for wait in _waits(log, began))
    if not waits:
        raise CannotMeasure("no agent was rung a second time: see the server's log")
    return {
        "p50_ms": _quantile(waits, 0.5),
        "p99_ms": _quantile(waits, 0.99),
        "max_ms": _quantile(waits, 1.0),
        "offers": len(waits),
        "agents": AGENTS,
        "waiting": CALLERS - AGENTS,
        "server_cpu_percent": round(100 * spent / seconds, 1),
    }


def _centre(ports: Sequence[int]) -> str:
    agents = "\n".join(
        f'[agents.a{port}]\npassword = "x"\nready = true\nqueues = {{offers = 50}}\n'
        f'contact = "sip:a{port}@127.0.0.1:{port}"'
        for port in ports
    )
    return f"[queues.offers]\n{agents}"


@contextlib.contextmanager
def _sipp(
    site: Site, scenario: str, name: str, port: int, options: Sequence[str]
) -> Iterator[None]:
    path = site.folder / scenario
    if not path.exists():  # others read it already
        with as_file(files("cordboard.bench") / "scenarios" / scenario) as ours:
            path.write_text(ours.read_text())
    command = [
        "sipp", *options, "-sf", scenario, "-i", "127.0.0.1", "-p", str(port), "-nostdin",
        "-trace_msg", "-message_file", f"{name}.log", "-cp", str(free_port()),
    ]  # fmt: skip
    with (site.folder / f"{name}.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=site.folder, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield
        if process.poll() is not None:
            said = (site.folder / f"{name}.out").read_text(errors="replace")[-300:]
            raise CannotMeasure(f"SIPp ({scenario}) ended by itself: {said}")
    finally:
        process.kill()
        process.wait()


def _waits(log: str, began: float) -> Iterator[float]:
    """Seconds from each BYE sent to the next INVITE received, of a telephone's log."""
    bye, seen = None, set()
    for day, clock, way, method, call in _MESSAGE.findall(log):
        at = datetime.fromisoformat(f"{day} {clock}").timestamp()
        new = (method, call) not in seen
        seen.add((method, call))
        if way == "sent" and method == "BYE" and new and at >= began:
            bye = at
        elif way == "received" and method == "INVITE" and new and bye is not None:
            yield at - bye
            bye = None


def _quantile(ordered: Sequence[float], share: float) -> float:
    """In ms."""
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
