"""An open flow is no work for Python's garbage collector; a closed one is."""

from __future__ import annotations

import gc
from pathlib import Path

from designer.window.main_window import MainWindow
from designer.window.page import Page


def test_an_open_flow_is_looked_at_no_more_and_a_closed_one_again(
    window: MainWindow, page: Page
) -> None:
    assert gc.isenabled() and gc.get_freeze_count() > 1000
    window.drop_page(page)
    assert gc.isenabled() and gc.get_freeze_count() == 0


def test_a_file_that_cannot_be_opened_leaves_the_collector_on(
    window: MainWindow, tmp_path: Path
) -> None:
    from designer_kit import answer

    answer("OK")
    assert window.files.open_path(tmp_path / "nothing.flow") is None
    assert gc.isenabled()
