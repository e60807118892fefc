"""A form of a real flow with its real site, on no screen."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget  # noqa: E402

from cordboard.design_site import Voices, site_of  # noqa: E402
from cordboard.samples import samples  # noqa: E402
from designer.core.document import Document  # noqa: E402
from designer.core.picture import Picture  # noqa: E402
from designer.forms.panel import Properties  # noqa: E402
from designer.look.i18n import choose_language  # noqa: E402
from designer.look.style import apply_style  # noqa: E402
from designer.session import Session  # noqa: E402
from flow_runtime.core.model import NodeDecl  # noqa: E402


class Bench:
    """One form under test: what it shows and what the flow says."""

    def __init__(self, qtbot, path: Path, voices: Voices) -> None:
        self.qtbot, self.path = qtbot, path
        site = site_of(path, None, voices)
        self.session = Session(
            Document(path.read_text(encoding="utf-8")), path, site, lambda *_: Picture()
        )
        self.form = Properties(self.session)
        qtbot.addWidget(self.form)
        self.form.resize(320, 900)
        self.form.show()
        qtbot.waitExposed(self.form)
        self.form.activateWindow()

    def select(self, *nodes: str) -> None:
        self.session.select(nodes)
        QApplication.processEvents()

    def node(self, name: str) -> NodeDecl:
        assert self.session.flow is not None
        found = self.session.flow.node(name)
        assert found is not None
        return found

    def text_of(self, name: str) -> str:
        """The lines of one node as they would be saved."""
        text = self.session.document.text
        start = text.index(f"node {name}:")
        end = text.find("\n\n", start)
        return text[start : end if end > 0 else None]

    def field(self, name: str):
        return self.form.body.fields[name]

    def named(self, kind: type[QWidget], name: str) -> QWidget:
        """The visible widget of a kind that a screen reader calls *name*."""
        found = [
            w for w in self.form.findChildren(kind) if w.accessibleName() == name and w.isVisible()
        ]
        assert found, f"nothing is called {name!r}"
        return found[0]

    def type_into(self, widget: QWidget, text: str) -> None:
        """Put the keyboard there, replace what there is, and type."""
        self.focus(widget)
        if isinstance(widget, QLineEdit):
            widget.selectAll()
        else:
            widget.selectAll()
        self.qtbot.keyClicks(widget, text)

    def focus(self, widget: QWidget) -> None:
        self.form.activateWindow()
        widget.setFocus()
        QApplication.processEvents()


@pytest.fixture(scope="session")
def voices() -> Iterator[Voices]:
    made = Voices()
    yield made
    made.close()


@pytest.fixture
def gas_flow(tmp_path: Path) -> Path:
    """A copy of a sample with its prompts."""
    folder = samples()["gas_hotline"].folder
    shutil.copytree(folder, tmp_path / "gas")
    return tmp_path / "gas" / "gas_hotline.flow"


@pytest.fixture
def open_bench(qtbot, qapp, voices: Voices) -> Callable[[Path], Bench]:
    """Opens the form of any flow."""
    if not qapp.styleSheet():
        apply_style(qapp)
    choose_language("en")
    return lambda path: Bench(qtbot, path, voices)


@pytest.fixture
def bench(open_bench: Callable[[Path], Bench], gas_flow: Path) -> Bench:
    return open_bench(gas_flow)
