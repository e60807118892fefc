"""Draw a flow: the designer with canvas, text, checks and simulator."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from cordboard.config import ConfigError, load_config

_NEEDED = ("PySide6.QtWidgets", "PySide6.QtSvg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard design``."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the flow to open")
    parser.add_argument(
        "--config",
        type=Path,
        help="cordboard.toml: data sources, calendars, prompts; default: the nearest one",
    )
    parser.add_argument("--server", metavar="URL", help="the server to watch")


def run(args: argparse.Namespace) -> int:
    """Show the designer; 2 when it cannot be shown."""
    trouble = _missing() or _no_display() or _wrong_config(args.config)
    if trouble:
        print(f"cordboard design: {trouble}", file=sys.stderr)
        return 2
    from cordboard.design_site import DesignSite, Voices, site_of
    from designer.app import run as show

    voices = Voices()

    def open_site(flow: Path | None) -> DesignSite:
        return site_of(flow, args.config, voices)

    try:
        return show(open_site, args.file, args.server or "")
    finally:
        voices.close()


def _missing() -> str:
    """Why the designer's libraries are not there; empty when they are."""
    try:
        lacking = [name for name in _NEEDED if find_spec(name) is None]
    except ModuleNotFoundError:
        lacking = list(_NEEDED)
    if not lacking:
        return ""
    return "the designer is not installed; install it with: pip install 'cordboard[designer]'"


def _no_display() -> str:
    """Why no window can be shown on this system; empty when one can."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set); start it in a desktop "
        "session, or over ssh with X forwarding: ssh -X"
    )


def _wrong_config(config: Path | None) -> str:
    """What is wrong with the configuration that was named."""
    if config is None:
        return ""
    try:
        load_config(config, secrets=False)
    except ConfigError as error:
        return str(error)
    return ""
