"""Files: opened, saved, changed by others, not writable; and what is asked when work would go."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from designer.app import Program
from designer.panels.compare import Compare
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import answer, settle

SMALL = "flow small\nschema 1\n\nstart -> end\n\n# the end\nnode end: hangup  # of it\n"


def edit(page: Page) -> None:
    """Something to save."""
    page.session.select(["end"] if page.session.picture.card("end") else ["menu"])
    page.drawing.add_note()
    assert page.dirty


def button(page: Page, words: str) -> QPushButton:
    return next(one for one in page.banner.buttons if one.text() == words)


@pytest.fixture
def small(window: MainWindow, tmp_path: Path) -> Page:
    path = tmp_path / "small.flow"
    path.write_text(SMALL, encoding="utf-8")
    page = window.files.open_path(path)
    assert page is not None
    settle(page)
    return page


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_opening_and_saving_without_an_edit_changes_no_byte(
    window: MainWindow, tmp_path: Path, mark: str
) -> None:
    odd = mark + "flow   odd\r\nschema 1\r\n\r\nstart->end\r\n\r\n\r\nnode end:hangup   # ?\r\n"
    path = tmp_path / "odd.flow"
    path.write_bytes(odd.encode())
    page = window.files.open_path(path)
    assert page is not None and not page.dirty
    page.show_text(True)
    settle(page)
    assert window.files.save(page)
    assert path.read_bytes() == odd.encode()


def test_an_edit_keeps_comments_and_a_second_save_is_quiet(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    edit(small)
    assert window.files.save(small)
    text = (tmp_path / "small.flow").read_text(encoding="utf-8")
    assert "# the end" in text and "# of it" in text and "note " in text
    assert not small.dirty
    small.session.undo()
    assert small.dirty
    small.session.redo()
    assert not small.dirty


def test_the_same_file_is_opened_once(window: MainWindow, small: Page, program: Program) -> None:
    other = program.new_window()
    assert small.path is not None
    assert other.files.open_path(small.path) is small
    assert other.documents.pages == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"flow a\n\xff\n", "line 2"),
        ("flow a\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_place(
    window: MainWindow, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "bad.flow"
    path.write_bytes(content)
    said = answer("Close")
    assert window.files.open_path(path) is None
    assert told in said[0] and "UTF-8" in said[0]
    assert window.documents.pages == []


def test_a_file_that_is_not_there_is_told(window: MainWindow, tmp_path: Path) -> None:
    said = answer("Close")
    assert window.files.open_path(tmp_path / "none.flow") is None
    assert "none.flow is not there" in said[0]
    said = answer("Close")
    assert window.files.open_path(tmp_path) is None
    assert "is a folder" in said[0]


def test_a_flow_that_does_not_parse_opens_in_the_text_and_cannot_be_drawn_on(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "broken.flow"
    path.write_text(SMALL + "node x say\n", encoding="utf-8")
    page = window.files.open_path(path)
    assert page is not None
    settle(page)
    assert page.text_shown
    assert "Line 8" in page.refusal.text
    before = page.session.document.text
    page.drawing.add("say", 0, 0)
    page.drawing.add_note()
    page.drawing.add_frame()
    assert page.session.document.text == before
    assert page.session.selected_sheets == ()
    assert "line 8" in page.refusal.text
    assert page.text is not None
    assert [p.code for p in page.text.problems_of_line(8)] == [page.session.problems[0].code]
    page.text.setPlainText(before.replace("node x say", "node x: say"))
    page.text.take_now()
    settle(page)
    assert page.refusal.text == ""
    assert page.drawing.add("say", 0, 0) == "say"


def test_of_a_file_that_says_nothing_the_canvas_claims_to_show_nothing(
    window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "empty.flow").write_bytes(b"")
    page = window.files.open_path(tmp_path / "empty.flow")
    assert page is not None and page.text_shown
    assert "Mend the text" in page.refusal.text and "as it was before" not in page.refusal.text
    assert window.files.save(page)
    assert (tmp_path / "empty.flow").read_bytes() == b""


def test_closing_asks_and_cancel_keeps_the_tab(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    edit(small)
    said = answer("Cancel")
    assert not window.files.close(small)
    assert "changes that are not saved" in said[0]
    assert window.documents.pages == [small]
    answer("Save")
    assert window.files.close(small)
    assert "note " in (tmp_path / "small.flow").read_text(encoding="utf-8")
    assert window.documents.pages == []


def test_dont_save_drops_the_work_and_what_was_kept_of_it(
    window: MainWindow, small: Page, program: Program, tmp_path: Path
) -> None:
    edit(small)
    program.autosave.keep_all()
    program.autosave.settle()
    assert len(list((tmp_path / "unsaved").iterdir())) == 1
    answer("Don't save")
    assert window.files.close(small)
    program.autosave.settle()
    assert list((tmp_path / "unsaved").iterdir()) == []
    assert (tmp_path / "small.flow").read_text(encoding="utf-8") == SMALL


def test_a_folder_that_cannot_be_written_says_why_and_loses_nothing(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    edit(small)
    said = answer("Close")
    assert not window.files.save_to(small, tmp_path / "gone" / "small.flow")
    assert "No such file or directory" in said[0] and "still here" in said[0]
    assert small.dirty and small.path == tmp_path / "small.flow"


def test_a_folder_in_place_of_the_file_says_why(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    edit(small)
    (tmp_path / "small.flow").unlink()
    (tmp_path / "small.flow").mkdir()
    told: list[list[str]] = []
    answer("Save mine", lambda: told.append(answer("Close")))
    assert not window.files.save(small)
    assert "Is a directory" in told[0][0]
    assert small.dirty


def test_changed_on_disk_reload_takes_theirs_and_undo_brings_mine_back(
    window: MainWindow, small: Page, tmp_path: Path, qtbot: QtBot
) -> None:
    edit(small)
    mine = small.session.document.text
    theirs = SMALL.replace("flow small", 'flow small "Theirs"')
    (tmp_path / "small.flow").write_text(theirs, encoding="utf-8")
    qtbot.waitUntil(lambda: "has changed small.flow" in small.banner.text)
    button(small, "Reload").click()
    assert small.session.document.text == theirs
    assert not small.dirty and small.banner.text == ""
    small.session.undo()
    assert small.session.document.text == mine


def test_changed_on_disk_keep_mine_saves_over_it_without_asking_again(
    window: MainWindow, small: Page, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "small.flow").write_text(SMALL + "# theirs\n", encoding="utf-8")
    qtbot.waitUntil(lambda: small.banner.text != "")
    button(small, "Keep mine").click()
    assert small.dirty
    assert window.files.save(small)
    assert (tmp_path / "small.flow").read_text(encoding="utf-8") == SMALL


def test_changed_on_disk_compare_lists_what_is_different(
    window: MainWindow, small: Page, tmp_path: Path, qtbot: QtBot
) -> None:
    small.drawing.add("say", 0, 0)
    (tmp_path / "small.flow").write_text(
        SMALL.replace("node end: hangup", 'node end: hangup "Bye"'), encoding="utf-8"
    )
    qtbot.waitUntil(lambda: small.banner.text != "")
    button(small, "Compare").click()
    panel = window.bottom.hosts["compare"].panel(small)
    assert isinstance(panel, Compare)
    assert any("say" in line and line.startswith("+") for line in panel.lines())
    assert any("Bye" in line for line in panel.lines())
    assert small.session.marks.cards["say"].change == "added"
    panel.end()
    assert "say" not in small.session.marks.cards or (
        small.session.marks.cards["say"].change is None
    )


def test_saving_over_a_change_asks_first(window: MainWindow, small: Page, tmp_path: Path) -> None:
    edit(small)
    (tmp_path / "small.flow").write_text(SMALL + "# theirs\n", encoding="utf-8")
    said = answer("Cancel")
    assert not window.files.save(small)
    assert "Another program has changed" in said[0]
    assert (tmp_path / "small.flow").read_text(encoding="utf-8").endswith("# theirs\n")
    answer("Save mine")
    assert window.files.save(small)
    assert "note " in (tmp_path / "small.flow").read_text(encoding="utf-8")


def test_recent_files_are_remembered_the_latest_first(
    window: MainWindow, small: Page, program: Program, tmp_path: Path
) -> None:
    assert window.files.save_to(small, tmp_path / "other")
    assert [path.name for path in program.settings.recent] == ["other.flow", "small.flow"]
    assert small.name == "other"


def test_a_template_is_copied_with_its_folder_and_opened(
    window: MainWindow, program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    template = next(one for one in program.opening.templates() if one.name == "gas_hotline")
    program.copy_template(window, template, tmp_path / "new" / "hotline")
    qtbot.waitUntil(lambda: window.page is not None, timeout=20_000)
    page = window.page
    assert page is not None and page.name == "gas_hotline"
    settle(page)
    assert page.session.problems == []
    assert (tmp_path / "new" / "hotline" / "prompts").is_dir()
    said = answer("Close")
    program.copy_template(window, template, tmp_path / "new" / "hotline")
    assert "is not empty" in said[0]


def test_a_prompt_table_that_changes_is_checked_anew(page: Page, gas: Path, qtbot: QtBot) -> None:
    assert page.session.problems == []
    table = next((gas.parent / "prompts").glob("en*.toml"))
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("goodbye", "farewell"), encoding="utf-8")
    qtbot.waitUntil(lambda: page.session.problems != [], timeout=5_000)
    assert any("goodbye" in problem.text for problem in page.session.problems)


def test_a_file_that_may_only_be_read_is_not_replaced(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    (tmp_path / "small.flow").chmod(0o444)
    edit(small)
    said = answer("Close")
    assert not window.files.save(small)
    assert "protected against writing" in said[0] and "still here" in said[0]
    assert small.dirty
    assert (tmp_path / "small.flow").read_text(encoding="utf-8") == SMALL


def test_an_edit_keeps_the_line_ends_of_the_file(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "windows.flow"
    path.write_bytes(SMALL.replace("\n", "\r\n").encode())
    page = window.files.open_path(path)
    assert page is not None
    settle(page)
    edit(page)
    assert window.files.save(page)
    content = path.read_bytes()
    assert b"note " in content and content.count(b"\n") == content.count(b"\r\n") > 8
    assert page.file is not None and not page.file.changed_outside()


def test_a_flow_is_not_saved_over_another_one_that_is_open(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    other = window.files.new()
    said = answer("Close")
    assert not window.files.save_to(other, tmp_path / "small.flow")
    assert "open in another tab" in said[0]
    assert (tmp_path / "small.flow").read_text(encoding="utf-8") == SMALL
    assert other.path is None


def test_a_name_without_its_ending_replaces_nothing_unasked(
    window: MainWindow, small: Page, tmp_path: Path
) -> None:
    (tmp_path / "precious.flow").write_text("precious", encoding="utf-8")
    said = answer("Cancel")
    assert not window.files.save_to(small, tmp_path / "precious")
    assert "precious.flow is there already" in said[0]
    assert (tmp_path / "precious.flow").read_text(encoding="utf-8") == "precious"
    answer("Replace")
    assert window.files.save_to(small, tmp_path / "precious")
    assert (tmp_path / "precious.flow").read_text(encoding="utf-8") == SMALL
