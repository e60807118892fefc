"""Asks where the path of a problem shall be kept as a call test."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from designer.look.i18n import told
from designer.panels.path_test import path_test
from designer.panels.simulator.ready import NotReady, ready_program
from designer.panels.simulator.saving import SaveDialog
from designer.panels.simulator.simulation import simulation_of
from designer.session import Session
from flow_runtime.core.problems import Problem
from flow_runtime.core.program import Program


def path_dialog(session: Session, problem: Problem, parent: QWidget) -> SaveDialog | None:
    """The dialog that saves the path of *problem*; None without a flow."""
    flow = session.flow
    if flow is None:
        return None
    called = simulation_of(session).called
    library = session.around.nodes
    test = path_test(told(problem.text), problem.path, flow, library, called)
    program: Program | None
    try:
        program = ready_program(session)
    except NotReady:
        program = None
    return SaveDialog(session, test, program, parent)
