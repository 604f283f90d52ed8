"""Every test here runs on SQLite and on a real PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.kernel.clock import StandingClock
from shared.projections.digest import Digest, digests
from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.projections.views import Views
from shared.testing.postgres import Postgres, postgres
from tests.projections.circles import NOON, decode, read_models

NewDatabase = Callable[[], Awaitable[str]]


class Opens:
    """Opens read models of one database, as often as a test likes, and closes them after it."""

    def __init__(self, new_database: NewDatabase, url: str, stack: AsyncExitStack) -> None:
        self._new_database, self._url, self._stack = new_database, url, stack

    async def __call__(
        self, projections: Sequence[Projection] | None = None, decoding: Decode = decode
    ) -> Views:
        """Open the database as one more process would."""
        models = read_models() if projections is None else projections
        views = await Views.open(self._url, models, decoding, StandingClock(NOON))
        self._stack.push_async_callback(views.close)
        return views

    async def elsewhere(self) -> "Opens":
        """Give the same for a new database on the same engine."""
        return Opens(self._new_database, await self._new_database(), self._stack)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Give the URL of a new database at each call, on each engine in turn."""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("server")
        return running.new_database

    async def new_file() -> str:
        return f"sqlite+aiosqlite:///{tmp_path / uuid4().hex}.db"

    return new_file


@pytest.fixture
async def opens(new_database: NewDatabase) -> AsyncIterator[Opens]:
    """Give what opens the read models of a new database."""
    async with AsyncExitStack() as stack:
        yield Opens(new_database, await new_database(), stack)


async def rows(views: Views, name: str) -> list[Any]:
    """Give the rows that are read, of the table *name*, in the order of their keys."""
    async with views.reading() as (connection, generation):
        for projection in views.absorber.projections:
            for table in projection.tables(generation):
                if table.name == f"{name}_g{generation}":
                    found = await connection.execute(table.select().order_by(*table.primary_key))
                    return list(found)
    raise LookupError(name)


async def digest(views: Views) -> dict[str, Digest]:
    """Give the digests of what is read."""
    async with views.reading() as (connection, generation):
        return await digests(connection, views.absorber.projections, generation)
