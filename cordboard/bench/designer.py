"""``bench designer``: how long the designer takes to start, open, check, select and repaint."""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from cordboard.bench import procfs
from cordboard.bench.big_flow import SOURCE, big_flow
from cordboard.bench.designer_start import starts
from cordboard.design_site import Voices, site_of
from designer.app import Program, make_application
from designer.canvas.engines import Engine
from designer.core.calls import CallTrail, call_marks
from designer.core.marks import coverage_marks, ports_of
from designer.core.simulation import taken_ports
from designer.look.style import apply_style
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer.window.recovery import Recovery
from designer.window.settings import Settings
from flow_runtime.core.check.incremental import FlowChecker

Took: TypeAlias = tuple[float, float]
"""Milliseconds by the clock, and of processor time."""
_CONFIG: Final = f'[data.{SOURCE}]\nurl = "sqlite:///none.db"\n'


@dataclass(frozen=True, slots=True)
class Often:
    """How often each thing is measured."""

    openings: int = 5
    keys: int = 40
    selections: int = 10
    steps: int = 60
    starts: int = 3


def designer(screen: bool, engine: Engine, often: Often = Often()) -> dict[str, object]:
    """Median and 95th percentile by the clock, median of processor time, in milliseconds.

    The window has 1600 by 1000 pixels. `open`: from the call that opens a file to the first paint
    of its cards (visible), and until form, problems and all else is there (whole). `recheck`: the
    check after a letter more, alone; `keystroke`: until the whole window shows what follows from
    it. `select`: another card, with its form; ``again``: one of those seen last. `trace_step`: a
    call goes on to its next node; all marks are worked out, and what changes is painted anew.
    `start`: a process of its own to its first paint, with Python's compiled files there.
    """
    with _running(screen, engine) as (window, folder):
        figures: dict[str, object] = {"screen": screen, "canvas": engine}
        for nodes in (100, 500):
            path = folder / f"big{nodes}.flow"
            runs = [_open(window, path) for _ in range(often.openings)]
            figures |= _told(f"open_{nodes}_visible", [first for first, _ in runs])
            figures |= _told(f"open_{nodes}_whole", [whole for _, whole in runs])
        page = _kept_open(window, folder / "big300.flow")
        figures |= _told("recheck_300", _rechecks(page, often.keys))
        figures |= _told("keystroke_300", _keystrokes(window, page, often.keys))
        figures |= _told("select_300", _selections(window, page, often.selections))
        figures |= _told("select_again_300", _selections(window, page, often.selections))
        page = _kept_open(window, folder / "big100.flow")
        figures |= _told("trace_step_100", _trace(page, often.steps))
        figures["memory_mb"] = round(procfs.pss_kb({os.getpid()}) / 1024, 1)
    return figures | _told("start", starts(often.starts, screen))


@contextlib.contextmanager
def _running(screen: bool, engine: Engine) -> Iterator[tuple[MainWindow, Path]]:
    """A designer with settings of its own, and a folder with flows of 100, 300 and 500 nodes."""
    if not screen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = make_application(["cordboard"])
    apply_style(app)
    voices = Voices()
    with tempfile.TemporaryDirectory(prefix="cordboard-bench-") as name:
        folder = Path(name)
        (folder / "cordboard.toml").write_text(_CONFIG, encoding="utf-8")
        for nodes in (100, 300, 500):
            (folder / f"big{nodes}.flow").write_text(big_flow(nodes), encoding="utf-8")
        settings = Settings(QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat))
        settings.see_tour()
        program = Program(
            lambda flow: site_of(flow, None, voices),
            settings,
            Recovery(folder / "unsaved"),
            canvas=engine,
        )
        window = program.new_window()
        window.resize(1600, 1000)
        _settle()
        yield window, folder
        for page in window.documents.pages:
            page.session.document.saved()
        window.close()
        program.close()
        voices.close()


# --- what is measured -----------------------------------------------------------------------------


def _open(window: MainWindow, path: Path) -> tuple[Took, Took]:
    """To the first paint, and to the end, of opening *path*; it is closed again."""
    watch = _Watch()
    page = _opened(window, path)
    painted = _Painted(page.canvas.widget, watch)
    while painted.at is None:
        QApplication.processEvents()
        _paint()
    for dock in (window.left, window.right, window.bottom):
        for host in dock.hosts.values():
            if host.isVisible():
                host.panel(page)
    page.session.check_now()
    _settle()
    whole = watch.read()
    window.drop_page(page)
    _settle()
    return painted.at, whole


def _kept_open(window: MainWindow, path: Path) -> Page:
    page = _opened(window, path)
    _settle()
    return page


def _opened(window: MainWindow, path: Path) -> Page:
    page = window.files.open_path(path)
    assert page is not None, path
    return page


def _rechecks(page: Page, count: int) -> list[Took]:
    """The check alone, after a letter more in a prompt."""
    text, found = page.session.document.text, []
    checker = FlowChecker(page.session.around, numbered=False)
    checker.check_text(text)
    for number in range(count):
        changed = text.replace("For billing press", "For billing press" + "e" * number, 1)
        found.append(_timed(lambda changed=changed: checker.check_text(changed)))  # type: ignore[misc]
    return found


def _keystrokes(window: MainWindow, page: Page, count: int) -> list[Took]:
    """Letters typed into the prompt of a `say`, each until nothing waits any more."""
    page.session.reveal("say3")
    _settle()
    panel: Any = window.right.show_panel("properties").panel(page)
    fields = panel.body.fields["text"].findChildren(QPlainTextEdit)
    field: QWidget = next(one for one in fields if one.isVisible())
    field.setFocus()
    _settle()
    return [_timed(lambda: _press(field), _settle) for _ in range(count)]


def _press(field: QWidget) -> None:
    none = Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(field, QKeyEvent(kind, Qt.Key.Key_E, none, "e"))


def _selections(window: MainWindow, page: Page, count: int) -> list[Took]:
    """One card after the other, of all types."""
    names = [card.name for card in page.session.picture.cards[:count]]
    panel: Any = window.right.show_panel("properties").panel(page)
    return [
        _timed(lambda name=name: page.session.reveal(name), panel.settle, _settle)  # type: ignore[misc]
        for name in names
    ]


def _trace(page: Page, count: int) -> list[Took]:
    """A call that goes round and round, its marks made as the simulator makes them."""
    session, trail = page.session, CallTrail()
    flow, ports = session.flow, ports_of(session.picture)
    assert flow is not None
    name, place, at = flow.name, flow.jump("start"), 0.0
    trail.add({"event": "enter", "flow": name, "node": place, "t": at})

    def step() -> None:
        nonlocal place, at
        decl = flow.node(place or "")
        assert decl is not None
        at += 1
        edge = next(edge for edge in decl.edges if edge.target is not None)
        trail.add({"event": "leave", "flow": name, "node": place, "port": edge.port, "t": at})
        place = edge.target
        trail.add({"event": "enter", "flow": name, "node": place, "t": at})
        session.set_marks("call", call_marks(trail, name, at, ports))
        session.set_marks("coverage", coverage_marks(taken_ports(trail, name), ports))

    return [_timed(step, _settle) for _ in range(count)]


# --- measuring ------------------------------------------------------------------------------------


class _Watch:
    """Tells how long it has run."""

    def __init__(self) -> None:
        self._began, self._spent = time.perf_counter(), time.process_time()

    def read(self) -> Took:
        """Until now."""
        clock, spent = time.perf_counter() - self._began, time.process_time() - self._spent
        return 1000 * clock, 1000 * spent


class _Painted(QObject):
    """Notices when a view has been painted first: by a message to itself behind the painting."""

    def __init__(self, view: QWidget, watch: _Watch) -> None:
        super().__init__(view)
        self.at: Took | None = None
        self._watch = watch
        for child in (view, *view.findChildren(QWidget)):
            child.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """It is going to be painted."""
        if event.type() == QEvent.Type.Paint and self.at is None:
            urgent = Qt.EventPriority.HighEventPriority.value
            QApplication.postEvent(self, QEvent(QEvent.Type.User), urgent)
        return False

    def customEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """It has been."""
        if self.at is None:
            self.at = self._watch.read()


def _settle() -> None:
    """Let everything happen that waits: timers of no time, checks, paints, deletions."""
    for _ in range(5):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        _paint()


def _paint() -> None:
    """Paint what is to be painted without waiting for the display's next beat."""
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))


def _timed(*work: Callable[[], object]) -> Took:
    watch = _Watch()
    for part in work:
        part()
    return watch.read()


def _told(name: str, found: Sequence[Took]) -> dict[str, object]:
    clock = sorted(one for one, _ in found)
    late = clock[min(len(clock) - 1, int(0.95 * len(clock)))]
    return {
        f"{name}_ms": round(statistics.median(clock), 1),
        f"{name}_p95_ms": round(late, 1),
        f"{name}_cpu_ms": round(statistics.median(spent for _, spent in found), 1),
    }
