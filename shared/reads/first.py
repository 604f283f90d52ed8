"""The facts of a service, which wait while the room that is held for reads is being eaten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.eventstore.port import START, EventStore, NewEvent, Stored, StoreFull
from shared.reads.ballast import Ballast


@dataclass(frozen=True)
class ReadsFirst:
    """A store of facts beside a ballast: what the ballast gives up is for reads alone.

    Without this, what one read made room for would be taken by the next command.
    """

    store: EventStore
    ballast: Ballast

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Add *events*, unless the ballast has given way: then this too is ``StoreFull``."""
        if self.ballast.gave_way:
            raise StoreFull("what room there is, is for reads")
        return await self.store.append(stream, expected, events)

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give a stream from *from_version* on, in order."""
        return await self.store.read_stream(stream, from_version)

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most *limit* facts after position *after*, in order of position."""
        return await self.store.read_all(after, limit)

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        return await self.store.head()

    async def position_at(self, moment: datetime) -> int:
        """Give the last position up to which nothing was recorded after *moment*."""
        return await self.store.position_at(moment)

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*."""
        await self.store.wait(after)

    async def close(self) -> None:
        """Finish what was begun and let go of the files."""
        await self.store.close()
