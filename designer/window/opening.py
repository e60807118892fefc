"""Makes pages: of a file, of nothing, of work that was recovered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from designer.canvas.protocol import Canvas
from designer.core.document import Document
from designer.look.i18n import tr
from designer.session import Session
from designer.site import OpenSite, Site, Template
from designer.window.drawer import Drawer
from designer.window.flow_file import CannotOpen, FlowFile
from designer.window.page import Page
from designer.window.recovery import Lost, Recovery
from nodes.catalogue import library

_EMPTY = "flow new_flow\nschema 1\n"


def order(word: str) -> Sequence[str]:
    """The parameters of a node type as they are printed."""
    cls = library().get(word)
    return () if cls is None else tuple(cls.params)


def is_known(word: str) -> bool:
    """Whether there is such a node type."""
    return word in library()


class Opening:
    """Makes pages with the sites that *open_site* finds and canvases of *make_canvas*."""

    def __init__(
        self, open_site: OpenSite, recovery: Recovery, make_canvas: Callable[[], Canvas]
    ) -> None:
        self._open_site, self._recovery = open_site, recovery
        self._make_canvas = make_canvas

    def file(self, path: Path) -> Page:
        """The flow in *path*; raises `CannotOpen`."""
        file = FlowFile(path)
        return self._page(file.read(), file)

    def empty(self, beside: Path | None = None) -> Page:
        """A new flow; until it is saved its site is that of the flow in *beside*."""
        return self._page(_EMPTY, None, beside)

    def served(self, path: Path, text: str, site: Site, server: str) -> Page:
        """A flow that *server* runs, laid down in *path*: to look at, not to change there."""
        drawer = Drawer(site, path)
        session = Session(Document(text, order, is_known), path, site, drawer)
        session.origin = server
        return Page(session, self._recovery.new_name(), None, drawer, self._make_canvas())

    def recovered(self, lost: Lost) -> Page:
        """Work that was not saved; the file it belongs to stays as it is until it is saved."""
        file = None
        if lost.path is not None:
            file = FlowFile(lost.path)
            try:
                file.read()
                if file.written_after(lost.saved_at):
                    file.distrust()
            except CannotOpen:
                file.keep_mine()
        page = self._page(lost.text, file)
        page.session.document.unsaved()
        return page

    def again(self, page: Page) -> Page:
        """A page of the same session: language or canvas are others."""
        new = Page(page.session, page.keep, page.file, page.drawer, self._make_canvas())
        new.saved_at, new.kept_at = page.saved_at, page.kept_at
        new.show_text(page.text_shown)
        return new

    def site(self, path: Path | None) -> tuple[Site, str]:
        """The site of *path*, and what is wrong with its configuration."""
        try:
            return self._open_site(path), ""
        except ValueError as error:
            return self._open_site(None), str(error)

    def template(self, template: Template, folder: Path) -> Path:
        """Copy *template* into *folder*; the flow to open. Raises OSError. Takes long."""
        return self.site(None)[0].begin(template, folder)

    def templates(self) -> Sequence[Template]:
        """What a new flow can begin with."""
        return self.site(None)[0].templates()

    def _page(self, text: str, file: FlowFile | None, beside: Path | None = None) -> Page:
        path = None if file is None else file.path
        site, trouble = self.site(path or beside)
        drawer = Drawer(site, path)
        session = Session(Document(text, order, is_known), path, site, drawer)
        page = Page(session, self._recovery.new_name(), file, drawer, self._make_canvas())
        if trouble:
            page.banner.tell(
                tr("The configuration is not used, for it has mistakes: {what}", what=trouble)
            )
        return page
