"""A value that is not of its column's kind is named, and verifying does not break on it.

SQLite keeps the kind of each value beside the value, so one byte of a file can change it.
"""

import re
import sqlite3

import pytest

from services.audit.ledger.reading import LedgerFile
from shared.eventstore.port import StoreDown
from shared.eventstore.sqlite_log import SqliteLog
from tests.audit.scene import Scene, by_force

NOTHING = "NULL"
KINDS = [
    NOTHING,
    "-7",
    "0.5",
    "'æ'",
    "x'00ff'",
    "CAST(zeroblob(16) AS TEXT)",
    "CAST(x'ff' AS TEXT)",
]
FACT = ["stream", "version", "id", "type", "data"]
ENTRY = [*FACT, "source", "position", "metadata", "leaf"]
NODE = ["level", "number", "hash"]
PLACES = [
    *(("ledger", "entry", each, "number = 7") for each in ENTRY),
    *(("ledger", "node", each, "level = 1 AND number = 3") for each in NODE),
    ("ledger", "head", "note", "number = 2"),
    *(("heads", "kept", each, "position = 2") for each in ("note", "alarm")),
    *(("councils", "facts", each, "position = 2") for each in FACT),
]
NEVER_TOLD = {"alarm", "level", "number"}
"""Where nothing is what a good file holds, or what SQLite puts into no key whatever the rules."""
CASES = [
    (place, value)
    for place in PLACES
    for value in KINDS
    if value != NOTHING or place[2] not in NEVER_TOLD
]


def without_kinds(table: str) -> str:
    """Give the words that make *table*, but of one that takes values of every kind."""
    kinds = re.sub(r"\bTEXT\b|\bINTEGER\b(?! PRIMARY)", "BLOB", table)
    return re.sub(r" NOT NULL|STRICT, | STRICT$", "", kinds)


def become(database: sqlite3.Connection, table: str, change: str) -> None:
    """Make a change to *table* that its kinds forbid."""
    named = "SELECT sql FROM sqlite_master WHERE name = ?"
    (whole,) = database.execute(named, (table,)).fetchone()
    for sql, then in ((without_kinds(whole), change), (whole, "SELECT 1")):
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, table))
        database.execute("PRAGMA writable_schema = RESET")
        database.execute(then)


@pytest.mark.parametrize(("place", "value"), CASES)
def test_a_value_of_any_kind_is_found(
    scene: Scene, place: tuple[str, str, str, str], value: str
) -> None:
    """Text for an id, a number for a note: whatever a file gives, verifying says what is wrong."""
    file, table, column, where = place
    with by_force(scene.folder / f"{file}.db") as database:
        become(database, table, f"UPDATE {table} SET {column} = {value} WHERE {where}")  # noqa: S608 - named above

    faults = scene.faults()

    assert faults
    assert all(fault.words().da and fault.words().en for fault in faults)


@pytest.mark.parametrize("column", ENTRY)
def test_an_entry_is_not_read_from_values_of_another_kind(scene: Scene, column: str) -> None:
    """Who reads entries gets whole ones or a ``ValueError`` that names the entry."""
    with by_force(scene.ledger) as database:
        become(database, "entry", f"UPDATE entry SET {column} = 0.5 WHERE number = 7")  # noqa: S608 - named above

    with pytest.raises(ValueError, match="entry 7"):
        LedgerFile(scene.ledger).entries()


async def test_a_store_gives_no_fact_with_text_for_an_id(scene: Scene) -> None:
    """What keeps a store from answering is ``StoreDown``, a damaged id as well as a lost file."""
    with by_force(scene.origin("councils")) as database:
        become(
            database, "facts", "UPDATE facts SET id = CAST(zeroblob(16) AS TEXT) WHERE position = 2"
        )

    log = SqliteLog.open(scene.origin("councils"))
    with pytest.raises(StoreDown):
        await log.read_all()
    await log.close()
