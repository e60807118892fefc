"""Starts designers in processes of their own and measures until they can be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SETTINGS = "[General]\ntour_seen=yes\n"


def starts(count: int, screen: bool) -> list[tuple[float, float]]:
    """Milliseconds by the clock and of processor time for each of *count* starts.

    One more start before these leaves Python's compiled files behind, as an installed program
    has them.
    """
    with tempfile.TemporaryDirectory(prefix="cordboard-bench-") as name:
        folder = Path(name)
        (folder / "Cordboard").mkdir()
        (folder / "Cordboard" / "Designer.conf").write_text(_SETTINGS, encoding="utf-8")
        environment = {
            **os.environ,
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            "XDG_CONFIG_HOME": name,
            "XDG_DATA_HOME": name,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if not screen:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        return [_start(environment) for _ in range(count + 1)][1:]


def _start(environment: dict[str, str]) -> tuple[float, float]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "cordboard.bench.designer_start"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the designer does not start: {done.stderr.strip()[-400:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return 1000 * (told["at"] - began), 1000 * told["cpu"]


def _usable() -> None:
    """Tell when the window has been painted and answers, and end."""
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()
    print(json.dumps({"at": time.monotonic(), "cpu": time.process_time()}))
    for window in QApplication.topLevelWidgets():
        window.close()


def main() -> int:
    """The designer as `cordboard design` shows it."""
    from cordboard.design_site import Voices, site_of
    from designer.app import run

    voices = Voices()
    try:
        return run(lambda flow: site_of(flow, None, voices), None, ready=_usable)
    finally:
        voices.close()


if __name__ == "__main__":
    sys.exit(main())
