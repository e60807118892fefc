"""Say what is installed or missing, which ports are free, and what to do about each."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cordboard.config import ConfigError, load_config
from cordboard.doctor import examine

_MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard doctor``."""
    parser.add_argument("--config", type=Path, help="also check what this configuration needs")


def run(args: argparse.Namespace) -> int:
    """Print the findings; exit 1 when one of them is bad."""
    try:
        path = args.config or (Path("cordboard.toml") if Path("cordboard.toml").exists() else None)
        config = load_config(path) if path else None
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    bad = 0
    for finding in examine(config):
        bad += finding.state == "bad"
        advice = f"  -> {finding.advice}" if finding.advice else ""
        print(f"{_MARKS[finding.state]} {finding.what}: {finding.text}{advice}")
    return 1 if bad else 0
