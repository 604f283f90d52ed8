"""A database that cannot be worked with is refused at the start, with how to mend it."""

import asyncio

import pytest
from sqlalchemy import text

from shared.kernel.clock import StandingClock
from shared.kernel.starting import CannotStart
from shared.projections.engines import Engines
from shared.projections.refused import (
    DatabaseAway,
    HalfMade,
    NoDatabase,
    NotLetIn,
    WrongViewsAddress,
)
from shared.projections.views import Views, ViewsAway
from shared.testing.postgres import Postgres
from tests.projections.circles import NOON, decode, read_models
from tests.projections.conftest import Opens

REFUSED = (WrongViewsAddress, NoDatabase, NotLetIn, DatabaseAway, HalfMade)


async def opened(url: str) -> None:
    """Open the read models at *url*, and close them again."""
    views = await Views.open(url, read_models(), decode, StandingClock(NOON))
    await views.close()


@pytest.mark.parametrize("kind", REFUSED)
def test_every_refusal_says_how_to_mend_it(kind: type[CannotStart]) -> None:
    """Whoever runs it reads what is wrong and what to do, in both languages."""
    assert ":" in kind.words().en
    assert ":" in kind.words().da


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://made:up@127.0.0.1/views", "postgresql://127.0.0.1/views"]
)
async def test_an_address_that_is_none(url: str) -> None:
    """Another engine, another driver or no address at all is said before anything is asked."""
    with pytest.raises(WrongViewsAddress) as refused:
        await opened(url)
    assert "up" not in refused.value.found


async def test_a_database_that_is_missing(server: Postgres) -> None:
    """A database is never made by a service: who runs it makes it, with the right owner."""
    with pytest.raises(NoDatabase):
        await opened(f"postgresql+asyncpg://postgres@127.0.0.1:{server.port}/missing")


async def test_a_user_that_is_not_let_in(server: Postgres) -> None:
    """A stranger to the database is told so, and no password is repeated."""
    with pytest.raises(NotLetIn) as refused:
        await opened(f"postgresql+asyncpg://stranger:hush@127.0.0.1:{server.port}/postgres")
    assert "hush" not in refused.value.found


async def test_a_database_that_does_not_answer() -> None:
    """Nobody at that port: start it, or look at the address."""
    with pytest.raises(DatabaseAway):
        await opened("postgresql+asyncpg://postgres@127.0.0.1:1/views")


async def test_a_database_that_hangs_up() -> None:
    """Somebody is there, as while PostgreSQL ends, and says no more: that is no fault of ours."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as ending:
        port = ending.sockets[0].getsockname()[1]
        with pytest.raises(DatabaseAway):
            await opened(f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres?ssl=disable")


@pytest.mark.parametrize(
    "harm",
    [
        "DROP TABLE circles_g1",
        "ALTER TABLE circles_g1 RENAME COLUMN count TO counted",
        "ALTER TABLE checkpoint RENAME COLUMN position TO place",
    ],
)
async def test_a_schema_that_is_half_made(opens: Opens, harm: str) -> None:
    """Tables that a broken migration or restore left incomplete are never read or written."""
    views = await opens()
    async with views.engines.writing.begin() as connection:
        await connection.execute(text(harm))
    with pytest.raises(HalfMade) as refused:
        await opens()
    assert refused.value.found.startswith(("circles_g1", "checkpoint"))


async def test_a_database_that_goes_away_is_a_store_that_is_down(opens: Opens) -> None:
    """Who reads meanwhile is told to try again (503), not that something is broken (500)."""
    there = await opens()
    away = Engines.of("postgresql+asyncpg://postgres@127.0.0.1:1/views")
    views = Views(away, there.absorber, there.clock)
    with pytest.raises(ViewsAway):
        await views.checkpoints()
    await views.close()
