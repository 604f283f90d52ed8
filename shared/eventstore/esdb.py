"""The event store of production: the streams of one service in an EventStoreDB or KurrentDB.

Only this file and those beside it that begin with its name know of the engine or its client.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from shared.eventstore.esdb_address import Address
from shared.eventstore.esdb_appending import Append, Appending
from shared.eventstore.esdb_line import Line
from shared.eventstore.esdb_naming import Naming
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.esdb_reading import Reading
from shared.eventstore.esdb_stamps import Stamps
from shared.eventstore.esdb_starting import admitted, started
from shared.eventstore.esdb_timetable import Timetable
from shared.eventstore.esdb_watching import Watch
from shared.eventstore.port import START, NewEvent, StoreBusy, Stored, StoreDown
from shared.eventstore.stamping import unstamped
from shared.eventstore.waking import Bell
from shared.kernel.clock import Clock, written

MOST_BEGUN = 1024
"""Appends that may be under way at once in this process: some seconds of work."""
LIMITS = Limits()


class EsdbStore:
    """An :class:`~shared.eventstore.port.EventStore` in an EventStoreDB, for one event loop."""

    def __init__(self, line: Line, naming: Naming, clock: Clock, limits: Limits) -> None:
        stamps = Stamps(clock)
        self._line = line
        self._reading = Reading(line, naming, stamps, limits)
        self._appending = Appending(line, naming, self._reading, stamps, limits)
        self._timetable = Timetable(self._reading)
        self._bell = Bell(START)
        self._watch = Watch(line, naming, self._reading, self._bell, limits)
        self._begun: set[asyncio.Task[tuple[Stored, ...]]] = set()
        self._closed = False

    @classmethod
    async def connect(
        cls, url: str, service: str, clock: Clock, *, limits: Limits = LIMITS
    ) -> Self:
        """Give the store of *service* in the engine at *url*: ``esdb://``, ``esdb+discover://``.

        Raises the kinds of ``CannotStart`` in :mod:`shared.eventstore.esdb_refusals`.
        """
        naming = Naming.of(service)
        line = await started(Address.read(url), limits)
        store = cls(line, naming, clock, limits)
        await admitted(line, store.head())  # which also shows the youngest stamp so far
        return store

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Add *events* after version *expected*, all or nothing.

        Cancelling gives up the answer, not the append: it may still happen, whole.
        """
        append = Append(stream, expected, events, unstamped(stream, events))
        self._demand_open()
        if len(self._begun) >= MOST_BEGUN:
            raise StoreBusy(f"{MOST_BEGUN} appends are under way")
        task = asyncio.create_task(self._appended(append))
        self._begun.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give a stream from *from_version* on, in order; nothing for a stream that never was."""
        self._demand_open()
        return await self._reading.stream(stream, from_version)

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most *limit* facts after position *after*, in order of position."""
        self._demand_open()
        return await self._reading.everything(after, limit)

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        self._demand_open()
        return await self._reading.head()

    async def position_at(self, moment: datetime) -> int:
        """Give the last position up to which nothing was recorded after *moment*, or ``START``."""
        self._demand_open()
        return await self._timetable.position_at(written(moment))

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*, whoever added it.

        While the engine is away it waits for the engine; ``StoreDown`` when the store is closed.
        """
        self._watch.begin()
        await self._bell.passed(after)

    async def close(self) -> None:
        """Finish the appends that were begun, hear of nothing more, and let go of the engine."""
        self._closed = True
        if self._begun:
            await asyncio.wait(self._begun)
        await self._watch.end()
        self._bell.end()
        await self._line.end()

    async def _appended(self, append: Append) -> tuple[Stored, ...]:
        added = await self._appending.add(append)
        if added:
            self._bell.ring(added[-1].position)
        return added

    def _ended(self, task: asyncio.Task[tuple[Stored, ...]]) -> None:
        self._begun.discard(task)
        if not task.cancelled():
            task.exception()  # heard, or asyncio complains where the caller has given up

    def _demand_open(self) -> None:
        if self._closed:
            raise StoreDown("the store is closed")
