"""The ledger's file: three tables that only grow, in SQLite.

``entry`` numbers facts from 0 in the order heard, ``node`` holds the hash of every complete subtree
above the leaves, ``head`` every note ever signed. Triggers refuse change and removal; whoever can
write the file can drop them, which is why heads are signed and kept by others.
"""

import sqlite3
from pathlib import Path

_TABLES = """
CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    position INTEGER NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    id BLOB NOT NULL,
    type TEXT NOT NULL,
    metadata BLOB NOT NULL,
    data BLOB NOT NULL,
    leaf BLOB NOT NULL,
    UNIQUE (source, position)
) STRICT;
CREATE INDEX entry_of_stream ON entry (stream, version);
CREATE TABLE node (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE head (number INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
"""
# REPLACE fires no DELETE trigger, so what may be inserted is held to the end of each table.
_GROWTH = {
    "entry": "NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM entry) OR NEW.position <= "
    "(SELECT coalesce(max(position), 0) FROM entry WHERE source = NEW.source)",
    "node": "EXISTS (SELECT 1 FROM node WHERE level = NEW.level AND number = NEW.number)",
    "head": "NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM head)",
}


def _statements() -> list[str]:
    made = [each.strip() for each in _TABLES.split(";") if each.strip()]
    for table, breach in _GROWTH.items():
        refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
        made += [
            f"CREATE TRIGGER {table}_grows BEFORE INSERT ON {table} WHEN {breach} {refuse}",
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_remains BEFORE DELETE ON {table} {refuse}",
        ]
    return made


ENTRIES = (
    "SELECT number, source, position, stream, version, id, type, metadata, data, leaf FROM entry "
)
"""Asks for entries; what comes after says which."""


STATEMENTS = tuple(_statements())
"""Every table, index and trigger of a whole ledger file, as SQLite itself remembers them."""


def opened(path: Path) -> sqlite3.Connection:
    """Give a connection that writes; the file and its tables are made if new."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        for statement in STATEMENTS:
            connection.execute(statement)
    connection.execute("COMMIT")
    return connection


def opened_to_read(path: Path) -> sqlite3.Connection:
    """Give a connection that cannot write. Raises ``OperationalError`` where there is no file."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
