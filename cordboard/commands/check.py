"""Find the problems of flows: one a line, as FILE:LINE:COL: error|warning CODE: text."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cordboard.config import Config
    from flow_runtime.core.surroundings import Surroundings
    from flow_runtime.prompt_files import LoadedPrompts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard check``."""
    parser.add_argument("--config", metavar="FILE", type=Path, help="cordboard.toml of the site")
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="flow files")


def run(args: argparse.Namespace) -> int:
    """Check the files: 0 none or warnings, 1 errors, 2 a file or the configuration unreadable.

    Without a configuration the folder ``prompts`` beside a flow is used if there is one.
    """
    from cordboard.config.tables import ConfigError
    from flow_runtime.core.check import check_text, has_errors
    from flow_runtime.core.syntax import decode

    try:
        site = _Site(args.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    code, shown = 0, set[str]()
    for path in args.files:
        try:
            text = decode(path.read_bytes())
        except OSError as error:
            print(f"{path}: cannot be read: {error.strerror}", file=sys.stderr)
            code = 2
            continue
        if not isinstance(text, str):
            print(text.line(str(path)))
            code = 2
            continue
        around, prompts = site.around(path)
        problems = [(str(path), p) for p in check_text(text, around, site.numbers(path))[1]]
        problems += [(str(file), problem) for file, problem in prompts.problems]
        for line in (problem.line(file) for file, problem in problems):
            if line not in shown:  # several flows share the prompt tables
                print(line)
            shown.add(line)
        if has_errors(problem for _, problem in problems):
            code = max(code, 1)
    return code


class _Site:
    """What the files are checked against: the configured site, or what lies beside each file.

    Raises `ConfigError`.
    """

    def __init__(self, config: Path | None) -> None:
        self._config: Config | None = None
        if config is None:
            return
        from cordboard.config import load_config
        from cordboard.surroundings import configured

        self._config = load_config(config, secrets=False)
        self._site = configured(self._config)
        self._numbered = {file.resolve() for file in self._config.numbers.values()}

    def around(self, path: Path) -> tuple[Surroundings, LoadedPrompts]:
        """The surroundings of the flow in *path*, and its prompts."""
        from cordboard.surroundings import beside, standalone

        if self._config is None:
            return standalone(path)
        around, prompts = self._site
        return beside(path, around, self._config), prompts

    def numbers(self, path: Path) -> bool:
        """Whether callers reach the flow in *path* by a number."""
        return self._config is not None and path.resolve() in self._numbered
