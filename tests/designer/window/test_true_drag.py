"""One drag as a person makes it, with a real X server between mouse and program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

DESIGNER = """
import sys
from pathlib import Path
from PySide6.QtCore import QPoint, QSettings, QTimer
from PySide6.QtCore import Qt
from cordboard.design_site import Voices, site_of
from designer.app import Program, make_application
from designer.look.i18n import choose_language
from designer.look.style import apply_style
from designer.look.theme import theme
from designer.window.recovery import Recovery
from designer.window.settings import Settings

folder = Path(sys.argv[1])
app = make_application(["designer"])
theme().choose("light")
choose_language("en")
apply_style(app)
settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
voices = Voices()
program = Program(lambda f: site_of(f, None, voices), settings, Recovery(folder / "unsaved"))
window = program.new_window()
window.setGeometry(0, 0, 1280, 800)
page = window.files.new()

def tell():
    tree = window.left.hosts["nodes"].panel(page).tree
    flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    spot = tree.visualItemRect(tree.findItems("Menu", flags)[0]).center()
    start = tree.viewport().mapToGlobal(spot)
    view = page.canvas.widget
    end = view.mapToGlobal(QPoint(view.width() // 2, view.height() // 3))
    print(start.x(), start.y(), end.x(), end.y(), flush=True)

def watch():
    for card in page.session.picture.cards:
        view = page.canvas.widget
        at = page.scene_at(QPoint(view.width() // 2, view.height() // 3))
        inside = card.rect.x < at.x() < card.rect.right and card.rect.y < at.y() < card.rect.bottom
        where = "under the pointer" if inside else f"at {card.rect}"
        print("dropped", card.name, where, "start", page.session.flow.jump("start"), flush=True)
        app.quit()

QTimer.singleShot(1500, tell)
timer = QTimer()
timer.timeout.connect(watch)
timer.start(100)
app.exec()
"""


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own; its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with open(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
    reason="needs the Debian packages xvfb and xdotool",
)
def test_a_node_is_dragged_from_the_palette_to_the_canvas(display: str, tmp_path: Path) -> None:
    environment = {
        **os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": os.getcwd(),
    }  # fmt: skip

    def mouse(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=environment, check=True)

    with subprocess.Popen(
        [sys.executable, "-c", DESIGNER, str(tmp_path)],
        stdout=subprocess.PIPE, env=environment, text=True,
    ) as designer:  # fmt: skip
        assert designer.stdout is not None
        try:
            x, y, to_x, to_y = map(int, designer.stdout.readline().split())
            mouse("mousemove", str(x), str(y), "mousedown", "1")
            for step in range(1, 21):
                place = (x + (to_x - x) * step // 20, y + (to_y - y) * step // 20)
                mouse("mousemove", *map(str, place))
                time.sleep(0.02)
            mouse("mouseup", "1")
            assert designer.stdout.readline() == "dropped menu under the pointer start menu\n"
        finally:
            designer.kill()
