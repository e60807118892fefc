"""CPU time and memory of a process tree, from /proc (proc(5))."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    # the command in brackets may hold anything, so what counts begins after its last bracket
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def tree(root: int) -> set[int]:
    """*root* and all its descendants that live now."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except (OSError, IndexError):
                continue  # it ended meanwhile
    found, grown = {root}, True
    while grown:
        new = {pid for pid, parent in parents.items() if parent in found} - found
        found |= new
        grown = bool(new)
    return found


def cpu_seconds(pids: set[int]) -> float:
    """User and system time of *pids* so far."""
    total = 0
    for pid in pids:
        try:
            fields = _stat(pid)
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def pss_kb(pids: set[int]) -> int:
    """Proportional set size of *pids* in kB: shared pages are counted once over the tree."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+)", text, re.M)
        total += int(found[1]) if found else 0
    return total


def command_line(pid: int) -> bytes:
    """The command line of *pid*, its words ended by NUL; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@dataclass(frozen=True)
class Machine:
    """Busy, stolen and total time of all processors so far, in seconds."""

    busy: float
    steal: float
    total: float

    @classmethod
    def now(cls) -> Machine:
        """Read /proc/stat."""
        fields = [int(f) for f in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        idle = fields[3] + fields[4]
        return cls((sum(fields) - idle) / _TICKS, fields[7] / _TICKS, sum(fields) / _TICKS)


def conditions() -> dict[str, object]:
    """What a figure needs to be understood: processor, cores, kernel, Python."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }
