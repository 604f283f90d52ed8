"""The stores that the ledger's facts came from, read beside it, fact by fact."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from services.audit.ledger.leaf import leaf
from services.audit.ledger.reading import Entry
from services.audit.ledger.tables import opened_to_read
from shared.eventstore.port import Stored
from shared.eventstore.sqlite_log import SELECT, id_in

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a broken file raises; the second where the message itself has broken text."""
NO_LEAF = b""
"""Stands for a fact that cannot even be read, and so has no leaf."""
NO_ID = UUID(int=0)
"""Stands for what is no id; no fact has it."""


def leaf_of(fact: Stored) -> bytes:
    """Give the leaf of *fact*, ``NO_LEAF`` where its columns are not what a fact is made of."""
    try:
        return leaf(fact)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return NO_LEAF


def id_of(value: object) -> UUID:
    """Give the id in a column, ``NO_ID`` where it holds none: no leaf fits that."""
    try:
        return id_in(value)
    except ValueError:
        return NO_ID


def tolerant(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Give *connection*, which now reads broken text too, so that it can be told from the whole."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def facts_in(path: Path) -> Iterator[Stored]:
    """Give every fact of the store at *path*, in order. Raises ``UNREADABLE``."""
    with closing(tolerant(opened_to_read(path))) as connection:
        for row in connection.execute(f"{SELECT} ORDER BY position"):
            position, stream, version, its_id, kind, metadata, data = row
            yield Stored(position, stream, version, id_of(its_id), kind, metadata, data)


@dataclass
class Lane:
    """One source: its store, read once from the beginning, beside the ledger's entries from it.

    ``difference`` is the first place where the two part: the entry, and the fact (``None`` where
    the store has no more). ``unheard`` is the first fact after all entries; ``broken`` says why the
    store could not be read on.
    """

    facts: Iterator[Stored]
    last: Entry | None = None
    difference: tuple[Entry, Stored | None] | None = None
    unheard: Stored | None = None
    broken: str = ""

    def pass_by(self, entry: Entry, its_leaf: bytes) -> None:
        """Hold the next entry of this source against the next fact of the store."""
        if self.difference or self.broken:
            return
        fact = self._next()
        if self.broken:
            return
        if fact and fact.position == entry.fact.position and leaf_of(fact) == its_leaf != NO_LEAF:
            self.last = entry
        else:
            self.difference = (entry, fact)

    def finish(self) -> None:
        """See what the store has that the ledger has not heard."""
        if not self.difference and not self.broken:
            self.unheard = self._next()

    def _next(self) -> Stored | None:
        try:
            return next(self.facts, None)
        except UNREADABLE as unreadable:
            self.broken = str(unreadable)
            return None
