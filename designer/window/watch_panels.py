"""The panels for watching, joined with what a window watches; imported when one is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from designer.window.watching import Watching


def make_calls(watching: Watching) -> QWidget:
    """The lists of calls."""
    from designer.panels.watch.calls import CallList

    panel = CallList(watching, watching.calls.model, watching.calls.title)
    watching.serving.changed.connect(panel.follow)
    watching.serving.calls_changed.connect(panel.calls_changed)
    watching.sources_changed.connect(panel.follow)
    panel.follow_wanted.connect(watching.follow_call)
    panel.replay_wanted.connect(watching.replay_call)
    panel.traced_wanted.connect(watching.replay_traced)
    panel.connect_wanted.connect(watching.connect_to)
    panel.file_wanted.connect(watching.open_trace)
    return panel


def make_call(watching: Watching) -> QWidget:
    """What was said and pressed on the call, and its variables."""
    from designer.panels.watch.call import CallPanel

    return CallPanel(watching.calls.model)


def make_replay(watching: Watching) -> QWidget:
    """The time-line of a replay."""
    from designer.panels.watch.replay import ReplayPanel

    return ReplayPanel(watching.calls.model, watching.calls)


def make_heat(watching: Watching) -> QWidget:
    """Period, legend and figures of the heat map."""
    from designer.panels.watch.heat import HeatPanel

    panel = HeatPanel(watching.heat.model, watching)
    watching.sources_changed.connect(panel.follow)
    watching.selection_changed.connect(panel.follow)
    panel.connect_wanted.connect(watching.connect_to)
    panel.file_wanted.connect(watching.open_trace)
    return panel
