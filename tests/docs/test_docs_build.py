"""The pages are made without a warning, and need nothing from other servers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs_kit import DOCS
from nodes.catalogue import built_in
from nodes.explanations import explanations

pytest.importorskip("sphinx", reason="the extra docs is not installed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    made = subprocess.run(
        [*command, "-b", "html", "-d", str(folder / "trees"), str(DOCS), str(folder / "html")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder / "html"


def test_every_code_and_every_node_has_an_anchor(site: Path) -> None:
    problems = (site / "reference/problems.html").read_text(encoding="utf-8")
    assert [code for code in explanations() if f'id="{code}"' not in problems] == []
    for cls in built_in().values():
        anchor = cls.type.replace("_", "-")
        page = (site / f"reference/nodes/{cls.group.lower()}.html").read_text(encoding="utf-8")
        assert f'id="{anchor}"' in page


def test_nothing_is_fetched_from_other_servers(site: Path) -> None:
    fetched = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["'](?:https?:)?//""")
    imported = re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//""")
    pages, styles = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert len(pages) > 15 and styles
    assert [p.name for p in pages if fetched.search(p.read_text(encoding="utf-8"))] == []
    assert [s.name for s in styles if imported.search(s.read_text(encoding="utf-8"))] == []
