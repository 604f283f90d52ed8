"""A real NATS server for each test of the bus."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.testing.nats import NatsServer, nats_server
from tests.messaging.stage import FOLLOWS


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """Give a running server with a user for each service."""
    async with nats_server(tmp_path, FOLLOWS) as server:
        yield server
