"""What every event store promises, whatever engine is below; ``tests/stores`` holds each to it.

Versions of a stream count from 0 without gaps. Positions of a store grow in the order in which the
facts became readable, and may have gaps. Reading a stream is *inclusive* of the version named,
reading everything is *exclusive* of the position named.

Two things depend on the engine. SQLite and memory refuse an id that stands anywhere else;
EventStoreDB compares ids only at the place named. And stamps never go back where one process
writes; where several do, each by its own clock, one may be a little older than the one before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

NO_STREAM = -1
"""The version of a stream that holds nothing yet."""
START = 0
"""Before the first position."""
MAX_APPEND_BYTES = 512 * 1024
MAX_APPEND_EVENTS = 100


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact about to be stored. Metadata is flat strings; the store adds ``recorded_at``."""

    id: UUID
    type: str
    metadata: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A fact as the store holds it, byte for byte. ``metadata`` is JSON in UTF-8."""

    position: int
    stream: str
    version: int
    id: UUID
    type: str
    metadata: bytes
    data: bytes


class EventStore(Protocol):
    """A log of streams that can be added to and read."""

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Add *events* after version *expected* (``NO_STREAM`` for a new stream), all or nothing.

        Appending the same ids at the same place again gives the first answer again. Raises
        ``WrongVersion`` where the stream stands elsewhere, ``TooLarge``, ``StoreFull``,
        ``StoreBusy``, ``StoreDown``, and ``OutcomeUnknown`` where it may or may not have happened.
        """
        ...

    async def read_stream(self, stream: str, from_version: int = 0) -> tuple[Stored, ...]:
        """Give a stream from *from_version* on, in order; nothing for a stream that never was."""
        ...

    async def read_all(self, after: int = START, limit: int = 500) -> tuple[Stored, ...]:
        """Give at most *limit* facts after position *after*, in order of position.

        *after* is ``START`` or a position that the store gave: nobody makes one up.
        """
        ...

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        ...

    async def position_at(self, moment: datetime) -> int:
        """Give the last position up to which nothing was recorded after *moment*, or ``START``."""
        ...

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the files; what comes later is ``StoreDown``."""
        ...


class StoreProblem(Exception):
    """The store could not do what was asked. Nothing was half-written."""


class WrongVersion(StoreProblem):
    """The stream stands at another version than expected."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream} stands at {actual}, not at {expected}")
        self.expected, self.actual = expected, actual


class OutcomeUnknown(StoreProblem):
    """The append may or may not have happened; ask by the ids of the events."""


class TooLarge(StoreProblem):
    """More than one append may hold."""


class StoreBusy(StoreProblem):
    """The queue to the writer is full; try again in a moment."""


class StoreFull(StoreProblem):
    """The disk or the file's limit is reached; reading goes on."""


class StoreDown(StoreProblem):
    """The store does not answer, or was closed."""


class StoreInUse(StoreProblem):
    """Another process writes to this store; there is never more than one."""


def checked(events: Sequence[NewEvent]) -> Sequence[NewEvent]:
    """Give *events* back, or raise ``TooLarge`` where one append may not hold them."""
    size = sum(len(e.data) + len(e.type) + _bytes(e.metadata) for e in events)
    if len(events) > MAX_APPEND_EVENTS or size > MAX_APPEND_BYTES:
        raise TooLarge(f"{len(events)} events, {size} bytes")
    return events


def _bytes(metadata: Mapping[str, str]) -> int:
    return sum(len(f"{key}{value}".encode()) for key, value in metadata.items())
