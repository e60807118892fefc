"""`cordboard bench designer` opens, types, selects and steps, and says what it took."""

from __future__ import annotations

import os
import subprocess
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from cordboard.bench.big_flow import SOURCE, big_flow
from cordboard.bench.designer import Often, designer
from flow_runtime.core.check import check_text
from flow_runtime.core.surroundings import Surroundings
from nodes.catalogue import library


@pytest.mark.parametrize("nodes", [100, 300, 500])
def test_the_flow_has_its_size_and_no_mistake(nodes: int) -> None:
    flow, problems = check_text(big_flow(nodes), Surroundings(library(), sources={SOURCE: False}))
    assert flow is not None and not problems
    assert abs(len(flow.nodes) - nodes) <= 3


def test_each_thing_is_measured(qapp: QApplication) -> None:
    figures = designer(False, "scene", Often(1, 2, 2, 2, 1))
    measured = [f"open_{nodes}_{what}" for nodes in (100, 500) for what in ("visible", "whole")]
    measured += [
        "recheck_300",
        "keystroke_300",
        "select_300",
        "select_again_300",
        "trace_step_100",
        "start",
    ]
    for name in measured:
        for kind in ("ms", "p95_ms", "cpu_ms"):
            figure = figures[f"{name}_{kind}"]
            assert isinstance(figure, float) and figure > 0, (name, kind)
    assert set(figures) == {
        "screen", "canvas", "memory_mb",
        *(f"{name}_{kind}" for name in measured for kind in ("ms", "p95_ms", "cpu_ms")),
    }  # fmt: skip


def test_on_a_display_that_is_not_there_it_says_so() -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "cordboard", "bench", "designer", "--screen"],
        capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no display" in done.stderr
