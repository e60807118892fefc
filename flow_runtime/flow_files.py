"""Reads flow files from disk and finds the sound files beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flow_runtime.core.check import check_text, has_errors
from flow_runtime.core.frame import FindFile
from flow_runtime.core.problems import NOWHERE, Problem
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import decode


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One flow file: what is wrong with it, and the program if nothing is."""

    path: Path
    problems: tuple[Problem, ...]
    program: Program | None

    def lines(self) -> list[str]:
        """The problems as `cordboard check` prints them."""
        return [problem.line(str(self.path)) for problem in self.problems]


def load_flow(path: Path, surroundings: Surroundings, numbered: bool = False) -> CheckedFile:
    """Read, check and compile the flow file at *path*; an unreadable file is a problem."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        text = Problem("error", "unreadable", f"the file cannot be read: {error.strerror}", NOWHERE)
    if isinstance(text, Problem):
        return CheckedFile(path, (text,), None)
    flow, problems = check_text(text, surroundings, numbered)
    if flow is None or has_errors(problems):
        return CheckedFile(path, tuple(problems), None)
    return CheckedFile(path, tuple(problems), compile_program(flow, surroundings))


def find_files(*folders: Path) -> FindFile:
    """Looks for the sound files of ``file("x.wav")`` in *folders*, in their order."""

    def find(name: str) -> str | None:
        for folder in folders:
            path = folder / name
            if path.is_file():
                return str(path.resolve())
        return None

    return find
