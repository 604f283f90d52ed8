"""Hearing of new facts in an EventStoreDB, whoever added them."""

import asyncio
from contextlib import suppress

from esdbclient.connection import AsyncESDBConnection
from esdbclient.streams import AsyncReadResponse

from shared.eventstore.esdb_line import Line, cancellations, ensure_whole
from shared.eventstore.esdb_meaning import TROUBLE
from shared.eventstore.esdb_naming import Naming, position_of
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.esdb_reading import Reading
from shared.eventstore.port import START, StoreProblem
from shared.eventstore.waking import Bell
from shared.messaging.patience import Backoff, Interrupted, unless


class Watch:
    """One catch-up subscription, begun again whenever it ends; it rings the bell."""

    def __init__(
        self, line: Line, naming: Naming, reading: Reading, bell: Bell, limits: Limits
    ) -> None:
        self._line, self._naming, self._reading, self._bell = line, naming, reading, bell
        self._limits = limits
        self._scanned = START
        self._backoff = Backoff()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Watch from now on."""
        if self._task is None and not self._stopping.is_set():
            self._task = asyncio.create_task(self._run(), name="event store watch")

    async def end(self) -> None:
        """Watch no more."""
        self._stopping.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            with suppress(Interrupted):
                await unless(self._stopping, self._for_ever())
        finally:
            self._bell.end()  # whatever ended it: nobody waits for what nobody hears

    async def _for_ever(self) -> None:
        while True:
            with suppress(StoreProblem):  # whatever ended it, the next one begins with the head
                await self._once_or_mended(self._line.connection)
            await self._backoff.wait()

    async def _once_or_mended(self, connection: AsyncESDBConnection) -> None:
        try:
            await self._once()
        except TROUBLE as problem:
            with suppress(TimeoutError, *TROUBLE):  # then the next one finds it broken still
                async with asyncio.timeout(self._limits.whole):
                    await self._line.mend(connection, problem)

    async def _once(self) -> None:
        # Read before subscribing: what comes in between is then after it, and is heard of.
        head = await self._reading.head()
        self._bell.ring(head)
        after = max(head, self._scanned)
        async with self._line.subscription(
            after if after > START else None, self._naming.pattern, self._limits.subscription
        ) as news:
            await self._hear(news)

    async def _hear(self, news: AsyncReadResponse) -> None:
        cancelled = cancellations()
        async for item in news:
            self._backoff.reset()
            if item.is_caught_up:  # it comes with position 0, which says nothing
                continue
            if item.is_checkpoint:
                self._scanned = max(self._scanned, position_of(item))
            elif self._naming.owns(item):
                self._bell.ring(position_of(item))
        await ensure_whole(news, cancelled)
