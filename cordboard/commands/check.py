"""Find the problems of flows: one a line, as FILE:LINE:COL: error|warning CODE: text."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cordboard.config import Config
    from flow_runtime.core.called import CalledFlow
    from flow_runtime.core.problems import Problem
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
    if not args.files and args.config is None:
        print("name a flow file, or a problem with --explain CODE", file=sys.stderr)
        return 2
    from flow_runtime.core.called import CalledFlow
    from flow_runtime.core.check import check_text, has_errors
    from flow_runtime.core.syntax import decode
    from nodes.catalogue import library_problems

    site = _Alone() if args.config is None else _site(args.config)
    if site is None:
        return 2
    for problem in library_problems():
        print(problem, file=sys.stderr)
    code, shown = 0, set[str]()
    read: dict[Path, CalledFlow] = {}

    def show(problems: Iterable[tuple[Path, Problem]]) -> None:
        for line in (problem.line(str(file)) for file, problem in problems):
            if line not in shown:  # several flows share the prompt tables
                print(line)
            shown.add(line)

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
        flow, found = check_text(text, around, site.numbered(path))
        problems = [*((path, problem) for problem in found), *prompts.problems]
        show(problems)
        if has_errors(problem for _, problem in problems):
            code = max(code, 1)
        if not any(problem.code.startswith("syntax-") for problem in found):
            read[path.resolve()] = CalledFlow(str(path.resolve()), flow, around)
    show(site.unused(read))
    for line, is_error in site.queues():
        print(line)
        code = max(code, int(is_error))
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

    def unused(self, read: Mapping[Path, CalledFlow]) -> Iterable[tuple[Path, Problem]]:
        """Prompts that no flow uses: without a configuration nobody knows all flows."""
        return ()

    def queues(self) -> Iterable[tuple[str, bool]]:
        """No configuration, no queues."""
        return ()


class _Site:
    """What the flows of a site are checked against; raises `ConfigError`."""

    def __init__(self, config: Config, file: Path) -> None:
        from cordboard.surroundings import configured

        self._config, self._file = config, file
        self._around, self._prompts = configured(config)
        self._numbered = {file.resolve() for file in config.numbers.values()}

    def around(self, path: Path) -> tuple[Surroundings, LoadedPrompts]:
        """The surroundings of the flow in *path*, and the site's prompts."""
        from cordboard.surroundings import beside

        return beside(path, self._around, self._config), self._prompts

    def numbered(self, path: Path) -> bool:
        """Whether callers reach the flow in *path* by a number."""
        return path.resolve() in self._numbered

    def unused(self, read: Mapping[Path, CalledFlow]) -> Iterable[tuple[Path, Problem]]:
        """Prompts that no flow uses, if *read* holds every flow that callers reach by a number."""
        from flow_runtime.core.called import reached_from
        from flow_runtime.prompt_files import unused

        if not self._numbered or not self._numbered <= read.keys():
            return ()
        reached = {one.path: one.flow for called in read.values() for one in reached_from(called)}
        flows = [flow for flow in reached.values() if flow is not None]
        if len(flows) < len(reached):  # one that cannot be read may use any of them
            return ()
        return unused(self._prompts, self._config.prompts.folder, flows)

    def queues(self) -> Iterable[tuple[str, bool]]:
        """What strategies and agents make of each other, a line each; whether it is an error."""
        from cordboard.strategies.roster_checks import roster_problems

        for problem in roster_problems(self._config.centre, self._file):
            yield problem.line(str(self._file)), problem.severity == "error"


def _site(config: Path) -> _Site | None:
    """The configured site; None, and a line on standard error, when it cannot be read."""
    from cordboard.config import ConfigError, load_config

    try:
        return _Site(load_config(config, secrets=False), config)
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
