"""Writes the table of the conformance suite: ``python tests/line_bench/table.py [FILE]``.

Runs the whole suite, so the peers of the network backends must be installed; a backend whose
tests were skipped is shown as not run. Without FILE the table is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

SUITE = Path(__file__).parent.parent / "telephony" / "conformance"
HEAD = """\
# What each line can do

Every backend runs the same tests (`tests/telephony/conformance`). **yes**: passed. **refuses**:
the backend cannot do this, and says so by name when it is asked. **not run**: its peer was not
installed where this table was made. Made by `python tests/line_bench/table.py docs/conformance.md`.
"""


class Results:
    """A pytest plug-in that collects rows (what is tested) and cells (backend, result)."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.backends: list[str] = []
        self.cells: dict[tuple[str, str], str] = {}
        self._of: dict[str, tuple[str, str, bool]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in items:
            backend = item.callspec.params["backend"]
            row = item.originalname
            self.rows[row] = (item.function.__doc__ or row).splitlines()[0]
            if backend.name not in self.backends:
                self.backends.append(backend.name)
            can = backend.can >= set(item.function.features)
            self._of[item.nodeid] = (row, backend.name, can)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row, backend, can = self._of[report.nodeid]
        if report.failed:
            self.cells[row, backend] = "**FAILS**"
        elif report.skipped:
            self.cells[row, backend] = "not run"
        elif report.when == "call":
            self.cells[row, backend] = "yes" if can else "refuses"

    def table(self) -> str:
        """The table in Markdown."""
        lines = [
            f"| | {' | '.join(self.backends)} |",
            f"|---|{'---|' * len(self.backends)}",
        ]
        for row, text in self.rows.items():
            cells = (self.cells.get((row, b), "") for b in self.backends)
            lines.append(f"| {text} | {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Run the suite and write the table; the exit code is pytest's."""
    results = Results()
    code = pytest.main([str(SUITE), "-q", "-p", "no:cacheprovider"], plugins=[results])
    text = f"{HEAD}\n{results.table()}"
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        print(text)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
