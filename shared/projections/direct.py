"""SQLite without a thread: short reads in the calling loop, behind what the engine expects.

The driver ``aiosqlite`` hands every statement to a thread and back, several times for each; with a
busy loop every hand-over waits for the interpreter's lock. A read by a key takes some tens of
microseconds, and no reader of a file in WAL mode waits for its writer, so it is answered here.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Self


class DirectCursor:
    """A cursor whose answers are there when it is asked."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.arraysize = cursor.arraysize

    @property
    def description(self) -> Any:  # noqa: ANN401 - as sqlite3 has it
        """What the columns are called."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number of the row added last."""
        return self._cursor.lastrowid

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Self:
        """Run one statement."""
        self._cursor.execute(operation, parameters)
        return self

    async def fetchmany(self, size: int = 1) -> list[Any]:
        """Give at most *size* rows."""
        return self._cursor.fetchmany(size)

    async def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Let go of the statement."""
        self._cursor.close()


class DirectConnection:
    """A connection to a SQLite file for one event loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = self._conn = connection
        self.isolation_level = connection.isolation_level

    def cursor(self) -> DirectCursor:
        """Give a new cursor."""
        return DirectCursor(self._connection.cursor())

    async def create_function(self, *how: Any, **named: Any) -> None:  # noqa: ANN401 - as sqlite3 has it
        """Let SQL call a function."""
        self._connection.create_function(*how, **named)

    async def commit(self) -> None:
        """End the transaction, keeping what it did."""
        self._connection.commit()

    async def rollback(self) -> None:
        """End the transaction, keeping nothing."""
        self._connection.rollback()

    async def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def stop(self) -> None:
        """Let go of the file, when nobody can wait any more."""
        self._connection.close()


async def connected(file: str) -> DirectConnection:
    """Give a connection to *file*; the driver begins nothing by itself."""
    return DirectConnection(sqlite3.connect(file, isolation_level=None, check_same_thread=False))
