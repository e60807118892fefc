"""Call tests beside the drawing."""

from __future__ import annotations

from designer.panels.tests.panel import Tests
from designer.session import Session


def make_tests(session: Session) -> Tests:
    """The panel of *session*."""
    return Tests(session)
