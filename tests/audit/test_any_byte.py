"""No single byte of a ledger can be changed unseen."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.audit.scene import Scene, by_force, content

KEYS = {"entry": "number", "node": "level * 1000 + number", "head": "number"}
VALUES = [
    *(("entry", each) for each in ("source", "stream", "id", "type", "metadata", "data", "leaf")),
    ("node", "hash"),
    ("head", "note"),
]
NUMBERS = [
    *(("entry", each) for each in ("number", "position", "version")),
    ("node", "level"),
    ("node", "number"),
    ("head", "number"),
]


@contextmanager
def a_copy(scene: Scene) -> Iterator[Scene]:
    """Give a copy for one example."""
    with tempfile.TemporaryDirectory() as folder:
        yield scene.copied(Path(folder) / "copy")


def stored(ledger: sqlite3.Connection, table: str, column: str) -> list[tuple[int, Any]]:
    """Give the key and the value of every row."""
    return ledger.execute(f"SELECT {KEYS[table]}, {column} FROM {table}").fetchall()  # noqa: S608 - named above


def changed(
    ledger: sqlite3.Connection, where: tuple[str, str], new: str, values: tuple[object, int]
) -> None:
    """Put a new value into the row with a key."""
    table, column = where
    ledger.execute(f"UPDATE {table} SET {column} = {new} WHERE {KEYS[table]} = ?", values)  # noqa: S608 - named above


@given(st.data(), st.sampled_from(VALUES), st.integers(1, 255))
@settings(max_examples=80)
def test_any_byte_of_any_value(
    untouched: Scene, data: st.DataObject, where: tuple[str, str], flip: int
) -> None:
    """A byte changed in any text or blob of an entry, a node or a head is found."""
    with a_copy(untouched) as scene:
        with by_force(scene.ledger) as ledger:
            key, old = data.draw(st.sampled_from(stored(ledger, *where)))
            raw = bytearray(old.encode() if isinstance(old, str) else old)
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= flip
            changed(
                ledger,
                where,
                f"CAST(? AS {'TEXT' if isinstance(old, str) else 'BLOB'})",
                (bytes(raw), key),
            )
        assert scene.faults()


@given(st.data(), st.sampled_from(NUMBERS), st.integers(0, 40))
@settings(max_examples=60)
def test_any_bit_of_any_number(
    untouched: Scene, data: st.DataObject, where: tuple[str, str], bit: int
) -> None:
    """A bit changed in any number of an entry, a node or a head is found."""
    with a_copy(untouched) as scene:
        with by_force(scene.ledger) as ledger:
            key, old = data.draw(st.sampled_from(stored(ledger, *where)))
            try:
                changed(ledger, where, "?", (old ^ (1 << bit), key))
            except sqlite3.IntegrityError:
                assume(condition=False)
        assert scene.faults()


@given(st.data(), st.integers(1, 255))
@settings(max_examples=200)
def test_any_byte_of_the_file(untouched: Scene, data: st.DataObject, flip: int) -> None:
    """A byte changed anywhere in the file is found, or changes nothing that the ledger says."""
    with a_copy(untouched) as scene:
        raw = bytearray(scene.ledger.read_bytes())
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= flip
        scene.ledger.write_bytes(raw)
        if not scene.faults():
            assert content(scene.ledger) == content(untouched.ledger)
