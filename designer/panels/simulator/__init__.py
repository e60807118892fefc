"""The simulator: a call to the drawn flow with the person as its caller."""

from __future__ import annotations

from designer.panels.simulator.panel import SimulatorPanel
from designer.panels.simulator.phone import Phone
from designer.panels.simulator.simulation import simulation_of
from designer.session import Session


def make_phone(session: Session) -> Phone:
    """The telephone, at the right."""
    return Phone(simulation_of(session))


def make_simulator(session: Session) -> SimulatorPanel:
    """Time, variables, made-up data and coverage, below."""
    return SimulatorPanel(simulation_of(session))
