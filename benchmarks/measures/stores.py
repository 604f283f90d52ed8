"""How many appends does each store take, and how long does one wait?

SQLite always; the EventStoreDB test server by its adapter; a real server where ``ESDB_URI`` is set.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_hex
from uuid import UUID

from benchmarks.load import Ask, flat_out
from benchmarks.rows import Row
from benchmarks.run import Run
from shared.eventstore.esdb import EsdbStore
from shared.eventstore.port import NO_STREAM, EventStore, NewEvent
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from shared.testing.esdb import esdb_process

IN_FLIGHT = {1: 800, 64: 3_000}
DATA = b'{"type":"bench.appended.v1","text":"' + b"x" * 700 + b'"}'
METADATA = {
    "actor": "0" * 64,
    "authority": "bench",
    "command_id": "0" * 36,
    "request_mac": "0" * 64,
}
REAL = "ESDB_URI"


async def stores(run: Run) -> list[Row]:
    """Append one fact to a stream of its own, over and over, to each store that is here."""
    rows = list[Row]()
    kinds = [("SQLite", _sqlite), ("EventStoreDB test server", _test_server)]
    if REAL in os.environ:
        kinds.append(("EventStoreDB", _real))
    else:
        run.left_out.append(f"a real EventStoreDB: {REAL} names none")
    for name, opening in kinds:
        async with opening(run) as store:
            for in_flight, count in IN_FLIGHT.items():
                rows += await _measured(name, store, run, in_flight, run.count(count))
    return rows


async def _measured(
    name: str, store: EventStore, run: Run, in_flight: int, count: int
) -> list[Row]:
    timed = await flat_out(_appends(store, run, in_flight, count), in_flight)
    at = f"{name}, {in_flight} in flight"
    return [
        Row(f"append, {at}", timed.rate, "appends/s"),
        Row(f"append, {at}, p50", timed.ms(0.5), "ms"),
        Row(f"append, {at}, p99", timed.ms(0.99), "ms"),
    ]


def _appends(store: EventStore, run: Run, in_flight: int, count: int) -> Iterator[Ask]:
    dice = run.dice(f"stores {in_flight} {id(store)}")
    for _ in range(count):
        one, other = (UUID(int=dice.getrandbits(128), version=4) for _ in range(2))
        event = NewEvent(one, "bench.appended.v1", METADATA, DATA)
        yield partial(store.append, f"bench-{other}", NO_STREAM, [event])


@asynccontextmanager
async def _sqlite(run: Run) -> AsyncIterator[EventStore]:
    store = SqliteStore.open(run.place("stores") / "events.db", SystemClock())
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def _test_server(run: Run) -> AsyncIterator[EventStore]:
    async with esdb_process(run.place("stores-esdb")) as server, _connected(server.url) as store:
        yield store


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[EventStore]:
    # Another service in each run: a real server keeps what earlier runs have appended.
    store = await EsdbStore.connect(url, f"bench{token_hex(4)}", SystemClock())
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def _real(run: Run) -> AsyncIterator[EventStore]:  # noqa: ARG001 - called like the others
    async with _connected(os.environ[REAL]) as store:
        yield store
