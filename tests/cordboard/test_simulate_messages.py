"""In a terminal a person books a callback, leaves a message, and is in a conference."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest

from cordboard.commands import simulate
from cordboard.samples import make_site, samples

AWAY = "1001,1002,1003,2001,2002,2003"
NIGHT, DAY = "2026-11-23T23:00+08:00", "2026-11-23T10:00+08:00"


@pytest.mark.parametrize(
    ("caller", "at", "keys", "story"),
    [
        ("5550101", DAY, "1,1,1", ["callback of 5550101 booked", "you keep your place"]),
        ("", DAY, "1,1,1,5550100#", ["no number", "refused", "callback of 5550100 booked"]),
        ("5550101", NIGHT, "1,1,say 5", ["Nobody is here", "a message for box repairs"]),
        ("5550101", DAY, "1,3,4711#,#", ["in conference engineers", "left conference engineers"]),
    ],
)
def test_what_the_caller_of_the_sample_meets(
    caller: str,
    at: str,
    keys: str,
    story: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_site(samples()["contact_centre"], tmp_path)
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    given = ["--config", str(tmp_path / "cordboard.toml"), str(tmp_path / "contact_centre.flow")]
    asked = ["--caller", caller, "--at", at, "--keys", keys, "--away", AWAY]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert simulate.run(parser.parse_args([*given, *asked])) == 0
    shown = capsys.readouterr().out
    places = [shown.find(part) for part in story]
    assert places == sorted(places) and places[0] >= 0, shown
