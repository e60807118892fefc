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
    parser.add_argument("--explain", metavar="CODE", help="say what a problem is, and what to do")
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path, help="flow files")


def run(args: argparse.Namespace) -> int:
    """Check the files: 0 none or warnings, 1 errors, 2 a file or the configuration unreadable.

    Without a configuration the folder ``prompts`` beside a flow is used if there is one.
    """
    if args.explain is not None:
        return _explain(args.explain)
    if not args.files:
        print("name a flow file, or a problem with --explain CODE", file=sys.stderr)
        return 2
    from flow_runtime.core.check import check_text, has_errors
    from flow_runtime.core.syntax import decode
    from nodes.catalogue import library_problems

    site = _Alone() if args.config is None else _site(args.config)
    if site is None:
        return 2
    for problem in library_problems():
        print(problem, file=sys.stderr)
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
        problems = [(str(path), p) for p in check_text(text, around, site.numbered(path))[1]]
        problems += [(str(file), problem) for file, problem in prompts.problems]
        for line in (problem.line(file) for file, problem in problems):
            if line not in shown:  # several flows share the prompt tables
                print(line)
            shown.add(line)
        if has_errors(problem for _, problem in problems):
            code = max(code, 1)
    return code


class _Alone:
    """What flows without a configuration are checked against: what lies beside each of them."""

    def around(self, path: Path) -> tuple[Surroundings, LoadedPrompts]:
        """The surroundings of the flow in *path*, and its prompts."""
        from cordboard.surroundings import standalone

        return standalone(path)

    def numbered(self, path: Path) -> bool:
        """Whether callers reach the flow in *path* by a number: nobody says so."""
        return False


class _Site:
    """What the flows of a site are checked against; raises `ConfigError`."""

    def __init__(self, config: Config) -> None:
        from cordboard.surroundings import configured

        self._config = config
        self._around, self._prompts = configured(config)
        self._numbered = {file.resolve() for file in config.numbers.values()}

    def around(self, path: Path) -> tuple[Surroundings, LoadedPrompts]:
        """The surroundings of the flow in *path*, and the site's prompts."""
        from cordboard.surroundings import beside

        return beside(path, self._around, self._config), self._prompts

    def numbered(self, path: Path) -> bool:
        """Whether callers reach the flow in *path* by a number."""
        return path.resolve() in self._numbered


def _site(config: Path) -> _Site | None:
    """The configured site; None, and a line on standard error, when it cannot be read."""
    from cordboard.config import ConfigError, load_config

    try:
        return _Site(load_config(config, secrets=False))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return None


def _explain(code: str) -> int:
    """Print what the manual says of a problem, or of a failure in a call."""
    from cordboard.manual.problems import explained, known
    from flow_runtime.core.suggest import suggest

    found = known().get(code)
    if found is None:
        print(f"there is no problem {code}{suggest(code, known())}", file=sys.stderr)
        return 2
    print(explained(found))
    return 0
