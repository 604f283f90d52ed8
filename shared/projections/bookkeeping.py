"""Which generation is read, how far each has come, and which facts were set aside."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, MetaData, Table, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import written
from shared.projections.projection import NUMBER, TEXT
from shared.projections.statements import insert_once, on_sqlite

START = 0
"""Before the first position of a source."""
_OPENING = 0x6B72656473
"""The advisory lock under which PostgreSQL's tables are made: "kreds" in ASCII."""

_books = MetaData()
GENERATION = Table(
    "generation",
    _books,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("shape", TEXT, nullable=False),
    Column("begun_at", TEXT, nullable=False),
    Column("was_read", NUMBER, nullable=False, default=0),
)
POINTER = Table(
    "pointer",
    _books,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("generation", NUMBER, nullable=False),
)
CHECKPOINT = Table(
    "checkpoint",
    _books,
    Column("generation", NUMBER, primary_key=True, autoincrement=False),
    Column("source", TEXT, primary_key=True),
    Column("position", NUMBER, nullable=False),
)
PARKED = Table(
    "parked",
    _books,
    Column("generation", NUMBER, primary_key=True, autoincrement=False),
    Column("source", TEXT, primary_key=True),
    Column("position", NUMBER, primary_key=True, autoincrement=False),
    Column("after", NUMBER, nullable=False),
    Column("stream", TEXT, nullable=False),
    Column("event", TEXT, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("since", TEXT, nullable=False),
)
TABLES = tuple(_books.sorted_tables)
KEPT_PER_GENERATION = (
    (CHECKPOINT, CHECKPOINT.c.generation),
    (PARKED, PARKED.c.generation),
    (GENERATION, GENERATION.c.number),
)


class TwoRunners(RuntimeError):
    """Somebody else moved this checkpoint: two runners are alive, and this one must stop."""


class Pointed(NamedTuple):
    """The generation that is read, and the shape its rows have."""

    generation: int
    shape: str


class Step(NamedTuple):
    """A move of the checkpoint of one source in one generation."""

    generation: int
    source: str
    at: int
    to: int


_POINTED = select(POINTER.c.generation, GENERATION.c.shape).join(
    GENERATION, POINTER.c.generation == GENERATION.c.number
)
_HELD = _POINTED.with_for_update(of=POINTER)
"""Made once: they are asked at every request."""


async def make_books(connection: AsyncConnection) -> None:
    """Make the tables of this module where they do not stand yet."""
    if not on_sqlite(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(_OPENING)))
    await connection.run_sync(_books.create_all)


async def begin_generation(
    connection: AsyncConnection, new: Pointed, tables: Iterable[Table], now: datetime
) -> None:
    """Make the empty tables of a new generation."""
    begun = {"number": new.generation, "shape": new.shape, "begun_at": written(now)}
    await connection.execute(insert(GENERATION).values(begun))
    for table in tables:
        await connection.run_sync(table.create)


async def pointed(connection: AsyncConnection, *, hold: bool = False) -> Pointed | None:
    """Give what is read now. With *hold*, nobody else writes or switches it meanwhile."""
    # SQLite holds its one writer's lock already.
    row = (await connection.execute(_HELD if hold else _POINTED)).one_or_none()
    return row and Pointed(*row)


async def point_at(connection: AsyncConnection, generation: int) -> None:
    """Let *generation* be read from the end of this transaction on."""
    there = insert_once(connection, POINTER).values(id=1, generation=generation)
    await connection.execute(there)
    await connection.execute(update(POINTER).values(generation=generation))
    read = update(GENERATION).where(GENERATION.c.number == generation)
    await connection.execute(read.values(was_read=1))


async def checkpoints(connection: AsyncConnection, generation: int) -> dict[str, int]:
    """Give the position reached in each source that *generation* has heard."""
    reached = select(CHECKPOINT.c.source, CHECKPOINT.c.position).where(
        CHECKPOINT.c.generation == generation
    )
    rows = await connection.execute(reached)
    return {row.source: row.position for row in rows}


async def checkpoint(connection: AsyncConnection, generation: int, source: str) -> int:
    """Give the position reached in *source*, ``START`` where nothing was heard."""
    reached = select(CHECKPOINT.c.position).where(_row(generation, source))
    return (await connection.execute(reached)).scalar_one_or_none() or START


async def move(connection: AsyncConnection, step: Step) -> bool:
    """Move a checkpoint by compare-and-set: true where it moved, false where it was there already.

    Raises ``TwoRunners`` where it stands at a third place.
    """
    generation, source, at, to = step
    if at == START:
        first = insert_once(connection, CHECKPOINT)
        await connection.execute(first.values(generation=generation, source=source, position=START))
    moving = update(CHECKPOINT).where(_row(generation, source), CHECKPOINT.c.position == at)
    if (await connection.execute(moving.values(position=to))).rowcount:
        return True
    if (actual := await checkpoint(connection, generation, source)) == to:
        return False
    raise TwoRunners(f"{source} stands at {actual}, not at {at}")


def _row(generation: int, source: str) -> ColumnElement[bool]:
    return and_(CHECKPOINT.c.generation == generation, CHECKPOINT.c.source == source)
