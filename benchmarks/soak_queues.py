"""A real soak of queues: SIPp telephones and callers for minutes, then everything is looked at.

    python benchmarks/soak_queues.py --minutes 10 [--agents 50 --callers 200]

Agents talk for 1 to 3 s; of ten, one takes long to answer, one is busy (486) and one never
answers. Of four callers one hangs up after 1 to 8 s, wherever that is. At the end no agent may be
stuck, no call, dialog or port left, the log without gaps, and memory flat; else the exit code
is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from cordboard.bench import procfs
from cordboard.bench.ivr import CannotMeasure, need_sipp
from cordboard.bench.site import Site, free_port, running
from cordboard.control import ask

FLOW = """\
flow soak
schema 1
start -> wait

node wait: queue
  queue = "soak"
  music = file("menu.wav")
  announce_every = 10s
  after_agent -> survey
  timeout -> survey
  full -> survey
  closed -> survey

node survey: wait
  time = 500ms
  -> end

node end: hangup
"""
PATIENCE = 90.0
"""Seconds in which everything comes to an end when no caller comes any more."""
SAMPLE = 10.0
GROWTH = 1.10
"""By how much memory may grow from the second quarter to the end."""
_HEAD = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
_KEEP = """\
<recv request="INVITE" rrs="true"><action>
<ereg regexp=":.*" search_in="hdr" header="Via" assign_to="via"/>
<ereg regexp=":.*" search_in="hdr" header="From" assign_to="from"/>
<ereg regexp=":.*" search_in="hdr" header="To" assign_to="to"/>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/>
</action></recv>
"""
_REPLY = """\
<send{again}><![CDATA[
SIP/2.0 {status}
Via[$via]
From[$from]
To[$to];tag=[pid]p[call_number]
[last_Call-ID:]
CSeq: [$cseq] INVITE
Contact: <sip:agent@[local_ip]:[local_port]>
Content-Length: 0

]]></send>
"""
_OK = """\
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"""
_BYE = """\
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: "caller" <sip:2[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
"""
_END = '<Reference variables="via,from,to,cseq"/></scenario>\n'


def scenarios() -> dict[str, str]:
    """The telephones by name, as SIPp reads them."""
    ringing = _REPLY.format(again="", status="180 Ringing")
    busy = _REPLY.format(again=' retrans="500"', status="486 Busy Here")
    over = _REPLY.format(again=' retrans="500"', status="487 Request Terminated")
    ack = '<recv request="ACK"/>'
    cancelled = f'<recv request="CANCEL"/>{_OK}{over}{ack}'
    ours = files("cordboard.bench") / "scenarios"
    talks = (ours / "uas_agent_rand.xml").read_text()
    waits = (ours / "uac_queue.xml").read_text()
    begin = waits.partition('<recv request="BYE"')[0]
    slow = '<pause distribution="uniform" min="500" max="4000"/>'
    first_ok = talks.index("<send retrans")
    return {
        "talks": talks,
        "slow": talks[:first_ok] + slow + talks[first_ok:],
        "busy": f'{_HEAD}<scenario name="busy">{_KEEP}{busy}{ack}{_END}',
        "deaf": f'{_HEAD}<scenario name="deaf">{_KEEP}{ringing}{cancelled}{_END}',
        "waits": waits,
        "leaves": f'{begin}<pause distribution="uniform" min="1000" max="8000"/>{_BYE}</scenario>',
    }


def centre(agents: int, ports: dict[str, int]) -> str:
    """The queue and its agents; telephones of one kind share a port."""
    kinds = ["talks"] * 7 + ["slow", "busy", "deaf"]
    lines = ['[queues.soak]\nring = "3s"\nmisses = 1000']
    for number in range(agents):
        port = ports[kinds[number % len(kinds)]]
        lines.append(
            f'[agents.a{number}]\npassword = "x"\nready = true\nqueues = {{soak = 50}}\n'
            f'contact = "sip:a{number}@127.0.0.1:{port}"'
        )
    return "\n".join(lines)


@contextlib.contextmanager
def sipp(site: Site, name: str, text: str, port: int, options: Sequence[str]) -> Iterator[Any]:
    """One SIPp process."""
    (site.folder / f"{name}.xml").write_text(text)
    command = [
        "sipp", *options, "-sf", f"{name}.xml", "-i", "127.0.0.1", "-p", str(port), "-nostdin",
        "-cp", str(free_port()), "-recv_timeout", "300000",
    ]  # fmt: skip
    with (site.folder / f"{name}.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=site.folder, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Watch:
    """Looks at the server now and then."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.memory: list[int] = []
        self.files: list[int] = []

    def look(self) -> dict[str, Any]:
        """Take a sample; what ``cordboard status`` says."""
        pids = {
            pid
            for pid in procfs.tree(self._site.pid)
            if b"speech.worker" not in procfs.command_line(pid)
        }
        self.memory.append(procfs.pss_kb(pids))
        self.files.append(sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids))
        return self.status()

    @staticmethod
    def second_quarter(samples: list[int]) -> list[int]:
        """Those by which everything has been used once."""
        quarter = max(1, len(samples) // 4)
        return samples[quarter : 2 * quarter]

    def status(self) -> dict[str, Any]:
        """What ``cordboard status`` says."""
        return ask(self._site.folder / ".cordboard", {"do": "status"})


def soak(minutes: float, agents: int, callers: int) -> tuple[dict[str, Any], list[str]]:
    """Figures, and what is wrong."""
    need_sipp(rtp=False)
    texts = scenarios()
    ports = {name: free_port() for name in texts}
    with (
        running(callers + agents + 50, {"200": FLOW}, centre(agents, ports)) as site,
        contextlib.ExitStack() as stack,
    ):
        phones = []
        for name in ("talks", "slow", "busy", "deaf"):
            phones.append(stack.enter_context(sipp(site, name, texts[name], ports[name], [])))
        calling = [
            stack.enter_context(sipp(site, name, texts[name], ports[name], [
                f"127.0.0.1:{site.port}", "-s", "200", "-l", str(count),
                "-r", str(max(5, count // 4)),
            ]))
            for name, count in (("waits", callers - callers // 4), ("leaves", callers // 4))
        ]  # fmt: skip
        watch = Watch(site)
        until = time.monotonic() + 60 * minutes
        most = 0
        while time.monotonic() < until:
            time.sleep(SAMPLE)
            most = max(most, int(watch.look()["calls_now"]))
            print(f"{most} calls at once, {watch.memory[-1] / 1024:.0f} MB, "
                  f"{watch.files[-1]} descriptors", file=sys.stderr)  # fmt: skip
        if any(process.poll() is not None for process in (*phones, *calling)):
            raise CannotMeasure("a SIPp has ended by itself: run it by hand to see why")
        for process in calling:
            process.send_signal(signal.SIGUSR1)  # no new calls
        status = come_to_rest(watch)
        watch.look()
        wrong = [*stuck(status), *in_the_books(site.folder / "cordboard.db", status)]
    wrong += grown(watch)
    figures = {
        "minutes": minutes,
        "agents": agents,
        "calls_at_once": most,
        **{key: status["queues"]["soak"][key] for key in ("answered", "abandoned")},
        "mb_early": round(max(watch.second_quarter(watch.memory)) / 1024, 1),
        "mb_late": round(watch.memory[-1] / 1024, 1),
        "descriptors": watch.files[-1],
    }
    return figures, wrong


def grown(watch: Watch) -> Iterator[str]:
    """Memory and descriptors that have become more; a leaked port is a descriptor."""
    early, late = max(watch.second_quarter(watch.memory)), watch.memory[-1]
    if late > GROWTH * early:
        yield f"memory grew from {early} to {late} kB"
    early, late = max(watch.second_quarter(watch.files)), watch.files[-1]
    if late > early:
        yield f"descriptors grew from {early} to {late}"


def come_to_rest(watch: Watch) -> dict[str, Any]:
    """Wait until no call is left and every agent has come home; the last status."""
    until = time.monotonic() + PATIENCE
    while True:
        status = watch.status()
        states = {agent["state"] for agent in status["agents"].values()}
        calls = max(int(status["calls_now"]), int(status["line"]["calls"]))
        if (calls == 0 and states == {"ready"}) or time.monotonic() > until:
            return status
        print(f"{calls} calls are left", file=sys.stderr)
        time.sleep(2.0)


def stuck(status: dict[str, Any]) -> Iterator[str]:
    """Agents and calls that have not come to an end."""
    for name, agent in status["agents"].items():
        if agent["state"] != "ready":
            yield f"agent {name} is {agent['state']}"
    if status["calls_now"] or status["line"]["calls"]:
        yield f"calls are left: {status['calls_now']} in flows, {status['line']['calls']} legs"
    if waiting := status["queues"]["soak"]["waiting"]:
        yield f"{waiting} callers still wait"
    if "up to date" not in status["database"]:
        yield str(status["database"])


def in_the_books(path: Path, status: dict[str, Any]) -> Iterator[str]:
    """What the database should not have, or have otherwise."""
    with contextlib.closing(sqlite3.connect(path)) as database:

        def count(what: str, *values: Any) -> int:
            return int(database.execute(f"select count(*) from {what}", values).fetchone()[0])

        last = database.execute("select max(seq) from event_log").fetchone()[0]
        if last != count("event_log"):
            yield f"the log ends with {last} and has {count('event_log')} facts"
        for what in ("contacts where ended is null", "dialogs", "offers where outcome = ''"):
            if left := count(what):
                yield f"{left} are left: {what}"
        fact = "event_log where queue = 'soak' and what = ?"
        if count(fact, "answered") != status["queues"]["soak"]["answered"]:
            yield "the counter of answered calls is not what the log says"
        twice = (
            "(select contact from event_log where what = 'ended' group by 1 having count(*) > 1)"
        )
        if doubled := count(twice):
            yield f"{doubled} contacts have ended more than once"


def main() -> int:
    """Run it, print figures as JSON, and what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--callers", type=int, default=200)
    args = parser.parse_args()
    try:
        figures, wrong = soak(args.minutes, args.agents, args.callers)
    except (CannotMeasure, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({**figures, "wrong": wrong}, indent=2))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
