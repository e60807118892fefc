"""Make flows of a VoiceXML document, and tell what of it was not understood."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cordboard.vxml.files import CannotWrite, write_files
from cordboard.vxml.importing import Imported, import_document
from flow_runtime.core.check import has_errors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard import``."""
    parser.add_argument("file", metavar="FILE.vxml", type=Path, help="the document")
    parser.add_argument(
        "--output", metavar="FILE", help="default: beside it, FILE.flow; - for the terminal"
    )
    parser.add_argument(
        "--dialog", metavar="ID", help="begin with this dialog; the flow is called FILE_ID.flow"
    )
    parser.add_argument("--force", action="store_true", help="write over files that are there")


def run(args: argparse.Namespace) -> int:
    """Import the document: 0 done, 1 parts of it were not understood, 2 unreadable.

    Each finding is told on a line, with its place in the document. Dialogs that it calls as
    subdialogs become flows of their own, beside the first one.
    """
    try:
        content = args.file.read_bytes()
    except OSError as error:
        print(f"{args.file}: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    to_terminal = args.output == "-"
    path = Path(args.output) if args.output and not to_terminal else args.file
    imported = import_document(content, args.file.stem, args.dialog)
    report = sys.stderr if to_terminal or not imported.flows else sys.stdout
    for problem in imported.problems:
        print(problem.line(str(args.file)), file=report)
    if not imported.flows:
        return 2
    if to_terminal:
        return _print(imported)
    named = not args.output
    files = {
        (path.with_name(f"{name}.flow") if named or number else path): text
        for number, (name, text) in enumerate(imported.texts().items())
    }
    try:
        write_files(files, args.force)
    except CannotWrite as error:
        print(error, file=sys.stderr)
        return 2
    for written in files:
        print(f"{written}: written; cordboard check {written} shows what is left to do")
    return 1 if has_errors(imported.problems) else 0


def _print(imported: Imported) -> int:
    """Print the only flow there is."""
    texts = imported.texts()
    if len(texts) > 1:
        names = ", ".join(f"{name}.flow" for name in texts)
        text = f"the document makes several flows ({names}); write them to files with --output"
        print(text, file=sys.stderr)
        return 2
    print(*texts.values(), end="", sep="")
    return 1 if has_errors(imported.problems) else 0
