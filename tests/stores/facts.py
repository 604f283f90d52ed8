"""Facts to store, and what a test asks of those that were stored."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.eventstore.port import NewEvent, Stored

NOON = datetime(2021, 6, 4, 12, tzinfo=UTC)
TYPE = "thing.happened.v1"
DEADLINE = 20
"""Seconds after which a test that waits has failed."""


def fact(its_id: UUID | None = None, *, data: bytes = b"{}", **metadata: str) -> NewEvent:
    """Give a fact that no store holds yet, unless *its_id* names one that it does."""
    return NewEvent(its_id or uuid4(), TYPE, metadata, data)


def weighing(size: int, **metadata: str) -> NewEvent:
    """Give a fact that takes *size* bytes of an append: its type, its metadata and its data."""
    told = "".join((TYPE, *metadata, *metadata.values()))
    return NewEvent(uuid4(), TYPE, metadata, bytes(size - len(told.encode())))


def facts(count: int) -> list[NewEvent]:
    """Give *count* new facts."""
    return [fact() for _ in range(count)]


def ids(found: Iterable[NewEvent | Stored]) -> list[UUID]:
    """Give the ids of facts, in their order."""
    return [each.id for each in found]


def recorded_at(stored: Stored) -> str:
    """Give the moment that the store stamped into a fact."""
    return str(json.loads(stored.metadata)["recorded_at"])
