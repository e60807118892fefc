"""About Cordboard: version, and the licences of what it is made with."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QVBoxLayout, QWidget

from designer.look.i18n import tr

_MADE_WITH: Final = (
    ("Qt, PySide6", "LGPL-3.0", "https://www.qt.io"),
    ("NodeGraphQt", "MIT", "https://github.com/jchanvfx/NodeGraphQt"),
    ("lark", "MIT", "https://github.com/lark-parser/lark"),
    ("msgspec", "BSD-3-Clause", "https://github.com/jcrist/msgspec"),
    ("NumPy", "BSD-3-Clause", "https://numpy.org"),
    ("SQLAlchemy", "MIT", "https://www.sqlalchemy.org"),
    ("soundfile", "BSD-3-Clause", "https://github.com/bastibe/python-soundfile"),
    ("soxr", "LGPL-2.1", "https://github.com/dofuuz/python-soxr"),
    ("Inter", "OFL-1.1", "https://rsms.me/inter"),
    ("Noto Sans CJK", "OFL-1.1", "https://github.com/notofonts/noto-cjk"),
)


class About(QDialog):
    """The dialog."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Cordboard"))
        self.resize(460, 420)
        name = QLabel(f"Cordboard {_version()}")
        name.setProperty("role", "panel")
        what = QLabel(
            tr("Draw how a telephone line behaves and run the drawing on real calls.")
            + "\n"
            + tr("MIT licence. Qt {version}.", version=qVersion())
        )
        what.setWordWrap(True)
        rows = "".join(
            f"<tr><td>{one}&nbsp;&nbsp;</td><td>{licence}&nbsp;&nbsp;</td>"
            f'<td><a href="{place}">{place}</a></td></tr>'
            for one, licence, place in _MADE_WITH
        )
        licences = QTextBrowser()
        licences.setOpenExternalLinks(True)
        licences.setAccessibleName(tr("Licences"))
        licences.setHtml(f"<p>{tr('Made with:')}</p><table cellpadding=2>{rows}</table>")
        buttons = QDialogButtonBox()
        close = buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 14)
        column.setSpacing(10)
        for widget in (name, what, licences, buttons):
            column.addWidget(widget)


def _version() -> str:
    try:
        return version("cordboard")
    except PackageNotFoundError:
        return ""
