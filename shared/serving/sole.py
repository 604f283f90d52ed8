"""One process at a time: whoever else is started stands by until the one before is gone."""

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg
import structlog
from sqlalchemy import make_url

from shared.projections.refused import plainly_refused

BEAT: Final = 2.0
"""Seconds between two looks at the connection that holds the lock."""
PATIENCE: Final = 5.0
"""Seconds without an answer after which that connection counts as lost."""
KEPT_ALIVE: Final = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
}
"""With these PostgreSQL itself finds out that a machine is gone, and gives its lock away."""
_log = structlog.get_logger()


@asynccontextmanager
async def sole(views_url: str, service: str) -> AsyncIterator[None]:
    """Let the block run as the only one of *service*, as PostgreSQL's advisory lock has it.

    Waits for as long as somebody else holds the lock. Where the lock is lost, for the database or
    the way to it is gone, the process is told to end (SIGTERM): somebody else may have it by then.
    Whoever is late all the same is stopped by the checkpoints, which move by compare-and-set. A
    store in a file has a lock of its own, so there nothing is waited for. Raises ``NoDatabase``,
    ``NotLetIn`` and ``DatabaseAway``.
    """
    if make_url(views_url).get_backend_name() == "sqlite":
        yield
        return
    connection = await _connected(views_url)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _key(service)):
            _log.info("standing by", process=service)
            await connection.execute("SELECT pg_advisory_lock($1)", _key(service), timeout=None)
        watching = asyncio.create_task(_watched(connection, service))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])
    finally:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            await connection.close(timeout=PATIENCE)


async def _connected(views_url: str) -> "asyncpg.Connection[Any]":
    plain = make_url(views_url).set(drivername="postgresql")
    async with plainly_refused():
        return await asyncpg.connect(
            plain.render_as_string(hide_password=False), server_settings=KEPT_ALIVE
        )


async def _watched(connection: "asyncpg.Connection[Any]", service: str) -> None:
    try:
        while True:
            await asyncio.sleep(BEAT)
            await connection.execute("SELECT 1", timeout=PATIENCE)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as problem:
        _log.error("lock lost", process=service, error=type(problem).__name__)
        signal.raise_signal(signal.SIGTERM)


def _key(service: str) -> int:
    """Give the number of the lock: PostgreSQL's are whole numbers of 64 bits with a sign."""
    name = hashlib.sha256(f"kredslob/sole/{service}".encode()).digest()
    return int.from_bytes(name[:8], "big", signed=True)
