"""Makes the pictures of the README and the guide from the real program: ``make screenshots``.

``python docs/screenshots [NAME ...]`` makes all of them, or those that are named. The window is
shown on an X server of its own (Xvfb, a Debian package), so no desktop is needed and none is in
the picture.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PICTURES = Path(__file__).parents[1] / "pictures"
WIDTH, HEIGHT = 1440, 900
ZONE = "Asia/Shanghai"
"""Where the pictures are taken, whatever the machine's time zone: that of the samples."""


def main() -> int:
    """Make the pictures; 2 when something that is needed is not there."""
    parser = argparse.ArgumentParser(prog="python docs/screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these pictures")
    parser.add_argument("--into", type=Path, default=PICTURES, help="the folder they go to")
    args = parser.parse_args()
    if shutil.which("Xvfb") is None:
        print("screenshots: Xvfb is missing; install the Debian package xvfb", file=sys.stderr)
        return 2
    with screen() as display:
        os.environ.update(DISPLAY=display, QT_QPA_PLATFORM="xcb", QT_SCALE_FACTOR="1", TZ=ZONE)
        time.tzset()
        from scenes import SHOTS
        from studio import Studio

        unknown = sorted(set(args.names) - set(SHOTS))
        if unknown:
            print(f"screenshots: no picture is called {', '.join(unknown)}", file=sys.stderr)
            print(f"there are: {', '.join(SHOTS)}", file=sys.stderr)
            return 2
        args.into.mkdir(parents=True, exist_ok=True)
        studio = Studio(args.into)
        for name in args.names or SHOTS:
            file = studio.make(name, *SHOTS[name])
            print(f"{file.name}: {file.stat().st_size // 1024} kB", flush=True)
        studio.close()
    return 0


@contextmanager
def screen() -> Iterator[str]:
    """An X server that shows nothing to anybody; its name."""
    reading, writing = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with open(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
