"""Make a folder with the sample flow, its prompts, its database and a configuration."""

from __future__ import annotations

import argparse
import runpy
import secrets
import shutil
import sys
from pathlib import Path
from types import ModuleType

SAMPLE = "gas_hotline"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard init``."""
    parser.add_argument("folder", type=Path, help="a new or empty folder")


def run(args: argparse.Namespace) -> int:
    """Copy the sample; an existing configuration is never touched."""
    folder: Path = args.folder
    if folder.exists() and any(folder.iterdir()):
        print(f"{folder}: is not empty; name a new folder", file=sys.stderr)
        return 1
    make_sample(folder)
    print(f"The sample flow is in {folder}. Serve it with:")
    print(f"  cordboard serve --config {folder / 'cordboard.toml'}")
    print(f"The operator's telephone 1001 registers with the password in {folder / PASSWORD}.")
    return 0


PASSWORD = "operator.password"


def make_sample(folder: Path) -> None:
    """Write the sample to *folder*: flow, prompts, configuration, database, a fresh password."""
    source = Path(sample_flows().__path__[0]) / SAMPLE
    shutil.copytree(
        source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.db")
    )
    password = folder / PASSWORD
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(12) + "\n", encoding="utf-8")
    runpy.run_path(str(folder / "make_database.py"))["make"](folder / "gas.db")


def sample_flows() -> ModuleType:
    """The package that holds the samples, in a checkout or installed."""
    import sample_flows

    return sample_flows
