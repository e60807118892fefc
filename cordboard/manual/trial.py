"""Tries the examples of the problems page: what ``cordboard check`` says on a small site."""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Final

from cordboard.commands import check
from cordboard.config import load_config
from cordboard.surroundings import configured
from flow_runtime.core.check import check_text
from flow_runtime.core.explanations import Explanation
from flow_runtime.core.node import nodes_by_type
from nodes.catalogue import node_types

FLOW: Final = "shop.flow"
CONFIG: Final = """\
[numbers]
"100" = "hotline.flow"

[calendars.office]
zone = "Asia/Shanghai"
mon-fri = "09:00-18:00"

[data.billing]
url = "sqlite:///billing.db"

[data.orders]
url = "sqlite:///orders.db"
writable = true

[prompts]
languages = ["en"]
currency = "CNY"

[queues.repairs]
[voicemail.repairs]
queue = "repairs"
[agents.1001]
password = "for this example only"
queues = {repairs = 50}
"""
"""The example site: its flows are checked as ``cordboard check --config cordboard.toml`` does."""

_SOUND: Final = b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0\x80>\0\0\2\0\x10\0data\0\0\0\0"


def findings(explanation: Explanation, mended: bool = False) -> list[str]:
    """The lines that the checker prints of the example, or of the mended one."""
    with tempfile.TemporaryDirectory(prefix="cordboard-") as folder:
        site = Path(folder)
        files = dict(explanation.files)
        if mended:
            files |= explanation.mended_files
        furnish(site, files, explanation.numbered)
        text = explanation.whole(explanation.mended if mended else explanation.example)
        encoding = "utf-8" if mended else explanation.encoding
        (site / FLOW).write_bytes(text.encode(encoding))
        if explanation.plugin:
            return _checked_with(explanation.plugin, site, text)
        return checked(site)


def furnish(site: Path, files: Mapping[str, str], numbered: bool = False) -> None:
    """Put the example site into the folder *site*; *files* go before its own."""
    config = CONFIG.replace("hotline.flow", FLOW) if numbered else CONFIG
    (site / "jingle.wav").write_bytes(_SOUND)
    for name, text in {"cordboard.toml": config, **files}.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def checked(site: Path, flow: str = FLOW) -> list[str]:
    """What the command prints of the file *flow* of the site, without the folder's name."""
    printed = io.StringIO()
    parser = argparse.ArgumentParser()
    check.add_arguments(parser)
    arguments = parser.parse_args(["--config", str(site / "cordboard.toml"), str(site / flow)])
    with redirect_stdout(printed), redirect_stderr(printed):
        check.run(arguments)
    return printed.getvalue().replace(f"{site}/", "").splitlines()


def _checked_with(plugin: str, site: Path, text: str) -> list[str]:
    """The same with the node types of the Python text *plugin* in the library."""
    module = ModuleType("plugin")
    sys.modules["plugin"] = module  # where dataclasses look for the names of its annotations
    try:
        exec(plugin, vars(module))
    finally:
        del sys.modules["plugin"]
    around, _ = configured(load_config(site / "cordboard.toml"))
    extra = nodes_by_type(list(node_types(module)))
    around = replace(around, nodes={**around.nodes, **extra})
    return [problem.line(FLOW) for problem in check_text(text, around)[1]]
