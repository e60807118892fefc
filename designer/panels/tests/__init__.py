"""Call tests beside the drawing."""

from __future__ import annotations

from designer.panels.tests.panel import CallTestsPanel
from designer.session import Session


def make_tests(session: Session) -> CallTestsPanel:
    """The panel of *session*."""
    return CallTestsPanel(session)
