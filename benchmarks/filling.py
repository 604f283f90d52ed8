"""Stores filled in bulk: the facts of one real life, over and over, under new names.

The bytes are those that the handler wrote: sealed fields, metadata and all. Only stream and ids are
new, so nobody could open what is sealed, and nobody here tries to.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from uuid import UUID

from benchmarks.lifecycle import lives, sqlite_desk
from benchmarks.load import flat_out
from shared.eventstore.port import Stored
from shared.eventstore.sqlite_table import INSERT

ROWS = 20_000
"""Facts in one transaction while a file is filled."""


async def one_life(folder: Path) -> tuple[Stored, ...]:
    """Give the facts of one referral from draft to end, as the handler stores them."""
    begun: list[UUID] = []
    async with sqlite_desk(folder) as desk:
        await flat_out(lives(desk, 1, begun), 1)
        return await desk.store.read_stream(f"referral-{begun[0]}")


def filled(file: Path, facts: Sequence[Stored], count: int, dice: Random) -> list[str]:
    """Add *count* referrals with these *facts* to a store that nobody has open; give the streams.

    Without waiting for the disk, and with triggers and indexes made anew afterwards: nothing of
    this is measured, and the file is the same in the end.
    """
    streams = sorted(f"referral-{UUID(int=dice.getrandbits(128), version=4)}" for _ in range(count))
    with closing(sqlite3.connect(file, isolation_level=None)) as store, without(store, "facts"):
        step = max(1, ROWS // len(facts))
        for at in range(0, count, step):
            store.execute("BEGIN IMMEDIATE")
            store.executemany(INSERT, _rows(streams[at : at + step], facts, dice))
            store.execute("COMMIT")
    return streams


@contextmanager
def without(file: sqlite3.Connection, table: str) -> Iterator[None]:
    """Take away what makes adding rows to *table* slow; it is there again, and on disk, after."""
    for pragma in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "cache_size = -200000",
        "temp_store = MEMORY",
    ):
        file.execute(f"PRAGMA {pragma}")
    made = file.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger')"
        " AND tbl_name = ? AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    for kind, name, _ in made:
        file.execute(f"DROP {kind} {name}")
    yield
    for _, _, sql in made:
        file.execute(sql)
    file.execute("PRAGMA journal_mode = WAL")


def _rows(
    streams: Sequence[str], facts: Sequence[Stored], dice: Random
) -> Iterator[tuple[str, int, bytes, str, bytes, bytes]]:
    for stream in streams:
        for fact in facts:
            its_id = stream[-36:-28].encode() + dice.randbytes(8)
            yield stream, fact.version, its_id, fact.type, fact.metadata, fact.data
