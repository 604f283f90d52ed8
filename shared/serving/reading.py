"""Where a rebuild reads the facts that read models are made of, without being their owner."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from shared.eventstore.port import Stored
from shared.eventstore.sqlite_log import SqliteLog
from shared.messaging.backfill import fetch_page
from shared.messaging.bus import Bus
from shared.platform.layout import NotRunning, store_in
from shared.projections.views import Reader
from shared.serving.opening import bus_of, clock_of, store_of
from shared.serving.settings import ServiceSettings


class FromOwner:
    """A source's facts, asked of their owner over the bus."""

    def __init__(self, bus: Bus, source: str) -> None:
        self._bus, self._source = bus, source

    async def read_all(self, after: int, limit: int) -> Sequence[Stored]:
        """Give at most *limit* facts after position *after*. Raises ``Unanswered``."""
        return await fetch_page(self._bus, self._source, after, limit)


@asynccontextmanager
async def sources(
    service: str, names: Sequence[str], settings: ServiceSettings
) -> AsyncIterator[Mapping[str, Reader]]:
    """Give what reads the facts of each of *names*, for a process of *service* beside the live one.

    They come in the order of *names*: a rebuild keeps to it. Files are read where they lie. On
    EventStoreDB a service reads its own facts alone, so all others are asked of their owners.
    Raises ``NotRunning`` where there are no files, and the kinds of ``CannotStart``.
    """
    async with AsyncExitStack() as stack:
        if settings.store_url is None:
            logs = _logs(names, settings)
            for log in logs.values():
                stack.push_async_callback(log.close)
            yield logs
            return
        store = await store_of(service, settings, clock_of(settings))
        stack.push_async_callback(store.close)
        bus = await bus_of(service, settings)
        stack.push_async_callback(bus.close)
        yield {each: store if each == service else FromOwner(bus, each) for each in names}


def _logs(names: Sequence[str], settings: ServiceSettings) -> dict[str, SqliteLog]:
    """Open the files; asked first, so that nothing is made in a folder named by mistake."""
    stores = {each: store_in(settings.var, each) for each in names}
    if not all(store.exists() for store in stores.values()):
        raise NotRunning(str(settings.var))
    return {each: SqliteLog.open(store) for each, store in stores.items()}
