"""How the test server appends and deletes: expectation, ids it has seen, size, then the disk."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from shared.testing.esdb.log import Log
from shared.testing.esdb.record import Record, Recorded
from shared.testing.esdb.stream import (
    HIDDEN_BEFORE,
    LAST_REVISION,
    METADATA,
    METADATA_OF,
    TOMBSTONE,
    Expected,
    Refused,
)

LARGEST_APPEND = 1024 * 1024
FOR_EVER = 315_576_000_000.0
"""The longest time that the protocol knows, in seconds."""
TICKS_PER_SECOND = 10_000_000
"""What a real server counts the time of an event in."""


class SentEvent(Protocol):
    """One event as a client sends it."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """Its type and content type."""

    @property
    def custom_metadata(self) -> bytes:
        """What the client says about it."""

    @property
    def data(self) -> bytes:
        """What it says."""


@dataclass(slots=True)
class Proposal:
    """One append as it comes in, maybe in several parts; *deadline* is in seconds."""

    stream: str
    expected: int | Expected
    deadline: float
    events: list[Recorded] = field(default_factory=list)
    size: int = 0

    def propose(self, id_: str, one: SentEvent) -> None:
        """Take in one more event."""
        self.size += 2 * len(one.metadata["type"]) + len(one.data) + len(one.custom_metadata)
        event = Recorded(data=one.data, custom_metadata=one.custom_metadata)
        event.id.string = id_
        event.metadata.update(one.metadata)
        self.events.append(event)

    @property
    def too_large(self) -> bool:
        """Whether a server refuses it for its size alone."""
        return self.size > LARGEST_APPEND


async def append(log: Log, asked: Proposal) -> Record | Refused:
    """Append, and give the last event of it once it is on disk, or why not.

    Asked again with the same ids it answers as it did the first time.
    """
    stream = log.stream(asked.stream)
    verdict = stream.verdict(asked.expected, [one.id.string for one in asked.events], log.recent)
    if verdict is None:
        revived = [_settings(log, asked.stream, stream.last + 1)] if stream.soft_deleted else []
        placed = _placed(asked.stream, stream.last + 1, asked.events)
        verdict = log.write([*revived, *placed])[-1]
    if isinstance(verdict, Record):
        await log.until_synced(verdict.position)
    return verdict


async def delete(log: Log, name: str, expected: int | Expected) -> Record | Refused:
    """Hide a stream until somebody appends to it again; its numbers go on where they were."""
    if refused := log.stream(name).keeps(expected):
        return refused
    (record,) = log.write([_settings(log, name, LAST_REVISION)])
    await log.until_synced(record.position)
    return record


async def tombstone(log: Log, name: str, expected: int | Expected) -> Record | Refused:
    """End a stream for ever."""
    verdict = log.stream(name).verdict(expected, [], {})
    if isinstance(verdict, Refused):
        return verdict
    (record,) = log.write(_placed(name, LAST_REVISION, [_made(TOMBSTONE, {})]))
    await log.until_synced(record.position)
    return record


def system_event(log: Log, stream: str, type_: str, says: Mapping[str, object]) -> list[Recorded]:
    """Give an event of the server's own, at the end of *stream*."""
    return _placed(stream, log.stream(stream).last + 1, [_made(type_, says)])


def _settings(log: Log, described: str, hidden_before: int) -> Recorded:
    (event,) = system_event(log, METADATA_OF + described, METADATA, {HIDDEN_BEFORE: hidden_before})
    return event


def _made(type_: str, says: Mapping[str, object]) -> Recorded:
    event = Recorded(data=json.dumps(says).encode())
    event.id.string = str(uuid4())
    event.metadata.update({"type": type_, "content-type": "application/json"})
    return event


def _placed(stream: str, revision: int, events: Iterable[Recorded]) -> list[Recorded]:
    placed = list(events)
    created = str(int(time.time() * TICKS_PER_SECOND))
    for number, event in enumerate(placed, revision):
        event.stream_identifier.stream_name = stream.encode()
        event.stream_revision = number
        event.metadata["created"] = created
    return placed
