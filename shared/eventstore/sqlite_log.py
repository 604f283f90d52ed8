"""Reading a SQLite store: also from another process, and after its writer was killed."""

import asyncio
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from shared.eventstore.port import START, Stored, StoreDown
from shared.kernel.clock import written

# The cast gives the bytes of the text as they lie in the file, with nothing decoded on the way.
SELECT = "SELECT position, stream, version, id, type, CAST(metadata AS BLOB), data FROM facts "


class SqliteLog:
    """The facts of one store, for reading only.

    Every read is one short statement in the calling loop: a long one would keep the writer from
    folding its write-ahead log back into the file. What keeps it from answering is ``StoreDown``.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store at *path*; ``StoreDown`` where there is none."""
        try:
            return cls(path, _reading(path))
        except sqlite3.Error as problem:
            raise StoreDown(f"{path.name} cannot be opened: {problem}") from problem

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give a stream from *from_version* on, in order; nothing for a stream that never was."""
        which = "WHERE stream = ? AND version >= ? ORDER BY version"
        return self._found(which, stream, from_version)

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most *limit* facts after position *after*, in order of position."""
        which = "WHERE position > ? ORDER BY position LIMIT ?"
        return self._found(which, after, max(limit, 0))

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        return self._position("SELECT max(position) FROM facts")

    async def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before *moment*, ``START`` where there is none."""
        # recorded_at never goes back, so the last in time is the last in position.
        return self._position(
            "SELECT position FROM facts WHERE recorded_at <= ?"
            " ORDER BY recorded_at DESC, position DESC LIMIT 1",
            written(moment),
        )

    async def backup(self, to: Path) -> None:
        """Write the whole store, as it stands at one moment, to *to*, while writing goes on.

        *to* appears when it is complete and durable, never before. Raises ``FileExistsError``
        where it stands already, and ``StoreDown``.
        """
        await asyncio.to_thread(_copy, self._path, to)

    async def close(self) -> None:
        """Let go of the file; what comes later is ``StoreDown``."""
        self._connection.close()

    def _found(self, which: str, *values: object) -> tuple[Stored, ...]:
        try:
            return found(self._rows(SELECT + which, *values))
        except ValueError as damaged:
            raise StoreDown(str(damaged)) from damaged

    def _position(self, query: str, *values: object) -> int:
        rows = self._rows(query, *values)
        return int(rows[0][0] or START) if rows else START

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as problem:
            raise StoreDown(str(problem)) from problem


def found(rows: Iterable[tuple[Any, ...]]) -> tuple[Stored, ...]:
    """Give the facts that rows of :data:`SELECT` hold. Raises ``ValueError`` as :func:`id_in`."""
    return tuple(
        Stored(position, stream, version, id_in(its_id), kind, metadata, data)
        for position, stream, version, its_id, kind, metadata, data in rows
    )


def id_in(value: object) -> UUID:
    """Give the id that a column holds.

    Raises ``ValueError`` where it holds none. SQLite keeps the kind of a value beside it, so that
    one damaged byte makes a text or a number of it, of which ``UUID`` raises something else.
    """
    if not isinstance(value, bytes):
        raise ValueError(f"{type(value).__name__} in the place of an id")  # noqa: TRY004 - the file is wrong, not its reader
    return UUID(bytes=value)


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )


def _copy(path: Path, to: Path) -> None:
    if to.exists():
        raise FileExistsError(to)
    unfinished = to.with_name(to.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(_reading(path)) as store, closing(sqlite3.connect(unfinished)) as copy:
            store.backup(copy)
    except sqlite3.Error as problem:
        raise StoreDown(f"the backup was not completed: {problem}") from problem
    unfinished.rename(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # else a power cut could take the name away again
    finally:
        os.close(folder)
