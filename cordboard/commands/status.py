"""Show the calls, registrations and refusals of a running server."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cordboard.config import ConfigError, load_config
from cordboard.control import NoServer, ask


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard status``."""
    parser.add_argument("--config", type=Path, default=Path("cordboard.toml"))
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Ask the server that runs with the configuration and print its answer."""
    try:
        config = load_config(args.config, secrets=False)
        status = ask(config.state, {"do": "status"})
    except (ConfigError, NoServer) as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(status, indent=2, ensure_ascii=False))
    else:
        show(status)
    return 0


def show(status: Mapping[str, Any], indent: int = 0) -> None:
    """Print nested figures, one a line."""
    pad = "  " * indent
    for key, value in status.items():
        name = key.replace("_", " ")
        if isinstance(value, Mapping):
            print(f"{pad}{name}:" + ("" if value else " none"))
            show(value, indent + 1)
        elif isinstance(value, list):
            print(f"{pad}{name}:" + ("" if value else " none"))
            for item in value:
                text = (
                    "  ".join(f"{k} {v}" for k, v in item.items())
                    if isinstance(item, Mapping)
                    else str(item)
                )
                print(f"{pad}  {text}")
        else:
            shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            print(f"{pad}{name}: {shown}")
