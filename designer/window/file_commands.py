"""What the File menu does: new, open, save, close, with every question and every failure told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from designer.look.i18n import tr
from designer.window import asking
from designer.window.collector import settled_afterwards
from designer.window.flow_file import CannotOpen, CannotSave, FlowFile
from designer.window.page import Page
from designer.window.recovery import Lost

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_FILTER = "*.flow"


class FileCommands:
    """The commands of one window that read and write files."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    # --- opening --------------------------------------------------------------------------------

    def new(self) -> Page:
        """Open an empty flow; prompts and data are those of the flow in front."""
        page = self._window.page
        beside = None if page is None else page.path
        return self._show(self._window.program.opening.empty(beside))

    def open(self) -> None:
        """Ask for files and open them."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window, tr("Open"), self._folder(), tr("Flows") + f" ({_FILTER})"
        )
        for name in names:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> Page | None:
        """Open *path*, or bring it to the front where it is open; None when it cannot be read."""
        known = self._window.program.page_of(path)
        if known is not None:
            window, page = known
            window.documents.bring(page)
            window.activateWindow()
            return page
        try:
            with settled_afterwards():
                page = self._show(self._window.program.opening.file(path))
        except CannotOpen as reason:
            asking.tell(self._window, tr("Cannot open"), str(reason))
            return None
        self._window.program.settings.add_recent(path)
        return page

    def recover(self, lost: Lost) -> Page:
        """Open work that was not saved, in the tab of its file if that is open already."""
        known = None if lost.path is None else self._window.program.page_of(lost.path)
        if known is not None and not known[1].dirty:
            window, old = known
            window.drop_page(old)
        page = self._show(self._window.program.opening.recovered(lost))
        self._window.program.autosave.keep(page)
        return page

    def reveal_file(self, path: Path) -> None:
        """Open a flow that another one names."""
        if self._window.watching.show_path(path):
            return
        if path.is_file():
            self.open_path(path)
        else:
            asking.tell(self._window, tr("Cannot open"), tr("{path} is not there.", path=path))

    def _show(self, page: Page) -> Page:
        self._window.show_page(page)
        return page

    # --- saving ---------------------------------------------------------------------------------

    def save(self, page: Page | None = None) -> bool:
        """Save the flow in front, or *page*; False when it is still not saved."""
        page = page or self._window.page
        if page is None:
            return False
        if page.file is None:
            return self.save_as(page)
        page.take_all()
        changed = page.file.path.exists() and page.file.changed_outside()
        if changed and not self._may_overwrite(page):
            return False
        return self._write(page, page.file)

    def save_as(self, page: Page | None = None) -> bool:
        """Ask for a name and save there."""
        page = page or self._window.page
        if page is None:
            return False
        start = page.path or Path(self._folder()) / f"{page.name}.flow"
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save as"), str(start), tr("Flows") + f" ({_FILTER})"
        )
        return bool(name) and self.save_to(page, Path(name))

    def save_to(self, page: Page, path: Path) -> bool:
        """Save *page* in *path*, where it lives from now on."""
        if path.suffix == "":
            path = path.with_suffix(".flow")
            if path.exists() and not self._may_replace(path):
                return False
        known = self._window.program.page_of(path)
        if known is not None and known[1] is not page:
            asking.tell(
                self._window,
                tr("Cannot save"),
                tr("{path} is open in another tab. Close it there, or save under another name.",
                   path=path),
            )  # fmt: skip
            return False
        page.take_all()
        if not self._write(page, FlowFile(path)):
            return False
        self._window.program.moved(page, path)
        return True

    def save_all(self) -> bool:
        """Save every flow of this window that has changes."""
        return all(self.save(page) for page in self._window.documents.pages if page.dirty)

    def _write(self, page: Page, file: FlowFile) -> bool:
        try:
            file.write(page.session.document.text)
        except CannotSave as reason:
            asking.tell(self._window, tr("Cannot save"), str(reason))
            return False
        page.file = file
        page.session.document.saved()
        page.saved_at = datetime.now().astimezone()
        page.banner.hide()
        self._window.program.autosave.drop(page)
        self._window.program.settings.add_recent(file.path)
        page.title_changed.emit()
        page.seen_changed.emit()
        return True

    def _may_overwrite(self, page: Page) -> bool:
        return asking.ask(
            self._window,
            tr("Changed on disk"),
            tr(
                "Another program has changed {path} since it was opened. Save yours over it? To "
                "see both, cancel and choose Compare.",
                path=page.path,
            ),
            tr("Save mine"),
            tr("Cancel"),
        )

    def _may_replace(self, path: Path) -> bool:
        """The dialog asked about the name as it was typed, without its ending."""
        return asking.ask(
            self._window,
            tr("Save as"),
            tr("{path} is there already. Replace it?", path=path),
            tr("Replace"),
            tr("Cancel"),
        )

    # --- changed on disk ------------------------------------------------------------------------

    def look_at_disk(self, page: Page) -> None:
        """Offer what can be done when another program has changed the file."""
        if page.file is None or not page.file.changed_outside():
            return
        if not page.file.path.exists():
            page.banner.tell(
                tr("{path} was deleted. Save to write it again.", path=page.file.path),
                [(tr("Save"), lambda: self.save(page)), (tr("Close"), page.banner.hide)],
            )
            return
        text = tr("Another program has changed {name}.", name=page.file.path.name)
        page.banner.tell(
            text,
            [
                (tr("Reload"), lambda: self.reload(page)),
                (tr("Keep mine"), lambda: self._keep_mine(page)),
                (tr("Compare"), lambda: self._window.compare_with_disk(page)),
            ],
        )

    def reload(self, page: Page) -> None:
        """Take what is in the file; undo brings back what was here."""
        if page.file is None:
            return
        try:
            text = page.file.read()
        except CannotOpen as reason:
            asking.tell(self._window, tr("Cannot open"), str(reason))
            return
        page.banner.hide()
        page.session.type_text(text, tr("reload"))
        page.session.document.saved()
        page.title_changed.emit()

    def _keep_mine(self, page: Page) -> None:
        assert page.file is not None
        page.file.keep_mine()
        page.session.document.unsaved()
        page.banner.hide()
        page.title_changed.emit()

    # --- closing --------------------------------------------------------------------------------

    def close(self, page: Page | None = None) -> bool:
        """Close a tab; False when the person wants to stay."""
        page = page or self._window.page
        if page is None:
            return True
        page.take_all()
        if page.dirty:
            self._window.documents.bring(page)
            answer = asking.ask_to_save(self._window, page.name)
            if answer == "cancel" or (answer == "save" and not self.save(page)):
                return False
        self._window.program.autosave.drop(page)
        self._window.drop_page(page)
        return True

    def close_all(self) -> bool:
        """Close every tab; False as soon as the person wants to stay."""
        return all(self.close(page) for page in self._window.documents.pages)

    def _folder(self) -> str:
        page = self._window.page
        if page is not None and page.path is not None:
            return str(page.path.parent)
        recent = self._window.program.settings.recent
        return str(recent[0].parent if recent else Path.cwd())
