"""The databases that the store is tested on: an SQLite file, and a PostgreSQL of the tests' own."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postgresql_kit import Cluster, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'centre.db'}"
    new: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return new()


_numbers = itertools.count(1)


@pytest.fixture
def new_postgresql(cluster: Cluster) -> Callable[[], str]:
    """Makes empty databases: schemas, which are quicker to make and to throw away."""

    def make() -> str:
        name = f"centre{next(_numbers)}"
        with cluster.connect() as connection:
            connection.execute(f"create schema {name}")
        return f"{cluster.url}?options=-csearch_path%3D{name}"

    return make
