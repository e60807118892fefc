"""The stage on which all conformance tests of a session play."""

from __future__ import annotations

import pytest

from line_bench.scenario import Stage


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(request.session.items, tmp_path_factory)
