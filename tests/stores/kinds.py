"""The kinds of store that keep the promises of the port. A new kind joins with one line."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import Clock
from tests.stores.engines import Engines, real_engine, served_for_tests
from tests.stores.memories import IdsByPlaceOnly

Held = AbstractAsyncContextManager[EventStore]


@dataclass(frozen=True)
class Ground:
    """What a store may stand on: a folder of its own, and engines that others stand on, too."""

    folder: Path
    engines: Engines


@dataclass(frozen=True)
class Kind:
    """How an empty store of one kind is opened, and the memory store that behaves as it does."""

    opened: Callable[[Ground, Clock], Held]
    like: type[MemoryStore] = MemoryStore

    @property
    def gives_an_id_one_place(self) -> bool:
        """Whether it refuses an id that stands elsewhere."""
        return self.like is MemoryStore


@asynccontextmanager
async def _in_memory(_: Ground, clock: Clock) -> AsyncIterator[EventStore]:
    store = MemoryStore(clock)
    yield store
    await store.close()


@asynccontextmanager
async def _in_sqlite(ground: Ground, clock: Clock) -> AsyncIterator[EventStore]:
    store = SqliteStore.open(ground.folder / "events.db", clock)
    yield store
    await store.close()


@asynccontextmanager
async def _in_an_engine(url: str, clock: Clock) -> AsyncIterator[EventStore]:
    store = await EsdbStore.connect(url, f"s{uuid4().hex}", clock)  # no other test sees its facts
    yield store
    await store.close()


def _in_the_test_server(ground: Ground, clock: Clock) -> Held:
    return _in_an_engine(ground.engines.url(served_for_tests), clock)


def _in_eventstoredb(ground: Ground, clock: Clock) -> Held:
    return _in_an_engine(ground.engines.url(real_engine), clock)


KINDS: Mapping[str, Kind] = {
    "memory": Kind(_in_memory),
    "sqlite": Kind(_in_sqlite),
    "esdb (test server)": Kind(_in_the_test_server, IdsByPlaceOnly),
    "esdb (real)": Kind(_in_eventstoredb, IdsByPlaceOnly),
}
