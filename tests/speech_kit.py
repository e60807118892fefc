"""What several tests of speech use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from speech.g711 import decode_ulaw
from speech.library import Speech
from speech.store import Rendered

Make = Callable[..., Speech]


def asked(tmp_path: Path) -> int:
    """How often a fake engine was asked."""
    count = tmp_path / "count"
    return count.stat().st_size if count.exists() else 0


def pcm(rendered: Rendered) -> Any:
    """The samples of a sound in the cache."""
    return decode_ulaw(Path(f"{rendered.stem}.ulaw").read_bytes())


def size(rendered: Rendered, law: str) -> int:
    """Bytes of one file of a sound."""
    return Path(f"{rendered.stem}.{law}").stat().st_size


async def until(condition: Callable[[], bool]) -> None:
    """Wait, while other processes work, until *condition* holds."""
    while not condition():  # noqa: ASYNC110 - there is nothing that could set an event
        await asyncio.sleep(0.01)
