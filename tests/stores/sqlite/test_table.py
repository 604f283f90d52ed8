"""What the file itself promises, whoever opens it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.eventstore.port import NO_STREAM, EventStore, Stored
from tests.stores.facts import facts, recorded_at

NEW = """INTO facts (stream, version, id, type, metadata, data)
    VALUES ('a', ?, ?, 't', '{"recorded_at":""}', x'')"""
HOW = ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"]


@pytest.fixture
async def before(store: EventStore) -> tuple[Stored, ...]:
    """Give three facts that the store holds."""
    return await store.append("a", NO_STREAM, facts(3))


@pytest.fixture
def raw(path: Path, before: tuple[Stored, ...]) -> Iterator[sqlite3.Connection]:
    """Give a connection of somebody who found the file and knows nothing of our rules."""
    assert before
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE facts SET data = x'00'",
        "UPDATE facts SET position = 99 WHERE position = 3",
        "UPDATE OR REPLACE facts SET version = 0 WHERE version = 1",
        "DELETE FROM facts",
        "DELETE FROM facts WHERE version = 2",
    ],
)
async def test_the_file_refuses_to_change_or_delete(
    store: EventStore, raw: sqlite3.Connection, before: tuple[Stored, ...], change: str
) -> None:
    """A fact that is stored stays as it is, even to someone with a shell on the file."""
    with pytest.raises(sqlite3.IntegrityError, match="a fact is never"):
        raw.execute(change)

    assert await store.read_all() == before


@pytest.mark.parametrize("insert", [f"{how} {NEW}" for how in HOW], ids=HOW)
@pytest.mark.parametrize(
    "place", [(1, None), (3, 1), (5, None)], ids=["taken version", "known id", "gap"]
)
async def test_the_file_refuses_to_insert_over_or_beside(
    store: EventStore,
    raw: sqlite3.Connection,
    before: tuple[Stored, ...],
    insert: str,
    place: tuple[int, int | None],
) -> None:
    """Not even REPLACE, which deletes without asking, puts one fact in the place of another."""
    version, same_id_as = place
    its_id = bytes(16) if same_id_as is None else before[same_id_as].id.bytes

    with pytest.raises(sqlite3.IntegrityError, match="after the last of its stream"):
        raw.execute(insert, (version, its_id))

    assert await store.read_all() == before


async def test_the_file_refuses_to_replace_a_position(
    store: EventStore, raw: sqlite3.Connection, before: tuple[Stored, ...]
) -> None:
    """A position that was given out is never given to another fact."""
    with pytest.raises(sqlite3.IntegrityError, match="after the last of its stream"):
        raw.execute(
            "INSERT OR REPLACE INTO facts (position, stream, version, id, type, metadata, data)"
            " VALUES (2, 'b', 0, x'00', 't', '{\"recorded_at\":\"\"}', x'')"
        )

    assert await store.read_all() == before


def test_the_time_column_is_what_the_metadata_say(
    raw: sqlite3.Connection, before: tuple[Stored, ...]
) -> None:
    """There is one truth about when a fact was recorded: the stored bytes."""
    found = raw.execute("SELECT recorded_at FROM facts ORDER BY position").fetchall()

    assert found == [(recorded_at(fact),) for fact in before]


def test_a_moment_is_found_by_its_index(raw: sqlite3.Connection) -> None:
    """Asking for the position of a moment does not read the whole store."""
    ((*_, how),) = raw.execute(
        "EXPLAIN QUERY PLAN SELECT position FROM facts WHERE recorded_at <= '2021'"
        " ORDER BY recorded_at DESC, position DESC LIMIT 1"
    ).fetchall()

    assert how.startswith("SEARCH facts USING INDEX facts_by_time")
