"""Print flows in their canonical form, in place."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard fmt``."""
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if a file would change"
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="flow files")


def run(args: argparse.Namespace) -> int:
    """Format the files: 0 done, 1 errors in a file (or `--check` found work), 2 unreadable.

    A file with errors is reported and left as it is.
    """
    order = _parameter_order()
    return max(_format(path, args.check, order) for path in args.files)


def _parameter_order() -> Callable[[str], Sequence[str]]:
    from nodes.catalogue import library

    classes = library()
    return lambda node_type: tuple(classes[node_type].params) if node_type in classes else ()


def _format(path: Path, check: bool, order: Callable[[str], Sequence[str]]) -> int:
    from flow_runtime.core.syntax import decode, parse, print_flow

    try:
        content = path.read_bytes()
    except OSError as error:
        print(f"{path}: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    text = decode(content)
    if not isinstance(text, str):
        print(text.line(str(path)))
        return 2
    parsed = parse(text)
    for problem in parsed.problems:
        print(problem.line(str(path)))
    if parsed.flow is None or any(problem.severity == "error" for problem in parsed.problems):
        return 1
    formatted = print_flow(parsed.flow, order).encode()
    if formatted == content:
        return 0
    if check:
        print(f"{path}: would be formatted")
        return 1
    try:
        _replace(path.resolve(), formatted)
    except OSError as error:
        print(f"{path}: cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{path}: formatted")
    return 0


def _replace(path: Path, content: bytes) -> None:
    """Write the whole file or nothing: a second file takes the first one's place and mode."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, name)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
