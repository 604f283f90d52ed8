"""Read models made anew from the facts, beside those that are read, which then take their place.

Live work parks what it cannot read; a rebuild stops there, because whoever started it is watching.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import Stored
from shared.kernel.recorded import Recorded
from shared.projections import bookkeeping as books
from shared.projections.bookkeeping import GENERATION, Pointed, Step, TwoRunners
from shared.projections.digest import digests
from shared.projections.dropping import drop_outdated
from shared.projections.parking import blames_fact
from shared.projections.views import NotInSource, OtherShape, Reader, Views

BATCH = 2_000
LAST_STRETCH = 500
"""How many facts may be caught up while the live runner is held back."""


class Progress(NamedTuple):
    """How far a rebuild has come in one source, and how far it has to come."""

    generation: int
    source: str
    position: int
    goal: int


class Unreadable(RuntimeError):
    """A fact of ``source`` after position ``after`` and not after ``upto`` cannot be applied."""

    def __init__(self, source: str, after: int, upto: int, reason: str) -> None:
        super().__init__(f"{source} {after}-{upto}: {reason}")
        self.source, self.after, self.upto, self.reason = source, after, upto, reason


class NotTheSame(RuntimeError):
    """The rebuilt rows differ from the live ones in the tables named; nothing was switched."""


def _untold(_progress: Progress) -> None:
    """Nobody asked."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector of circles wait until a batch is through.

    Facts and lines make no circles, and there are so many of them at once that looking for some
    takes a fifth of a rebuild. What others leave meanwhile is found between two batches.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Rebuild:
    """Fills a generation from ``readers``, one for each source the live one has heard.

    Sources are read in the order of ``readers``, each as far as the live generation has come, so
    one that carries rulings (:mod:`shared.projections.ruling`) stands first: rows are made under
    the newest. Where the live generation knows rulings already, the new one begins with its newest.

    A rebuild that was cancelled or killed is gone on with by the next, from its last batch; where
    the code has changed meanwhile, drop what it left. To go back to an old generation, name it: it
    is brought up to date and switched to in the same way. Generations made under an older ruling
    are nothing to go on with or back to: they are dropped before, all but the one that is read.
    """

    def __init__(
        self,
        views: Views,
        readers: Mapping[str, Reader],
        *,
        progress: Callable[[Progress], None] = _untold,
        compare: bool = False,
    ) -> None:
        self.views, self.readers, self.progress, self.compare = views, readers, progress, compare

    async def run(self, generation: int | None = None) -> int:
        """Fill, catch up, switch, and give the number of the generation that is now read.

        With ``compare`` the rows must be those of the live generation, else ``NotTheSame``.
        Raises ``Unreadable``, ``NotInSource``, ``OtherShape``, and ``TwoRunners`` where another
        rebuild is at work.
        """
        number = await self._begun(generation)
        while True:
            for source, goal in (await self._goals()).items():
                await self._fill(number, source, goal)
            if await self._switched(number):
                return number

    async def _begun(self, wanted: int | None) -> int:
        await drop_outdated(self.views)
        async with self.views.holding() as (connection, live):
            number = await self._chosen(connection, wanted)
            if live and live.generation != number and live.shape == self.views.shape:
                for book in self.views.rulings:
                    await book.begin(connection, number, live.generation)
            return number

    async def _chosen(self, connection: AsyncConnection, wanted: int | None) -> int:
        mine = select(GENERATION.c.number).where(GENERATION.c.shape == self.views.shape)
        if wanted is not None:
            if (await connection.execute(mine.where(GENERATION.c.number == wanted))).first():
                return wanted
            raise OtherShape(f"generation {wanted}")
        begun = mine.where(GENERATION.c.was_read == 0).order_by(GENERATION.c.number.desc())
        if (unfinished := (await connection.execute(begun)).scalars().first()) is not None:
            return int(unfinished)
        last = await connection.execute(select(func.max(GENERATION.c.number)))
        number = int(last.scalar_one()) + 1
        await self.views.begin(connection, number)
        return number

    async def _goals(self) -> dict[str, int]:
        async with self.views.engines.reading.connect() as connection:
            live = await books.pointed(connection)
            goals = await books.checkpoints(connection, live.generation) if live else {}
        return self._in_order(goals)

    def _in_order(self, goals: Mapping[str, int]) -> dict[str, int]:
        if missing := goals.keys() - self.readers.keys():
            raise LookupError(f"no reader for {', '.join(sorted(missing))}")
        return {source: goals[source] for source in self.readers if source in goals}

    async def _fill(self, generation: int, source: str, goal: int) -> None:
        async with self.views.engines.reading.connect() as connection:
            at = await books.checkpoint(connection, generation, source)
        while at < goal:
            with uncollected():
                at = await self._batch(generation, source, at, goal)
            self.progress(Progress(generation, source, at, goal))

    async def _batch(self, generation: int, source: str, at: int, goal: int) -> int:
        facts = await self._stretch(source, at, goal, BATCH)
        # Read and decoded before the transaction, which holds the live runner up on SQLite.
        known = self._decoded(source, facts)
        step = Step(generation, source, at, facts[-1].position)
        async with self.views.engines.writing.begin() as connection:
            await self._add(connection, step, known)
        return step.to

    async def _stretch(self, source: str, at: int, goal: int, limit: int) -> Sequence[Stored]:
        read = await self.readers[source].read_all(at, limit)
        facts = [fact for fact in read if fact.position <= goal]
        if not facts:
            raise NotInSource(f"{source} gives nothing after {at}, and {goal} was heard")
        return facts

    def _decoded(self, source: str, facts: Sequence[Stored]) -> list[Recorded[Any]]:
        known = []
        for fact in facts:
            try:
                read = self.views.absorber.decode(fact)
            except Exception as problem:  # noqa: BLE001 - whatever it is, this fact cannot be read
                at, reason = fact.position, type(problem).__name__
                raise Unreadable(source, at - 1, at, reason) from None
            if read is not None:
                known.append(read)
        return known

    async def _add(
        self, connection: AsyncConnection, step: Step, known: Sequence[Recorded[Any]]
    ) -> None:
        if not await books.move(connection, step):
            raise TwoRunners(f"another rebuild fills generation {step.generation}")
        try:
            await self.views.absorber.apply(connection, known, step.generation)
        except Exception as problem:
            if not blames_fact(problem):
                raise
            reason = type(problem).__name__
            raise Unreadable(step.source, step.at, step.to, reason) from None

    async def _switched(self, generation: int) -> bool:
        async with self.views.holding() as (connection, live):
            if live is None:
                raise OtherShape("nothing is read")
            if live.generation == generation:
                return True
            goals = self._in_order(await books.checkpoints(connection, live.generation))
            for source, goal in goals.items():
                if not await self._last_stretch(connection, generation, source, goal):
                    return False
            if self.compare:
                await self._compared(connection, live, generation)
            await books.point_at(connection, generation)
        return True

    async def _last_stretch(
        self, connection: AsyncConnection, generation: int, source: str, goal: int
    ) -> bool:
        """Catch up within the transaction that switches, or a busy store would never be caught."""
        at = await books.checkpoint(connection, generation, source)
        if at < goal:
            facts = await self._stretch(source, at, goal, LAST_STRETCH)
            if facts[-1].position < goal:
                return False
            step = Step(generation, source, at, goal)
            await self._add(connection, step, self._decoded(source, facts))
        return True

    async def _compared(self, connection: AsyncConnection, live: Pointed, new: int) -> None:
        if live.shape != self.views.shape:
            raise OtherShape(f"generation {live.generation} cannot be compared")
        projections = self.views.absorber.projections
        before = await digests(connection, projections, live.generation)
        after = await digests(connection, projections, new)
        if differing := sorted(name for name in before if before[name] != after[name]):
            raise NotTheSame(", ".join(differing))
