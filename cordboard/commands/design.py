"""Draw a flow: the designer with canvas, text, checks and simulator."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cordboard.config import ConfigError, load_config

if TYPE_CHECKING:
    from designer.server.answers import ServedSite

_NEEDED = ("PySide6.QtWidgets", "PySide6.QtSvg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard design``."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the flow to open")
    parser.add_argument(
        "--config",
        type=Path,
        help="cordboard.toml: data sources, calendars, prompts; default: the nearest one",
    )
    parser.add_argument(
        "--server", metavar="URL", help="connect to this server, open what it runs, watch its calls"
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="the server's token; default: the variable CORDBOARD_TOKEN, else it is asked for",
    )
    parser.add_argument(
        "--canvas",
        choices=("scene", "nodegraph"),
        help="the view of flows for this time: Cordboard's own, or the one on NodeGraphQt;"
        " default: the one chosen in the View menu",
    )


def run(args: argparse.Namespace) -> int:
    """Show the designer; 2 when it cannot be shown."""
    trouble = why_not(args.canvas == "nodegraph") or _wrong_config(args.config)
    if trouble:
        print(f"cordboard design: {trouble}", file=sys.stderr)
        return 2
    from cordboard.design_site import DesignSite, Voices, site_of
    from cordboard.served_site import RemoteSite
    from designer.app import run as show
    from designer.server.address import Address

    try:
        server = (Address.parse(args.server), _token(args.token_file)) if args.server else None
    except ValueError as error:
        print(f"cordboard design: {error}", file=sys.stderr)
        return 2
    voices = Voices()

    def open_served(told: ServedSite, folder: Path) -> RemoteSite:
        return RemoteSite(told, folder, voices)

    def open_site(flow: Path | None) -> DesignSite:
        return site_of(flow, args.config, voices)

    try:
        return show(
            open_site, args.file, canvas=args.canvas, open_served=open_served, server=server
        )
    finally:
        voices.close()


def why_not(with_nodegraph: bool, on_display: bool = True) -> str:
    """Why the designer cannot be shown here; empty when it can."""
    return _missing(with_nodegraph) or (_no_display() if on_display else "")


def _missing(with_nodegraph: bool) -> str:
    """Why the designer's libraries are not there; empty when they are."""
    try:
        lacking = [name for name in _NEEDED if find_spec(name) is None]
    except ModuleNotFoundError:
        lacking = list(_NEEDED)
    if not lacking:
        if with_nodegraph and find_spec("NodeGraphQt") is None:
            return "NodeGraphQt is not installed; leave out --canvas, or: pip install NodeGraphQt"
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


def _token(file: Path | None) -> str:
    """The token of the server, empty when nobody has told it; raises ValueError."""
    if file is None:
        return os.environ.get("CORDBOARD_TOKEN", "").strip()
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"--token-file: {file} cannot be read: {error}") from None
    if not token:
        raise ValueError(f"--token-file: {file} is empty")
    return token


def _wrong_config(config: Path | None) -> str:
    """What is wrong with the configuration that was named."""
    if config is None:
        return ""
    try:
        load_config(config, secrets=False)
    except ConfigError as error:
        return str(error)
    return ""
