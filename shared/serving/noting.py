"""The log of what a service shows, as it stands on its own store and is told to the audit."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from shared.api.health import Check
from shared.eventstore.port import EventStore
from shared.kernel.clock import Clock
from shared.messaging.backfill import answer_reads
from shared.messaging.bus import Bus
from shared.messaging.names import reads_of
from shared.messaging.relay import Relay
from shared.platform.layout import store_in
from shared.projections.views import Views
from shared.reads.ballast import BYTES_A_READ, PAGE, Ballast
from shared.reads.chosen import ChoicesKept
from shared.reads.first import ReadsFirst
from shared.reads.log import ReadLog
from shared.reads.sealing import ReadsKey
from shared.reads.tending import Tending
from shared.serving.keys import Keys
from shared.serving.opening import file_of, store_of
from shared.serving.running import Task
from shared.serving.settings import ServiceSettings

PAUSE = 1.0
"""Seconds for which readings are gathered before the audit is told: nobody waits for it."""


@dataclass(frozen=True)
class Noting:
    """A log of reads and what goes on beside it; only where work is done is it relayed and tended.

    Doors append to it wherever they are.
    """

    log: ReadLog
    relay: Relay | None

    def tasks(self) -> Mapping[str, Task]:
        """Give the work that goes on as long as the service runs."""
        if self.relay is None:
            return {}
        return {"reads relay": self.relay.run, "reads": Tending(self.log).run}

    def checks(self) -> Mapping[str, Check]:
        """Give what ``/readyz`` asks of the log."""
        return {"reads": Tending(self.log).check}

    def before(self, store: EventStore) -> EventStore:
        """Give *store* so that it yields its room to reads."""
        ballast = self.log.ballast
        return store if ballast is None else ReadsFirst(store, ballast)


@dataclass(frozen=True)
class Needs:
    """What a log of reads is opened with."""

    settings: ServiceSettings
    keys: Keys
    clock: Clock
    views: Views
    bus: Bus


@asynccontextmanager
async def noting(service: str, needs: Needs) -> AsyncIterator[Noting]:
    """Open the log of what *service* shows. Raises the kinds of ``CannotStart``, ``StoreInUse``."""
    settings, source = needs.settings, reads_of(service)
    async with AsyncExitStack() as stack:
        ballast = await _ballast(source, settings)
        store = await _store(source, needs, ballast)
        stack.push_async_callback(store.close)
        choices = await ChoicesKept.open(needs.views.engines)
        log = ReadLog(store, ReadsKey(needs.keys.reads), choices, ballast)
        if not settings.role.works:
            yield Noting(log, None)
            return
        await answer_reads(needs.bus, store, needs.clock, source)
        replicas = settings.bus_replicas
        yield Noting(log, Relay(needs.bus, store, source, replicas=replicas, pause=PAUSE))


async def _ballast(source: str, settings: ServiceSettings) -> Ballast | None:
    """Hold room on the disk before anything is written; an engine elsewhere holds its own."""
    if settings.store_url is not None:
        return None
    log = store_in(settings.var, source)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pages = settings.reads_pages
    size, limit = settings.reads_reserved * BYTES_A_READ, None if pages is None else pages * PAGE
    ballast = Ballast(log, size, limit=limit)
    await asyncio.to_thread(ballast.make)
    return ballast


async def _store(source: str, needs: Needs, ballast: Ballast | None) -> EventStore:
    if ballast is None:
        return await store_of(source, needs.settings, needs.clock)
    store = file_of(source, needs.settings, needs.clock, ballast.pages)
    ballast.widened = store.limit
    return store
