"""Connections to the database of the read models: one way to read and one to write."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.projections.direct import DirectConnection, connected

EVERY_CONNECTION = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA secure_delete = ON",
    # A crash of the machine may undo the last batches, rows and checkpoint together: they are
    # applied again. A crash of the process undoes nothing.
    "PRAGMA synchronous = NORMAL",
)
PATIENCE: Final = {"timeout": 5, "command_timeout": 30}
"""Seconds for asyncpg until it is connected, and until a statement is answered.

Without them whoever asks through a connection that fell silent, as all do when another PostgreSQL
takes the address over, waits until the kernel gives up. No statement needs half of this: indexes
are made on empty tables, a rebuild writes in batches, and its digests are read piece by piece.
"""


@dataclass(frozen=True)
class Engines:
    """Two ways into one database. A reader sees one moment while it reads, and cannot write."""

    reading: AsyncEngine
    writing: AsyncEngine

    @classmethod
    def of(cls, url: str) -> "Engines":
        """Give the pools for ``sqlite+aiosqlite:///file`` or ``postgresql+asyncpg://…``."""
        if make_url(url).get_backend_name() == "sqlite":
            creator = partial(connected, str(make_url(url).database))
            direct = create_async_engine(url, async_creator=creator)
            reading = _sqlite(direct, "BEGIN", "PRAGMA query_only = ON")
            return cls(reading, _sqlite(create_async_engine(url), "BEGIN IMMEDIATE"))
        writing = create_async_engine(url, pool_pre_ping=True, connect_args=PATIENCE)
        reading = writing.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        return cls(reading, writing)

    async def close(self) -> None:
        """Let go of every connection."""
        await self.reading.dispose()
        await self.writing.dispose()


def _sqlite(engine: AsyncEngine, begin: str, *further: str) -> AsyncEngine:
    def prepare(connection: DBAPIConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if not isinstance(connection.driver_connection, DirectConnection):
            connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        for pragma in (*EVERY_CONNECTION, *further):
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql(begin))
    return engine
