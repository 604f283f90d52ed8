"""What PostgreSQL says about who has a service's lock, who looks at it and who stands by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import make_url

DEADLINE = 30.0
HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
STANDING_BY = f"""SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'SELECT pg_try_advisory_lock%'
    AND pid NOT IN ({HOLDERS})"""  # noqa: S608 - nothing in it is anybody's input
LOOKED = """SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle' AND query LIKE '%FROM pg_locks%'"""


@asynccontextmanager
async def asking(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Give a connection of somebody who only looks."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        yield connection
    finally:
        await connection.close()


async def pids(url: str, question: str) -> list[int]:
    """Give the sessions that *question* asks for."""
    async with asking(url) as connection:
        return [row["pid"] for row in await connection.fetch(question)]


async def somebody(url: str, question: str) -> int:
    """Wait until *question* has an answer; give it."""
    async with asyncio.timeout(DEADLINE), asking(url) as connection:
        while (pid := await connection.fetchval(question)) is None:
            pass
    return int(pid)


async def terminate(url: str, pid: int) -> None:
    """End a session as an operator, or a PostgreSQL that stops, would."""
    async with asking(url) as connection:
        await connection.execute("SELECT pg_terminate_backend($1)", pid)
