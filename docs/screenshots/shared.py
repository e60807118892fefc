"""What several scenes do: a call in the simulator on a Monday morning."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from studio import Studio

from designer.panels.simulator.simulation import Simulation, simulation_of
from designer.window.page import Page

_MONDAY: Final = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


def call_on(page: Page, studio: Studio) -> Simulation:
    """The simulator of *page*, on a Monday morning, time standing still while nobody acts."""
    call = simulation_of(page.session)
    call.be_fast(True)
    call.at = _MONDAY
    return call


def bubbles(call: Simulation) -> list[Any]:
    """What was heard, pressed and noted."""
    return [] if call.conversation is None else list(call.conversation.bubbles)
