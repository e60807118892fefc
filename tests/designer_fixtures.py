"""A designer without a screen, whose settings and kept work are in a folder of the test."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cordboard.design_site import DesignSite, Voices, site_of
from cordboard.served_site import RemoteSite
from designer.app import Program
from designer.look.i18n import choose_language
from designer.look.style import apply_style
from designer.look.theme import theme
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer.window.recovery import Recovery
from designer.window.settings import Settings
from designer_kit import settle

SAMPLES = Path(__file__).parents[1] / "sample_flows"


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture
def program(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    choose_language("en")
    theme().choose("light")
    if not qapp.styleSheet():
        apply_style(qapp)
    settings = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    settings.see_tour()
    settings.language = "en"
    voices = Voices()

    def open_site(flow: Path | None) -> DesignSite:
        return site_of(flow, None, voices)

    made = Program(
        open_site,
        settings,
        Recovery(tmp_path / "unsaved"),
        open_served=lambda told, folder: RemoteSite(told, folder, voices),
    )
    yield made
    for window in list(made.windows):
        for page in window.documents.pages:
            page.session.document.saved()
        window.close()
    made.close()
    voices.close()
    choose_language("en")
    qapp.processEvents()


@pytest.fixture
def window(program: Program, qtbot: QtBot) -> MainWindow:
    made = program.new_window()
    made.resize(1500, 950)
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def gas(tmp_path: Path) -> Path:
    """A copy of the gas hotline; its flow."""
    shutil.copytree(SAMPLES / "gas_hotline", tmp_path / "gas")
    return tmp_path / "gas" / "gas_hotline.flow"


@pytest.fixture
def page(window: MainWindow, gas: Path, qtbot: QtBot) -> Page:
    """The gas hotline in the window."""
    opened = window.files.open_path(gas)
    assert opened is not None
    settle(opened)
    return opened
