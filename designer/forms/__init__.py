"""The property form: every parameter of what is selected, made from the node class itself."""

from PySide6.QtWidgets import QWidget

from designer.session import Session


def make_form(session: Session) -> QWidget:
    """The panel "Properties" of one open flow."""
    from designer.forms.panel import Properties

    return Properties(session)
