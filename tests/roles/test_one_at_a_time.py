"""Of the processes that do a service's work one is active; the next stands by."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url

from shared.projections.refused import NoDatabase
from shared.serving import sole as module
from shared.serving.sole import sole
from shared.testing.postgres import Postgres

DEADLINE = 30.0
HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted = $1"


@asynccontextmanager
async def asking(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Give a connection of somebody who only looks."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        yield connection
    finally:
        await connection.close()


async def pids(url: str, *, granted: bool) -> list[int]:
    """Give who has the lock, or waits for it."""
    async with asking(url) as connection:
        return [row["pid"] for row in await connection.fetch(HOLDERS, granted)]


async def stands_by(url: str) -> None:
    """Wait until somebody waits for the lock."""
    async with asyncio.timeout(DEADLINE):
        while not await pids(url, granted=False):
            pass


async def held(url: str, service: str, begun: asyncio.Event, over: asyncio.Event) -> None:
    """Be the only one until told to stop."""
    async with sole(url, service):
        begun.set()
        await over.wait()


async def test_the_next_begins_when_the_one_before_has_ended(database: Postgres) -> None:
    """Who comes second waits, and works as soon as the first is gone."""
    url = await database.new_database()
    begun, over = asyncio.Event(), asyncio.Event()
    async with sole(url, "referrals"):
        second = asyncio.create_task(held(url, "referrals", begun, over))
        await stands_by(url)
        assert not begun.is_set()
    async with asyncio.timeout(DEADLINE):
        await begun.wait()
    over.set()
    await second
    assert await pids(url, granted=True) == []


async def test_services_do_not_wait_for_each_other(database: Postgres) -> None:
    """The lock is a service's own, even where two share a database."""
    url = await database.new_database()
    async with asyncio.timeout(DEADLINE), sole(url, "referrals"), sole(url, "councils"):
        assert len(await pids(url, granted=True)) == 2


async def test_who_stands_by_can_give_up(database: Postgres) -> None:
    """A process that is stopped while it waits leaves nothing behind."""
    url = await database.new_database()
    async with sole(url, "referrals"):
        second = asyncio.create_task(held(url, "referrals", asyncio.Event(), asyncio.Event()))
        await stands_by(url)
        second.cancel()
        await asyncio.wait([second])
        assert second.cancelled()
    assert await pids(url, granted=True) == []


async def test_who_loses_the_lock_ends(database: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock somebody else may be at work already: the process is told to end."""
    url = await database.new_database()
    monkeypatch.setattr(module, "BEAT", 0.01)
    told = asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: told.set())
    try:
        async with asyncio.timeout(DEADLINE), sole(url, "referrals"):
            async with asking(url) as connection:
                (holder,) = await pids(url, granted=True)
                await connection.execute("SELECT pg_terminate_backend($1)", holder)
            await told.wait()
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_store_in_a_file_waits_for_nobody() -> None:
    """Embedded there is one process anyway, which its store's own lock sees to."""
    async with sole("sqlite+aiosqlite:///views.db", "referrals"):
        pass


async def test_a_database_that_is_missing_is_said(database: Postgres) -> None:
    """Who would stand by for ever at a database that is not there is told so instead."""
    url = make_url(await database.new_database()).set(database="missing")
    with pytest.raises(NoDatabase):
        async with sole(url.render_as_string(hide_password=False), "referrals"):
            pytest.fail("there is nothing to hold")
