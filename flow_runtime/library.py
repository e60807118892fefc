"""The flows of a server: loaded, checked, found by the called number, renewed when they change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from flow_runtime.core.check import has_errors
from flow_runtime.core.program import Program
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.flow_files import CheckedFile, load_flow
from flow_runtime.prompt_files import LoadedPrompts, load_prompts
from flow_runtime.sound_files import find_files

log = logging.getLogger("flows")

Signature = tuple[tuple[int, int] | None, ...]


class FlowErrors(Exception):
    """Some flows cannot be served. *lines* are all their problems, as `cordboard check` prints."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class PromptSource:
    """Where the prompts come from; see `load_prompts`."""

    folder: Path
    languages: tuple[str, ...] | None = None
    currency: str = ""


class FlowLibrary:
    """The programs by called number: exact, else the longest prefix ``400*``, else ``*``.

    *numbers* maps each called number to a flow file. *surroundings* are those of all flows; their
    prompts are replaced by those of *prompts* when that is given. A changed file is taken for new
    calls once it checks clean; a broken one leaves the old program in place and is told in the
    log and by `problems`. Calls in progress keep the program they hold.
    """

    def __init__(
        self,
        numbers: Mapping[str, Path],
        surroundings: Surroundings,
        prompts: PromptSource | None = None,
    ) -> None:
        self._exact = {n: path for n, path in numbers.items() if not n.endswith("*")}
        prefixes = [(n[:-1], path) for n, path in numbers.items() if n.endswith("*")]
        self._prefixes = sorted(prefixes, key=lambda item: -len(item[0]))
        self._paths = tuple(dict.fromkeys(numbers.values()))
        self._around = surroundings
        self._source = prompts
        self._programs: dict[Path, Program] = {}
        self._checked: dict[Path, CheckedFile] = {}
        self._prompts = LoadedPrompts(surroundings.prompts)
        self._seen: dict[Path, Signature] = {}
        self._seen_prompts: Signature = ()

    # --- calls ----------------------------------------------------------------------------------

    def program(self, number: str) -> Program | None:
        """The program that serves a call to *number*, None when there is none (404)."""
        path = self._exact.get(number)
        if path is None:
            path = next((p for prefix, p in self._prefixes if number.startswith(prefix)), None)
        return None if path is None else self._programs.get(path)

    def reach(self, number: str) -> Literal["", "own", "any"]:
        """Whether *number* has no flow, one of its own, or only the one for all numbers."""
        if number in self._exact or any(p and number.startswith(p) for p, _ in self._prefixes):
            return "own"
        return "any" if self._prefixes and not self._prefixes[-1][0] else ""

    def programs(self) -> Mapping[Path, Program]:
        """The program of each flow file that new calls get."""
        return dict(self._programs)

    # --- loading --------------------------------------------------------------------------------

    def load(self) -> None:
        """Load everything; raises `FlowErrors` with the problems of all files if there is one."""
        self._read_prompts()
        for path in self._paths:
            self._read_flow(path)
        if self._broken():
            raise FlowErrors(self.problems())
        for line in self.problems():
            log.warning("%s", line)

    def problems(self) -> list[str]:
        """What is wrong with the files as they are now, as `cordboard check` prints it."""
        lines = [problem.line(str(path)) for path, problem in self._prompts.problems]
        return lines + [line for checked in self._checked.values() for line in checked.lines()]

    def refresh(self) -> list[Path]:
        """Look for changed files and load them; the flow files that new calls now get anew."""
        renewed = []
        if self._prompts_changed():
            self._read_prompts()
            for line in [p.line(str(path)) for path, p in self._prompts.problems]:
                log.warning("%s", line)
            if not has_errors(problem for _, problem in self._prompts.problems):
                self._seen.clear()  # every flow has to be checked against the new prompts
        for path in self._paths:
            if self._seen.get(path) != _signature(self._checked[path].files):
                self._read_flow(path)
                if self._report(self._checked[path]):
                    renewed.append(path)
        return renewed

    async def watch(
        self, changed: Callable[[], None] = lambda: None, interval: float = 1.0
    ) -> None:
        """Refresh every *interval* seconds, in a thread, until cancelled; errors are logged.

        *changed* is called after each look that has found flows which new calls get anew.
        """
        while True:
            await asyncio.sleep(interval)
            try:
                if await asyncio.to_thread(self.refresh):
                    changed()
            except Exception:
                log.exception(
                    "looking for changed flows failed; the next look is in %s s", interval
                )

    def _broken(self) -> bool:
        return has_errors(problem for _, problem in self._prompts.problems) or any(
            checked.program is None for checked in self._checked.values()
        )

    def _report(self, checked: CheckedFile) -> bool:
        for line in checked.lines():
            log.warning("%s", line)
        if checked.program is None:
            log.error("%s is broken: new calls keep the flow as it was before", checked.path)
            return False
        log.info("%s was changed: new calls get the new flow", checked.path)
        return True

    def _read_flow(self, path: Path) -> None:
        folders = [path.parent] if self._source is None else [path.parent, self._source.folder]
        around = replace(self._around, prompts=self._prompts.book, files=find_files(*folders))
        # As they were before they were read: a change meanwhile is found at the next look.
        before = {file: _stamp(file) for file in (path, *self._known_files(path))}
        checked = self._checked[path] = load_flow(path, around, numbered=True)
        self._seen[path] = tuple(before.get(file) or _stamp(file) for file in checked.files)
        if checked.program is not None:
            self._programs[path] = checked.program

    def _known_files(self, path: Path) -> tuple[Path, ...]:
        checked = self._checked.get(path)
        return () if checked is None else checked.files

    # --- prompts --------------------------------------------------------------------------------

    def _read_prompts(self) -> None:
        """Read the prompts; a table with errors is told of, and the old book stays in use."""
        if self._source is None:
            return
        source = self._source
        loaded = load_prompts(source.folder, source.languages, source.currency)
        self._seen_prompts = _signature(loaded.files)
        broken = has_errors(problem for _, problem in loaded.problems)
        if broken and self._programs:
            loaded = replace(loaded, book=self._prompts.book)
        self._prompts = loaded

    def _prompts_changed(self) -> bool:
        return self._source is not None and self._seen_prompts != _signature(self._prompts.files)


def _signature(files: Iterable[Path]) -> Signature:
    """What changes when one of *files* does: time of change in ns, and size; None if missing."""
    return tuple(_stamp(path) for path in files)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
