"""A PostgreSQL and an EventStoreDB (the test server) for processes that share them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.testing.esdb import EsdbServer, esdb_server
from shared.testing.postgres import Postgres, postgres
from tests.roles.starting import Told


@pytest.fixture(scope="session")
def database() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process."""
    with postgres() as running:
        yield running


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EsdbServer]:
    """Give a running engine."""
    async with esdb_server(tmp_path / "esdb") as server:
        yield server


@pytest.fixture
async def told(engine: EsdbServer, database: Postgres) -> Told:
    """Give settings that would do for councils on the engines of production."""
    return {"STORE_URL": engine.url, "VIEWS_URL": await database.new_database()}
