"""Stores with one fault each, such as real ones have had: a comparison must find them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import (
    START,
    NewEvent,
    Stored,
    StoreDown,
    TooLarge,
    WrongVersion,
)
from shared.kernel.clock import Clock, written


class InclusiveAll(MemoryStore):
    """Gives the position named once more."""

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Read from a position too early."""
        return await super().read_all(after - 1, limit)


class LimitForgotten(MemoryStore):
    """Gives a page of any length."""

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Read too much."""
        return await super().read_all(after, limit + 500)


class OrderedById(MemoryStore):
    """Gives facts by id, as if ids grew with time."""

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Read in another order."""
        return tuple(sorted(await super().read_all(after, limit), key=lambda fact: fact.id))


class ExclusiveStream(MemoryStore):
    """Leaves out the version named."""

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Read from a version too late."""
        return await super().read_stream(stream, from_version + 1 if from_version else 0)


class VersionFromTheEnd(MemoryStore):
    """Takes a version below 0 for one counted from the end, as slices do."""

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Read from the wrong end."""
        return (await super().read_stream(stream))[from_version:]


class HeadBehind(MemoryStore):
    """Says where the last fact but one stands."""

    async def head(self) -> int:
        """Give a position too low."""
        return max(await super().head() - 1, START)


class MomentLeftOut(MemoryStore):
    """Takes "at or before" for "before"."""

    async def position_at(self, moment: datetime) -> int:
        """Give the position a moment earlier."""
        return await super().position_at(moment - timedelta(microseconds=1))


class ConflictIgnored(MemoryStore):
    """Adds at the end whatever version was expected."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Overrule the refusal."""
        try:
            return await super().append(stream, expected, events)
        except WrongVersion as refused:
            return await super().append(stream, refused.actual, events)


class RepeatRefused(MemoryStore):
    """Takes a repeat for a conflict."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Refuse whatever is not at the end."""
        last = len(await self.read_stream(stream)) - 1
        if expected != last:
            raise WrongVersion(stream, expected, last)
        return await super().append(stream, expected, events)


class RepeatRestamped(MemoryStore):
    """Answers a repeat with the time of the repeat."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._now = clock.now

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Stamp the answer anew."""
        head = await self.head()
        return tuple(
            self._anew(fact) if fact.position <= head else fact
            for fact in await super().append(stream, expected, events)
        )

    def _anew(self, fact: Stored) -> Stored:
        metadata = json.loads(fact.metadata) | {"recorded_at": written(self._now())}
        whole = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
        return replace(fact, metadata=whole.encode())


class TimeGoesBack(RepeatRestamped):
    """Stamps each fact by the clock alone."""

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give facts out of their order in time."""
        return tuple(map(self._anew, await super().read_all(after, limit)))


class IdTwice(MemoryStore):
    """Takes an id that stands elsewhere for a new one."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Store a second fact where one was refused."""
        try:
            return await super().append(stream, expected, events)
        except WrongVersion as refused:
            if refused.actual != expected:
                raise
        others = [replace(e, id=uuid5(NAMESPACE_OID, f"{e.id}{n}")) for n, e in enumerate(events)]
        return await super().append(stream, expected, others)


class HalfKept(MemoryStore):
    """Keeps what it had stored when it came to an id that it refused."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Leave the first fact of a refused append behind."""
        try:
            return await super().append(stream, expected, events)
        except WrongVersion as refused:
            if refused.actual == expected and len(events) > 1:
                await super().append(stream, expected, events[:1])
            raise


class AnotherRefusal(MemoryStore):
    """Says that it is down where somebody else was faster."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Refuse for the wrong reason."""
        try:
            return await super().append(stream, expected, events)
        except WrongVersion as refused:
            raise StoreDown(str(refused)) from refused


class CutShort(MemoryStore):
    """Stores what is too large without its data."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Lose what does not fit."""
        try:
            return await super().append(stream, expected, events)
        except TooLarge:
            return await super().append(stream, expected, [replace(e, data=b"") for e in events])


class KeysSorted(MemoryStore):
    """Writes metadata anew when it is read."""

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give other bytes than were stored."""
        return tuple(
            replace(fact, metadata=json.dumps(json.loads(fact.metadata), sort_keys=True).encode())
            for fact in await super().read_stream(stream, from_version)
        )


class OpenAfterClosing(MemoryStore):
    """Goes on when it was closed."""

    async def close(self) -> None:
        """Do nothing."""


BUGS: tuple[type[MemoryStore], ...] = (
    InclusiveAll,
    LimitForgotten,
    OrderedById,
    ExclusiveStream,
    VersionFromTheEnd,
    HeadBehind,
    MomentLeftOut,
    ConflictIgnored,
    RepeatRefused,
    RepeatRestamped,
    TimeGoesBack,
    IdTwice,
    HalfKept,
    AnotherRefusal,
    CutShort,
    KeysSorted,
    OpenAfterClosing,
)
