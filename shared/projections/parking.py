"""A fact that no read model can take is set aside with its stream; all other streams go on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import Stored
from shared.kernel import clock
from shared.kernel.recorded import Recorded
from shared.projections.bookkeeping import PARKED
from shared.projections.projection import Projection

Decode: TypeAlias = Callable[[Stored], Recorded[Any] | None]
"""Gives a stored fact as an event, ``None`` where no read model asks for its type."""
Known: TypeAlias = tuple[Stored, Recorded[Any]]
DATA_FAULTS = {"22", "23"}
"""The classes of SQLSTATE that the row is to blame for: data exceptions, broken constraints."""


class Parked(NamedTuple):
    """One fact that waits. ``reason`` is the class of what was raised: it tells no content.

    ``after`` is the position that the source gave before it, to read it again from: positions have
    gaps, so it cannot be worked out.
    """

    source: str
    stream: str
    position: int
    after: int
    event: UUID
    reason: str
    since: datetime


class Left(NamedTuple):
    """A fact that could not be applied, and why."""

    fact: Stored
    reason: str


@dataclass(frozen=True)
class Absorber:
    """Applies facts to all read models, leaving out the streams that cannot be read."""

    projections: Sequence[Projection]
    decode: Decode

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Apply *facts* to every read model; what any of them raises goes on to the caller."""
        for projection in self.projections:
            await projection.apply(connection, facts, generation)

    async def absorb(
        self,
        connection: AsyncConnection,
        facts: Sequence[Stored],
        generation: int,
        parked: Mapping[str, str],
    ) -> list[Left]:
        """Apply what can be applied and give the rest, in no order.

        ``parked`` holds the streams that wait already, with the reason. A fault of the database
        itself is raised: it is nobody's fact that is to blame.
        """
        left, known = self._decoded(facts, parked)
        try:
            async with connection.begin_nested():
                await self.apply(connection, [read for _, read in known], generation)
        except Exception as problem:
            if not blames_fact(problem):
                raise
            left += await self._one_by_one(connection, known, generation)
        return left

    def _decoded(
        self, facts: Iterable[Stored], parked: Mapping[str, str]
    ) -> tuple[list[Left], list[Known]]:
        reasons, left, known = dict(parked), list[Left](), list[Known]()
        for fact in facts:
            if fact.stream not in reasons:
                try:
                    if (read := self.decode(fact)) is not None:
                        known.append((fact, read))
                    continue
                except Exception as problem:  # noqa: BLE001 - whatever it is, this fact cannot be read
                    reasons[fact.stream] = type(problem).__name__
            left.append(Left(fact, reasons[fact.stream]))
        return left, known

    async def _one_by_one(
        self, connection: AsyncConnection, known: Iterable[Known], generation: int
    ) -> list[Left]:
        reasons, left = dict[str, str](), list[Left]()
        for fact, read in known:
            if fact.stream not in reasons:
                try:
                    async with connection.begin_nested():
                        await self.apply(connection, [read], generation)
                    continue
                except Exception as problem:
                    if not blames_fact(problem):
                        raise
                    reasons[fact.stream] = type(problem).__name__
            left.append(Left(fact, reasons[fact.stream]))
        return left


def blames_fact(problem: Exception) -> bool:
    """Whether the fact is to blame: false where the database or the machine is out of order."""
    match problem:
        case IntegrityError() | DataError():
            return True
        case DBAPIError(orig=fault):
            state = str(getattr(fault, "sqlstate", None))
            # asyncpg refuses some values before they are sent, with a ValueError
            return state[:2] in DATA_FAULTS or isinstance(
                getattr(fault, "__cause__", None), ValueError
            )
        case StatementError():
            return True
        case _:
            return not isinstance(problem, SQLAlchemyError | OSError | MemoryError)


async def parked_facts(
    connection: AsyncConnection, generation: int, stream: str | None = None
) -> list[Parked]:
    """Give the facts that wait, of one *stream* or of all, in the order of their positions."""
    columns = (PARKED.c[name] for name in Parked._fields)
    waiting = select(*columns).where(PARKED.c.generation == generation)
    if stream is not None:
        waiting = waiting.where(PARKED.c.stream == stream)
    rows = await connection.execute(waiting.order_by(PARKED.c.source, PARKED.c.position))
    return [
        Parked(
            source=row.source,
            stream=row.stream,
            position=row.position,
            after=row.after,
            event=UUID(row.event),
            reason=row.reason,
            since=clock.read(row.since),
        )
        for row in rows
    ]


async def parked_streams(
    connection: AsyncConnection, generation: int, source: str
) -> dict[str, str]:
    """Give the streams of *source* that wait, each with the reason."""
    waiting = (
        select(PARKED.c.stream, PARKED.c.reason)
        .where(PARKED.c.generation == generation, PARKED.c.source == source)
        .distinct()
    )
    return {row.stream: row.reason for row in await connection.execute(waiting)}


class Batch(NamedTuple):
    """Where facts come from: their source, and for each position the one before it."""

    source: str
    before: Mapping[int, int]

    @classmethod
    def of(cls, source: str, at: int, facts: Sequence[Stored]) -> "Batch":
        """Give the batch of *facts* that follow position *at*."""
        places = [at, *(fact.position for fact in facts)]
        return cls(source, dict(zip(places[1:], places, strict=False)))


async def park(
    connection: AsyncConnection, generation: int, batch: Batch, left: Iterable[Left], now: datetime
) -> None:
    """Set facts aside until somebody retries their stream."""
    rows = [
        {
            "generation": generation,
            "source": batch.source,
            "position": fact.position,
            "after": batch.before[fact.position],
            "stream": fact.stream,
            "event": str(fact.id),
            "reason": reason,
            "since": clock.written(now),
        }
        for fact, reason in left
    ]
    if rows:
        await connection.execute(insert(PARKED), rows)


async def keep(
    connection: AsyncConnection, generation: int, stream: str, left: Iterable[Left]
) -> None:
    """Let only those of the parked facts of *stream* wait on that are *left*."""
    mine = and_(PARKED.c.generation == generation, PARKED.c.stream == stream)
    reasons = {fact.position: reason for fact, reason in left}
    still = list(reasons)
    await connection.execute(delete(PARKED).where(mine, PARKED.c.position.not_in(still)))
    for position, reason in reasons.items():
        this = update(PARKED).where(mine, PARKED.c.position == position)
        await connection.execute(this.values(reason=reason))
