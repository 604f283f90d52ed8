"""The few statements that the two engines spell differently."""

import json
from collections.abc import Collection
from importlib import import_module
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Insert,
    Subquery,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection


def on_sqlite(connection: AsyncConnection) -> bool:
    """Whether this is the embedded engine."""
    return connection.dialect.name == "sqlite"


def inserting(connection: AsyncConnection) -> Any:  # noqa: ANN401 - of either dialect
    """Give the engine's own ``insert``, which can say what becomes of a row that is there.

    Each dialect weighs some MiB in memory, and a process meets one of them.
    """
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return dialect.insert


def upsert(connection: AsyncConnection, table: Table) -> Insert:
    """Give an insert that replaces the other columns of a row with the same primary key."""
    statement = inserting(connection)(table)
    replaced = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    added: Insert = (
        statement.on_conflict_do_update(index_elements=table.primary_key, set_=replaced)
        if replaced
        else statement.on_conflict_do_nothing()
    )
    return added


def insert_once(connection: AsyncConnection, table: Table) -> Insert:
    """Give an insert that leaves a row with the same primary key as it is."""
    added: Insert = inserting(connection)(table).on_conflict_do_nothing()
    return added


def listed(connection: AsyncConnection, words: Collection[str]) -> Subquery:
    """Give *words* as rows with one column ``word``: one statement however many there are."""
    if on_sqlite(connection):
        given = func.json_each(json.dumps(list(words))).table_valued("value")
        return select(given.c.value.label("word")).subquery()
    array = literal(list(words), ARRAY(Text))
    return select(func.unnest(array).label("word")).subquery()


def among(
    connection: AsyncConnection, column: ColumnElement[str], words: Collection[str]
) -> ColumnElement[bool]:
    """Give the condition that *column* is one of *words*."""
    return column.in_(select(listed(connection, words).c.word))


def inside(connection: AsyncConnection, column: ColumnElement[str], key: str) -> ColumnElement[str]:
    """Give what stands under *key* in the JSON object of *column*, as text; null for null."""
    if on_sqlite(connection):
        return func.json_extract(column, f"$.{key}")
    return func.json_extract_path_text(cast(column, JSON), key)
