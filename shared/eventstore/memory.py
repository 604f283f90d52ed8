"""A store that keeps its facts in memory and forgets them at the end: for unit tests."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.eventstore.port import START, NewEvent, Stored, StoreDown, WrongVersion
from shared.eventstore.stamping import moment_after, stamped, unstamped
from shared.eventstore.waking import Bell
from shared.kernel.clock import Clock, written


class MemoryStore:
    """An :class:`~shared.eventstore.port.EventStore` in memory, for one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._facts: list[Stored] = []
        self._recorded: list[str] = []
        self._streams: defaultdict[str, list[Stored]] = defaultdict(list)
        self._ids: set[UUID] = set()
        self._bell = Bell(START)
        self._closed = False

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Add *events* after version *expected*, all or nothing."""
        metadata = unstamped(stream, events)
        self._demand_open()
        there = self._streams[stream]
        ids = [event.id for event in events]
        if expected != len(there) - 1:
            place = tuple(fact for fact in there if expected < fact.version <= expected + len(ids))
            if not ids or [fact.id for fact in place] != ids:
                raise WrongVersion(stream, expected, len(there) - 1)
            return place
        if len(set(ids)) < len(ids) or not self._ids.isdisjoint(ids):
            raise WrongVersion(stream, expected, len(there) - 1)
        return self._add(stream, events, metadata) if ids else ()

    def _add(
        self, stream: str, events: Sequence[NewEvent], metadata: Sequence[bytes]
    ) -> tuple[Stored, ...]:
        moment = moment_after(self._recorded[-1] if self._recorded else "", self._clock)
        position, version = len(self._facts) + 1, len(self._streams[stream])
        added = tuple(
            Stored(position + n, stream, version + n, e.id, e.type, stamped(m, moment), e.data)
            for n, (e, m) in enumerate(zip(events, metadata, strict=True))
        )
        self._facts.extend(added)
        self._recorded.extend(moment for _ in added)
        self._streams[stream].extend(added)
        self._ids.update(fact.id for fact in added)
        self._bell.ring(len(self._facts))
        return added

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give a stream from *from_version* on."""
        self._demand_open()
        return tuple(self._streams[stream][max(from_version, 0) :])

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most *limit* facts after position *after*."""
        self._demand_open()
        return tuple(self._facts[max(after, START) :][: max(limit, 0)])

    async def head(self) -> int:
        """Give the last position."""
        self._demand_open()
        return len(self._facts)

    async def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before *moment*."""
        self._demand_open()
        return bisect_right(self._recorded, written(moment))

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*."""
        await self._bell.passed(after)

    async def close(self) -> None:
        """Be of no more use."""
        self._closed = True
        self._bell.end()

    def _demand_open(self) -> None:
        if self._closed:
            raise StoreDown("the store is closed")
