"""How failed calls are told: golden/failures.txt is meant to be read; its flow is shop.flow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from call_test_kit import failure, made, program
from flow_runtime.core.phrase import Phrase

GOLDEN = Path(__file__).with_name("golden")
SHOP = program((GOLDEN / "shop.flow").read_text(encoding="utf-8"))
MARGIN = " " * 6


def cases() -> Iterator[tuple[str, str]]:
    """What is written, what is told."""
    text = (GOLDEN / "failures.txt").read_text(encoding="utf-8")
    for block in text.strip("\n").split("\n\n")[1:]:
        lines = block.split("\n")
        written = "\n".join(line for line in lines if not line.startswith(MARGIN))
        yield (
            written,
            "\n".join(line[len(MARGIN) :] for line in lines if line.startswith(MARGIN)),
        )


def told(written: str) -> str:
    """The failure, with the line counted in what is written."""
    first, *rest = failure(made(SHOP, written)).split("\n")
    return "\n".join([f"line {int(first.split()[1]) - 3}", *rest])


@pytest.mark.parametrize(("written", "expected"), list(cases()))
def test_a_failure_is_told_well(written: str, expected: str) -> None:
    assert told(written) == expected


@pytest.mark.parametrize(("written", "expected"), list(cases()))
def test_a_failure_can_be_told_in_other_languages(written: str, expected: str) -> None:
    result = made(SHOP, written)
    assert result.failure is not None
    assert isinstance(result.failure.instead, Phrase)
    assert all(isinstance(item.label, Phrase) for item in result.items() if item.label)
