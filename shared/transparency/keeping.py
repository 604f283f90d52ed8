"""Keeping the heads of the log out of its reach, so that a rewritten log is found out.

A service that does not own the log hears every head from the bus and keeps it in a file of its
own, good or bad. What it sees at once: a head that the log's key has not signed, a log that shrank,
two roots for one size. What it cannot see without the ledger (a longer log that was rewritten
below) the verifier finds, because the old root is kept here.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shared.eventstore.port import START, Stored
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.note import NoteKey, NotSigned

HEAD_SIGNED = "audit.head-signed.v1"
_TABLES = """
CREATE TABLE IF NOT EXISTS kept (
    position INTEGER PRIMARY KEY, size INTEGER, root BLOB, alarm TEXT, note TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS kept_by_size ON kept (size);
CREATE TABLE IF NOT EXISTS heard (source TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS kept_grows BEFORE INSERT ON kept
    WHEN NEW.position <= (SELECT coalesce(max(position), 0) FROM kept)
    BEGIN SELECT RAISE(ABORT, 'heads are kept'); END;
CREATE TRIGGER IF NOT EXISTS kept_stays BEFORE UPDATE ON kept
    BEGIN SELECT RAISE(ABORT, 'heads are kept'); END;
CREATE TRIGGER IF NOT EXISTS kept_remains BEFORE DELETE ON kept
    BEGIN SELECT RAISE(ABORT, 'heads are kept'); END;
"""


class Alarm(StrEnum):
    """What is wrong with a head."""

    NOT_SIGNED = "not-signed"
    SHRUNK = "shrunk"
    TWO_ROOTS = "two-roots"


@dataclass(frozen=True, slots=True)
class KeptHead:
    """One head as heard: its position in the audit's store, its note, what is wrong with it."""

    position: int
    note: str
    alarm: Alarm | None = None


class HeadKeeper:
    """Keeps every head it hears, in a file of its own; a sink for the facts of the audit service.

    Meant for a service that is not the audit, and for one process. It never raises over a bad head:
    that is kept, with its alarm, and the next one is heard.
    """

    def __init__(self, path: Path, key: NoteKey) -> None:
        self._path, self._key = path, key
        with self._open() as connection:
            connection.executescript(f"PRAGMA journal_mode = WAL; {_TABLES}")

    async def position(self, source: str) -> int:
        """Give the position of the last fact heard from *source*, ``START`` where there is none."""
        return await asyncio.to_thread(self._position, source)

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Keep the heads among *facts*; those heard before and other facts are passed over."""
        await asyncio.to_thread(self._apply, source, facts)

    def alarms(self) -> tuple[KeptHead, ...]:
        """Give every head that something is wrong with: any at all is an incident."""
        return tuple(head for head in kept_heads(self._path) if head.alarm)

    def newest(self) -> Checkpoint | None:
        """Give the longest log that was signed for, ``None`` before the first head."""
        longest = "SELECT note FROM kept WHERE alarm IS NULL ORDER BY size DESC LIMIT 1"
        with self._open() as connection:
            row = connection.execute(longest).fetchone()
        return Checkpoint.verified(row[0], self._key) if row else None

    def _position(self, source: str) -> int:
        with self._open() as connection:
            return _heard(connection, source)

    def _apply(self, source: str, facts: Sequence[Stored]) -> None:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            before = _heard(connection, source)
            fresh = [fact for fact in facts if fact.position > before]
            for fact in fresh:
                if fact.type == HEAD_SIGNED:
                    self._keep(connection, fact)
            if fresh:
                here = "INSERT OR REPLACE INTO heard VALUES (?, ?)"
                connection.execute(here, (source, fresh[-1].position))
            connection.execute("COMMIT")

    def _keep(self, connection: sqlite3.Connection, fact: Stored) -> None:
        note = _note(fact.data)
        add = "INSERT INTO kept VALUES (?, ?, ?, ?, ?)"
        try:
            head = Checkpoint.verified(note, self._key)
        except NotSigned:
            connection.execute(add, (fact.position, None, None, Alarm.NOT_SIGNED, note))
            return
        alarm = _alarm(connection, head)
        connection.execute(add, (fact.position, head.size, head.root, alarm, note))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
        finally:
            connection.close()


def kept_heads(path: Path) -> Iterator[KeptHead]:
    """Give every head in a keeper's file, the oldest first.

    Raises ``sqlite3.DatabaseError``, also for an alarm that is none. What is kept in the place of a
    note is given as text, whatever it is: it is not signed.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        for position, note, alarm in connection.execute(
            "SELECT position, note, alarm FROM kept ORDER BY 1"
        ):
            yield KeptHead(position, str(note), _rung(alarm))
    finally:
        connection.close()


def _rung(alarm: object) -> Alarm | None:
    try:
        return None if alarm is None else Alarm(str(alarm))
    except ValueError as damaged:
        raise sqlite3.DataError(str(damaged)) from damaged


def _note(data: bytes) -> str:
    try:
        note = str(json.loads(data)["note"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return data.decode("utf-8", "backslashreplace")
    return note.encode("utf-8", "backslashreplace").decode()  # half a letter cannot be kept


def _heard(connection: sqlite3.Connection, source: str) -> int:
    row = connection.execute("SELECT position FROM heard WHERE source = ?", (source,)).fetchone()
    return int(row[0]) if row else START


def _alarm(connection: sqlite3.Connection, head: Checkpoint) -> Alarm | None:
    others = "SELECT 1 FROM kept WHERE size = ? AND root <> ?"
    if connection.execute(others, (head.size, head.root)).fetchone():
        return Alarm.TWO_ROOTS
    longer = connection.execute("SELECT 1 FROM kept WHERE size > ?", (head.size,)).fetchone()
    return Alarm.SHRUNK if longer else None
