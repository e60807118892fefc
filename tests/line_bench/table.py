"""Writes docs/conformance.md: ``python tests/line_bench/table.py [FILE]``.

Runs the whole suite, so what the network backends need must be installed; a backend whose tests
were skipped is shown as not run. Without FILE the page is printed. `page` without results is the
page as it must be when every backend keeps its word: a test compares it with the page in docs/.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SUITE = Path(__file__).parent.parent / "telephony" / "conformance"
PLACES = [str(SUITE.parent.parent), str(SUITE.parent.parent.parent)]
if __name__ == "__main__":
    sys.path[:0] = PLACES

from line_bench.backends import BACKENDS  # noqa: E402
from line_bench.bench import Backend  # noqa: E402
from telephony.pyvoip.line import LIMITS  # noqa: E402

FEATURES = (
    "answer", "hangup", "sound", "keys", "barge-in", "record",
    "dial", "ring", "bridge", "hold", "send-keys", "music", "conference", "tap",
)  # fmt: skip
HEAD = """\
# What each line can do

A flow does not know which backend carries its call. Every backend runs the same tests
(`tests/telephony/conformance`), each on a line of its own: `simulated` in virtual time, `sip`
with a real media process against a telephone on UDP, `pyvoip` registered with a small PBX on UDP.
**yes**: passed. **refuses**: the backend cannot do this, and says so by name when it is asked.
**not run**: what it needs was not installed where this page was made.

Made by `python tests/line_bench/table.py docs/conformance.md`.
"""
TAIL = """
## Limits of `pyvoip`

It states them when it starts:

{limits}
"""


@dataclass(frozen=True)
class Row:
    """One test: its chapter, name, what it shows, and the features it needs."""

    chapter: str
    name: str
    text: str
    features: frozenset[str]


def rows() -> Iterator[Row]:
    """All tests of the suite, in order."""
    for path in sorted(SUITE.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        chapter = (module.__doc__ or "").partition(": ")[2].rstrip(".\n")
        for name, test in vars(module).items():
            if hasattr(test, "play"):
                text = (test.__doc__ or name).splitlines()[0]
                yield Row(chapter, name, text, frozenset(test.features))


class Results:
    """A pytest plug-in that notes each test's outcome by name and backend."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], str] = {}
        self._of: dict[str, tuple[str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in items:
            self._of[item.nodeid] = item.originalname, item.callspec.params["backend"].name

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or report.skipped:
            self.outcomes[self._of[report.nodeid]] = "**FAILS**" if report.failed else "not run"


def page(outcomes: Mapping[tuple[str, str], str]) -> str:
    """The page. *outcomes* holds the tests that did not pass, by name and backend."""

    def cell(row: Row, backend: Backend) -> str:
        passed = "yes" if row.features <= backend.can else "refuses"
        return outcomes.get((row.name, backend.name), passed)

    names = " | ".join(f"`{backend.name}`" for backend in BACKENDS)
    rule = f"|---|{'---|' * len(BACKENDS)}"
    lines = [HEAD, "## Features", "", f"| | {names} |", rule]
    for feature in FEATURES:
        claims = " | ".join("yes" if feature in backend.can else "–" for backend in BACKENDS)
        lines.append(f"| {feature} | {claims} |")
    chapter = ""
    for row in rows():
        if row.chapter != chapter:
            chapter = row.chapter
            lines += ["", f"## {chapter[:1].upper()}{chapter[1:]}", "", f"| | {names} |", rule]
        cells = " | ".join(cell(row, backend) for backend in BACKENDS)
        lines.append(f"| {row.text} | {cells} |")
    return "\n".join([*lines, TAIL.format(limits="\n".join(f"- {limit}" for limit in LIMITS))])


def main(arguments: list[str]) -> int:
    """Run the suite and write the page; the exit code is pytest's."""
    results = Results()
    code = pytest.main([str(SUITE), "-q", "-p", "no:cacheprovider"], plugins=[results])
    text = page(results.outcomes)
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        print(text)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
