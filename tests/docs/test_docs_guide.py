"""What the user's guides say is so: the words on the screen, the keys, the pictures, the calls."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from cordboard.__main__ import main
from designer.app import Program
from designer.look.i18n import table
from designer.window.main_window import MainWindow
from designer_fixtures import program, qapp_cls, window
from docs_kit import DOCS, ROOT, blocks

__all__ = ["program", "qapp_cls", "window"]

GUIDES = {"en": DOCS / "guide", "zh_CN": DOCS / "guide-zh"}
PAGES = [
    pytest.param(language, page, id=f"{page.parent.name}/{page.name}")
    for language, folder in GUIDES.items()
    for page in sorted(folder.glob("*.md"))
]
PICTURES = DOCS / "pictures"
BOLD = re.compile(r"\*\*(.+?)\*\*")
PICTURE = re.compile(r"!\[[^\]]*\]\((?:\.\./|docs/)?pictures/([\w-]+)\.png\)")
ROW = re.compile(r"^\| (.+?) \| \*\*(.+?)\*\* \|$", re.M)
NAMES = {"SQL", "English", "中文", "100 %", "Cordboard", "NodeGraphQt"}
"""Words that are the same in every language."""


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_bold_words_are_on_the_screen(language: str, page: Path) -> None:
    words = table("zh_CN")
    known = {bare(word) for word in (words if language == "en" else words.values())}
    known |= {start for word in known if (start := re.split(r"[:：]? ?\{", word)[0])} | NAMES
    named = [part for path in bold(page) for part in path.split(" ▸ ")]
    assert [word for word in named if bare(word) not in known] == []


@pytest.mark.parametrize("language", list(GUIDES))
def test_what_is_named_with_its_menu_is_in_that_menu(
    window: MainWindow, program: Program, language: str
) -> None:
    program.choose_language(language)
    menus = entries(program.windows[0])
    paths = [path.split(" ▸ ") for page in GUIDES[language].glob("*.md") for path in bold(page)]
    named = [(menu, bare(entry)) for menu, *rest in paths for entry in rest if menu in menus]
    assert len(named) > 60
    assert [path for path in named if path[1] not in menus[path[0]]] == []


def bold(page: Path) -> Iterator[str]:
    return (found[1] for found in BOLD.finditer(page.read_text(encoding="utf-8")))


def bare(words: str) -> str:
    return words.rstrip("…").replace("&", "")


def entries(window: MainWindow) -> Mapping[str, Collection[str]]:
    """The words in each menu, with those of the menus in it."""
    found = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found[action.text()] = {
            bare(one.text().partition("\t")[0]) for one in menu.findChildren(type(action))
        } | {bare(one.text().partition("\t")[0]) for one in menu.actions()}
    return found


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(GUIDES))
def test_the_table_of_keys_is_that_of_the_program(
    window: MainWindow, program: Program, language: str
) -> None:
    program.choose_language(language)
    actions = program.windows[0].actions_
    wanted = {}
    for name in actions:
        words, _, on_canvas = actions[name].text().partition("\t")
        keys = re.split(", |、", on_canvas) if on_canvas else []
        keys += [keys.toString() for keys in actions[name].shortcuts()]
        if keys:
            wanted[actions[name].property("plain")] = keys
    page = (GUIDES[language] / "keyboard.md").read_text(encoding="utf-8")
    told = {bare(path.split(" ▸ ")[-1]): keys.split(", ") for keys, path in ROW.findall(page)}
    assert told == wanted


# --- pictures -------------------------------------------------------------------------------------


def test_every_picture_is_there_and_every_one_is_shown() -> None:
    shown = set()
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        shown |= set(PICTURE.findall(page.read_text(encoding="utf-8")))
    there = {file.stem for file in PICTURES.glob("*.png")}
    assert shown - there == set(), "run: make screenshots"
    assert there - shown == set(), "no page shows these"


def test_pictures_are_small() -> None:
    large = {f.name: f.stat().st_size for f in PICTURES.glob("*.png") if f.stat().st_size > 110_000}
    assert large == {}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs the Debian package xvfb")
def test_a_picture_is_made_from_the_real_program(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QT_")}
    run = subprocess.run(
        [sys.executable, str(DOCS / "screenshots"), "--into", str(tmp_path), "start", "tour-zh"],
        env=environment, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    for name in ("start", "tour-zh"):
        image = QImage(str(tmp_path / f"{name}.png"))
        assert (image.width(), image.height()) == (1440, 900)
        assert image.colorCount() > 30


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs the Debian package xvfb")
def test_a_picture_that_nobody_knows_is_named(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(DOCS / "screenshots"), "--into", str(tmp_path), "no-such"],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 2
    assert "no picture is called no-such" in run.stderr and "main-zh" in run.stderr


# --- calls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "A cake for 12 people costs 30.00."), ("zh_CN", "12人份的蛋糕30.00")],
)
def test_the_first_flow_does_what_the_chapter_says(
    language: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flow,) = [b for b in blocks(GUIDES[language] / "first-flow.md") if b.language == "flow"]
    (tmp_path / "bakery.flow").write_text(flow.text, encoding="utf-8")
    (tmp_path / "bakery.call.yaml").write_text(
        "flow: bakery.flow\ncalls:\n  - name: cake\n    steps:\n"
        '      - press: "2"\n      - press: "12#"\n'
        f'      - hears: "{said}"\n      - ends: normal\n',
        encoding="utf-8",
    )
    assert main(["test", str(tmp_path)]) == 0, capsys.readouterr().out
