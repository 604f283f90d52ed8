"""All facts of a store, written to a file of their own: open to read wherever there is SQLite."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from shared.eventstore.port import START, EventStore, Stored

SCHEMA: Final = Path(__file__).with_name("schema.sql")
PAGE: Final = 1_000
_INSERT: Final = (
    "INSERT INTO facts (position, stream, version, id, type, metadata, data)"
    " VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT), ?)"
)


async def written_out(store: EventStore, file: Path, told: Callable[[int], None]) -> int:
    """Write every fact of *store* to the new *file*, byte for byte and at its position.

    *told* hears how many are written so far. The file is complete or not there at all: it gets its
    name last. Gives the number of facts. Raises ``FileExistsError``, ``OSError``,
    ``sqlite3.Error`` and what the store raises.
    """
    draft = _drafted(file)
    with closing(sqlite3.connect(draft)) as connection:
        connection.executescript(SCHEMA.read_text("utf-8"))
        count, after = 0, START
        while facts := await store.read_all(after, PAGE):
            connection.executemany(_INSERT, map(_row, facts))
            connection.commit()
            count, after = count + len(facts), facts[-1].position
            told(count)
    draft.replace(file)
    return count


def _drafted(file: Path) -> Path:
    """Give the empty file that becomes *file*, for its owner's eyes only."""
    if file.exists():
        raise FileExistsError(str(file))
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return draft


def _row(fact: Stored) -> tuple[int, str, int, bytes, str, bytes, bytes]:
    return (
        *(fact.position, fact.stream, fact.version),
        *(fact.id.bytes, fact.type, fact.metadata, fact.data),
    )
