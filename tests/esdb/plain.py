"""The plain client of esdbclient, what the tests append with it, and how they read it back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from esdbclient import (
    AsyncEventStoreDBClient,
    NewEvent,
    RecordedEvent,
    StreamState,
)

PATIENCE = 20
"""Seconds after which what is waited for will not come any more."""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncEventStoreDBClient]:
    """Give the plain client of esdbclient, connected to *url*; closed at the end."""
    client = AsyncEventStoreDBClient(url)
    await client.connect()
    try:
        yield client
    finally:
        await client.close()


async def fill(
    client: AsyncEventStoreDBClient, stream: str, *types: str, after: int = -1
) -> list[int]:
    """Append one event per type, one append each, and give their positions."""
    positions = []
    for version, type_ in enumerate(types, after):
        expected = StreamState.NO_STREAM if version < 0 else version
        event = NewEvent(type=type_, data=b"{}" + b" " * version)
        positions.append(
            await client.append_to_stream(stream, current_version=expected, events=[event])
        )
    return positions


async def heard(subscription: AsyncIterator[RecordedEvent], count: int) -> Sequence[RecordedEvent]:
    """Give the next *count* things that a subscription says."""
    async with asyncio.timeout(PATIENCE):
        return [await anext(subscription) for _ in range(count)]


async def all_of(client: AsyncEventStoreDBClient, **how: object) -> list[RecordedEvent]:
    """Give everything that ``read_all`` gives when it is asked like this."""
    return [event async for event in await client.read_all(**how)]  # type: ignore[arg-type]  # a test says how
