"""The test server in this process, and the plain client that a pitfall is shown with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from esdbclient import AsyncEventStoreDBClient

from shared.testing.esdb import EsdbServer, esdb_server
from tests.esdb.plain import connected


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EsdbServer]:
    """Give an empty test server in this process."""
    async with esdb_server(tmp_path / "store") as running:
        yield running


@pytest.fixture
async def client(server: EsdbServer) -> AsyncIterator[AsyncEventStoreDBClient]:
    """Give a client of it."""
    async with connected(server.url) as plain:
        yield plain
