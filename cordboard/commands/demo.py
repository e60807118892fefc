"""See a real call walk through the sample flow: what is heard, pressed and looked up."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``cordboard demo`` takes no arguments."""


def run(args: argparse.Namespace) -> int:
    """Run the demonstration; exit 0 when the call came to its proper end."""
    from rich.console import Console

    from cordboard.demo import DemoFailed, run_demo

    try:
        run_demo(Console(emoji=False))
    except DemoFailed as error:
        print(f"cordboard demo: {error}", file=sys.stderr)
        return 1
    return 0
