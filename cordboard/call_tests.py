"""Finds call tests with their flows and configurations, runs them, and adds up what they cover."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cordboard.config import ConfigError, load_config
from cordboard.data import open_data
from cordboard.simulator import NoData
from cordboard.surroundings import beside, configured, standalone
from flow_runtime.call_tests import (
    ENDING,
    FlowCoverage,
    OpenData,
    Result,
    Visit,
    flow_coverage,
    load_call_file,
    programs,
    run_tests,
)
from flow_runtime.core.program import Program
from flow_runtime.flow_files import load_flow


def find_tests(paths: Iterable[Path]) -> Iterator[Path]:
    """The files of call tests that *paths* name: files, and all ``*.call.yaml`` below folders."""
    met: set[Path] = set()
    for path in paths:
        found = sorted(path.rglob("*" + ENDING)) if path.is_dir() else [path]
        for file in found:
            if file.resolve() not in met:
                met.add(file.resolve())
                yield file


def find_config(file: Path) -> Path | None:
    """The ``cordboard.toml`` that is nearest to *file*, in its folder or above it."""
    folders = file.resolve().parents
    return next((f / "cordboard.toml" for f in folders if (f / "cordboard.toml").is_file()), None)


@dataclass(slots=True)
class FileResult:
    """What came of one file. *problems* say why it, or its flow, could not be run at all.

    *unreadable*: a file that is needed is missing, or is not what it should be.
    """

    path: Path
    results: list[Result] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unreadable: bool = False
    not_run: int = 0
    """How many calls could not even be made."""

    def unusable(self, *problems: str) -> FileResult:
        """Itself, for these reasons."""
        self.problems, self.unreadable = list(problems), True
        return self

    @property
    def failed(self) -> int:
        """How many calls failed, those included that could not be made."""
        return self.not_run + sum(not result.passed for result in self.results)

    @property
    def passed(self) -> int:
        """How many calls were as their tests say."""
        return sum(result.passed for result in self.results)

    def plain(self) -> dict[str, Any]:
        """The file as plain data, for programs."""
        return {
            "file": str(self.path),
            "passed": self.passed,
            "failed": self.failed,
            "problems": self.problems,
            "calls": [result.plain() for result in self.results],
        }


class _Site:
    """A configuration, or none, and what flows find there; raises `ConfigError`."""

    def __init__(self, file: Path | None) -> None:
        self._config = None if file is None else load_config(file, secrets=False)
        self._configured = None if self._config is None else configured(self._config)

    def load(self, flow: Path) -> tuple[Program | None, list[str]]:
        """The program of *flow*, None when there are errors, and all that is wrong."""
        if self._config is None or self._configured is None:
            around, prompts = standalone(flow)
        else:
            around, prompts = self._configured
            around = beside(flow, around, self._config)
        checked = load_flow(flow, around, numbered=True)
        problems = checked.lines()
        problems += [problem.line(str(file)) for file, problem in prompts.problems]
        return checked.program, problems

    def data(self, program: Program) -> Callable[[], OpenData]:
        """Opens the data sources for one call of *program*."""
        config = self._config
        if config is None:
            return NoData
        return lambda: open_data(config, program.surroundings.zone)


class CallTests:
    """Runs files of call tests, one after the other. *config* is that of all of them.

    Without it the nearest ``cordboard.toml`` counts, or else what lies beside the flow.
    """

    def __init__(self, config: Path | None = None) -> None:
        self._config = config
        self._sites: dict[Path | None, _Site] = {}
        self._programs: dict[Path, tuple[Program | None, list[str]]] = {}
        self._made: dict[Path, tuple[Program, list[Sequence[Visit]]]] = {}

    def run(self, path: Path) -> FileResult:
        """Make the calls of the file at *path*."""
        done = FileResult(path)
        try:
            read = load_call_file(path)
        except OSError as error:
            return done.unusable(f"{path}: cannot be read: {error.strerror}")
        if read.file is None:
            return done.unusable(*read.lines())
        flow = path.parent / read.file.flow
        done.not_run = len(read.file.calls)
        if not flow.is_file():
            at = read.file.flow_place
            return done.unusable(
                f"{path}:{at.line}:{at.column}: error test-flow: there is no file {flow}"
            )
        try:
            site = self._site(flow)
        except ConfigError as error:
            return done.unusable(str(error))
        program, problems = self._program(flow, site)
        if program is None:
            done.problems = problems
            return done
        done.not_run = 0
        done.results += run_tests(program, read.file.calls, site.data(program))
        _, paths = self._made.setdefault(flow.resolve(), (program, []))
        paths.extend(result.path for result in done.results)
        return done

    def coverage(self) -> list[FlowCoverage]:
        """What all calls so far cover: of each flow that was tested, and of those it calls."""
        flows: list[tuple[Program, list[Sequence[Visit]]]] = []
        for tested, paths in self._made.values():
            for program in programs(tested):
                known = next((made for other, made in flows if other.flow == program.flow), None)
                if known is None:
                    flows.append((program, list(paths)))
                else:
                    known += paths
        return [flow_coverage(program, paths) for program, paths in flows]

    def _site(self, flow: Path) -> _Site:
        file = self._config or find_config(flow)
        if file not in self._sites:
            self._sites[file] = _Site(file)
        return self._sites[file]

    def _program(self, flow: Path, site: _Site) -> tuple[Program | None, list[str]]:
        key = flow.resolve()
        if key not in self._programs:
            self._programs[key] = site.load(flow)
        return self._programs[key]
