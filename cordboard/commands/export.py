"""Write a flow in another language: VoiceXML 2.1, as far as it has counterparts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cordboard.config import ConfigError, load_config
from cordboard.surroundings import surroundings
from cordboard.vxml.export import Exported, export_flow
from cordboard.vxml.files import CannotWrite, write_files
from flow_runtime.core.check import check_text, has_errors
from flow_runtime.core.syntax import decode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard export``."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the flow")
    parser.add_argument("--to", choices=("vxml",), required=True, help="the language")
    parser.add_argument(
        "--output", metavar="FILE", help="default: beside the flow, FILE.vxml; - for the terminal"
    )
    parser.add_argument(
        "--language", metavar="TAG", help="in which prompts are written out; default: the first"
    )
    parser.add_argument("--config", metavar="FILE", type=Path, help="cordboard.toml of the site")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(args: argparse.Namespace) -> int:
    """Export the flow: 0 done, 1 errors in the flow or parts without a counterpart, 2 unreadable.

    Each part without a counterpart, or with one that is not quite the same, is told on a line.
    """
    try:
        config = load_config(args.config, secrets=False) if args.config else None
        around, prompts = surroundings(config, args.file)
        text = decode(args.file.read_bytes())
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{args.file}: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    if not isinstance(text, str):
        print(text.line(str(args.file)), file=sys.stderr)
        return 2
    flow, problems = check_text(text, around)
    if flow is None or has_errors(problems):
        for problem in problems:
            print(problem.line(str(args.file)), file=sys.stderr)
        print(f"{args.file}: has errors; nothing was written", file=sys.stderr)
        return 1
    exported = export_flow(flow, prompts.book, args.language or around.languages[0])
    return _write(exported, args.file, args.output, args.force)


def _write(exported: Exported, file: Path, output: str | None, force: bool) -> int:
    """Tell the report, write the document, and return the exit code."""
    to_terminal = output == "-"
    for problem in exported.problems:
        print(problem.line(str(file)), file=sys.stderr if to_terminal else sys.stdout)
    if to_terminal:
        print(exported.document, end="")
    else:
        path = Path(output) if output else file.with_suffix(".vxml")
        try:
            write_files({path: exported.document}, force)
        except CannotWrite as error:
            print(error, file=sys.stderr)
            return 2
        print(f"{path}: written")
    return 1 if has_errors(exported.problems) else 0
