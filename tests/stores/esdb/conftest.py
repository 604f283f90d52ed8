"""A test server of its own for each test, and stores on it that give up soon."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.esdb_address import Address
from shared.eventstore.esdb_naming import Naming
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.esdb_starting import started
from shared.kernel.clock import Clock, StandingClock
from shared.testing.esdb import EsdbServer, esdb_server

HASTY = Limits(call=0.5, scan=0.5, whole=8.0, start=10.0)
"""A call that gets no answer is soon given up, and tried again for long enough."""
SERVICE = "things"


class Unfiltered(Naming):
    """A service whose filter lets everything through, as a filter that is put wrongly does."""

    @property
    def pattern(self) -> str:
        """Give a filter that is none."""
        return r"([\s\S]*)"


Connect = Callable[..., Awaitable[EsdbStore]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EsdbServer]:
    """Give a test server with an empty folder."""
    async with esdb_server(tmp_path / "engine") as running:
        yield running


@pytest.fixture
async def connect(clock: StandingClock, server: EsdbServer) -> AsyncIterator[Connect]:
    """Give what connects one more replica of a service to the server; all are closed at the end."""
    opened: list[EsdbStore] = []

    async def connected(
        *, url: str = "", service: str = SERVICE, clock: Clock = clock, limits: Limits = HASTY
    ) -> EsdbStore:
        store = await EsdbStore.connect(url or server.url, service, clock, limits=limits)
        opened.append(store)
        return store

    yield connected
    for store in opened:
        await store.close()


@pytest.fixture
async def store(connect: Connect) -> EsdbStore:
    """Give a store on the server."""
    return await connect()


@pytest.fixture
async def careless(server: EsdbServer, clock: StandingClock) -> AsyncIterator[EsdbStore]:
    """Give a store on the server whose filter lets through what is others'."""
    line = await started(Address.read(server.url), HASTY)
    store = EsdbStore(line, Unfiltered(f"{SERVICE}."), clock, HASTY)
    yield store
    await store.close()
