"""Make a folder with a sample line, ready to serve: flow, prompts, database, configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cordboard.samples import DEFAULT, Sample, make_site, samples
from flow_runtime.core.suggest import suggest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard init``."""
    parser.add_argument("folder", nargs="?", type=Path, help="a new or empty folder")
    parser.add_argument(
        "--sample", default=DEFAULT, metavar="NAME", help=f"which sample; default: {DEFAULT}"
    )
    parser.add_argument("--list", action="store_true", help="name the samples, and what they show")


def run(args: argparse.Namespace) -> int:
    """Make the site; 1 when something is in its folder, which is never touched, 2 for a mistake."""
    known = samples()
    if args.list:
        _list(known)
        return 0
    if args.sample not in known:
        near = suggest(args.sample, known, len(known))
        print(f"there is no sample {args.sample}{near}; --list says more", file=sys.stderr)
        return 2
    if args.folder is None:
        print("name a new folder for the sample, or see what there is with --list", file=sys.stderr)
        return 2
    folder: Path = args.folder
    if folder.exists() and any(folder.iterdir()):
        print(f"{folder}: is not empty; name a new folder", file=sys.stderr)
        return 1
    make_site(known[args.sample], folder)
    _tell(known[args.sample], folder)
    return 0


def _list(known: dict[str, Sample]) -> None:
    width = max(map(len, known))
    for name, sample in known.items():
        print(f"{name:<{width}}  {sample.about}")


def _tell(sample: Sample, folder: Path) -> None:
    config = folder / "cordboard.toml"
    print(f"The sample {sample.name} is in {folder}. Be its caller in the terminal, or serve it:")
    print(f"  cordboard simulate --config {config} {folder / sample.flow.name}")
    print(f"  cordboard serve --config {config}")
    for number, phone in sample.settings().get("phones", {}).items():
        file = folder / phone["password"]["file"]
        print(f"Telephone {number} registers with the password in {file}.")
