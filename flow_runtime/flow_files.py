"""Reads flow files from disk: checked, and made ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flow_runtime.called_files import FlowFiles, read_flow_file
from flow_runtime.core.check import check_text, has_errors
from flow_runtime.core.problems import Problem
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.surroundings import Surroundings

UNREADABLE = frozenset({"unreadable", "syntax-encoding"})
"""The codes of problems with a file itself, whatever it says."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One flow file: what is wrong with it, and the program if nothing is.

    *files* are all that it was made from: itself, and those that it and they call or jump to.
    """

    path: Path
    problems: tuple[Problem, ...]
    program: Program | None
    files: tuple[Path, ...] = ()

    def lines(self) -> list[str]:
        """The problems as `cordboard check` prints them."""
        return [problem.line(str(self.path)) for problem in self.problems]


def load_flow(path: Path, surroundings: Surroundings, numbered: bool = False) -> CheckedFile:
    """Read, check and compile the flow file at *path*; an unreadable file is a problem.

    The flows that it names are looked up beside it, and theirs beside them.
    """
    text = read_flow_file(path)
    if isinstance(text, Problem):
        return CheckedFile(path, (text,), None, (path,))
    files = FlowFiles(surroundings)
    around = files.around(path)
    flow, problems = check_text(text, around, numbered)
    program = None
    if flow is not None and not has_errors(problems):
        program = compile_program(flow, around)
    return CheckedFile(path, tuple(problems), program, (path, *files.looked_for))
