"""All read models of one service: one database, in which rows and checkpoint move together."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import Stored, StoreProblem
from shared.kernel.clock import Clock
from shared.projections import bookkeeping as books
from shared.projections import parking
from shared.projections.bookkeeping import TwoRunners
from shared.projections.engines import Engines
from shared.projections.parking import Absorber, Decode, Parked
from shared.projections.projection import Projection
from shared.projections.refused import checked_address, demand_whole, is_away, plainly_refused
from shared.projections.ruling import RulingState, rulings_of

FIRST = 1
"""The generation that a new database begins with."""


class OtherShape(RuntimeError):
    """The rows that are read were made by other code: rebuild, or start the code they belong to."""


class ViewsAway(StoreProblem):
    """The database of the read models does not answer just now."""


class WentBack(RuntimeError):
    """The generation now read has not come as far as the last: ask for its position again."""


class NotInSource(LookupError):
    """The source no longer gives a fact that was heard from it."""


class Reader(Protocol):
    """Whatever gives the facts of one source again: its store, or the owner over the bus."""

    async def read_all(self, after: int, limit: int) -> Sequence[Stored]:
        """Give at most *limit* facts after position *after*, in order of position."""
        ...


class Reached(NamedTuple):
    """How far this object has seen a source come, and in which generation."""

    generation: int
    position: int


class Views:
    """Read models that facts are applied to and that doors query."""

    def __init__(self, engines: Engines, absorber: Absorber, clock: Clock) -> None:
        self.engines, self.absorber, self.clock = engines, absorber, clock
        self.shape = shape_of(absorber.projections)
        self.rulings = rulings_of(absorber.projections)
        self.ruling_heard = asyncio.Event()
        """Set after facts that may carry a ruling were applied here."""
        self._reached: dict[str, Reached] = {}
        self._one_writer = asyncio.Lock()

    @classmethod
    async def open(
        cls, url: str, projections: Sequence[Projection], decode: Decode, clock: Clock
    ) -> "Views":
        """Open the database at *url*; its tables are made where there are none.

        Raises the kinds of ``CannotStart`` in :mod:`shared.projections.refused`.
        """
        views = cls(Engines.of(checked_address(url)), Absorber(tuple(projections), decode), clock)
        try:
            async with plainly_refused(), views.engines.writing.begin() as connection:
                await views._prepare(connection)
        except BaseException:
            await views.close()
            raise
        return views

    async def _prepare(self, connection: AsyncConnection) -> None:
        await books.make_books(connection)
        await demand_whole(connection, books.TABLES)
        pointed = await books.pointed(connection)
        if pointed is None:
            await self.begin(connection, FIRST)
            await books.point_at(connection, FIRST)
        elif pointed.shape == self.shape:
            await demand_whole(connection, self._tables(pointed.generation))

    def _tables(self, generation: int) -> list[Table]:
        return [t for each in self.absorber.projections for t in each.tables(generation)]

    async def close(self) -> None:
        """Let go of the database."""
        await self.engines.close()

    async def begin(self, connection: AsyncConnection, generation: int) -> None:
        """Make the empty tables of a new *generation*."""
        tables = self._tables(generation)
        new = books.Pointed(generation, self.shape)
        await books.begin_generation(connection, new, tables, self.clock.now())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """Give a connection that sees one moment, and the generation to read.

        Raises ``OtherShape``, and ``ViewsAway`` where the database does not answer.
        """
        try:
            async with self.engines.reading.connect() as connection:
                yield connection, self._own(await books.pointed(connection))
        except (OSError, SQLAlchemyError) as problem:
            if is_away(problem):
                raise ViewsAway(type(problem).__name__) from problem
            raise

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """Give the transaction of the only writer, and the generation that is read.

        Raises ``OtherShape``.
        """
        async with self.holding() as (connection, pointed):
            yield connection, self._own(pointed)

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[tuple[AsyncConnection, books.Pointed | None]]:
        """Give a transaction during which nobody else writes what is read or switches it."""
        async with self._one_writer, self.engines.writing.begin() as connection:
            yield connection, await books.pointed(connection, hold=True)

    async def checkpoints(self) -> Mapping[str, int]:
        """Give how far the generation that is read has come in each source."""
        async with self.reading() as (connection, generation):
            return await books.checkpoints(connection, generation)

    async def position(self, source: str) -> int:
        """Give the position of the last fact of *source* applied. Raises ``TwoRunners``."""
        async with self._one_writer, self.reading() as (connection, generation):
            position = await books.checkpoint(connection, generation, source)
        held = self._reached.get(source)
        if held and held.generation == generation and held.position != position:
            raise TwoRunners(f"{source} stands at {position}, not at {held.position}")
        self._reached[source] = Reached(generation, position)
        return position

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Change the rows as *facts* demand and move the checkpoint, all or nothing.

        Facts applied before are passed over. A fact that cannot be read is parked, and whatever
        follows it in its stream with it. Raises ``TwoRunners``, ``WentBack``, ``OtherShape``, and
        what the database raises; then nothing has changed, or the answer to a commit was lost.
        """
        try:
            async with self.writing() as (connection, generation):
                reached = await self._apply(connection, generation, source, facts)
        except (TwoRunners, WentBack, OtherShape):
            raise  # and go on raising until somebody asks for the position
        except BaseException:
            self._reached.pop(source, None)  # it may have been written all the same: ask again
            raise
        self._reached[source] = reached
        self._told(facts)

    async def _apply(
        self, connection: AsyncConnection, generation: int, source: str, facts: Sequence[Stored]
    ) -> Reached:
        at = await self._expected(connection, generation, source)
        news = [fact for fact in facts if fact.position > at]
        if not news:
            return Reached(generation, at)
        to = news[-1].position
        if await books.move(connection, books.Step(generation, source, at, to)):
            parked = await parking.parked_streams(connection, generation, source)
            left = await self.absorber.absorb(connection, news, generation, parked)
            batch = parking.Batch.of(source, at, news)
            await parking.park(connection, generation, batch, left, self.clock.now())
        return Reached(generation, to)

    def _told(self, facts: Sequence[Stored]) -> None:
        types = {fact.type for fact in facts}
        if any(not book.ruled.carried_by.isdisjoint(types) for book in self.rulings):
            self.ruling_heard.set()

    async def _expected(self, connection: AsyncConnection, generation: int, source: str) -> int:
        held = self._reached.get(source)
        if held and held.generation == generation:
            return held.position
        position = await books.checkpoint(connection, generation, source)
        if held and position < held.position:
            raise WentBack(f"{source} stands at {position} in generation {generation}")
        return position

    def _own(self, pointed: books.Pointed | None) -> int:
        if pointed is None or pointed.shape != self.shape:
            raise OtherShape(f"generation {pointed and pointed.generation}")
        return pointed.generation

    async def ruling_states(self) -> Mapping[str, RulingState]:
        """Give, by read model, what its rows are made under and what is newest."""
        async with self.reading() as (connection, generation):
            return {book.name: await book.state(connection, generation) for book in self.rulings}

    async def stale(self) -> bool:
        """Whether rows that are read were made under an older ruling than the newest."""
        return any(state.stale for state in (await self.ruling_states()).values())

    async def parked_list(self, stream: str | None = None) -> list[Parked]:
        """Give the facts that wait, of one stream or of all."""
        async with self.reading() as (connection, generation):
            return await parking.parked_facts(connection, generation, stream)

    async def retry(self, stream: str, readers: Mapping[str, Reader]) -> list[Parked]:
        """Apply the parked facts of *stream* again, in order, and give those that still wait.

        Raises ``NotInSource``.
        """
        waiting = await self.parked_list(stream)
        facts = [await _again(readers, parked) for parked in waiting]
        async with self.writing() as (connection, generation):
            now_waiting = await parking.parked_facts(connection, generation, stream)
            if now_waiting == waiting:
                left = await self.absorber.absorb(connection, facts, generation, {})
                await parking.keep(connection, generation, stream, left)
                return await parking.parked_facts(connection, generation, stream)
        return await self.retry(stream, readers)  # more was parked while these were fetched


async def _again(readers: Mapping[str, Reader], parked: Parked) -> Stored:
    for fact in await readers[parked.source].read_all(parked.after, 1):
        if fact.id == parked.event:
            return fact
    raise NotInSource(f"{parked.source} {parked.position}")


def shape_of(projections: Sequence[Projection]) -> str:
    """Give one hash of what the rows of all *projections* look like."""
    shapes = "\n".join(sorted(projection.shape for projection in projections))
    return hashlib.sha256(shapes.encode()).hexdigest()
