"""The node library: found by itself, extended by plug-ins, none of which can break it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flow_runtime.core.node import Node
from flow_runtime.plugins import announced
from nodes import catalogue
from nodes.catalogue import PLUGINS, built_in, library, library_problems, merge

GOOD = '''
from flow_runtime.core.commands import Note
from flow_runtime.core.node import Node, param
from nodes.log import Log

class FraudCheck(Node):
    """Ask the fraud service."""
    type, title, group, icon = "acme_fraud", "Fraud check", "Data", "unknown"
    limit: int = param(help="The limit.", default=3)
    async def run(self):
        await Note("checked")
        return "next"

class Stricter(FraudCheck):
    """Ask twice."""
    type, title, group, icon = "acme_strict", "Stricter", "Data", "unknown"
    twice: bool = param(help="Ask again.", default=True)

class Taken(Node):
    """Another menu."""
    type, title, group, icon = "menu", "Menu", "Ask", "menu"

class Nameless(Node):
    """No title."""
    type, group, icon = "acme_nameless", "Data", "unknown"

class Homeless(Node):
    """An unknown group."""
    type, title, group, icon = "acme_homeless", "Homeless", "Extras", "unknown"

class Silent(Node):
    """Does nothing."""
    type, title, group, icon = "acme_silent", "Silent", "Data", "unknown"

class Hasty(Silent):
    """Does not wait."""
    type = "acme_hasty"
    def run(self):
        return "next"

class Wordless(FraudCheck):
    """Has no word."""
    type = "acme fraud"

class Portless(FraudCheck):
    """Has no ports."""
    type = "acme_portless"
    @classmethod
    def ports(cls, draft):
        return draft.constants["missing"]

class Named(FraudCheck):
    """Names its ports."""
    type = "acme_named"
    @classmethod
    def ports(cls, draft):
        return ["next"]

nothing = 42
'''


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Puts a package with these entry points on the path."""

    def _install(**entries: str) -> None:
        (tmp_path / "acme_nodes.py").write_text(GOOD)
        (tmp_path / "acme_broken.py").write_text("import no_such_module_anywhere")
        (tmp_path / "acme_leaving.py").write_text("print('bye')\nraise SystemExit(3)")
        info = tmp_path / "acme_nodes-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-nodes\nVersion: 1.2\n")
        lines = "".join(f"{name} = {value}\n" for name, value in entries.items())
        (info / "entry_points.txt").write_text(f"[{PLUGINS}]\n{lines}")
        monkeypatch.syspath_prepend(tmp_path)
        catalogue._loaded.cache_clear()

    yield _install
    sys.modules.pop("acme_nodes", None)
    catalogue._loaded.cache_clear()


def test_every_file_of_the_package_brings_its_node() -> None:
    package = Path(catalogue.__file__).parent
    files = {path.stem for path in package.glob("*.py")} - {
        "__init__", "catalogue", "explanations", "statement"
    }  # fmt: skip
    assert {cls.__module__.removeprefix("nodes.") for cls in built_in().values()} == files
    for word, cls in built_in().items():
        assert cls.__module__.removeprefix("nodes.").rstrip("_") == word


def test_without_plugins() -> None:
    assert library() == built_in()
    assert library_problems() == ()
    library().clear()
    assert library(), "callers get a copy"


def test_a_plugin_joins_the_library(install) -> None:  # type: ignore[no-untyped-def]
    install(fraud="acme_nodes:FraudCheck", strict="acme_nodes:Stricter")
    assert set(library()) - set(built_in()) == {"acme_fraud", "acme_strict"}
    assert library_problems() == ()
    strict: type[Node] = library()["acme_strict"]
    assert list(strict.params) == ["limit", "twice"], "parameters are inherited"
    assert list(library())[: len(built_in())] == list(built_in())


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("acme_nodes:Taken", 'there is a node type "menu" already'),
        ("acme_nodes:Nameless", "its class has no title"),
        (
            "acme_nodes:Homeless",
            'its group "Extras" is none of Call, Say, Ask, Logic, Data, Agents',
        ),
        ("acme_nodes:nothing", "it is not a class made from"),
        ("acme_nodes:missing", "AttributeError"),
        ("acme_nodes:Silent", "its class has no  async def run(self)"),
        ("acme_nodes:Hasty", "its class has no  async def run(self)"),
        ("acme_nodes:Wordless", 'its type "acme fraud" is no word'),
        ("acme_nodes:Portless", "its ports() fails for a node without parameters: KeyError"),
        ("acme_nodes:Named", "its ports() gives something else than Port(...)"),
        ("acme_nodes", 'its entry point is not written as "module:name"'),
        ("acme nodes:x", 'its entry point is not written as "module:name"'),
        ("acme_broken:Node", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("acme_leaving:Node", "SystemExit: 3"),
    ],
)
def test_a_bad_plugin_is_named_and_left_out(install, value: str, says: str) -> None:  # type: ignore[no-untyped-def]
    install(bad=value, good="acme_nodes:FraudCheck")
    assert set(library()) - set(built_in()) == {"acme_fraud"}
    (problem,) = library_problems()
    assert problem.startswith(f'node plug-in "bad" ({value}) of acme-nodes 1.2 was left out: ')
    assert says in problem
    assert library()["menu"] is built_in()["menu"]


def test_what_a_plugin_prints_does_not_spoil_what_programs_read(
    install, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    install(bad="acme_leaving:Node")
    library()
    assert capsys.readouterr() == ("", "bye\n")


@pytest.mark.parametrize(
    "damage",
    [
        lambda info: (info / "entry_points.txt").write_text(f"[{PLUGINS}]\nno equals sign\n"),
        lambda info: (info / "METADATA").unlink(),
        lambda info: (info / "METADATA").write_text("Metadata-Version: 2.1\n"),
        lambda info: ((info / "entry_points.txt").unlink(), (info / "entry_points.txt").mkdir()),
    ],
    ids=["entry points", "no metadata", "no name", "unreadable"],
)
def test_a_damaged_package_is_named_and_left_out(
    install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], object]
) -> None:  # type: ignore[no-untyped-def]
    install(good="acme_nodes:FraudCheck")
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "acme_nodes-1.2.dist-info", other / "acme_other-2.0.dist-info")
    damage(other / "acme_other-2.0.dist-info")
    monkeypatch.syspath_prepend(other)
    catalogue._loaded.cache_clear()
    assert set(library()) - set(built_in()) == {"acme_fraud"}
    (problem,) = library_problems()
    assert problem.startswith("the plug-ins of acme_other-2.0.dist-info were left out: ")


def test_a_package_that_is_there_twice_counts_once(
    install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    """As when an older copy lies behind the one that is used."""
    install(fraud="acme_nodes:FraudCheck")
    old = tmp_path / "old" / "acme_nodes-1.1.dist-info"
    shutil.copytree(tmp_path / "acme_nodes-1.2.dist-info", old)
    monkeypatch.setattr(sys, "path", [*sys.path, str(old.parent)])
    assert [p.dist.version for p in announced(PLUGINS).plugins if p.dist] == ["1.2"]
    assert library_problems() == ()


def test_a_plugin_that_raises_anything() -> None:
    class Raising:
        name, value, dist = "r", "r:R", None

        def load(self) -> None:
            raise RuntimeError("on import")

    loaded = merge(built_in(), [Raising()])  # type: ignore[list-item]
    assert loaded.problems == ('node plug-in "r" (r:R) was left out: RuntimeError: on import',)


def test_plugins_of_an_archive_are_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    archive = tmp_path / "packages.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(
            "acme-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1\n"
        )
        opened.writestr("acme-1.dist-info/entry_points.txt", "[cordboard.test]\nx = acme:X\n")
    assert announced("cordboard.test").plugins == ()
    monkeypatch.syspath_prepend(archive)
    assert [p.name for p in announced("cordboard.test").plugins] == ["x"]


def test_the_library_is_cheap_to_import() -> None:
    """None of the slow modules are wanted for it: start-up time is a feature."""
    program = """
import sys
from nodes.catalogue import library
library()
slow = {"asyncio", "sqlalchemy", "lark", "importlib.metadata", "numpy", "email"}
print(sorted(slow & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
