"""One process at a time: whoever else is started stands by until the one before is gone."""

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from shared.projections.refused import plainly_refused

BEAT: Final = 2.0
"""Seconds between two looks at the lock, of who has it and of who stands by."""
PATIENCE: Final = 5.0
"""Seconds without an answer after which the connection counts as lost."""
KEPT_ALIVE: Final = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "15000",
}
"""With these PostgreSQL itself finds out that a machine is gone, and gives its lock away: the
keepalives in seconds while nothing is on the way, the last in milliseconds while something is."""
_TAKEN: Final = text("SELECT pg_try_advisory_lock(:key)")
_HELD: Final = text(
    "SELECT count(*) FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
    " AND objsubid = 1 AND (classid::int8 << 32 | objid::int8) = :key"
)
"""PostgreSQL's manual, pg_locks: the halves of a lock's number stand in two columns."""
_log = structlog.get_logger()


@asynccontextmanager
async def sole(views_url: str, service: str) -> AsyncIterator[None]:
    """Let the block run as the only one of *service*, as PostgreSQL's advisory lock has it.

    Waits for as long as somebody else holds the lock. Where the lock is lost, for the database or
    the way to it is gone or a pooler gave the session to others, the process is told to end
    (SIGTERM): somebody else may have it by then. Whoever is late all the same is stopped by the
    checkpoints, which move by compare-and-set. A store in a file has a lock of its own, so there
    nothing is waited for. Raises ``NoDatabase``, ``NotLetIn`` and ``DatabaseAway``.
    """
    if make_url(views_url).get_backend_name() == "sqlite":
        yield
        return
    async with _connected(views_url) as connection:
        await _taken(connection, service)
        watching = asyncio.create_task(_watched(connection, service))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])


@asynccontextmanager
async def _connected(views_url: str) -> AsyncIterator[AsyncConnection]:
    """Give a connection that begins no transactions, to the address as the read models know it."""
    engine = create_async_engine(
        views_url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={
            "server_settings": KEPT_ALIVE,
            "timeout": PATIENCE,
            "command_timeout": PATIENCE,
        },
    )
    async with plainly_refused():
        connection = await engine.connect()
    try:
        yield connection
    finally:
        await connection.invalidate()  # to close it is to wait for the other end, for ever
        await connection.close()


async def _taken(connection: AsyncConnection, service: str) -> None:
    """Ask for the lock until it is there.

    To wait for it within PostgreSQL is to be given it on a connection that has fallen silent,
    unseen, while those who could work wait behind.
    """
    key, waits = {"key": _key(service)}, False
    async with plainly_refused():
        while not await connection.scalar(_TAKEN, key):
            if not waits:
                _log.info("standing by", process=service)
            waits = True
            await asyncio.sleep(BEAT)


async def _watched(connection: AsyncConnection, service: str) -> None:
    key, why = {"key": _key(service)}, "NotHeld"
    try:
        while await connection.scalar(_HELD, key):  # noqa: ASYNC110 - nobody tells when it goes
            await asyncio.sleep(BEAT)
    except Exception as problem:  # noqa: BLE001 - whatever it is, nobody watches the lock any more
        why = type(problem).__name__
    _log.error("lock lost", process=service, error=why)
    signal.raise_signal(signal.SIGTERM)


def _key(service: str) -> int:
    """Give the number of the lock: PostgreSQL's are whole numbers of 64 bits with a sign."""
    name = hashlib.sha256(f"kredslob/sole/{service}".encode()).digest()
    return int.from_bytes(name[:8], "big", signed=True)
