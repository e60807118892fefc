"""How Sphinx makes the pages: MyST Markdown, the furo theme, nothing from other servers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from flow_lexer import FlowLexer

project = "Cordboard"
author = "the Cordboard authors"
copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_static"]
nitpicky = True

myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

html_theme = "furo"
html_title = "Cordboard"
html_static_path = ["_static"]
html_css_files = ["cordboard.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "tango"
pygments_dark_style = "monokai"


def setup(app: object) -> None:
    """Teach the highlighter the flow language."""
    app.add_lexer("flow", FlowLexer)  # type: ignore[attr-defined]
    app.add_lexer("expression", FlowLexer)  # type: ignore[attr-defined]
