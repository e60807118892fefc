"""Finds the flow files that flows name, each of which is read and checked once."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check import check_flow
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import NOWHERE, Problem
from flow_runtime.core.surroundings import FindFlow, Surroundings
from flow_runtime.core.syntax import decode, parse
from flow_runtime.sound_files import SoundFiles


def read_flow_file(path: Path) -> str | Problem:
    """The text of the flow file at *path*, or what keeps it from being read."""
    try:
        return decode(path.read_bytes())
    except OSError as error:
        text = phrase("the file cannot be read: {strerror}", strerror=error.strerror)
        return Problem("error", "unreadable", text, NOWHERE)


def with_flows(path: Path, around: Surroundings) -> Surroundings:
    """*around* for the flow in the file at *path*: it finds the flows that this one names."""
    return FlowFiles(around).around(path)


class FlowFiles:
    """The flow files of one look at the disk.

    *around* are the surroundings of all of them, but for what lies beside each.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._known: dict[Path, FlowFile | None] = {}

    @property
    def looked_for(self) -> tuple[Path, ...]:
        """The files that flows have named so far, those that are not there too."""
        return tuple(self._known)

    def around(self, path: Path) -> Surroundings:
        """The surroundings of the flow in the file at *path*."""
        sounds = self._around.files
        files = sounds.beside(path.parent) if isinstance(sounds, SoundFiles) else sounds
        return replace(self._around, files=files, flows=self._finder(path.parent))

    def _finder(self, folder: Path) -> FindFlow:
        def find(name: str) -> CalledFlow | None:
            try:
                path = Path(folder, name).resolve()
            except ValueError:  # a name that no file can have
                return None
            if path not in self._known:
                self._known[path] = self._read(path)
            return self._known[path]

        return find

    def _read(self, path: Path) -> FlowFile | None:
        return FlowFile(path, self.around(path)) if os.path.isfile(path) else None


class FlowFile(CalledFlow):
    """A flow file that another flow names."""

    def __init__(self, path: Path, around: Surroundings) -> None:
        text = read_flow_file(path)
        flow = None
        if isinstance(text, Problem):
            self._reading = [text]
        else:
            parsed = parse(text)
            flow, self._reading = parsed.flow, list(parsed.problems)
        self._checking = False
        super().__init__(str(path), flow, around)

    def trouble(self) -> str:
        """Its first error; while flows that call each other are being checked, none."""
        return "" if self._checking else self._trouble

    @cached_property
    def _trouble(self) -> str:
        self._checking = True
        try:
            problems = self._reading
            if self.flow is not None:
                problems = problems + check_flow(self.flow, self.around)
        finally:
            self._checking = False
        first = next((one for one in problems if one.severity == "error"), None)
        return (
            super().trouble()
            if first is None
            else phrase("line {line}: {text}", line=first.place.line, text=first.text)
        )
