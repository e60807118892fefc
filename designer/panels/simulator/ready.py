"""Makes the drawn flow ready for calls, or says why that cannot be."""

from __future__ import annotations

from designer.look.i18n import tr
from designer.session import Session
from flow_runtime.call_tests import OpenData
from flow_runtime.core.program import Program, compile_program


class NotReady(Exception):
    """No call can be made; the text says why, for a person."""


def ready_program(session: Session) -> Program:
    """The flow as it is drawn now, checked; raises `NotReady`."""
    session.check_now()
    errors = sum(problem.severity == "error" for problem in session.problems)
    if session.flow is None or session.document.broken:
        raise NotReady(tr("The text of the flow cannot be read: mend it first."))
    if errors == 1:
        raise NotReady(tr("The flow has an error."))
    if errors:
        raise NotReady(tr("The flow has {n} errors.", n=errors))
    try:
        return compile_program(session.flow, session.around)
    except ValueError as error:
        raise NotReady(str(error)) from None


def ready_data(session: Session) -> OpenData:
    """The real data sources; raises `NotReady`."""
    try:
        return session.site.open_data()
    except (ValueError, OSError) as error:
        raise NotReady(tr("The data sources cannot be opened: {what}.", what=error)) from None
