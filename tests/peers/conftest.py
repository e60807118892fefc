"""One server for all tests that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from peer_kit.flows import FLOWS, MORE, SIP, TONES
from peer_kit.site import Site, make_site, serving


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the flows of `peer_kit.flows`."""
    folder = tmp_path_factory.mktemp("site")
    port = make_site(folder, FLOWS, tones=TONES, sip=SIP, more=MORE)
    with serving(folder, port) as running:
        yield running
