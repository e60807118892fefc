"""Saves a simulated call as a call test, and sees whether the test passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from flow_runtime.call_tests.model import CallFile, CallTest
from flow_runtime.call_tests.outcome import Result
from flow_runtime.call_tests.reading import load_call_file
from flow_runtime.call_tests.runner import run_tests
from flow_runtime.call_tests.staging import OpenData
from flow_runtime.call_tests.writing import CannotAppend, append_call, print_file
from flow_runtime.core.phrase import phrase
from flow_runtime.core.program import Program

ENDING: Final = ".call.yaml"
"""How the names of files of call tests end."""


class CannotSave(Exception):
    """A test cannot be saved in a file; the text names it and says what to do."""


class SavedTests:
    """The file a call to *flow* is to be saved in, new or with calls in it; raises `CannotSave`."""

    def __init__(self, path: Path, flow: Path) -> None:
        self.path = path
        self._flow = os.path.relpath(flow, path.parent)
        self._before: CallFile | None = None
        if not path.name.endswith(ENDING):
            raise CannotSave(
                phrase(
                    "{path}: the name of a file of call tests ends with {ending}",
                    path=path,
                    ending=ENDING,
                )
            )
        if path.exists():
            self._read(flow)
        elif not path.parent.is_dir():
            raise CannotSave(
                phrase("{path}: there is no folder {parent}", path=path, parent=path.parent)
            )

    def save(self, test: CallTest) -> CallTest:
        """Write *test*, behind those that are there; the test with the name it got."""
        names = {call.name for call in self._before.calls} if self._before is not None else set()
        number = 1
        while (name := test.name + (f" ({number})" if number > 1 else "")) in names:
            number += 1
        test = replace(test, name=name)
        try:
            if self._before is None:
                text = print_file(CallFile(Path(self._flow).as_posix(), (test,)))
            else:
                text = append_call(self.path.read_text(encoding="utf-8"), test)
            self.path.write_text(text, encoding="utf-8")
        except CannotAppend as reason:
            raise CannotSave(
                phrase("{path}: no call can be added: {reason}", path=self.path, reason=reason)
            ) from None
        except OSError as error:
            raise CannotSave(f"{self.path}: {error.strerror}") from None
        return test

    def _read(self, flow: Path) -> None:
        try:
            read = load_call_file(self.path)
        except OSError as error:
            raise CannotSave(f"{self.path}: {error.strerror}") from None
        if read.file is None:
            raise CannotSave("\n".join(read.lines()))
        theirs = (self.path.parent / read.file.flow).resolve()
        if theirs != flow.resolve():
            text = phrase(
                "{path}: its calls are to {theirs}; save this one in another file",
                path=self.path,
                theirs=theirs,
            )
            raise CannotSave(text)
        self._before = read.file


def verdict(program: Program, test: CallTest, open_data: Callable[[], OpenData]) -> Result:
    """What comes of *test* when it is run."""
    (result,) = run_tests(program, [test], open_data)
    return result
