"""Finds the call tests that lie beside a flow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from designer.look.i18n import told
from flow_runtime.call_tests import ENDING, CallTest, load_call_file


@dataclass(frozen=True, slots=True)
class Found:
    """One call of a file; *test* is None for a file that cannot be read, *trouble* says why."""

    file: Path
    test: CallTest | None
    trouble: str = ""


def tests_beside(flow: Path) -> list[Found]:
    """The calls to *flow* of all files in its folder, by file and in their order."""
    found: list[Found] = []
    for file in sorted(flow.parent.glob("*" + ENDING)):
        try:
            read = load_call_file(file)
        except OSError as error:
            found.append(Found(file, None, f"{file.name}: {error.strerror}"))
            continue
        if read.file is None:
            lines = [f"{file.name}:{one.place.line}: {told(one.text)}" for one in read.problems]
            found.append(Found(file, None, "\n".join(lines)))
        elif (file.parent / read.file.flow).resolve() == flow.resolve():
            found += [Found(file, test) for test in read.file.calls]
    return found
