"""The embedded event store: one SQLite file, one process that writes, any number that read."""

import asyncio
from asyncio import Future
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from shared.eventstore.port import START, NewEvent, Stored, StoreDown
from shared.eventstore.sqlite_log import SqliteLog
from shared.eventstore.sqlite_table import Append, SqliteTable
from shared.eventstore.waking import Bell
from shared.eventstore.writer import Writer
from shared.kernel.clock import Clock

QUEUE = 1024
"""Appends that may wait for the writer: some tenths of a second of work."""


class SqliteStore:
    """An :class:`~shared.eventstore.port.EventStore` in a file. Never on a network file system."""

    def __init__(self, log: SqliteLog, writer: Writer, bell: Bell, table: SqliteTable) -> None:
        self._log, self._writer, self._bell, self._table = log, writer, bell, table

    @classmethod
    def open(
        cls, path: Path, clock: Clock, *, queue: int = QUEUE, max_page_count: int | None = None
    ) -> Self:
        """Open or make the store at *path*, for this process alone to write to.

        *queue* appends may wait before the next is ``StoreBusy``; *max_page_count* pages may the
        file hold before an append is ``StoreFull``. Raises ``StoreInUse`` and ``StoreDown``.
        """
        table = SqliteTable.open(path, clock, max_page_count)
        try:
            log, bell = SqliteLog.open(path), Bell(table.head())
        except StoreDown:
            table.close()
            raise
        return cls(log, Writer(table, bell, queue), bell, table)

    def limit(self, pages: int) -> None:
        """Let the file hold *pages* pages from the next commit on; fewer than it has is no fewer.

        From any thread.
        """
        self._table.limit(pages)

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Add *events* after version *expected*, all or nothing.

        Cancelling gives up the answer, not the append: it may still happen, whole.
        """
        future: Future[tuple[Stored, ...]] = asyncio.get_running_loop().create_future()
        self._writer.ask(Append.of(stream, expected, events), future)
        return await future

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give a stream from *from_version* on, in order; nothing for a stream that never was."""
        return await self._log.read_stream(stream, from_version)

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most *limit* facts after position *after*, in order of position."""
        return await self._log.read_all(after, limit)

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        return await self._log.head()

    async def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before *moment*, ``START`` where there is none."""
        return await self._log.position_at(moment)

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*.

        ``StoreDown`` when the store is closed or its writer has stopped: nothing more will come.
        """
        await self._bell.passed(after)

    async def backup(self, to: Path) -> None:
        """Write the whole store, as it stands at one moment, to *to*, while writing goes on."""
        await self._log.backup(to)

    async def close(self) -> None:
        """Finish what was begun and let go of the files; what comes later is ``StoreDown``."""
        await self._log.close()  # before the writer, who as the last one out folds the log away
        await asyncio.to_thread(self._writer.finish)
