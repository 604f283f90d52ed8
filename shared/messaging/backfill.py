"""Asking the owner: facts that the bus lost or never had, and how far the owner is.

Question and answer are JSON: ``facts.<service>.read {after, limit}`` is answered with
``{"facts": [[position, stream, version, id, type, metadata, data], ...]}``, the last two in
base64, after position ``after`` and in order; ``facts.<service>.head {after}`` with
``{"head", "behind", "age"}``. What cannot be answered is answered with ``{"refused": why}``.
"""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.eventstore.port import EventStore, Stored, StoreProblem
from shared.kernel.clock import Clock, read
from shared.messaging.bus import Answer, Bus, Unanswered
from shared.messaging.names import head_of, read_of

MOST_FACTS = 200
MOST_BYTES = 1024 * 1024
"""Of one answer. A single fact always fits: an append is at most 512 KiB, base64 adds a third."""


class Head(NamedTuple):
    """How far an owner is, seen from a position: its last position, and what came after *that*."""

    head: int
    behind: int
    """How many facts came after the position asked from, counted up to 200."""
    age: float
    """Seconds since the first of these was recorded, by the owner's clock; 0 where none was."""


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int = Field(ge=0)
    limit: int = Field(default=MOST_FACTS, ge=1)


async def answer_reads(bus: Bus, store: EventStore, clock: Clock) -> None:
    """Let this service answer, from now on, what others ask about the facts in *store*."""

    async def facts(question: _Question) -> dict[str, Any]:
        found = await store.read_all(question.after, min(question.limit, MOST_FACTS))
        return {"facts": _fitting(found)}

    async def head(question: _Question) -> dict[str, Any]:
        later = await store.read_all(question.after, MOST_FACTS)
        age = _age(later[0], clock) if later else 0.0
        return {"head": await store.head(), "behind": len(later), "age": age}

    await bus.answer(read_of(bus.service), _answering(facts))
    await bus.answer(head_of(bus.service), _answering(head))


async def fetch_range(bus: Bus, service: str, after: int, until: int) -> AsyncIterator[Stored]:
    """Give the owner's facts after position *after* up to and including *until*, in order.

    Raises ``Unanswered``, also where the owner's facts end before *until*.
    """
    while after < until:
        facts = await fetch_page(bus, service, after, MOST_FACTS)
        if not facts or facts[0].position <= after:
            raise Unanswered(f"{service} has nothing between {after} and {until}")
        for fact in facts:
            if fact.position > until:
                return
            yield fact
            after = fact.position


async def fetch_page(bus: Bus, service: str, after: int, limit: int) -> list[Stored]:
    """Give at most *limit* of the owner's facts after *after*, fewer where they are heavy.

    Raises ``Unanswered``.
    """
    with _understood(service):
        reply = await _ask(bus, read_of(service), {"after": after, "limit": limit})
        return [_unpacked(row) for row in reply["facts"]]


async def ask_head(bus: Bus, service: str, after: int) -> Head:
    """Give how far the owner is, seen from position *after*. Raises ``Unanswered``."""
    with _understood(service):
        return Head(**await _ask(bus, head_of(service), {"after": after}))


async def _ask(bus: Bus, subject: str, question: dict[str, int]) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(await bus.request(subject, json.dumps(question).encode()))
    if "refused" in reply:
        raise Unanswered(f"{subject}: {reply['refused']}")
    return reply


@contextmanager
def _understood(service: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise Unanswered(f"{service} answers in another language") from error


def _answering(answer: Callable[[_Question], Awaitable[dict[str, Any]]]) -> Answer:
    async def answered(question: bytes) -> bytes:
        try:
            reply = await answer(_Question.model_validate_json(question))
        except (ValidationError, StoreProblem) as error:
            reply = {"refused": type(error).__name__}
        return json.dumps(reply).encode()

    return answered


def _fitting(facts: Sequence[Stored]) -> list[list[int | str]]:
    rows, weight = list[list[int | str]](), 0
    for fact in facts:
        row = _packed(fact)
        weight += len(json.dumps(row)) + 2
        if rows and weight > MOST_BYTES - 100:
            break
        rows.append(row)
    return rows


def _packed(fact: Stored) -> list[int | str]:
    metadata, data = (base64.b64encode(part).decode() for part in (fact.metadata, fact.data))
    return [fact.position, fact.stream, fact.version, str(fact.id), fact.type, metadata, data]


def _unpacked(row: Sequence[Any]) -> Stored:
    position, stream, version, name, kind, metadata, data = row
    return Stored(
        position,
        stream,
        version,
        UUID(name),
        kind,
        base64.b64decode(metadata),
        base64.b64decode(data),
    )


def _age(fact: Stored, clock: Clock) -> float:
    recorded = read(json.loads(fact.metadata)["recorded_at"])
    return max(0.0, (clock.now().astimezone(UTC) - recorded).total_seconds())
