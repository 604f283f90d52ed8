"""Adding facts to a SQLite file: one connection, held by the only writer there is."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from shared.eventstore.lockfile import WriterLock
from shared.eventstore.port import (
    NO_STREAM,
    START,
    NewEvent,
    OutcomeUnknown,
    Stored,
    StoreDown,
    StoreFull,
    StoreProblem,
    WrongVersion,
)
from shared.eventstore.sqlite_log import SELECT, found
from shared.eventstore.stamping import moment_after, stamped, unstamped
from shared.kernel.clock import Clock

SCHEMA = Path(__file__).with_name("schema.sql")
INSERT = (
    "INSERT INTO facts (stream, version, id, type, metadata, data)"
    " VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?)"
)
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # an acknowledged fact is on the disk, not on its way there
    "foreign_keys = ON",
    "busy_timeout = 5000",
)


@dataclass(frozen=True, slots=True)
class Append:
    """One append as the writer gets it: its texts are known to be storable."""

    stream: str
    expected: int
    events: tuple[NewEvent, ...]
    metadata: tuple[bytes, ...]

    @classmethod
    def of(cls, stream: str, expected: int, events: Sequence[NewEvent]) -> Self:
        """Make an append ready; ``TooLarge`` or ``ValueError`` where no store could take it."""
        return cls(stream, expected, tuple(events), unstamped(stream, events))


class SqliteTable:
    """The table of facts, for adding. For one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, lock: WriterLock, clock: Clock) -> None:
        self._connection, self._lock, self._clock = connection, lock, clock
        (last,) = connection.execute("SELECT max(recorded_at) FROM facts").fetchone()
        self._last: str = last or ""
        self._limit: int | None = None

    @classmethod
    def open(cls, path: Path, clock: Clock, max_page_count: int | None) -> Self:
        """Open or make the store at *path*; ``StoreInUse``, and ``StoreDown`` for a broken file."""
        lock = WriterLock.take(path.resolve())
        try:
            return cls(_writing(path, max_page_count), lock, clock)
        except sqlite3.Error as problem:
            lock.release()
            raise StoreDown(f"{path.name} cannot be opened: {problem}") from problem

    def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        return int(
            self._connection.execute("SELECT max(position) FROM facts").fetchone()[0] or START
        )

    def limit(self, pages: int) -> None:
        """Let the file hold *pages* pages from the next commit on. From any thread."""
        self._limit = pages

    def add(self, appends: Iterable[Append]) -> list[tuple[Stored, ...] | WrongVersion]:
        """Make all *appends* durable by one commit, each answered by itself.

        Where the file or the disk fails, none has happened and a ``StoreProblem`` is raised:
        ``StoreFull``, ``StoreDown``, or ``OutcomeUnknown`` for a commit of which a later recovery
        may find enough on the disk.
        """
        last = self._last
        try:
            self._heed_limit()
            self._connection.execute("BEGIN IMMEDIATE")
            answers = [self._answer(append) for append in appends]
        except Exception as problem:  # whatever it was, nothing may stand and the writer lives on
            self._last = last
            self._undo()
            raise _meaning(problem, StoreDown) from problem
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as problem:
            self._undo()  # the stamps may be on the disk all the same, so the last one stays
            raise _meaning(problem, OutcomeUnknown) from problem
        return answers

    def close(self) -> None:
        """Let go of the file, then of the right to write to it."""
        self._connection.close()
        self._lock.release()

    def _heed_limit(self) -> None:
        pages, self._limit = self._limit, None
        if pages is not None:
            self._connection.execute(f"PRAGMA max_page_count = {pages:d}")

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _answer(self, append: Append) -> tuple[Stored, ...] | WrongVersion:
        last = "SELECT max(version) FROM facts WHERE stream = ?"
        (version,) = self._connection.execute(last, (append.stream,)).fetchone()
        actual = NO_STREAM if version is None else version
        answer = self._insert(append) if actual == append.expected else self._earlier(append)
        return WrongVersion(append.stream, append.expected, actual) if answer is None else answer

    def _earlier(self, append: Append) -> tuple[Stored, ...] | None:
        """Give what stands at the place of *append* where its ids are those of *append*."""
        first, ids = append.expected + 1, [event.id for event in append.events]
        which = "WHERE stream = ? AND version >= ? AND version < ? ORDER BY version"
        place = (append.stream, first, first + len(ids))
        there = found(self._connection.execute(SELECT + which, place))
        return there if ids and [fact.id for fact in there] == ids else None

    def _insert(self, append: Append) -> tuple[Stored, ...] | None:
        """Add all of *append*, or nothing where the table refuses an id that it holds already."""
        if len(append.events) > 1:
            self._connection.execute("SAVEPOINT append")
        try:
            added = self._added(append)
        except sqlite3.IntegrityError as refused:
            if refused.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_TRIGGER:
                raise
            if len(append.events) > 1:  # a single refused insert has left nothing
                self._connection.execute("ROLLBACK TO append")
            added = None
        if len(append.events) > 1:
            self._connection.execute("RELEASE append")
        return added

    def _added(self, append: Append) -> tuple[Stored, ...]:
        stream, moment, added = append.stream, moment_after(self._last, self._clock), []
        pairs = zip(append.events, append.metadata, strict=True)
        for version, (event, metadata) in enumerate(pairs, append.expected + 1):
            whole = stamped(metadata, moment)
            row = (stream, version, event.id.bytes, event.type, whole, event.data)
            position = self._connection.execute(INSERT, row).lastrowid or 0
            added.append(Stored(position, stream, version, event.id, event.type, whole, event.data))
        if added:  # a stamp that no fact holds is not in the store, and a reopened one forgets it
            self._last = moment
        return tuple(added)


def _writing(path: Path, max_page_count: int | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(SCHEMA.read_text())
        if max_page_count is not None:
            connection.execute(f"PRAGMA max_page_count = {max_page_count:d}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _meaning(problem: Exception, otherwise: type[StoreProblem]) -> StoreProblem:
    code = getattr(problem, "sqlite_errorcode", None)
    return (StoreFull if code == sqlite3.SQLITE_FULL else otherwise)(str(problem))
