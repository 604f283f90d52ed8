"""Asking the ledger for entries, roots, proofs and heads: it takes the file and no process."""

import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.audit.ledger import proofs
from services.audit.ledger.tables import ENTRIES, opened_to_read
from services.audit.ledger.tree import Frontier, NodeReader
from shared.eventstore.port import Stored
from shared.eventstore.sqlite_log import id_in

KINDS = (int, str, int, str, int, bytes, str, bytes, bytes, bytes)
"""What a row of ``ENTRIES`` is made of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: its number from 0, the service it came from, the fact, its leaf."""

    number: int
    source: str
    fact: Stored
    leaf: bytes


class LedgerFile:
    """A ledger as anyone may read it, while it is written or long after. Safe in any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """Give how many entries there are."""
        with self._open() as connection:
            return entries_in(connection)

    def root(self, size: int) -> bytes:
        """Give the root over the first *size* entries. Raises ``ValueError`` if there are fewer."""
        with self._open() as connection:
            return Frontier.of(_nodes(connection, size), size).root()

    def entries(self, start: int = 0, limit: int = 500) -> tuple[Entry, ...]:
        """Give at most *limit* entries from number *start* on."""
        which = "WHERE number >= ? ORDER BY number LIMIT ?"
        return self._entries(which, start, limit)

    def stream(self, source: str, stream: str) -> tuple[Entry, ...]:
        """Give every entry of one stream of one service, in the order of its versions."""
        which = "WHERE stream = ? AND source = ? ORDER BY version"
        return self._entries(which, stream, source)

    def source(self, source: str, after: int, limit: int) -> tuple[Stored, ...]:
        """Give at most *limit* facts of one source after a position, as its store had them."""
        which = "WHERE source = ? AND position > ? ORDER BY position LIMIT ?"
        return tuple(entry.fact for entry in self._entries(which, source, after, limit))

    def streams(self, names: Sequence[str]) -> dict[str, Stored]:
        """Give the first fact of each of these streams that the ledger has."""
        with self._open() as connection:
            which = f"{ENTRIES} WHERE stream = ? AND version = 0"
            rows = [connection.execute(which, (name,)).fetchone() for name in names]
        return {fact.stream: fact for fact in (entry_in(row).fact for row in rows if row)}

    def inclusion(self, number: int, size: int) -> list[bytes]:
        """Give the proof that entry *number* is among the first *size*. Raises ``ValueError``."""
        with self._open() as connection:
            return proofs.inclusion(_nodes(connection, size), number, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Give the proof that the log of *first* became that of *second*. Raises ``ValueError``."""
        with self._open() as connection:
            return proofs.consistency(_nodes(connection, second), first, second)

    def signed(self) -> int:
        """Give how many heads have been signed."""
        with self._open() as connection:
            count = "SELECT coalesce(max(number), -1) + 1 FROM head"
            return int(connection.execute(count).fetchone()[0])

    def has_head(self, size: int) -> bool:
        """Say whether a head was signed for just *size* entries: heads only grow."""
        which = "SELECT note FROM head WHERE number >= ? ORDER BY number LIMIT 1"
        with self._open() as connection:

            def said(number: int) -> int:
                (note,) = connection.execute(which, (number,)).fetchone()
                return int(note.split("\n", 2)[1])

            numbers = range(self.signed())
            place = bisect_left(numbers, size, key=said)
            return place < len(numbers) and said(place) == size

    def heads(self, start: int = 0, limit: int = 500) -> tuple[str, ...]:
        """Give at most *limit* signed notes, the oldest first, from number *start* on."""
        which = "SELECT note FROM head WHERE number >= ? ORDER BY number LIMIT ?"
        with self._open() as connection:
            return tuple(note for (note,) in connection.execute(which, (start, limit)))

    def _entries(self, which: str, *by: str | int) -> tuple[Entry, ...]:
        with self._open() as connection:
            return tuple(entry_in(row) for row in connection.execute(ENTRIES + which, by))

    def _open(self) -> "closing[sqlite3.Connection]":
        return closing(opened_to_read(self.path))


def entry_in(row: tuple[Any, ...]) -> Entry:
    """Give the entry in a row of ``ENTRIES``.

    Raises ``ValueError`` where the id is none, or a value not of its column's kind: SQLite keeps
    the kind beside each value, so that one damaged byte can change it.
    """
    number, source, position, stream, version, its_id, kind, metadata, data, its_leaf = row
    if tuple(map(type, row)) != KINDS:
        raise ValueError(f"entry {number} holds a value of another kind than its column")
    fact = Stored(position, stream, version, id_in(its_id), kind, metadata, data)
    return Entry(number, source, fact, its_leaf)


def entries_in(connection: sqlite3.Connection) -> int:
    """Give how many entries there are in an open file."""
    count = "SELECT coalesce(max(number), -1) + 1 FROM entry"
    return int(connection.execute(count).fetchone()[0])


def node_reader(connection: sqlite3.Connection) -> NodeReader:
    """Give the reader of the nodes in an open file; ``LookupError`` for one that is not there."""

    def read(level: int, number: int) -> bytes:
        if level:
            node = "SELECT hash FROM node WHERE level = ? AND number = ?"
            row = connection.execute(node, (level, number)).fetchone()
        else:
            leaf = "SELECT leaf FROM entry WHERE number = ?"
            row = connection.execute(leaf, (number,)).fetchone()
        if row is None:
            raise LookupError(f"no node {level}/{number}")
        return bytes(row[0])

    return read


def _nodes(connection: sqlite3.Connection, size: int) -> NodeReader:
    if size > (there := entries_in(connection)):
        raise ValueError(f"the ledger has {there} entries, not yet {size}")
    return node_reader(connection)
