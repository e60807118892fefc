"""What the tests with real peers share: one server, and a demonstration that runs beside them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from peer_kit.flows import FLOWS, MORE, SIP, TONES
from peer_kit.site import Site, make_site, serving


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the flows of `peer_kit.flows`, for tests that leave it as they found it."""
    folder = tmp_path_factory.mktemp("site")
    port = make_site(folder, FLOWS, tones=TONES, sip=SIP, more=MORE)
    with serving(folder, port) as running:
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """``cordboard demo``, under way."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cordboard", "demo"],
        cwd=tmp_path_factory.mktemp("demo"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture(scope="session", autouse=True)
def early(request: pytest.FixtureRequest) -> None:
    """Start the demonstration with the first test if a later one is about it."""
    if any("demo" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("demo")
