"""What tests of the media process share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rtp_peer import clip_files, free_ports
from telephony.core.tones import tone
from telephony.line import Clip
from telephony.media.client import Plane
from telephony.settings import Media


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    plane = Plane()
    await plane.start(Media(ports=free_ports()), max_calls=10)
    yield plane
    await plane.stop()


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    stem = str(tmp_path / "prompt")
    clip_files(stem, tone((440,), 0.6))
    return Clip(stem, 0.6)
